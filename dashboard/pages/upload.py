"""系统管理 · 上传: hand files over; each waits aside until its dry run was looked at and somebody said yes."""

from typing import Any

from dash import dcc, html

from dashboard.access import UPLOAD
from dashboard.components.forms import file_field, post_button, post_form
from dashboard.components.marks import section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.handover import Handover, Waiting, may_hand_over
from dashboard.page import Page
from dashboard.pages.system import PATH, tabs
from dashboard.tables import Column, Table


def handover_of(desk: Desk) -> Handover:
    """Return the handover for those who may use it; to all others there is no such page."""
    if desk.services.handover is None or not may_hand_over(desk.account):
        raise NotShownError(UPLOAD)
    return desk.services.handover


def page(desk: Desk) -> Page:
    """Ask for files, and list those that wait."""
    t, view = desk.view.t, desk.view
    waiting = handover_of(desk).waiting(desk.account.username)
    body: list[Any] = [tabs(desk, UPLOAD), section(t("上传送来的文件"), *problem(desk), form(desk))]
    if waiting:
        note = html.P(t("没有发布的文件, 上传一小时后自动删除"), className="quiet")
        body.append(section(t("等您决定的文件"), table_view(waiting_table(desk, waiting), view), note))
    return Page(t("系统管理: 上传"), body, menu=PATH, has_filters=False)


def problem(desk: Desk) -> list[html.P]:
    """Say why the last upload was not taken."""
    t = desk.view.t
    said = {
        "none": t("请先选择文件"),
        "name": t("有文件的名字不能用: 不能为空, 不能含控制字符, 最多 255 个字; 请改名后重新上传"),
        "size": t("有文件是空的, 或者太大; 请核对后重新上传"),
        "disk": t("没有收下: 服务器的磁盘写不进去, 请告诉系统管理员"),
        "gone": t("文件已不在等待区 (上传已过一小时, 或已放弃); 请重新上传"),
    }.get(desk.view.asked.query.get("problem", ""))
    return [html.P(said, className="problem", role="alert")] if said else []


def form(desk: Desk) -> html.Form:
    """Draw the choice of files and say what will happen."""
    t, limit = desk.view.t, desk.services.upload_bytes
    label = t("选择文件 (可以多选)")
    too_large = t("这些文件太大, 一次最多 {size}", size=size_words(limit))
    own_only = [t("镇街人大只能上传本区划的数据")] if desk.scope.divisions is not None else []
    told = [
        t("上传后先试读: 能看到前 20 行、退回的行、各项检查, 以及会取代哪些数据"),
        t("看过试读, 按下发布, 数据才会生效; 在那之前什么都不会改变"),
        t("一次最多 {size}, CSV、Excel、JSON 都可以", size=size_words(limit)),
        *own_only,
    ]
    hints = html.Ul([html.Li(one) for one in told], className="hints quiet")
    field = file_field(label, t("还没有选文件"), limit, too_large)
    ways = html.Div([field, post_button(t("上传并试读"), is_primary=True)], className="steps")
    return post_form(UPLOAD, [hints, ways], takes_files=True)


def waiting_table(desk: Desk, waiting: Any) -> Table:
    """Return the files that wait for their owner's word."""
    t = desk.view.t
    rows = [_row(desk, one) for one in waiting]
    columns = [
        Column("file_name", t("文件"), wraps=True),
        Column("size", t("大小")),
        Column("put_at", t("上传时间")),
    ]
    return Table("waiting", t("等您决定的文件"), columns, rows)


def _row(desk: Desk, one: Waiting) -> dict[str, Any]:
    return {
        "file_name": one.file_name,
        "file_name:href": f"{UPLOAD}/{one.token}",
        "size": size_words(one.byte_count),
        "put_at": desk.local(one.put_at),
    }


def size_words(count: int) -> str:
    """Write a number of bytes as people read it."""
    for unit, size in (("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= size:
            return f"{count / size:,.1f} {unit}".replace(".0 ", " ")
    return f"{count} B"


def back_link(desk: Desk) -> dcc.Link:
    """Draw the way back to the list."""
    return dcc.Link(desk.view.t("回上传页"), href=UPLOAD, className="button")
