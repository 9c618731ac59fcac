"""Delimited text read the fast way has the cells, widths and row numbers that Python's csv module gives it."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest import delimited
from ingest.cells import storable
from ingest.delimited import read_delimited
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError

ODD = [
    ",",
    '"',
    '""',
    "\n",
    "\r",
    "\r\n",
    " ",
    "\u3000",
    "\u00a0",
    "\u0085",
    "\x00",
    "\x02",
    "\ufeff",
    "=",
    "'",
    "a",
    "元",
    "1,000",
]
CELL = st.lists(st.sampled_from(ODD), max_size=4).map("".join)
LINE_END = st.sampled_from(["\n", "\r\n"])


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def tables(draw):
    """Return well written text: cells that need it are quoted, others sometimes."""
    rows = draw(st.lists(st.lists(st.tuples(CELL, st.booleans()), min_size=1, max_size=4), min_size=1, max_size=6))
    end = draw(LINE_END)
    lines = [
        ",".join(quoted(cell) if flag or set(cell) & set(',"\r\n') else cell for cell, flag in row) for row in rows
    ]
    return end.join(lines) + draw(st.sampled_from(["", end]))


def expected(text):
    """Return what the csv module makes of a text without its mark: blank cells are None, with the cells of each row."""
    try:
        rows = list(csv.reader(io.StringIO(storable(text).removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error:
        return None
    return [[cell if cell.strip() else None for cell in row] for row in rows], [len(row) for row in rows]


def found(text, encoding="utf-8"):
    """Return the same of our reader, part by part, with the number each part says its first row has."""
    try:
        content = text.encode(encoding)
        spec = TableSpec(format="csv", encodings=(encoding,))
        sheet = read_delimited("p.csv", lambda: io.BytesIO(content), spec)
        parts = [sheet, *sheet.rest]
    except UnreadableError:
        return None
    rows, widths = [], []
    for part in parts:
        assert part.first_row == len(rows) + 1
        cells = [list(row) for row in part.cells.rows()] if part.cells.width else [[] for _ in part.widths]
        rows += [row[:width] for row, width in zip(cells, part.widths, strict=True)]
        assert all(cell is None for row, width in zip(cells, part.widths, strict=True) for cell in row[width:])
        widths += part.widths.to_list()
    return rows, widths


@pytest.fixture(params=[8 << 20, 5], ids=["in one piece", "in pieces of five bytes"])
def piece(request, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", request.param)


@pytest.mark.usefixtures("piece")
class TestBothWays:
    @given(tables())
    @example("a,b\r\nc\rd,e\r\n")
    @example("a,b\r\r\nc,d\r\n")
    @example("a,b\nc,d\r")
    @example('a,b\n"c\nd",e\n')
    @example("a,b\n\n\nc,d\n")
    @example("a\n\nb\n")
    @example("a,b\n\u3000,c\n")
    @example('a,b\n"",""\n')
    def test_well_written_text_has_the_cells_of_the_csv_module(self, text):
        assert found(text) == expected(text)

    @given(st.lists(st.sampled_from(ODD), max_size=12).map("".join))
    @example('a"b,c\nd,e\n')
    @example('"a"b,c\n')
    @example('a,"b\n')
    @example("\u0085,\u00a0\n")
    def test_any_text_has_the_cells_of_the_csv_module_or_is_refused_as_it_is(self, text):
        assert found(text) == expected(text)

    @given(tables())
    def test_what_is_delivered_in_gb18030_is_read_as_in_utf_8(self, text):
        assert found(text, "gb18030") == found(text)
