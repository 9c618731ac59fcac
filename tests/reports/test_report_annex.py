"""The list of warnings lies across the sheet, under its rules, and the sheets around it stand upright."""

from pathlib import Path

import pytest
from docx import Document
from report_cast import QUARTER, STREET, TOWN, District, finding

from reports.build import write_report


@pytest.fixture
def written(district: District, tmp_path: Path) -> Path:
    levels = ["red"] * 40 + ["yellow"] * 40
    found = [finding(("A01", "A03")[n % 2], level, f"6{n:02d}", STREET) for n, level in enumerate(levels)]
    district.judge(QUARTER.last_day, found)
    return write_report(district.snapshot(STREET), tmp_path).path


def test_only_the_list_of_warnings_lies_across(written: Path) -> None:
    sheets = [(round(one.page_width.mm), round(one.page_height.mm)) for one in Document(str(written)).sections]
    assert sheets == [(210, 297), (297, 210), (210, 297)]


def test_the_type_area_turns_with_the_sheet(written: Path) -> None:
    upright, across, last = Document(str(written)).sections
    for section in (upright, last):
        edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [round(edge.mm) for edge in edges] == [37, 35, 28, 26]
    assert round(across.page_width.mm - across.left_margin.mm - across.right_margin.mm) == 225
    assert all(section.footer.is_linked_to_previous for section in (across, last))


def test_every_rule_heads_its_warnings_once(written: Path) -> None:
    table = Document(str(written)).tables[-1]
    heads = [row.cells[0].text for row in table.rows if len({cell._tc for cell in row.cells}) == 1]
    assert sorted(head[:3] for head in heads) == ["A01", "A03"]
    assert len(table.rows) == 1 + len(heads) + 80


def test_without_warnings_no_sheet_is_turned(told: District, tmp_path: Path) -> None:
    path = write_report(told.snapshot(TOWN), tmp_path).path
    assert len(Document(str(path)).sections) == 1


def test_a_law_is_cited_once_a_rule_in_the_body(written: Path) -> None:
    body = [one.text for one in Document(str(written)).paragraphs]
    cited = [text for text in body if "适用规则A01" in text]
    assert len(cited) > 1
    assert ["依据" in text for text in cited] == [True, *[False] * (len(cited) - 1)]
