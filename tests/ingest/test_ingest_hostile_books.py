"""Workbooks made to fill a memory or to take for ever are refused in words, soon and within little memory."""

import json
import struct
import subprocess
import sys

import pytest
from hostile_books import HOSTILE, MOST_CELLS, names_that_double, ole_of, record, sheet_xml, stream_of, xlsx_of
from peak_memory import peak_mib

from ingest.delivery import Delivery
from ingest.library_damage import read_or_tell
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, read_sheets

EXCEL = TableSpec(format="excel")


def cells(name, content, limits=Limits(cells=MOST_CELLS)):  # noqa: B008  # limits never change
    return read_sheets(name, Delivery.of_bytes(content), EXCEL, limits)[0].cells.rows()


@pytest.fixture(scope="module")
def read_by_a_child():
    """Return what is said of each hostile workbook, and the memory that all of them took, one after the other."""
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.parametrize(("name", "told"), [(name, told) for name, _, told in HOSTILE])
def test_what_is_made_to_fill_the_memory_is_refused_in_words(read_by_a_child, name, told):
    said = read_by_a_child["said"][name]
    assert said.startswith(name)
    assert told in said


def test_no_hostile_workbook_takes_much_memory(read_by_a_child):
    assert read_by_a_child["peak_mib"] < 512


def test_names_that_nobody_needs_are_not_worked_out():
    assert cells("names.xls", names_that_double(60)) == [("1.5",)]


def test_what_a_sheet_claims_to_span_is_not_believed():
    claimed = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>', before='<dimension ref="A1:XFD1048576"/>')
    assert cells("a.xlsx", xlsx_of(sheet=claimed)) == [("1",)]


def test_ten_thousand_columns_are_read():
    row = "".join(f"<c><v>{number}</v></c>" for number in range(10_000))
    assert cells("a.xlsx", xlsx_of(f"<row>{row}</row>")) == [tuple(map(str, range(10_000)))]


def test_an_xls_that_would_take_a_multiple_of_its_size_is_refused():
    content = ole_of(stream_of()).ljust((128 << 20) + 1, b"\0")
    with pytest.raises(UnreadableError, match=r"a\.xls is an \.xls of 134,217,729 bytes; at most 134,217,728 are read"):
        cells("a.xls", content)


def test_a_sheet_of_too_many_cells_is_refused_before_they_are_held_as_text():
    rows = b"".join(
        record(0xBD, struct.pack("<HH", row, 0) + struct.pack("<Hi", 0, row << 2 | 2) * 200 + struct.pack("<H", 199))
        for row in range(101)
    )
    with pytest.raises(UnreadableError, match=r"a\.xls sheet A spans 101 rows and 200 columns; at most 20,000 cells"):
        cells("a.xls", ole_of(stream_of(cells=rows)))


def test_a_container_of_something_else_says_what_it_holds():
    with pytest.raises(UnreadableError, match=r"a\.xls is no workbook, it holds: WordDocument; open it in Excel"):
        cells("a.xls", ole_of(stream_of(), "WordDocument"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (ole_of(stream_of(), "EncryptedPackage"), "an .xlsx with a password is an OLE container"),
        (ole_of(stream_of(record(0x2F, bytes(6)))), "an .xls with a password"),
    ],
)
def test_a_locked_workbook_of_either_kind_is_named(content, why):
    with pytest.raises(UnreadableError, match=r"a\.xlsx is locked with a password; ask for it again without one"):
        pytest.fail(f"{why}: {cells('a.xlsx', content)}")


def test_an_xls_of_before_1995_is_named():
    old = stream_of().replace(struct.pack("<HHHH", 0x809, 16, 0x600, 5), struct.pack("<HHHH", 0x409, 16, 0x400, 5))
    with pytest.raises(UnreadableError, match=r"a\.xls is an \.xls of before 1995; open it in Excel"):
        cells("a.xls", ole_of(old))


def test_a_full_memory_is_no_damage_of_the_file():
    def fill():
        raise MemoryError

    with pytest.raises(MemoryError):
        read_or_tell(lambda why: UnreadableError(why, "damaged_workbook", file="a.xls"), fill)


def test_nesting_too_deep_for_a_library_is_damage_of_the_file():
    def nest():
        raise RecursionError("too deep")

    with pytest.raises(UnreadableError, match=r"^damaged: too deep$"):
        read_or_tell(lambda why: UnreadableError(f"damaged: {why}", "damaged_workbook", file="a.xls"), nest)


def main() -> None:
    import resource  # noqa: PLC0415  # the child alone

    # Whatever asks for this much dies at once, instead of taking the machine with it.
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    said = {}
    for name, make, _ in [*HOSTILE, ("names.xls", lambda: names_that_double(60), "")]:
        try:
            said[name] = f"read: {cells(name, make())}"
        except UnreadableError as error:
            said[name] = str(error)
    json.dump({"said": said, "peak_mib": peak_mib()}, sys.stdout)


if __name__ == "__main__":
    main()
