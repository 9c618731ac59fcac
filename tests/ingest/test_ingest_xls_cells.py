"""Cells of an .xls say what they said to the program that wrote them, record by record."""

import struct

import pytest
from hostile_books import ole_of, record, stream_of

from ingest.delivery import Delivery
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, read_sheets


def wide(text):
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def style(number):
    return record(0xE0, struct.pack("<HHH", 0, number, 0) + bytes(14))


def styled(number, code):
    return record(0x41E, struct.pack("<H", number) + wide(code)) + style(number)


def at(style_number=0):
    return struct.pack("<HHH", 0, 0, style_number)


def number(value, style_number=0):
    return record(0x203, at(style_number) + struct.pack("<d", value))


def packed(value, *, hundredths=False):
    return record(0x27E, at() + struct.pack("<i", value << 2 | 2 | hundredths))


def formula(result):
    return record(0x06, at() + result + bytes(6))


PHONETIC = struct.pack("<HBI", 3, 4 | 1, 6) + "办公费".encode("utf-16-le") + b"x" * 6
RICH = struct.pack("<HBH", 2, 8, 1) + b"ab" + bytes(4)
# The second text is cut in the middle, as where a record was full, and goes on in one byte a character.
CUT = struct.pack("<HB", 4, 1) + "教育".encode("utf-16-le")
STYLES = [style(0), style(14), style(31), style(57), styled(164, 'yyyy"年"m"月"'), styled(165, '0.00"年"'), style(99)]
FRONT = [*STYLES, record(0xFC, struct.pack("<II", 3, 3) + RICH + CUT), record(0x3C, b"\x00ju" + PHONETIC)]


def cells(*found, front=FRONT):
    content = ole_of(stream_of(*front, cells=b"".join(found)))
    return read_sheets("a.xls", Delivery.of_bytes(content), TableSpec(format="excel"), Limits())[0].cells.rows()


@pytest.mark.parametrize(
    ("found", "said", "why"),
    [
        (number(12.5), "12.5", "a number"),
        (number(7.0), "7", "an integer"),
        (number(4.40604000201234567890e20), "4.40604000201235E+20", "digits that a number has lost"),
        (packed(-1250), "-1250", "an integer packed into 30 bits"),
        (packed(1250, hundredths=True), "12.5", "hundredths packed into 30 bits"),
        (number(43555.0, 1), "2019-03-31 00:00:00", "a day by a format of every language"),
        (number(43555.0, 2), "2019-03-31 00:00:00", "yyyy年m月d日, which Chinese programs know by number"),
        (number(43555.5, 3), "2019-03-31 12:00:00", "yyyy年m月, likewise"),
        (number(43555.0, 4), "2019-03-31 00:00:00", "a day by a format of its own"),
        (number(3.5, 5), "3.5", "a number of years is no day"),
        (number(20000000.5, 1), "20000000.5", "a number that no calendar has a day for"),
        (number(43555.0, 6), "43555", "a format that is not there"),
        (record(0xFD, at() + struct.pack("<I", 0)), "ab", "a shared text in several faces"),
        (record(0xFD, at() + struct.pack("<I", 1)), "教育ju", "a shared text that is cut by the end of a record"),
        (record(0xFD, at() + struct.pack("<I", 2)), "办公费", "a shared text, its phonetic guide left out"),
        (record(0x204, at() + wide("440604000201234567890")), "440604000201234567890", "digits that a text keeps"),
        (record(0x205, at() + b"\x01\x00"), "true", "a boolean"),
        (record(0x205, at() + b"\x07\x01"), "#DIV/0!", "an error"),
        (record(0x205, at() + b"\x63\x01"), "#N/A", "an error that nobody knows"),
        (formula(struct.pack("<d", 2.0)), "2", "a formula that came out as a number"),
        (formula(b"\x01\x00\x00\x00\x00\x00\xff\xff"), "false", "as a boolean"),
        (formula(b"\x02\x00\x2a\x00\x00\x00\xff\xff"), "#N/A", "as an error"),
        (formula(b"\x00\x00\x00\x00\x00\x00\xff\xff") + record(0x207, wide("水费")), "水费", "as a text"),
        (record(0x201, at()) + record(0x203, struct.pack("<HHHd", 0, 1, 0, 1.0)), None, "a blank with a format"),
    ],
)
def test_a_cell_says_what_it_shows(found, said, why):
    assert cells(found)[0][0] == said, why


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    assert cells(number(42093.0, 1), front=[record(0x22, b"\x01\x00"), *FRONT]) == [("2019-03-31 00:00:00",)]


def test_of_two_cells_at_one_place_the_later_one_counts():
    assert cells(number(1.0), number(2.0)) == [("2",)]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (record(0x203, b"\x00"), "a record that is too short"),
        (record(0xFD, at() + struct.pack("<I", 9)), "a shared text that is not there"),
        (record(0x203, struct.pack("<HHHd", 0, 300, 0, 1.0)), "a column beyond the last"),
        (formula(b"\x00\x00\x00\x00\x00\x00\xff\xff"), "a formula whose text is missing"),
    ],
)
def test_damage_within_a_sheet_is_told(found, why):
    with pytest.raises(UnreadableError, match=r"a\.xls cannot be opened as a workbook: it is a damaged \.xls"):
        pytest.fail(f"{why}: {cells(found)}")
