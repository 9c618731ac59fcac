"""Which page answers which path, which table an export writes, and a view as a framed page."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from dashboard.components.frame import build_frame, foot_words
from dashboard.components.marks import error_state
from dashboard.desk import Desk, NotShownError
from dashboard.frame_facts import FrameFacts, Late
from dashboard.handover import may_hand_over
from dashboard.page import Page
from dashboard.pages import (
    arrivals,
    batch,
    clue,
    clues,
    delivery_diff,
    execution,
    overview,
    project,
    release,
    reports,
    rule,
    rule_change,
    rules,
    search,
    source,
    system,
    try_out,
    upload,
)
from dashboard.tables import Table, sorted_table
from warehouse import queries
from warehouse.findings import read_coverage
from warehouse.held import waiting_batches

QUIET_DAYS = 7  # payments may well rest for a week
_ID = r"([0-9]{1,18})"
_NAME = r"([0-9A-Za-z._-]{1,64})"
PAGES: Sequence[tuple[re.Pattern[str], Callable[..., Page]]] = [
    (re.compile(r"/"), overview.page),
    (re.compile(r"/execution"), execution.page),
    (re.compile(rf"/source/{_ID}/{_ID}"), source.page),
    (re.compile(r"/clues"), clues.page),
    (re.compile(rf"/clues/{_NAME}"), clue.page),
    (re.compile(r"/search"), search.page),
    (re.compile(r"/reports"), reports.page),
    (re.compile(r"/system"), system.batches_page),
    (re.compile(rf"/system/batches/{_ID}"), batch.page),
    (re.compile(rf"/system/batches/{_ID}/release"), release.page),
    (re.compile(rf"/system/batches/{_ID}/rows/{_ID}"), batch.row_page),
    (re.compile(rf"/system/batches/{_ID}/diff/{_ID}"), delivery_diff.page),
    (re.compile(r"/system/arrivals"), arrivals.page),
    (re.compile(r"/system/upload"), upload.page),
    (re.compile(rf"/system/upload/{_NAME}"), try_out.page),
    (re.compile(r"/system/rules"), rules.page),
    (re.compile(rf"/system/rules/changes/{_ID}"), rule_change.page),
    (re.compile(r"/system/rules/([A-Z][0-9]{2})"), rule.page),
    (re.compile(r"/system/mails"), system.mails_page),
    (re.compile(r"/system/mails/([^/]{1,200})"), system.mail_page),
    (re.compile(r"/system/jobs"), system.jobs_page),
]
TABLES: Sequence[tuple[re.Pattern[str], Callable[..., Table]]] = [
    (re.compile(r"overview"), overview.table),
    (re.compile(r"execution"), execution.table),
    (re.compile(r"vouchers"), project.voucher_table),
    (re.compile(r"budget"), project.budget_table),
    (re.compile(r"clues"), clues.table),
    (re.compile(rf"facts-{_NAME}"), clue.table),
    (re.compile(r"reports"), reports.table),
    (re.compile(r"batches"), system.batches_table),
    (re.compile(r"arrivals"), arrivals.table),
    (re.compile(r"rules"), rules.table),
    (re.compile(r"changes-([A-Z][0-9]{2})"), rule.table),
    (re.compile(rf"rejected-{_ID}"), batch.rejected_table),
    (re.compile(rf"difference-{_ID}-{_ID}"), delivery_diff.table),
    (re.compile(rf"checks-{_ID}"), batch.batch_checks_table),
    (re.compile(rf"flagged-{_ID}"), batch.batch_flagged_table),
    (re.compile(rf"compared-{_ID}"), batch.compared_table),
    (re.compile(rf"upload-(rejected|checks|flagged|compared|first)-{_NAME}"), try_out.table),
]


def find_page(desk: Desk, path: str) -> Page:
    """Return the page of a path; a drawn state where there is none for this reader."""
    for pattern, build in PAGES:
        if match := pattern.fullmatch(path.rstrip("/") or "/"):
            try:
                return build(desk, *match.groups())
            except NotShownError:
                return missing_page(desk)
    return missing_page(desk)


def missing_page(desk: Desk) -> Page:
    """Draw the page that is shown where there is nothing, or nothing that this reader may see: the two look alike."""
    t, view = desk.view.t, desk.view
    state = error_state(t("没有这个页面"), t("地址不存在, 或不在您可以查看的范围内"), view.href("/"), t("回总览"))
    return Page(t("没有这个页面"), [state], has_filters=False)


def find_table(desk: Desk, name: str) -> Table:
    """Return the table an export names, in the order the URL asks for; NotShownError where there is none."""
    for pattern, build in TABLES:
        if match := pattern.fullmatch(name):
            return sorted_table(build(desk, *match.groups()), desk.view.asked.query.get("sort"))
    raise NotShownError(name)


def frame_facts(desk: Desk, csrf: str) -> FrameFacts:
    """Gather what the frame says around a page."""
    until = desk.whole_ledger.paid_until()
    late = (
        early_ends(desk)
        if not desk.is_current
        else [
            Late(
                desk.division_names.get(one["division_code"], one["division_code"]),
                one["days"],
                until.get(one["division_code"]),
            )
            for one in desk.late
        ]
    )
    batches = desk.ledger.facts.deliveries["batch_id"]
    newest_batch: Any = batches.max()
    delivered = queries.delivery_instants(desk.connection, desk.scope)
    return FrameFacts(
        district=desk.services.site.district_name,
        user=desk.account.display_name,
        csrf=csrf,
        newest=desk.newest,
        years=queries.fiscal_years(desk.connection, desk.scope),
        divisions=desk.division_names,
        deliveries=sorted({desk.local_day(instant) for instant in delivered}, reverse=True)[:60],
        late=late,
        is_judged=desk.is_current and desk.run is not None,
        on_time_count=len(set(desk.division_names) - set(desk.late_days)),
        open_clues=len(desk.clues) if desk.view.division is None else len(desk.all_clues),
        batch_id=newest_batch,
        covered=coverage(desk),
        run_as_of=desk.run.as_of if desk.run else None,
        sees_all=desk.scope.divisions is None,
        is_sample=desk.services.site.holds_sample,
        held_count=held_count(desk),
    )


def held_count(desk: Desk) -> int:
    """Count the held deliveries that wait for somebody; only those who may act are told."""
    if desk.services.handover is None or not may_hand_over(desk.account):
        return 0
    return len(waiting_batches(desk.connection, desk.scope))


def early_ends(desk: Desk) -> list[Late]:
    """Return the divisions whose payments end well before the day looked at, for views of another moment than now."""
    until = desk.ledger.paid_until()
    seen = set(desk.ledger.moved()["division_code"]) if desk.ledger.pays() else set()
    wanted = [(code, until.get(code)) for code in desk.division_names if code in seen]
    return [
        Late(desk.division_names[code], None, last)
        for code, last in wanted
        if last is None or (desk.view.as_of - last).days > QUIET_DAYS
    ]


def coverage(desk: Desk) -> tuple[int, int] | None:
    """Return how many units the latest run judged and how many there are (by A01); None without a run."""
    if desk.run is None:
        return None
    units = read_coverage(desk.connection, desk.narrowed, desk.run.run_id, rule="A01")
    return units.filter("is_judged")["scope"].n_unique(), units["scope"].n_unique()


def framed(desk: Desk, csrf: str) -> Any:
    """Return the whole screen of a view."""
    return build_frame(find_page(desk, desk.view.asked.path), frame_facts(desk, csrf), desk.view)


def notes(desk: Desk) -> list[str]:
    """Return the foot line's parts, for exports."""
    return foot_words(frame_facts(desk, ""), desk.view)
