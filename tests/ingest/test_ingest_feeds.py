"""Every canonical feed, from file to facts on both engines: each column, to the fen, null apart from zero."""

import datetime as dt

import polars as pl
import pytest
from ingest_ground import House, csv_bytes, mapping_of, read

from budget import frames
from budget.vocabulary import VALUES
from ingest.mapping import default_kind
from warehouse.deliveries import text_limits

# What a cell of each kind says, and what it becomes; {n} is the column's place, so that no two are alike.
CELLS = {
    "money": ("-{n},234.56", lambda n: -(n * 100_000 + 23_456)),
    "date": ("2026年3月{n}日", lambda n: dt.date(2026, 3, n)),
    "int": ("20{n:02d}年度", lambda n: 2000 + n),
    "number": ("{n}", lambda n: n),
    "month": ("12月", lambda n: 12),
    "percent": ("{n}.5%", lambda n: n * 100 + 50),
    "flag": ("是", lambda n: True),
    "code": ("0{n}", lambda n: f"0{n}"),
}
FIXED = {name: values[0] for name, values in VALUES.items()} | {"unit_level": "unit"}
ZERO = {"money": 0, "number": 0, "percent": 0, "flag": False}


def mapping_text(feed):
    """Return a mapping that takes every column of a feed from a column of that name, in 元."""
    lines = [f'feed = "{feed}"', 'title = "一"', 'owner = "二"', r"file_name = '.*\.csv'", "[table]"]
    lines += ['format = "csv"', "[amounts]", 'unit = "元"', "[columns]"]
    lines += [f'{name} = {{ from = "{name}" }}' for name in frames.FEEDS[feed]]
    key = "division_code" if "division_code" in frames.FEEDS[feed] else "scheme"
    return "\n".join([*lines, "[slice]", f'key = ["{key}"]', 'distinct = ["' + key + '"]'])


def full_row(feed):
    """Return cells that fill every column, and what they become; text is as long as the warehouse keeps."""
    cells, facts = [], {}
    for place, name in enumerate(frames.FEEDS[feed], 1):
        kind = default_kind(feed, name)
        if kind == "text":
            cell = FIXED.get(name) or f"文{place}".ljust(text_limits(feed)[name] or 400, "字")
            facts[name] = cell
        else:
            written, becomes = CELLS[kind]
            cell, facts[name] = written.format(n=place), becomes(place)
        cells.append(f'"{cell}"')
    return cells, facts


def bare_row(feed):
    """Return cells that fill what the feed needs and nothing else."""
    full, facts = full_row(feed)
    needed = frames.REQUIRED[feed]
    names = list(frames.FEEDS[feed])
    cells = [cell if name in needed else "" for name, cell in zip(names, full, strict=True)]
    return cells, {name: value if name in needed else None for name, value in facts.items()}


def zero_row(feed):
    """Return cells that say 0 where a 0 can be said, and nothing in the optional rest."""
    cells, facts = bare_row(feed)
    for place, name in enumerate(frames.FEEDS[feed]):
        kind = default_kind(feed, name)
        if kind in ZERO:
            cells[place], facts[name] = "0", ZERO[kind]
    return cells, facts


@pytest.fixture
def house(warehouse_engine, tmp_path):
    return House(warehouse_engine, tmp_path / "landing")


def test_every_feed_of_the_design_is_there():
    wanted = """units classifications allotments adjustments cash_plans payments execution_months revenue projects
    milestones contracts transfers debt treasury final_accounts performance documents"""
    assert list(frames.FEEDS) == wanted.split()
    assert set(frames.REQUIRED) == set(frames.FACT_TABLE) == set(frames.FEEDS)
    for feed, schema in frames.FEEDS.items():
        days = {*frames.BEGINS.get(feed, ()), *frames.DONE_BY.get(feed, {}), *frames.REQUIRED[feed]}
        days |= {name for names in frames.DONE_BY.get(feed, {}).values() for name in names}
        assert days | ({frames.DATED[feed]} if feed in frames.DATED else set()) <= set(schema), feed


def test_columns_with_a_fixed_few_values_are_columns_of_some_feed():
    assert set(VALUES) <= {name for schema in frames.FEEDS.values() for name in schema}


@pytest.mark.parametrize("feed", frames.FEEDS)
def test_a_file_fills_every_column_and_null_is_not_zero(house, tmp_path, feed):
    rows = [full_row(feed), bare_row(feed), zero_row(feed)]
    content = csv_bytes(",".join(frames.FEEDS[feed]), *(",".join(cells) for cells, _ in rows), encoding="gb18030")
    done = house.load(mapping_of(tmp_path, mapping_text(feed)), "full.csv", content)
    # Made-up cells add up to nothing and name units that are not there: checks that only warn may say so.
    assert (done.status, done.rejected) == ("published", 0)
    found = house.facts(feed)
    assert found.select(*frames.FEEDS[feed]).to_dicts() == [facts for _, facts in rows]
    assert found["source_row"].to_list() == [2, 3, 4]
    for measure, fen in done.totals.items():
        assert fen == found[measure].drop_nulls().sum(), measure


@pytest.mark.parametrize("feed", [feed for feed in frames.FEEDS if frames.MEASURES[feed]])
def test_the_four_budgets_and_carry_over_stay_apart(house, tmp_path, feed):
    schema = frames.FEEDS[feed]
    assert {"fund_type_code", "budget_source"} & set(schema), "money tells its budget"
    base = dict(zip(schema, zero_row(feed)[0], strict=True))
    measure = frames.MEASURES[feed][0]
    told = [(fund, source) for fund in ("11", "12", "13", "14", None) for source in ("current", "carryover")]
    rows = []
    for n, (fund, source) in enumerate(told, 1):
        row = base | {measure: f"{n}.01"} | ({"fund_type_code": fund or ""} if "fund_type_code" in schema else {})
        rows.append(row | ({"budget_source": source} if "budget_source" in schema else {}))
    content = csv_bytes(",".join(schema), *(",".join(row.values()) for row in rows))
    assert house.load(mapping_of(tmp_path, mapping_text(feed)), "four.csv", content).status == "published"
    by = [name for name in ("fund_type_code", "budget_source") if name in schema]
    sums = house.facts(feed).group_by(by, maintain_order=True).agg(pl.col(measure).sum())
    expected = {}
    for n, pair in enumerate(told, 1):
        key = pair if len(by) == 2 else pair[:1]
        expected[key] = expected.get(key, 0) + n * 100 + 1
    assert {row[:-1]: row[-1] for row in sums.rows()} == expected


@pytest.mark.parametrize(
    ("feed", "column", "cell", "expected"),
    [
        ("cash_plans", "month", "13", "a month from 1 to 12"),
        ("cash_plans", "month", "", "a month"),
        ("cash_plans", "planned_fen", "", "an amount"),
        ("milestones", "planned_share_bp", "12.345%", "a share of at most two decimals like 12.34%"),
        ("performance", "self_score_hundredths", "优", "a share like 12.5% or a score like 92.5"),
        ("contracts", "payment_term_days", "三十天", "a whole number"),
        ("contracts", "payment_term_days", "-30", "a whole number"),
        ("contracts", "contract_no", "", "text"),
        ("debt", "as_of_on", "2026-02-30", "a date like 2019-3-31 or 20190331 or 43555"),
        ("debt", "rate_bp", "#DIV/0!", "a share like 12.5% or a score like 92.5"),
        ("documents", "is_secret", "也许", "one of 1, 是, Y, y, true, TRUE, 0, 否, N, n, false, FALSE"),
        ("transfers", "advance_year", "202", "a year like 2026"),
        ("treasury", "advances_fen", "1.001", "a whole number of fen"),
        ("final_accounts", "outturn_fen", "1,2O0", "a number"),
        ("payments", "headcount", "12.5", "a whole number"),
    ],
)
def test_a_cell_that_cannot_be_read_holds_its_row_with_what_was_expected(tmp_path, feed, column, cell, expected):

    row = dict(zip(frames.FEEDS[feed], zero_row(feed)[0], strict=True)) | {column: f'"{cell}"' if cell else ""}
    content = csv_bytes(",".join(row), ",".join(row.values()))
    rejected = read(mapping_of(tmp_path, mapping_text(feed)), "bad.csv", content).rejected
    assert [(one.column_name, one.found, one.expected) for one in rejected] == [(column, cell or None, expected)]
