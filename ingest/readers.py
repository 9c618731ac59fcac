"""Delivered bytes to sheets of text cells: nothing is interpreted here, so nothing can be lost."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import polars as pl

from ingest.converted import visible
from ingest.mapping_parts import TableSpec
from ingest.problems import FileRefusedError, UnreadableError

GZIP_MAGIC = b"\x1f\x8b"
WORKBOOK_MAGICS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .xls
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CHUNK = 1 << 20
_SHEET_NAME = 128  # what the warehouse keeps of a sheet's name
_SAMPLE, _SURE_OF_UTF_8 = 4_000, 4
_CELLS_OF_RAGGED, _MOST_BLANKS = 6_000_000, 4


@dataclass(frozen=True)
class Limits:
    """How much is taken in: bytes as delivered, bytes once unpacked, and cells."""

    delivered_bytes: int = 128 << 20
    unpacked_bytes: int = 256 << 20
    cells: int = 6_000_000  # rows times columns of a sheet that is not csv


@dataclass(frozen=True)
class Sheet:
    """One sheet: text cells c0, c1, … as delivered, null where blank, one row a delivered row.

    ``first_row`` is the number people give the first row: 1, or 0 for JSON, whose labels stand in row 0.
    ``widths`` counts the cells of each row where the format lets rows differ.
    """

    name: str | None
    cells: pl.DataFrame
    first_row: int = 1
    widths: pl.Series | None = None


def refuse_size(file_name: str, byte_count: int, limits: Limits) -> None:
    """Raise FileRefusedError for an empty file or one above the limit."""
    if byte_count == 0:
        raise FileRefusedError(f"{file_name} is empty (0 bytes); ask for it again")
    if byte_count > limits.delivered_bytes:
        raise FileRefusedError(
            f"{file_name} has {byte_count:,} bytes; at most {limits.delivered_bytes:,} are taken in: split the delivery"
        )


def read_sheets(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read every sheet the mapping asks for; UnreadableError says why the bytes are not that."""
    from ingest.archive import is_archive, read_members, refuse_other_packers  # noqa: PLC0415  # they import Limits

    plain = unpack(file_name, content, limits)
    refuse_other_packers(file_name, plain)
    if not is_archive(file_name, plain):
        return [_storably_named(file_name, sheet) for sheet in _read_one(file_name, plain, table, limits)]
    if plain is not content:
        raise UnreadableError(f"{file_name} is a .zip within a .gz; deliver one of them")
    return [
        _storably_named(file_name, replace(sheet, name=f"{name}/{sheet.name}" if sheet.name else name))
        for name, inner in read_members(file_name, plain, table.member, limits)
        for sheet in _read_one(f"{file_name}/{name}", inner, table, limits)
    ]


def _storably_named(file_name: str, sheet: Sheet) -> Sheet:
    """Return a sheet under a name that every database can keep and every terminal can show."""
    if sheet.name is None:
        return sheet
    if len(sheet.name) > _SHEET_NAME:
        raise UnreadableError(f"{file_name} has a sheet whose name is longer than {_SHEET_NAME} characters; shorten it")
    return replace(sheet, name=visible(storable(sheet.name)))


def _read_one(file_name: str, plain: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    if table.format == "csv":
        return [read_csv(file_name, plain, table)]
    # What reads the other formats is loaded only where one of them comes.
    if table.format == "excel":
        from ingest.excel import read_excel  # noqa: PLC0415

        return read_excel(file_name, plain, table, limits)
    from ingest.json_table import read_json, read_json_lines  # noqa: PLC0415

    if table.format == "json_lines":
        return [read_json_lines(file_name, plain, limits)]
    return [read_json(file_name, plain, table.records, limits)]


def refuse_area(file_name: str, rows: int, columns: int, limits: Limits) -> None:
    """Raise UnreadableError where a sheet has more places for cells than are held in memory."""
    if rows * columns > limits.cells:
        raise UnreadableError(
            f"{file_name} spans {rows:,} rows and {columns:,} columns; at most {limits.cells:,} cells are read: clear "
            "what lies beyond the table, or split the delivery"
        )


def refuse_ragged(file_name: str, rows: Sequence[Sequence[str]]) -> None:
    """Raise UnreadableError where one row is so wide that filling up the others would fill the memory."""
    widest, cells = max(map(len, rows), default=0), sum(map(len, rows))
    if len(rows) * widest > max(_CELLS_OF_RAGGED, cells * _MOST_BLANKS):
        at = next(n for n, row in enumerate(rows, start=1) if len(row) == widest)
        raise UnreadableError(
            f"{file_name} row {at} has {widest:,} cells, the rows have {cells // len(rows)} on average; put it right"
        )


def unpack(file_name: str, content: bytes, limits: Limits) -> bytes:
    """Return the bytes inside a .gz, never more than the limit; other bytes as they are."""
    if not content.startswith(GZIP_MAGIC):
        return content
    parts, size = [], 0
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            while chunk := packed.read(_CHUNK):
                size += len(chunk)
                if size > limits.unpacked_bytes:
                    raise UnreadableError(f"{file_name} unpacks to more than {limits.unpacked_bytes:,} bytes")
                parts.append(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"{file_name} is not a whole gzip file: {error}") from error
    return b"".join(parts)


def decode(file_name: str, content: bytes, encodings: Sequence[str]) -> str:
    """Decode with the first encoding that fits every byte; UnreadableError names those that were tried."""
    for encoding in encodings:
        try:
            return storable(content.decode(encoding))
        except UnicodeDecodeError as error:
            _refuse_damaged_utf_8(file_name, content, error)
        except LookupError as error:
            raise UnreadableError(f"{file_name}: {encoding} is not an encoding; name one such as gb18030") from error
    told = "it begins as utf-16 does; " if content.startswith(_UTF_16_MARKS) else ""
    raise UnreadableError(f"{file_name} is none of {', '.join(encodings)}; {told}name its encoding in the mapping")


def _refuse_damaged_utf_8(file_name: str, content: bytes, error: UnicodeDecodeError) -> None:
    """Refuse UTF-8 with a bad byte somewhere: the next encoding would make other words of all the others."""
    if error.encoding.replace("_", "-").lower() not in {"utf-8", "utf-8-sig"}:
        return
    good = content[: error.start].decode("utf-8", "ignore")
    wide = sum(letter >= "\u0800" for letter in good[-_SAMPLE:])
    # Chinese text in GB18030 is no UTF-8 for more than a character or two by chance.
    if wide >= _SURE_OF_UTF_8:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"{file_name} is UTF-8 up to a damaged byte in line {line} (byte {error.start}); it was cut or two files "
            "were mixed: ask for it again"
        )


def storable(text: str) -> str:
    """Return text that every database can keep: NUL shown as ␀, halves of a surrogate pair as question marks."""
    return text.replace("\x00", "␀").encode("utf-8", "replace").decode("utf-8")


def read_csv(file_name: str, content: bytes, table: TableSpec) -> Sheet:
    """Read delimited text; a quoted cell may hold line breaks, so a row is a record, not a line."""
    _refuse_what_is_no_text(file_name, content)
    rows = _records(file_name, decode(file_name, content, table.encodings), table)
    refuse_ragged(file_name, rows)
    widths = pl.Series("width", [len(row) for row in rows], dtype=pl.Int64)
    return Sheet(None, text_frame(zip_longest(*rows)), widths=widths)


def _records(file_name: str, text: str, table: TableSpec) -> list[list[str]]:
    """Split text into rows of cells; a quote that is not closed is refused, as it would swallow the rows below it."""
    lines = io.StringIO(text, newline="")
    if table.quotes:
        reader = csv.reader(lines, delimiter=table.delimiter, strict=True)
    else:
        reader = csv.reader(lines, delimiter=table.delimiter, quoting=csv.QUOTE_NONE)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise UnreadableError(
            f"{file_name} cannot be split into cells from row {len(rows) + 1} on ({error}); usually a cell there "
            'begins with a " that nothing closes: put the file right, or set quotes = false where " is plain text'
        ) from error
    return rows


def _refuse_what_is_no_text(file_name: str, content: bytes) -> None:
    if content.startswith(WORKBOOK_MAGICS):
        raise UnreadableError(f'{file_name} is a workbook, not text; a mapping with format = "excel" reads it')


def text_frame(columns: Iterable[Sequence[str | None]]) -> pl.DataFrame:
    """Return a frame c0, c1, … of text; a cell of blanks only is null."""
    series = [pl.Series(f"c{n}", column, dtype=pl.String) for n, column in enumerate(columns)]
    return blank_to_null(pl.DataFrame(series))


def blank_to_null(cells: pl.DataFrame) -> pl.DataFrame:
    """Return cells with null in the place of text that is only white space (full-width spaces too)."""
    every = pl.all()
    return cells.with_columns(pl.when(every.str.strip_chars() != "").then(every)) if cells.width else cells
