"""The sample's own arithmetic of concentrated payees: what is true of the vouchers as built, apart from the rules."""

from collections import defaultdict

import polars as pl

from sample.model import District, Line
from sample.people import LATE_DIVISION

_LEAST_FEN = 50_000_000
_LEAST_VOUCHERS = 10
_APART = ("供电", "水务", "电信", "石油", "代发", "专户", "归集户", "社会保险", "公积金", "国库", "税务", "财政")
_TO_PEOPLE = ("301", "303")


def gathered(district: District) -> set[tuple[str, str, str]]:
    """Return (rule, subject, period) where one payee got half or more of a category, out of two projects (E17)."""
    kinds = {line.project.code: line.project.category for line in _budgeted(district) if line.project}
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    projects: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for unit, project, payee, fen in _net(district).iter_rows():
        key = unit, kinds.get(project, "")
        sums[key][payee] += fen
        projects[*key, payee].add(project)
        counts[key] += 1
    found = set()
    for (unit, category), payees in sums.items():
        whole, most = sum(payees.values()), max(payees.values())
        many = max(len(projects[unit, category, payee]) for payee, fen in payees.items() if fen == most)
        is_enough = counts[unit, category] >= _LEAST_VOUCHERS and many > 1
        if category and whole >= _LEAST_FEN and is_enough and most * 2 >= whole:
            found.add(("E17", f"category:{unit}/{category}", str(district.year)))
    return found


def _budgeted(district: District) -> list[Line]:
    """Return the year's lines whose category a budget states."""
    return [line for line in district.lines[district.year] if not line.is_unbudgeted]


def _net(district: District) -> pl.DataFrame:
    """Return unit, project, payee and amount of this year's project vouchers, less what names them and takes back."""
    own = district.payments.filter(
        pl.col("year") == district.year,
        pl.col("voided") == 0,
        pl.col("division") != LATE_DIVISION,
        pl.col("project").is_not_null(),
    )
    back = own.filter(pl.col("fen") < 0, pl.col("original").is_not_null())
    taken = back.group_by(voucher="original").agg(taken=pl.col("fen").sum())
    is_apart = pl.col("payee").str.contains_any(list(_APART)) | pl.col("economic").str.slice(0, 3).is_in(_TO_PEOPLE)
    paid = own.filter(pl.col("fen") > 0, pl.col("kind") != "退款", pl.col("payee") != "", ~is_apart)
    net = pl.col("fen") + pl.col("taken").fill_null(0)
    return (
        paid.join(taken, on="voucher", how="left", maintain_order="left")
        .select("unit", "project", "payee", fen=net)
        .filter(pl.col("fen") > 0)
    )
