"""docs/adding-a-feed.md is true: its example loads, every key and column is in it, and no other."""

import datetime as dt
import re
from pathlib import Path

import pytest
from ingest_ground import mapping_of, read

from budget import frames
from ingest import mapping_checks as checks
from ingest import mapping_parts as parts
from ingest.mapping import Mapping

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "adding-a-feed.md").read_text(encoding="utf-8")
TABLES = {
    "`[table]`": parts.TableSpec,
    "`[amounts]`": parts.AmountSpec,
    "`[columns]`": parts.ColumnSpec,
    "`[[subtotals]]`": parts.SubtotalSpec,
    "`[checks]`": checks.CheckSpec,
    "A check": checks.VoucherRule,
    "`[checks.control]`": checks.ControlSpec,
    "`[slice]`": parts.SliceSpec,
    "`[delivery]`": parts.DeliverySpec,
}


def block(kind):
    return re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[1]


def test_the_worked_example_loads_as_the_page_says(tmp_path):
    done = read(mapping_of(tmp_path, block("toml"), "bokuan"), "拨款202606.csv", block("csv").encode("gb18030"))
    assert (done.hold_reasons, done.rejected) == ((), ())
    assert done.facts.select("source_row", "unit_code", "payment_fen", "paid_on").rows() == [
        (5, "101001", 1_200_500_000, dt.date(2026, 6, 3)),
        (6, "101001", 34_500_000, dt.date(2026, 6, 18)),
        (8, "102001", 0, dt.date(2026, 6, 30)),
    ]
    assert [check.outcome for check in done.checks] == ["ok", "ok"]
    assert done.slices["slice_key"].to_list() == ["990101010/202606"]


@pytest.mark.parametrize("name", TABLES)
def test_every_key_of_the_grammar_is_on_the_page_and_no_other(name):
    text = re.split(r"\n#{2,4} ", PAGE.split(f"### {name}\n" if name[0] != "`" else f"### {name}")[1])[0]
    text = text.split("A **condition**")[0]
    told = {
        key for line in text.splitlines() if line.startswith("| `") for key in re.findall("`(.+?)`", line.split("|")[1])
    }
    assert told == {field.alias or key for key, field in TABLES[name].model_fields.items()}


def test_every_key_at_the_top_is_on_the_page():
    shown = set(re.findall(r"`(\w+)`", PAGE.split("### Top")[1].split("###")[0]))
    shown |= {re.sub(r"\W", "", name) for name in TABLES}
    assert set(Mapping.model_fields) - {"name", "sha256"} <= shown


def test_every_column_of_every_feed_is_on_the_page():
    text = PAGE.split("<!-- feeds:begin -->")[1].split("<!-- feeds:end -->")[0].strip()
    assert text == "\n".join(feed_lines())


def feed_lines():
    """Return the table of feeds as the page must show it."""
    lines = ["| feed | columns |", "|---|---|"]
    for feed, schema in frames.FEEDS.items():
        needed = frames.REQUIRED[feed]
        lines.append(f"| `{feed}` | {' · '.join(f'**{name}**' if name in needed else name for name in schema)} |")
    return lines
