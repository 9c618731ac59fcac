"""Delivered bytes to sheets of text cells: nothing is interpreted here, so nothing can be lost."""

import gzip
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.cells import Sheet, storable
from ingest.converted import visible
from ingest.delimited import read_delimited
from ingest.delivery import Delivery
from ingest.encoding import damage_of
from ingest.mapping_parts import TableSpec
from ingest.problems import FileRefusedError, UnreadableError, place_of

GZIP_MAGIC = b"\x1f\x8b"
WORKBOOK_MAGICS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .xls
_HEAD = 16
_CHUNK = 1 << 20
_SHEET_NAME = 128  # what the warehouse keeps of a sheet's name


@dataclass(frozen=True)
class Limits:
    """How much is taken in: bytes as delivered, and bytes and cells of what is read as a whole (all but plain csv).

    Of the rows that cannot be read the first ``rejected`` are kept, the others are counted.
    ``spool`` is the folder for facts that are too many for memory; the system's own where it is None.
    """

    delivered_bytes: int = 8 << 30
    unpacked_bytes: int = 256 << 20
    cells: int = 6_000_000  # rows times columns of a sheet that is not csv
    spool: Path | None = None
    rejected: int = 10_000


def refuse_size(file_name: str, byte_count: int, limits: Limits) -> None:
    """Raise FileRefusedError for an empty file or one above the limit."""
    if byte_count == 0:
        raise FileRefusedError(f"{file_name} is empty (0 bytes); ask for it again", "empty", file=file_name)
    if byte_count > limits.delivered_bytes:
        raise FileRefusedError(
            f"{file_name} has {byte_count:,} bytes; at most {limits.delivered_bytes:,} are taken in: split the "
            "delivery",
            "too_large",
            file=file_name,
            size=byte_count,
            most=limits.delivered_bytes,
        )


def read_sheets(file_name: str, delivery: Delivery, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read every sheet the mapping asks for; UnreadableError says why the bytes are not that.

    A csv file is read part by part while the sheet's parts are asked for; what is packed, and every other format, is
    read as a whole and therefore bounded.
    """
    from ingest.archive import is_archive, is_packed, read_members, refuse_other_packers  # noqa: PLC0415  # they import Limits

    with delivery.open() as file:
        head = file.read(_HEAD)
    refuse_other_packers(file_name, head)
    if table.format == "csv" and not is_packed(head):
        return [read_delimited(file_name, delivery.open, table)]
    if delivery.byte_count > limits.unpacked_bytes:
        raise UnreadableError(
            f"{file_name} has {delivery.byte_count:,} bytes; of a packed or a {table.format} file at most "
            f"{limits.unpacked_bytes:,} are read: split the delivery",
            "too_large",
            file=file_name,
            size=delivery.byte_count,
            most=limits.unpacked_bytes,
        )
    content = delivery.read()
    plain = unpack(file_name, content, limits)
    refuse_other_packers(file_name, plain)
    if not is_archive(file_name, plain):
        return [_storably_named(file_name, sheet) for sheet in _read_one(file_name, plain, table, limits)]
    if plain is not content:
        raise UnreadableError(f"{file_name} is a .zip within a .gz; deliver one of them", "nested", file=file_name)
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
        raise UnreadableError(
            f"{file_name} has a sheet whose name is longer than {_SHEET_NAME} characters; shorten it",
            "sheet_name",
            file=file_name,
            most=_SHEET_NAME,
        )
    return replace(sheet, name=visible(storable(sheet.name)))


def _read_one(file_name: str, plain: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    if table.format == "csv":
        if plain.startswith(WORKBOOK_MAGICS):
            raise UnreadableError(
                f'{file_name} is a workbook, not text; a mapping with format = "excel" reads it',
                "workbook_not_text",
                file=file_name,
            )
        return [read_delimited(file_name, lambda: io.BytesIO(plain), table)]
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
            "what lies beyond the table, or split the delivery",
            "large_area",
            file=place_of(file_name),
            rows=rows,
            columns=columns,
            most=limits.cells,
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
                    raise UnreadableError(
                        f"{file_name} unpacks to more than {limits.unpacked_bytes:,} bytes",
                        "unpacks_large",
                        file=file_name,
                        most=limits.unpacked_bytes,
                    )
                parts.append(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"{file_name} is not a whole gzip file: {error}", "damaged", file=file_name) from error
    return b"".join(parts)


def decode(file_name: str, content: bytes, encodings: Sequence[str]) -> str:
    """Decode with the first encoding that fits every byte; UnreadableError names those that were tried."""
    for encoding in encodings:
        try:
            return storable(content.decode(encoding))
        except UnicodeDecodeError as error:
            if damage := damage_of(file_name, lambda: io.BytesIO(content), encoding):
                raise damage from error
        except LookupError as error:
            raise UnreadableError(
                f"{file_name}: {encoding} is not an encoding; name one such as gb18030",
                "no_such_encoding",
                encoding=encoding,
            ) from error
    raise UnreadableError(
        f"{file_name} is none of {', '.join(encodings)}; name its encoding in the mapping",
        "encoding",
        file=file_name,
        tried=", ".join(encodings),
    )
