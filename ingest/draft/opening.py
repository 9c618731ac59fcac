"""Opening a file nobody has described yet: its format, encoding, delimiter and sheets; UnreadableError says why not."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.archive import is_archive, read_members
from ingest.cells import Sheet
from ingest.delivery import Delivery
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import WORKBOOK_MAGICS, Limits, decode, read_sheets, refuse_size, unpack

_DELIMITERS = (",", "\t", ";", "|")
_PAGE_STARTS = (b"<", b"MIME-Version")
_KANA = re.compile("[\u3041-\u30ff]")
# Chinese is written in the characters of GB 2312 nearly throughout; an accented letter and the one behind it, taken for
# one GBK character, never is.
_LEAST_COMMON = 0.7
_LEAST_KANA = 0.1
_LOOKED_AT = 1 << 18  # characters by which encoding and delimiter are told


@dataclass(frozen=True)
class Opened:
    """How the bytes are read, and the sheets that gives."""

    spec: TableSpec
    sheets: tuple[Sheet, ...]
    encoding: str | None  # of text; None where the format settles it


def open_unknown(file_name: str, content: bytes, limits: Limits) -> Opened:
    """Find out how bytes are to be read, and read them."""
    refuse_size(file_name, len(content), limits)
    plain = unpack(file_name, content, limits)
    member = None
    if is_archive(file_name, plain):
        # The first file of an archive stands for its like; the mapping says which it was.
        name, plain = read_members(file_name, plain, "", limits)[0]
        member = f"^{re.escape(name)}$"
    spec = _spec(file_name, plain).model_copy(update={"member": member})
    encoding = _encoding(plain, spec.encodings) if spec.format == "csv" else None
    try:
        return Opened(spec, _whole(file_name, content, spec, limits), encoding)
    except UnreadableError:
        if spec.format != "csv" or not spec.quotes:
            raise
    unquoted = spec.model_copy(update={"quotes": False})
    return Opened(unquoted, _whole(file_name, content, unquoted, limits), encoding)


def _whole(file_name: str, content: bytes, spec: TableSpec, limits: Limits) -> tuple[Sheet, ...]:
    return tuple(one.joined() for one in read_sheets(file_name, Delivery.of_bytes(content), spec, limits))


def _encoding(plain: bytes, encodings: tuple[str, ...]) -> str:
    try:
        plain.decode(encodings[0])
    except UnicodeDecodeError:
        return encodings[1]
    return "utf-8"


def _spec(file_name: str, plain: bytes) -> TableSpec:
    start = plain[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain.startswith(WORKBOOK_MAGICS) or start.startswith(_PAGE_STARTS):
        return TableSpec(format="excel", sheets_matching="")
    if start.startswith((b"[", b"{")):
        return _json_spec(file_name, plain)
    encodings = encodings_of(file_name, plain)
    text = decode(file_name, plain, encodings)[:_LOOKED_AT]
    return TableSpec(format="csv", encodings=encodings, delimiter=delimiter_of(text))


def encodings_of(file_name: str, plain: bytes) -> tuple[str, ...]:
    """Return the encodings a mapping should try: UTF-8 first, then the one that makes sense of the bytes."""
    for encoding in ("utf-8-sig", "gb18030", "cp932", "cp1252"):
        try:
            text = plain.decode(encoding)[:_LOOKED_AT]
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig":
            return ("utf-8-sig", "gb18030")
        if _makes_sense(text, encoding):
            return ("utf-8-sig", encoding)
    raise UnreadableError(
        f"{file_name} is text in none of utf-8, gb18030, cp932, cp1252, or no text at all",
        "encoding",
        file=file_name,
        tried="utf-8, gb18030, cp932, cp1252",
    )


def _makes_sense(text: str, encoding: str) -> bool:
    if encoding == "cp1252":
        return "\x00" not in text
    signs = Counter(sign for sign in text if "\u3400" <= sign <= "\u9fff")
    chinese = signs.total()
    if encoding == "cp932":
        return len(_KANA.findall(text)) >= _LEAST_KANA * max(chinese, 1)
    return chinese > 0 and sum(times for sign, times in signs.items() if _is_common(sign)) >= _LEAST_COMMON * chinese


def _is_common(sign: str) -> bool:
    try:
        return bool(sign.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def delimiter_of(text: str) -> str:
    """Return the sign that splits most rows into the same number of cells, more than one."""
    return max(_DELIMITERS, key=lambda sign: (_agreement(text, sign), -_DELIMITERS.index(sign)))


def _agreement(text: str, sign: str) -> float:
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign) if row]
    except csv.Error:
        return 0.0
    width, times = Counter(widths[:-1] or widths).most_common(1)[0] if widths else (1, 0)
    return 0.0 if width == 1 else times * min(width, 50) / len(widths)


def _json_spec(file_name: str, plain: bytes) -> TableSpec:
    """Return how JSON is read: an object a line, or the dotted path of the first list of objects."""
    text = decode(file_name, plain, ("utf-8-sig", "gb18030"))
    try:
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        if text.lstrip().startswith("{") and "\n" in text.strip():
            return TableSpec(format="json_lines")
        raise UnreadableError(
            f"{file_name} begins as JSON does and is not JSON: {error}", "not_json", file=file_name
        ) from error
    paths = [path for path, rows in _lists(found) if rows and all(isinstance(one, dict) for one in rows)]
    return TableSpec(format="json", records=paths[0] if paths and paths[0] else None)


def _lists(found: Any, path: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists of a document that no other list holds, each with its path."""
    if isinstance(found, list):
        yield path, found
    elif isinstance(found, dict):
        for key, value in found.items():
            yield from _lists(value, f"{path}.{key}" if path else key)
