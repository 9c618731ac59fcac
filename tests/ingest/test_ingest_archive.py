"""A zip holds one table file, or those a pattern finds; what it claims of itself is not believed."""

import gzip
import io
import struct
import zipfile

import pytest
from ingest_ground import csv_bytes, write_xlsx

from ingest.delivery import Delivery
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, read_sheets

CSV = TableSpec(format="csv")
TABLE = csv_bytes("单位,金额", "教育局,1.00")


def packed(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as book:
        for name, content in members:
            book.writestr(name, content)
    return out.getvalue()


def named_in_gbk(content, name):
    """Return a zip as Windows writes it: the name in GBK, without saying so."""
    ascii_name = "x" * len(name.encode("gb18030"))
    return packed((ascii_name, content)).replace(ascii_name.encode(), name.encode("gb18030"))


def read(content, table=CSV, limits=None):
    return [
        (one.name, one.cells.rows())
        for one in read_sheets("a.zip", Delivery.of_bytes(content), table, limits or Limits())
    ]


def test_the_only_file_of_a_zip_is_read_under_its_name():
    assert read(packed(("支付/202606.csv", TABLE))) == [("支付/202606.csv", [("单位", "金额"), ("教育局", "1.00")])]


def test_names_written_in_gbk_are_told_as_people_read_them():
    assert read(named_in_gbk(TABLE, "六月支付.csv"))[0][0] == "六月支付.csv"


def test_what_systems_leave_behind_is_no_file():
    litter = [("__MACOSX/._a.csv", b"x"), ("dir/", b""), (".DS_Store", b"x"), ("Thumbs.db", b"x")]
    assert len(read(packed(*litter, ("a.csv", TABLE)))) == 1


def test_several_files_are_refused_by_name_unless_a_pattern_says_which():
    content = packed(("a.csv", TABLE), ("b.csv", TABLE), ("说明.txt", b"x"))
    with pytest.raises(
        UnreadableError, match=r"a\.zip holds several files: a\.csv, b\.csv, 说明\.txt; say which with m"
    ):
        read(content)
    assert [name for name, _ in read(content, TableSpec(format="csv", member=r"\.csv$"))] == ["a.csv", "b.csv"]
    with pytest.raises(UnreadableError, match=r"does not hold a file whose name matches xls; it holds: a\.csv"):
        read(content, TableSpec(format="csv", member="xls"))


def test_workbooks_within_a_zip_are_named_by_file_and_sheet(tmp_path):
    book = write_xlsx(tmp_path / "a.xlsx", [["x"]]).read_bytes()
    assert read(packed(("a.xlsx", book)), TableSpec(format="excel")) == [("a.xlsx/表", [("x",)])]


def lying(content, *, claimed):
    """Return a zip whose lists claim another size than the file unpacks to."""
    at, local = content.index(b"PK\x01\x02"), content.index(b"PK\x03\x04")
    changed = bytearray(content)
    struct.pack_into("<I", changed, at + 24, claimed)
    struct.pack_into("<I", changed, local + 22, claimed)
    return bytes(changed)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (packed(("a.csv", bytes(30 << 20))), "no table packs so well"),
        (packed(("a.csv", bytes(30 << 20)), ("b.csv", b"x")), "holds several files"),
        (lying(packed(("a.csv", bytes(30 << 20))), claimed=100), "cannot be unpacked"),
        (packed(("a.csv", bytes(3 << 20)), method=zipfile.ZIP_STORED), "at most 1,000,000 are read"),
        (packed(("a.zip", packed(("a.csv", TABLE)))), "an archive within an archive"),
        (packed(("a.csv.gz", gzip.compress(TABLE))), "an archive within an archive"),
        (gzip.compress(packed(("a.csv", TABLE))), r"is a \.zip within a \.gz"),
        (packed(("a.csv", TABLE), method=zipfile.ZIP_BZIP2), "packed by a method that is not read here"),
        (packed(("a.csv", b"")), "is empty"),
        (packed(), "damaged|does not hold a file"),
        (packed(*((f"{n}.csv", b"x") for n in range(2_001))), "lists 2,001 files; at most 2,000 are read"),
        (packed(("a.csv", TABLE))[:60], "damaged"),
        (packed(("a.csv", TABLE)).replace(b"\x00\x00\x08\x00", b"\x01\x00\x08\x00"), "locked with a password"),
        (b"Rar!\x1a\x07\x01\x00xxxx", r"is a rar archive; deliver the file itself, or packed as \.zip or \.gz"),
        (b"7z\xbc\xaf\x27\x1cxxxx", "is a 7z archive"),
    ],
)
def test_archives_that_are_bombs_damaged_or_unclear_are_refused_in_words(content, told):
    with pytest.raises(UnreadableError, match=told):
        read(content, limits=Limits(unpacked_bytes=1_000_000) if "1,000,000" in told else None)


def test_two_files_of_one_name_are_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = packed(("a.csv", TABLE), ("a.csv", TABLE))
    with pytest.raises(UnreadableError, match="holds two files of the same name"):
        read(content, TableSpec(format="csv", member="csv"))


def test_names_within_are_labels_and_never_paths(tmp_path):
    before = set(tmp_path.parent.rglob("evil*"))
    name, rows = read(packed(("../../../../tmp/evil\x1b[2J.csv", TABLE)))[0]
    assert name == "../../../../tmp/evil�[2J.csv"
    assert rows[1] == ("教育局", "1.00")
    assert set(tmp_path.parent.rglob("evil*")) == before


def test_an_xlsx_that_lies_about_its_size_is_not_believed(tmp_path):
    book = write_xlsx(tmp_path / "a.xlsx", [["x" * 1000] * 20] * 200).read_bytes()
    changed = bytearray(book)
    at = -1
    while (at := book.find(b"PK\x01\x02", at + 1)) >= 0:
        struct.pack_into("<I", changed, at + 24, 10)
    with pytest.raises(UnreadableError, match=r"is a damaged \.xlsx: Bad CRC-32"):
        read_sheets(
            "a.xlsx", Delivery.of_bytes(bytes(changed)), TableSpec(format="excel"), Limits(unpacked_bytes=20_000)
        )


def test_a_sheet_name_that_no_database_keeps_is_refused_or_made_visible(tmp_path):
    book = write_xlsx(tmp_path / "a.xlsx", [["x"]], sheet="N").read_bytes()

    def renamed(name):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
            for entry in old.namelist():
                new.writestr(entry, old.read(entry).replace(b'name="N"', f'name="{name}"'.encode()))
        return out.getvalue()

    with pytest.raises(UnreadableError, match="a sheet whose name is longer than 128 characters"):
        read(renamed("x" * 129), TableSpec(format="excel"))
    assert read(renamed("a&#x7f;b"), TableSpec(format="excel"))[0][0] == "a␡b"
