"""Plain readers of the sample's files, written apart from ingest."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import fastexcel

Entries = dict[str, Any]
UNTIL = dt.date(2026, 11, 22)
SCALE = 0.08


def cells(path: Path) -> list[list[str]]:
    """Read a workbook's only sheet as text."""
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string")
    return [[value or "" for value in row] for row in sheet.to_polars().iter_rows()]


def fen(text: str) -> int:
    """Read 万元 as finance types them: separators, full-width digits, numbers with a tail of float noise."""
    plain = text.translate(str.maketrans("０１２３４５６７８９", "0123456789")).replace(",", "")
    return round(float(plain) * 1_000_000)


def vouchers(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="gb18030", newline="") as file:
        return list(csv.DictReader(file))


def yuan_fen(text: str) -> int:
    whole, _, rest = text.replace(",", "").partition(".")
    return int(whole + rest.ljust(2, "0"))


def day(text: str) -> dt.date:
    if "-" in text:
        year, month, number = (int(part) for part in text.split("-"))
        return dt.date(year, month, number)
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))


def in_force(files: tuple[Path, ...], pattern: str) -> list[Path]:
    """Return the latest delivery of each slice of files whose name starts with a pattern, wrong totals left out."""
    latest: dict[str, Path] = {}
    for path in files:
        if path.name.startswith(pattern):
            latest[path.stem.rpartition("-")[0]] = path
    return list(latest.values())


def listed(planted: dict[str, Any], kind: str, rule: str) -> set[tuple[str, str]]:
    return {(entry["subject"], entry["period"]) for entry in planted[kind] if entry["rule"] == rule}
