"""Pages that programs name .xls: HTML, a web archive of HTML sheets (MHTML), and Excel's XML of 2003."""

import codecs
import email
import email.policy
import re
from collections.abc import Sequence

from ingest.cells import Sheet
from ingest.html_table import read_html
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, decode
from ingest.spreadsheet_xml import read_spreadsheet_xml
from ingest.workbook_names import wanted_sheets

_HEAD = 4096
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
# What says gb2312 or gbk is often written with characters that only gb18030 has.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030"}
_SHEET_OF = re.compile(r"<x:Name>([^<]*)</x:Name>\s*<x:WorksheetSource\s+HRef=\"([^\"]*)\"", re.IGNORECASE)
_HAS_TABLE = re.compile(rb"<table\b", re.IGNORECASE)


def read_page(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read the tables of a page named as a workbook; what it is, is told by its content.

    All tables of an HTML page are one sheet, one below the other, as Excel shows them.
    """
    head = _head(content)
    if head.startswith("MIME-Version:"):
        return _read_web_archive(file_name, content, table, limits)
    if not head.startswith("<"):
        raise UnreadableError(
            f"{file_name} is no workbook, whatever its name says; if it is text with tabs or commas, a mapping with "
            'format = "csv" reads it, else open it in Excel or WPS and save it as .xlsx',
            "no_workbook",
            file=file_name,
        )
    text = _decoded(file_name, content, table.encodings)
    if "urn:schemas-microsoft-com:office:spreadsheet" in text[:_HEAD] and "<html" not in text[:_HEAD].lower():
        return read_spreadsheet_xml(file_name, text, table, limits)
    return [read_html(file_name, text, limits)]


def _head(content: bytes) -> str:
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    start = content[:_HEAD].decode("utf-16" if marked else "latin-1", "ignore")
    return start.removeprefix("\xef\xbb\xbf").lstrip()


def _decoded(file_name: str, content: bytes, encodings: Sequence[str]) -> str:
    """Decode a page: UTF-16 by its mark, UTF-8 where every byte fits, then what the page says, then the mapping."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(file_name, content, ("utf-16",))
    told = _CHARSET.search(content[:_HEAD])
    named = told[1].decode("ascii").lower() if told else None
    said = [_WIDER.get(named, named)] if named and _is_known(named) else []
    return decode(file_name, content, tuple(dict.fromkeys(["utf-8-sig", *said, *encodings])))


def _is_known(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding)._is_text_encoding and encoding != "utf-16"  # noqa: SLF001
    except LookupError:
        return False


def _read_web_archive(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    message = email.message_from_bytes(content.lstrip(), policy=email.policy.compat32)
    names: dict[str, str] = {}
    pages: dict[str, str] = {}
    for number, part in enumerate(message.walk(), start=1):
        raw = part.get_payload(decode=True)
        if part.get_content_type() != "text/html" or not isinstance(raw, bytes):
            continue
        text = _decoded(file_name, raw, table.encodings)
        names |= {href.rpartition("/")[2]: name for name, href in _SHEET_OF.findall(text)}
        if _HAS_TABLE.search(raw):
            place = str(part.get("Content-Location", f"page {number}")).rpartition("/")[2]
            pages[place] = text
    if len(pages) <= 1:
        return [read_html(file_name, text, limits) for text in pages.values()] or [read_html(file_name, "", limits)]
    by_name = {names.get(place, place)[:_SHEET_NAME]: text for place, text in pages.items()}
    return [
        Sheet(name, read_html(f"{file_name} sheet {name}", by_name[name], limits).cells)
        for name in wanted_sheets(file_name, list(by_name), table)
    ]


_SHEET_NAME = 31
