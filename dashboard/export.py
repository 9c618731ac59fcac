"""The current table as a file: every row, the same totals, amounts in 元, text that no spreadsheet will run."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import xlsxwriter

from budget.levels import LOOKS
from dashboard.tables import Column, Table
from dashboard.words import Words

CENT = Decimal("0.01")
# A spreadsheet takes a cell that starts with one of these for a formula.
_RUNS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Return text that a spreadsheet shows and does not run; headers too."""
    return f"'{text}" if text.startswith(_RUNS) else text


def head(column: Column, t: Words) -> str:
    """Return a column's head for a file: money is written in 元, so the head says so."""
    title = column.title.replace(t("万元"), t("元")) if column.kind == "wan" else column.title
    return harmless(title)


def cell(column: Column, value: Any, t: Words) -> str | int | float | Decimal | None:
    """Return a value for a file: numbers stay numbers, text is made harmless, missing stays empty."""
    if value is None or value == "":
        return None
    if column.kind in ("wan", "yuan", "rate", "points", "progress"):
        return (Decimal(int(value)) / 100).quantize(CENT)
    if column.kind in ("count", "clues"):
        return int(value)
    if column.kind == "level":
        return t(LOOKS[value].colour_name) if value in LOOKS else harmless(str(value))
    return harmless(str(value))


def with_level_codes(table: Table, codes: Mapping[str, int]) -> Table:
    """Put a column ``level_code`` behind each column of levels, with the numbers the site's other systems know."""
    named = [column for column in table.columns if column.kind == "level"]
    if not codes or not named:
        return table
    columns: list[Column] = []
    for column in table.columns:
        columns.append(column)
        if column in named:
            name = "level_code" if len(named) == 1 else f"{column.key}_level_code"
            columns.append(Column(f"{column.key}:code", name, "count"))
    rows = [dict(row) | {f"{one.key}:code": codes.get(row.get(one.key) or "") for one in named} for row in table.rows]
    return replace(table, columns=columns, rows=rows)


def _lines(table: Table, t: Words) -> list[list[Any]]:
    rows = [*table.rows, *([table.totals] if table.totals is not None else [])]
    return [[cell(column, row.get(column.key), t) for column in table.columns] for row in rows]


def to_csv(table: Table, t: Words) -> bytes:
    """Write a table as UTF-8 CSV with a byte-order mark, so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_titled(column, t) for column in table.columns])
    writer.writerows([["" if value is None else value for value in line] for line in _lines(table, t)])
    return out.getvalue().encode("utf-8-sig")


def _titled(column: Column, t: Words) -> str:
    return head(column, t) + ("" if column.kind not in ("rate", "progress") else " %")


def to_xlsx(table: Table, t: Words, notes: list[str]) -> bytes:
    """Write a table as a workbook: the notes (口径, date, coverage) under the rows, the totals row bold."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(t("数据"))
    bold = book.add_format({"bold": True, "bottom": 1})
    money, strong = (
        book.add_format({"num_format": "#,##0.00"}),
        book.add_format({"bold": True, "num_format": "#,##0.00"}),
    )
    sheet.write_row(0, 0, [_titled(column, t) for column in table.columns], bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, max(1, len(table.columns) - 1), 16)
    lines = _lines(table, t)
    for number, line in enumerate(lines, 1):
        is_total = table.totals is not None and number == len(lines)
        for position, value in enumerate(line):
            _write(sheet, number, position, value, strong if is_total else money)
    for offset, note in enumerate(notes):
        sheet.write_string(len(lines) + 2 + offset, 0, harmless(note))
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, position: int, value: Any, style: Any) -> None:
    if isinstance(value, Decimal):
        sheet.write_number(row, position, float(value), style)
    elif isinstance(value, int):
        sheet.write_number(row, position, value)
    elif value is not None:
        sheet.write_string(row, position, value)
