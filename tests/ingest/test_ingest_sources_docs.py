"""docs/sources.md is true: its examples load, every key and placeholder is in it, and no other."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest
from ingest_ground import PAYMENTS, built_in, mapping_of

from ingest.expected import Calendar, Line
from ingest.sources.placeholders import values_on
from ingest.sources.registry import load_sources
from ingest.sources.spec import HttpSource, SftpSource, Source, SqlViewSource

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "sources.md").read_text(encoding="utf-8")
FEEDS = (DOCS / "adding-a-feed.md").read_text(encoding="utf-8")
TODAY = dt.date(2026, 11, 20)


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def keys(text: str) -> dict[str, str]:
    """Return key -> default of the tables of a section."""
    told = {}
    for line in re.findall(r"^\| `.*$", text, re.MULTILINE):
        names, default = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:3]]
        told |= dict.fromkeys(re.findall(r"`([a-z_]+)`", names), default)
    return told


def own(model: type[Source]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items() if name not in Source.model_fields}


@pytest.mark.parametrize(("title", "model"), [("HTTP", HttpSource), ("SFTP", SftpSource), ("SQL view", SqlViewSource)])
def test_every_key_of_a_kind_is_in_its_table_and_no_other(title: str, model: type[Source]) -> None:
    assert set(keys(section(PAGE, title))) == own(model) - {"kind"}


def test_every_key_of_all_kinds_stands_with_its_default() -> None:
    told = keys(section(PAGE, "Every kind"))
    assert set(told) == {*Source.model_fields, "kind"} - {"name"}
    for name in ("every_minutes", "attempts", "timeout_seconds", "deadline_seconds", "max_mib"):
        assert told[name] == f"`{Source.model_fields[name].default}`"


def test_every_placeholder_stands_with_its_value() -> None:
    told = dict(re.findall(r"`\{(\w+)\}` (\d+)", section(PAGE, "Placeholders")))
    assert told == values_on(TODAY)


def test_the_examples_load(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    for name, text in re.findall(r"```toml\n# DATA/sources/([a-z-]+)\.toml[^\n]*\n(.*?)```", PAGE, re.DOTALL):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    by_year = PAYMENTS.replace(r"pay-(?P<period>\d{6})(?:-\d+)?", r"execution-(?P<period>\d{4})")
    view = mapping_of(tmp_path, by_year, "monthly-view")
    view = view.model_copy(update={"feed": "execution_months"})
    mappings = [built_in("qinghe-payments"), built_in("qinghe-allotments"), view]
    assert [one.name for one in load_sources(folder, mappings, TODAY)] == ["budget-office", "monthly", "treasury"]


def test_every_key_of_the_calendar_is_on_its_page_and_the_example_is_right() -> None:
    text = section(FEEDS, "Expected")
    assert set(keys(text)) == {field.alias or name for name, field in Line.model_fields.items()}
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(Calendar.model_validate(tomllib.loads(example)).expected) == 3
