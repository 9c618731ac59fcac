"""Two deliveries of the same data held side by side: what the later one added, changed and removed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dash import html

from budget.compare import AFTER, BEFORE, Comparison
from dashboard.components.marks import section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.page import Page
from dashboard.pages.facts_behind import feed_words
from dashboard.pages.source import field_value, field_words
from dashboard.tables import Column, Table
from dashboard.words import noted
from warehouse.batches import Batch
from warehouse.diff import Diff, DiffError, diff_batches, other_deliveries

MENU = "/system"
MOST_ROWS: Final = 2000  # rows of each kind; the command lists them all
KINDS: Final = {"added": noted("新增"), "changed": noted("变更"), "removed": noted("撤销")}


def page(desk: Desk, before_id: str, after_id: str) -> Page:
    """Show what one delivery says differently from another."""
    t, view = desk.view.t, desk.view
    diff = _diff(desk, before_id, after_id)
    title = t("批次 #{before} 与 #{after} 的差异", before=before_id, after=after_id)
    files = html.P(
        t(
            "{feed}: {before} ({before_at} 送达) → {after} ({after_at} 送达)",
            feed=feed_words(diff.before.feed, desk),
            before=diff.before.file_name,
            before_at=desk.local(diff.before.known_at),
            after=diff.after.file_name,
            after_at=desk.local(diff.after.known_at),
        ),
        className="source-place",
    )
    body = [
        section(title, files, *slices(desk, diff), table_view(totals_table(desk, diff), view)),
        section(t("逐行差异"), *cut_short(desk, diff), table_view(rows_of(desk, diff), view)),
    ]
    batch = t("批次 #{number}", number=after_id)
    crumbs = [(t("批次"), view.href(MENU)), (batch, view.href(f"{MENU}/batches/{after_id}")), (title, None)]
    return Page(title, body, crumbs, export=f"difference-{before_id}-{after_id}", menu=MENU, filters=())


def table(desk: Desk, before_id: str, after_id: str) -> Table:
    """Return the rows that differ."""
    return rows_of(desk, _diff(desk, before_id, after_id))


def _diff(desk: Desk, before_id: str, after_id: str) -> Diff:
    try:
        return diff_batches(desk.connection, desk.scope, int(before_id), int(after_id))
    except DiffError as error:
        raise NotShownError(str(error)) from error


def slices(desk: Desk, diff: Diff) -> list[Any]:
    """Say which parts were compared, and which only one of the two states."""
    t = desk.view.t
    told = [
        (t("两批都有"), diff.shared),
        (t("只在前一批"), diff.only_before),
        (t("只在后一批"), diff.only_after),
    ]
    rows = diff.rows
    counted = t(
        "行数: 前一批 {before}, 新增 {added}, 变更 {changed}, 撤销 {removed}, 未变 {unchanged}, 后一批 {after}",
        before=f"{rows.before_count:,}",
        added=f"{rows.added.height:,}",
        changed=f"{rows.changed.height:,}",
        removed=f"{rows.removed.height:,}",
        unchanged=f"{rows.unchanged_count:,}",
        after=f"{rows.after_count:,}",
    )
    lines = [f"{label}: {t('、').join(keys)}" for label, keys in told if keys]
    return [html.Div([html.P(line, className="quiet") for line in (*lines, counted)], style={"marginBottom": "10px"})]


def totals_table(desk: Desk, diff: Diff) -> Table:
    """Return before, added, changed, removed and after, a row a measure."""
    t, rows = desk.view.t, diff.rows
    names = field_words(desk)
    money = [
        {
            "measure": names.get(name, name),
            "before": change.before_fen,
            "added": change.added_fen,
            "changed": change.changed_fen,
            "removed": change.removed_fen,
            "after": change.after_fen,
        }
        for name, change in rows.totals.items()
    ]
    columns = [
        Column("measure", t("指标"), is_sortable=False),
        *(
            Column(key, title, "yuan", is_sortable=False)
            for key, title in (
                ("before", t("前一批")),
                ("added", t("新增")),
                ("changed", t("变更")),
                ("removed", t("撤销")),
                ("after", t("后一批")),
            )
        ),
    ]
    return Table("totals", t("金额合计"), columns, money, empty=t("两批都没有金额"), is_whole=True)


def cut_short(desk: Desk, diff: Diff) -> list[Any]:
    """Say that not every row is listed, where that is so."""
    rows = diff.rows
    if max(rows.added.height, rows.changed.height, rows.removed.height) <= MOST_ROWS:
        return []
    told = desk.view.t("每类只列前 {count} 行; 全部用 mingzhang diff 列出", count=f"{MOST_ROWS:,}")
    return [html.P(told, className="quiet")]


def rows_of(desk: Desk, diff: Diff) -> Table:
    """Return the rows that differ: what they are, what was and what is, and where both stand."""
    t = desk.view.t
    columns = [
        Column("kind", t("差异")),
        Column("name", t("哪一行"), wraps=True),
        Column("what", t("原来 → 现在"), wraps=True),
        Column("before", t("前一批 (元)"), "yuan"),
        Column("after", t("后一批 (元)"), "yuan"),
        Column("before_row", t("前一批行号"), "count"),
        Column("after_row", t("后一批行号"), "count"),
    ]
    found = [*_changed(desk, diff.rows), *_alone(desk, diff.rows, "added"), *_alone(desk, diff.rows, "removed")]
    return Table("difference", t("逐行差异"), columns, found, empty=t("两批数据逐行相同"))


def _changed(desk: Desk, rows: Comparison) -> Iterator[dict[str, Any]]:
    names, measure, kind = field_words(desk), _measure(rows), KINDS["changed"]
    for row in rows.changed.head(MOST_ROWS).iter_rows(named=True):
        sides = [{name: row[name + ending] for name in rows.columns} for ending in (BEFORE, AFTER)]
        old, new = sides
        told = [
            f"{names.get(name, name)}: {_text(desk, name, old)} → {_text(desk, name, new)}"
            for name in rows.columns
            if old[name] != new[name]
        ]
        yield {
            "kind": desk.view.t(kind),
            "name": _name(desk, rows, new, row["key_no"]),
            "what": "; ".join(told),
            "before": old.get(measure) if measure else "",
            "after": new.get(measure) if measure else "",
            "before_row": row["source_row" + BEFORE],
            "before_row:href": _place(desk, row, BEFORE),
            "before_row:note": row["source_sheet" + BEFORE],
            "after_row": row["source_row" + AFTER],
            "after_row:href": _place(desk, row, AFTER),
            "after_row:note": row["source_sheet" + AFTER],
        }


def _alone(desk: Desk, rows: Comparison, kind: str) -> Iterator[dict[str, Any]]:
    side, measure, word = "after" if kind == "added" else "before", _measure(rows), KINDS[kind]
    for row in getattr(rows, kind).head(MOST_ROWS).iter_rows(named=True):
        money = {side: row[measure]} if measure else {}
        yield {
            "kind": desk.view.t(word),
            "name": _name(desk, rows, row, row["key_no"]),
            "what": _described(desk, row),
            **money,
            f"{side}_row": row["source_row"],
            f"{side}_row:href": _place(desk, row, ""),
            f"{side}_row:note": row["source_sheet"],
        }


def _place(desk: Desk, row: Mapping[str, Any], ending: str) -> str:
    return desk.view.href(f"/source/{row['slice_id' + ending]}/{row['row_no' + ending]}")


def _measure(rows: Comparison) -> str | None:
    """Return the measure to show beside each row: the one in which most money moved; of equal ones the last."""

    def moved(name: str) -> int:
        change = rows.totals[name]
        return abs(change.added_fen) + abs(change.changed_fen) + abs(change.removed_fen)

    return max(reversed(rows.totals), key=moved, default=None)


def _name(desk: Desk, rows: Comparison, row: Mapping[str, Any], key_no: int | None) -> str:
    """Name a row by its key; one that no key names by its unit and project."""
    names = field_words(desk)
    key = rows.keys[key_no] if key_no is not None else ("unit_code", "project_code", "function_code")
    stated = [name for name in key if row.get(name) is not None]
    if len(key) == 1:
        return str(row[key[0]])
    return "; ".join(f"{names.get(name, name)} {_text(desk, name, row)}" for name in stated)


def _described(desk: Desk, row: Mapping[str, Any]) -> str:
    """Say of a row that stands on one side only what a reader knows it by."""
    wanted = ("unit_name", "project_name", "payee_name", "purpose", "summary", "reason")
    return "; ".join(_text(desk, name, row) for name in wanted if row.get(name) is not None)


def _text(desk: Desk, name: str, row: Mapping[str, Any]) -> str:
    value = row[name]
    return desk.view.t("空白") if value is None else field_value(name, value, row, desk)


def other_deliveries_of(desk: Desk, batch: Batch) -> list[Any]:
    """Draw the earlier and later deliveries of the same data, each with the way to what differs; none without any."""
    t, view = desk.view.t, desk.view
    others = other_deliveries(desk.connection, desk.scope, batch.batch_id) if batch.status == "published" else []
    others = [one for one in others if one.known_at <= view.known_at]
    if not others:
        return []
    mine = (batch.known_at, batch.batch_id)
    rows = []
    for one in others:
        is_earlier = (one.known_at, one.batch_id) < mine
        pair = (one.batch_id, batch.batch_id) if is_earlier else (batch.batch_id, one.batch_id)
        rows.append(
            {
                "batch_id": one.batch_id,
                "batch_id:href": view.href(f"{MENU}/batches/{one.batch_id}"),
                "file_name": one.file_name,
                "known_at": desk.local(one.known_at),
                "order": t("较早") if is_earlier else t("较晚"),
                "difference": t("看差异"),
                "difference:href": view.href(f"{MENU}/batches/{pair[0]}/diff/{pair[1]}"),
            }
        )
    columns = [
        Column("batch_id", t("批次"), "count", is_sortable=False),
        Column("file_name", t("文件"), is_sortable=False),
        Column("known_at", t("送达时间"), is_sortable=False),
        Column("order", t("先后"), is_sortable=False),
        Column("difference", t("差异"), is_sortable=False),
    ]
    title = t("同一份数据的其他送达")
    return [section(title, table_view(Table("others", title, columns, rows, is_whole=True), view))]
