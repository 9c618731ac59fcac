"""What stands on top of a batch page: why it is held and what to do, what became of it, or who released it and why."""

from typing import Any

from dash import dcc, html

from dashboard.components.causes import cause_list
from dashboard.components.forms import post_button, post_form
from dashboard.components.marks import section
from dashboard.desk import Desk
from dashboard.handover import may_touch
from dashboard.job_words import told_actor
from dashboard.pages.system import PATH
from warehouse.batches import Batch
from warehouse.held import Held, followers, released_because, waiting_batches


def verdict(desk: Desk, held: Held) -> html.Section:
    """Say why a delivery is held, what stays in force, and what to do."""
    t = desk.view.t
    is_waiting = any(one.batch_id == held.batch.batch_id for one in waiting_batches(desk.connection, desk.scope))
    is_new = bool(held.slices) and not held.standing
    meanwhile = t("这一份数据此前没有发布过") if is_new else t("上一次送来的数据照旧有效, 没有任何数字因此改变")
    steps = [html.P(meanwhile), *next_steps(desk, held)] if is_waiting else [since(desk, held)]
    title = t("▲ 暂扣待核: 这份文件没有发布") if is_waiting else t("这份文件当时没有发布, 后来已处理")
    return section(title, causes(desk, held), *steps, name="verdict held")


def causes(desk: Desk, held: Held) -> html.Div:
    """List why a delivery is held, in words; the program's own words stand below them, small."""
    batch = held.batch
    return html.Div(cause_list(batch.reason, held.checks, batch.mapping_name, desk.view.t, batch.refusals))


def next_steps(desk: Desk, held: Held) -> list[Any]:
    """Draw the three ways on for those who may go them; others are told whom to ask."""
    t, batch_id = desk.view.t, held.batch.batch_id
    divisions = {piece.division_code for piece in held.slices}
    if desk.services.handover is None or not may_touch(desk.account, divisions):
        return [html.P(t("能处理的是区财经工委、系统管理员, 以及只涉及本区划时的镇街人大"), className="quiet")]
    release = dcc.Link(t("放行…"), href=desk.view.href(f"{PATH}/batches/{batch_id}/release"), className="button")
    again = post_form(f"{PATH}/batches/{batch_id}/replay", [post_button(t("重读"))])
    correct = dcc.Link(t("上传更正件"), href=desk.view.href(f"{PATH}/upload"), className="button primary")
    ways: list[Any] = [correct, again]
    hints = [t("上传更正件: 请送数据的单位改正后重新送来"), t("重读: 映射改好之后, 把同一份文件再读一遍")]
    if held.slices:  # what could not be read at all has nothing to put in force
        ways.append(release)
        hints.append(t("放行: 核实无误, 说明理由后照原样发布"))
    return [html.Div(ways, className="steps"), html.Ul([html.Li(one) for one in hints], className="quiet hints")]


def since(desk: Desk, held: Held) -> html.P:
    """Say what became of a held delivery that waits no longer, with the way to what was made of it."""
    t = desk.view.t
    for one in reversed(followers(desk.connection, held.batch.batch_id)):
        who, when, number = told_actor(one.recorded_by, t), desk.local(one.recorded_at), one.batch_id
        told = t("{who} 于 {when} 重读, 见批次 #{number}", who=who, when=when, number=number)
        if released_because(one) is not None:
            told = t("{who} 于 {when} 放行, 见批次 #{number}", who=who, when=when, number=number)
        return html.P(dcc.Link(told, href=desk.view.href(f"{PATH}/batches/{number}")), className="strong")
    return html.P(t("后来送来的文件已经取代它"), className="strong")


def said_before(desk: Desk, batch: Batch) -> list[Any]:
    """Say who released a batch, when and why."""
    t, why = desk.view.t, released_because(batch)
    if why is None:
        return []
    told = t(
        "{who} 于 {when} 放行, 理由: {why}",
        who=told_actor(batch.recorded_by, t),
        when=desk.local(batch.recorded_at),
        why=why,
    )
    origin = desk.view.href(f"{PATH}/batches/{batch.origin_batch_id}")
    way = dcc.Link(t("看当时暂扣的批次 #{number}", number=batch.origin_batch_id), href=origin)
    return [section(t("这一批是放行的"), html.P(told), way, name="verdict")]
