"""Workbooks made to fill a memory or never to end, and the pieces to write a workbook of any XML or records."""

import io
import struct
import zipfile
from collections.abc import Callable

from xlwt.CompoundDoc import XlsDoc

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _part(name: str, kind: str) -> str:
    return f'<Override PartName="/xl/{name}" ContentType="{_KIND}.{kind}+xml"/>'


def xlsx_of(cells: str = "", *, texts: str = "", styles: str = "", properties: str = "", **more: str | bytes) -> bytes:
    """Return an .xlsx of the inner XML of its sheet, shared texts and styles; ``more`` are whole parts."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{_part('workbook.xml', 'sheet.main')}{_part('sharedStrings.xml', 'sharedStrings')}</Types>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><workbookPr {properties}/>'
        '<sheets><sheet name="支付" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{texts}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
        "xl/worksheets/sheet1.xml": sheet_xml(cells),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in {**parts, **{_NAMES[key]: part for key, part in more.items()}}.items():
            book.writestr(name, text)
    return out.getvalue()


_NAMES = {"sheet": "xl/worksheets/sheet1.xml", "workbook": "xl/workbook.xml", "strings": "xl/sharedStrings.xml"}


def sheet_xml(cells: str, before: str = "", behind: str = "") -> str:
    """Return the XML of a sheet."""
    return f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{cells}</sheetData>{behind}</worksheet>'


def record(kind: int, body: bytes = b"") -> bytes:
    """Return a record of an .xls."""
    return struct.pack("<HH", kind, len(body)) + body


def stream_of(*front: bytes, cells: bytes = record(0x203, struct.pack("<HHHd", 0, 0, 0, 1.5))) -> bytes:
    """Return the records of a workbook of one sheet, with some more at its front."""
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 1997, 0, 0))
    size = len(begin) + sum(map(len, front)) + 4 + 9 + 4
    sheet = record(0x85, struct.pack("<IBB", size, 0, 0) + b"\x01\x00A")
    page = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 0)) + cells
    return b"".join((begin, *front, sheet, record(0x0A), page, record(0x0A)))


def ole_of(stream: bytes, name: str = "Workbook") -> bytes:
    """Return an OLE container of one stream."""
    out = io.BytesIO()
    XlsDoc().save(out, stream)
    before, found, behind = out.getvalue().partition("Workbook".encode("utf-16-le"))
    assert found
    entry = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", len(name) * 2 + 2)
    return before + entry + behind[64 + 2 - len(found) :]


def names_that_double(count: int) -> bytes:
    """Return an .xls of a few kilobytes whose names are texts, each the one before it twice."""
    formulas = [b"\x17\xff\x00" + b"x" * 255]
    formulas += [(b"\x23" + struct.pack("<HH", number, 0)) * 2 + b"\x08" for number in range(1, count)]
    heads = [struct.pack("<HBBHHH4B", 0, 0, 3, len(formula), 0, 0, 0, 0, 0, 0) for formula in formulas]
    names = [b"\x00n%02d" % number for number in range(count)]
    return ole_of(stream_of(*(record(0x18, b"".join(parts)) for parts in zip(heads, names, formulas, strict=True))))


def texts_that_go_back(count: int) -> bytes:
    """Return an .xls whose one shared text says that it ends where it began."""
    text = struct.pack("<HBi", 200, 4, -207) + b"x" * 200
    return ole_of(stream_of(record(0xFC, struct.pack("<II", count, count) + text)))


def chain_that_bites_its_tail() -> bytes:
    """Return an .xls in short sectors, the second of which is followed by the first."""
    sector, end, free = 512, -2, -1
    stream = stream_of()[:200].ljust(256, b"\0")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<8i", 1, 1, 0, 4096, 3, 1, end, 0) + struct.pack("<109i", 0, *[free] * 108)
    table = struct.pack("<128i", -3, end, end, end, *[free] * 124)

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack(
            "<HBBiii", len(name) * 2 + 2, kind, 1, -1, -1, child
        )
        return raw.ljust(116, b"\0") + struct.pack("<iii", start, size, 0)

    folder = entry("Root Entry", 5, 1, 2, 512) + entry("Workbook", 2, -1, 0, 256)
    short = struct.pack("<128i", 1, 0, *[free] * 126)
    return b"".join(part.ljust(sector, b"\0") for part in (head, table, folder, stream, short))


_ENTITIES = '<!DOCTYPE a [<!ENTITY a "' + "x" * 1_000 + '"><!ENTITY b "' + "&a;" * 1_000 + '">]>'

_ENDLESS = "it has a row, a text or a list of styles that does not end"
MOST_CELLS = 20_000
# Name, what is made, and what is said of it where at most so many cells are read.
HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("row.xlsx", lambda: xlsx_of("<row>" + "<c/>" * 600_000), _ENDLESS),
    ("deep.xlsx", lambda: xlsx_of("<row>" + "<a>" * 600_000), _ENDLESS),
    ("tag.xlsx", lambda: xlsx_of(f'<row a="{"x" * (10 << 20)}"/>'), _ENDLESS),
    ("before.xlsx", lambda: xlsx_of(sheet=sheet_xml("", before="<a/>" * 600_000)), _ENDLESS),
    ("rows.xlsx", lambda: xlsx_of("<row/>" * 1_100_000), "it has more rows than a sheet can have"),
    (
        "far.xlsx",
        lambda: xlsx_of('<row><c r="XFD1048576"><v>1</v></c></row>'),
        "spans 1,048,576 rows and 16,384 columns",
    ),
    ("beyond.xlsx", lambda: xlsx_of('<row><c r="A1048577"><v>1</v></c></row>'), "a cell beyond the last row or column"),
    ("zero.xlsx", lambda: xlsx_of('<row><c r="A0"><v>1</v></c></row>'), "a cell beyond the last row or column"),
    ("text.xlsx", lambda: xlsx_of(texts="<si>" + "<t>x</t>" * 300_000), _ENDLESS),
    ("texts.xlsx", lambda: xlsx_of(texts="<si/>" * (MOST_CELLS + 1)), "it has more texts than cells are read"),
    ("styles.xlsx", lambda: xlsx_of(styles="<cellXfs>" + "<xf/>" * 600_000), _ENDLESS),
    ("book.xlsx", lambda: xlsx_of(workbook="<workbook>" + "<a/>" * 5_000_000), "has more than 16,777,216 bytes"),
    ("entities.xlsx", lambda: xlsx_of(sheet=_ENTITIES + sheet_xml("&b;" * 1_000)), "it declares entities"),
    ("entity texts.xlsx", lambda: xlsx_of(strings=_ENTITIES + "<sst>&b;</sst>"), "it declares entities"),
    ("texts that go back.xls", lambda: texts_that_go_back(MOST_CELLS), "it is a damaged .xls"),
    ("texts without end.xls", lambda: texts_that_go_back(0x7FFFFFFF), "it is a damaged .xls"),
    ("chain.xls", chain_that_bites_its_tail, "it is a damaged .xls"),
]
