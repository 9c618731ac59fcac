"""Releasing a held delivery: what it would put in force, and the reason it is asked for."""

from typing import Any

from dash import dcc, html

from budget.refusals import told_refusal
from dashboard.components.forms import post_button, post_form
from dashboard.components.marks import empty_state, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.handover import may_hand_over, may_touch
from dashboard.page import Page
from dashboard.pages.comparison import compare_table
from dashboard.pages.held import causes
from dashboard.pages.system import PATH
from dashboard.pages.try_out import kept_on_record
from dashboard.tables import Table
from warehouse.held import read_held


def page(desk: Desk, batch_id: str) -> Page:
    """Ask for the reason of a release, and show what it would put in force."""
    t, view = desk.view.t, desk.view
    held = read_held(desk.connection, desk.scope, int(batch_id), view.known_at)
    desk_of = desk.services.handover
    if held is None or desk_of is None or not may_hand_over(desk.account):
        raise NotShownError(batch_id)
    tried = desk_of.preview(held.batch.batch_id)
    title = t("放行批次 #{number}", number=batch_id)
    number = t("批次 #{number}", number=batch_id)
    crumbs = [(t("批次"), view.href(PATH)), (number, view.href(f"{PATH}/batches/{batch_id}")), (t("放行"), None)]
    if tried.run is None or not may_touch(desk.account, tried.divisions):
        shown = empty_state(t("这一批不能由您放行"), told_refusal(tried.refusal, t, tried.problem))
        return Page(title, [section(title, shown)], crumbs, menu=PATH, has_filters=False)
    standing = {piece["slice_key"]: piece for piece in tried.run["standing"]}
    table = compare_table(desk, tried.run["slices"], standing)
    body = [
        section(t("为什么暂扣"), causes(desk, held), name="verdict held"),
        section(t("放行后生效的数据"), *_put_in_force(desk, tried.run, table)),
        section(title, _release_form(desk, batch_id)),
    ]
    return Page(title, body, crumbs, menu=PATH, has_filters=False)


def _put_in_force(desk: Desk, run: Any, table: Table) -> list[Any]:
    t = desk.view.t
    counts = {"accepted": f"{run['accepted']:,}", "rejected": f"{run['rejected_count']:,}"}
    told = t("{accepted} 行将生效, 退回的 {rejected} 行不生效", **counts)
    if not run["rejected_count"]:
        told = t("{accepted} 行将生效, 没有退回的行", accepted=counts["accepted"])
    return [html.P(told), *kept_on_record(desk, run), table_view(table, desk.view)]


def _release_form(desk: Desk, batch_id: str) -> html.Form:
    t = desk.view.t
    is_missing = desk.view.asked.query.get("problem") == "reason"
    asked = html.P(t("请写明理由"), className="problem", role="alert") if is_missing else None
    reason = html.Textarea(name="reason", required=True, maxLength="500", rows=3, className="reason", id="reason")
    label = html.Label([html.Span(t("理由 (记入审计, 与批次一起保存)")), reason])
    back = dcc.Link(t("返回"), href=desk.view.href(f"{PATH}/batches/{batch_id}"), className="button quiet-button")
    ways = html.Div([post_button(t("确认放行"), is_primary=True), back], className="steps")
    return post_form(f"{PATH}/batches/{batch_id}/release", [asked, label, ways], name="release")
