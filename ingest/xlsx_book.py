"""What an .xlsx says for all of its sheets: which there are, their shared texts, and how days are shown and counted."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.cell.text import Text
from openpyxl.packaging.relationship import get_rels_path
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.xml.constants import (
    ARC_CONTENT_TYPES,
    ARC_SHARED_STRINGS,
    ARC_STYLE,
    ARC_WORKBOOK,
    SHARED_STRINGS,
    SHEET_MAIN_NS,
    XLSM,
    XLSX,
    XLTM,
    XLTX,
)

from ingest.problems import UnreadableError
from ingest.workbook_cells import shows_day
from ingest.xlsx_parts import read_children

# What openpyxl notes on the way (no default style, an unknown extension) says nothing about cells, and goes to stderr.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
_LARGEST_PART = 16 << 20  # of those that are read as a whole: lists of sheets and names
_SPACE = f"{{{SHEET_MAIN_NS}}}"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


@dataclass(frozen=True)
class XlsxBook:
    """A workbook whose sheets can be read."""

    packed: zipfile.ZipFile
    sheets: dict[str, str]  # name -> path within the archive
    texts: list[str]
    day_styles: frozenset[int]
    counts_from_1904: bool


def open_book(file_name: str, content: bytes, most_texts: int) -> XlsxBook:
    """Open a workbook; UnreadableError for one in the strict dialect, which openpyxl finds no sheets in.

    Whatever openpyxl raises of a damaged one, and ValueError for one made to fill the memory. Its steps are called one
    by one: ``load_workbook`` also reads fonts, fills and properties, and gives the workbook up for one that it does
    not know.
    """
    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    packed = reader.archive
    _refuse_large(packed, ARC_CONTENT_TYPES)
    reader.read_manifest()
    told = {found.PartName[1:] for kind in (XLSX, XLSM, XLTX, XLTM) if (found := reader.package.find(kind))}
    for part in {ARC_WORKBOOK} | told:
        _refuse_large(packed, part, get_rels_path(part))
    if _STRICT in packed.read(ARC_WORKBOOK):
        said = f"{file_name} is Strict Open XML; open it in Excel or WPS and save it as plain .xlsx"
        raise UnreadableError(said, "strict_workbook", file=file_name)
    reader.read_workbook()
    # Sheets of charts and macros have no cells.
    links = ((sheet.name, link) for sheet, link in reader.parser.find_sheets() if link.Type.endswith("/worksheet"))
    return XlsxBook(
        packed=packed,
        sheets={name: link.target for name, link in links if link.target in reader.valid_files},
        texts=_shared_texts(reader, most_texts),
        day_styles=_day_styles(packed),
        counts_from_1904=reader.wb.epoch == MAC_EPOCH,
    )


def _refuse_large(packed: zipfile.ZipFile, *names: str) -> None:
    for name in names:
        if packed.getinfo(name).file_size > _LARGEST_PART:
            raise ValueError(f"its part {name} has more than {_LARGEST_PART:,} bytes")


def _shared_texts(reader: ExcelReader, most: int) -> list[str]:
    told = reader.package.find(SHARED_STRINGS)
    path = told.PartName[1:] if told is not None else ARC_SHARED_STRINGS
    return list(_texts(reader.archive, path, most)) if path in reader.valid_files else []


def _texts(packed: zipfile.ZipFile, path: str, most: int) -> Iterator[str]:
    with packed.open(path) as raw:
        for count, found in enumerate(read_children(raw, f"{_SPACE}sst")):
            if count >= most:
                raise ValueError("it has more texts than cells are read")
            # Without phonetic guides, which say again what the text says.
            yield Text.from_tree(found).content


def _day_styles(packed: zipfile.ZipFile) -> frozenset[int]:
    """Return the numbers of the styles that show a number as a day."""
    if ARC_STYLE not in packed.namelist():
        return frozenset()
    codes: dict[int, str] = {}
    styles: list[int] = []
    with packed.open(ARC_STYLE) as raw:
        for found in read_children(raw, f"{_SPACE}styleSheet"):
            if found.tag == f"{_SPACE}numFmts":
                codes = {int(one.get("numFmtId", 0)): one.get("formatCode", "") for one in found}
            elif found.tag == f"{_SPACE}cellXfs":
                styles = [int(one.get("numFmtId", 0)) for one in found]
    return frozenset(n for n, number in enumerate(styles) if shows_day(number, codes.get(number)))
