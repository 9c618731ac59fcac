"""One batch: its checks, its figures beside those in force, its held-back rows, and any of its rows as delivered."""

from dataclasses import asdict
from typing import Any

from dash import html

from budget.refusals import told_refusal
from dashboard.components.filters import export_links
from dashboard.components.marks import empty_state, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.job_words import told_actor
from dashboard.page import Page
from dashboard.pages import delivery_diff
from dashboard.pages.comparison import checks_table, compare_table, flagged_table, rejections_table
from dashboard.pages.facts_behind import feed_words
from dashboard.pages.held import said_before, verdict
from dashboard.pages.source import raw_row
from dashboard.pages.system import PATH, status_words, totals_words
from dashboard.privacy import masked_row
from dashboard.tables import Table
from dashboard.view import link
from warehouse.batches import Batch, find_batch, rejected_rows
from warehouse.held import Held, batch_checks, read_held, waiting_batches


def page(desk: Desk, batch_id: str) -> Page:
    """Show a batch: a held one with its reasons and the next steps on top."""
    t, view = desk.view.t, desk.view
    batch = found_batch(desk, batch_id)
    held = read_held(desk.connection, desk.scope, batch.batch_id, view.known_at)
    title = t("批次 #{number}", number=batch_id)
    checks = batch_checks(desk.connection, batch.batch_id)
    body: list[Any] = [verdict(desk, held)] if held else []
    body += said_before(desk, batch)
    body.append(section(title, _pairs(desk, batch)))
    body += delivery_diff.other_deliveries_of(desk, batch)
    tables = [rejected_table(desk, batch_id)]
    if checks:
        flagged = flagged_table(desk, checks, row_links(batch))
        tables[:0] = [checks_table(desk, checks, row_links(batch)), *([flagged] if flagged.rows else [])]
    if held and held.slices:
        tables.insert(0, compared(desk, held))
    body += [_own_section(desk, batch_id, table) for table in tables]
    crumbs = [(t("批次"), view.href(PATH)), (title, None)]
    return Page(title, body, crumbs, menu=PATH, has_filters=False)


def found_batch(desk: Desk, batch_id: str) -> Batch:
    """Return a batch that the reader may see."""
    batch = find_batch(desk.connection, desk.scope, int(batch_id))
    if batch is None:
        raise NotShownError(batch_id)
    return batch


def _own_section(desk: Desk, batch_id: str, table: Table) -> html.Section:
    if not table.rows:
        return section(table.title, html.P(table.empty, className="quiet"))
    links = export_links(desk.view, f"{table.key}-{batch_id}")
    return section(table.title, table_view(table, desk.view), aside=links)


def _pairs(desk: Desk, batch: Batch) -> html.Dl:
    t = desk.view.t
    is_waiting = any(one.batch_id == batch.batch_id for one in waiting_batches(desk.connection, desk.scope))
    told = [
        (t("文件"), batch.file_name),
        (t("数据"), feed_words(batch.feed, desk)),
        (t("状态"), status_words(desk, batch, is_waiting=is_waiting)),
        (t("映射"), batch.mapping_name),
        (t("行数"), f"{batch.row_count:,}"),
        (t("接收"), f"{batch.accepted_count:,}"),
        (t("退回"), f"{batch.rejected_count:,}"),
        (t("合计 (万元)"), totals_words(batch.totals, desk)),
        (t("送达时间"), desk.local(batch.known_at)),
        (t("入库时间"), desk.local(batch.recorded_at)),
        (t("经手"), told_actor(batch.recorded_by, t)),
    ]
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in told], className="pairs")


def row_links(batch: Batch) -> Any:
    """Return a function from sheet and row to the page of that delivered row."""

    def place(sheet: str | None, row: int) -> str:
        return link(f"{PATH}/batches/{batch.batch_id}/rows/{row}", {"sheet": sheet})

    return place


def compared(desk: Desk, held: Held) -> Table:
    """Return a held delivery's figures beside those in force."""
    standing = {key: asdict(one) for key, one in held.standing.items()}
    return compare_table(desk, [asdict(piece) for piece in held.slices], standing)


def compared_table(desk: Desk, batch_id: str) -> Table:
    """Return the table of a held batch for its export."""
    held = read_held(desk.connection, desk.scope, int(batch_id), desk.view.known_at)
    if held is None:
        raise NotShownError(batch_id)
    return compared(desk, held)


def batch_checks_table(desk: Desk, batch_id: str) -> Table:
    """Return the checks of a batch for their export."""
    return checks_table(desk, batch_checks(desk.connection, found_batch(desk, batch_id).batch_id))


def batch_flagged_table(desk: Desk, batch_id: str) -> Table:
    """Return the rows that the failed checks of a batch point at, for their export."""
    return flagged_table(desk, batch_checks(desk.connection, found_batch(desk, batch_id).batch_id))


def rejected_table(desk: Desk, batch_id: str) -> Table:
    """Return the rows of a batch that were held back."""
    batch = found_batch(desk, batch_id)
    rows = rejected_rows(desk.connection, desk.scope, batch.batch_id)
    return rejections_table(desk, rows, batch.rejected_count, row_links(batch))


def row_page(desk: Desk, batch_id: str, row: str) -> Page:
    """Show one delivered row of a batch as it stood in its file, whether it was taken in or not."""
    t, view = desk.view.t, desk.view
    batch = found_batch(desk, batch_id)
    sheet = view.asked.query.get("sheet") or None
    title = t("{file} 第 {row} 行", file=batch.file_name, row=row)
    try:
        found = desk.services.source_row(batch.mapping_name, batch.landing_sha256, batch.file_name, sheet, int(row))
        shown: Any = raw_row(list(found.header), masked_row(found.header, found.cells))
    except (OSError, ValueError) as error:
        shown = empty_state(t("原始文件读不出来"), told_refusal(getattr(error, "refusal", None), t, str(error)))
    number = t("批次 #{number}", number=batch_id)
    crumbs = [(t("批次"), view.href(PATH)), (number, view.href(f"{PATH}/batches/{batch_id}")), (title, None)]
    return Page(title, [section(title, shown)], crumbs, menu=PATH, has_filters=False)
