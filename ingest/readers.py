"""Delivered bytes to sheets of text cells: nothing is interpreted here, so nothing can be lost."""

import gzip
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.cells import Sheet, storable, text_frame
from ingest.delimited import read_delimited
from ingest.delivery import Delivery
from ingest.mapping_parts import TableSpec
from ingest.problems import FileRefusedError, UnreadableError

GZIP_MAGIC = b"\x1f\x8b"
WORKBOOK_MAGICS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .xls
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How much is taken in: bytes as delivered, and bytes of what is unpacked or read as a whole (all but csv).

    ``spool`` is the folder for facts that are too many for memory; the system's own where it is None.
    """

    delivered_bytes: int = 8 << 30
    unpacked_bytes: int = 256 << 20
    spool: Path | None = None


def refuse_size(file_name: str, byte_count: int, limits: Limits) -> None:
    """Raise FileRefusedError for an empty file or one above the limit."""
    if byte_count == 0:
        raise FileRefusedError(f"{file_name} is empty (0 bytes); ask for it again")
    if byte_count > limits.delivered_bytes:
        raise FileRefusedError(
            f"{file_name} has {byte_count:,} bytes; at most {limits.delivered_bytes:,} are taken in: split the delivery"
        )


def read_sheets(file_name: str, delivery: Delivery, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read every sheet the mapping asks for; UnreadableError says why the bytes are not that.

    A csv file is read part by part while the sheet's parts are asked for; what is packed, and every other format, is
    read as a whole and therefore bounded.
    """
    with delivery.open() as file:
        head = file.read(len(WORKBOOK_MAGICS[0]))
    is_packed = head.startswith(GZIP_MAGIC)
    if table.format == "csv" and not is_packed:
        _refuse_what_is_no_text(file_name, head)
        return [read_delimited(file_name, delivery.open, table)]
    if delivery.byte_count > limits.unpacked_bytes:
        raise UnreadableError(
            f"{file_name} has {delivery.byte_count:,} bytes; of a packed or a {table.format} file at most "
            f"{limits.unpacked_bytes:,} are read: split the delivery"
        )
    plain = unpack(file_name, delivery.read(), limits)
    if table.format == "csv":
        _refuse_what_is_no_text(file_name, plain)
        return [read_delimited(file_name, lambda: io.BytesIO(plain), table)]
    if table.format == "json":
        return [read_json(file_name, plain, table.records)]
    from ingest.excel import read_excel  # noqa: PLC0415  # calamine is loaded only where a workbook comes

    return read_excel(file_name, plain, table, limits)


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
    except (OSError, EOFError) as error:
        raise UnreadableError(f"{file_name} is not a whole gzip file: {error}") from error
    return b"".join(parts)


def decode(file_name: str, content: bytes, encodings: Sequence[str]) -> str:
    """Decode with the first encoding that fits every byte; UnreadableError names those that were tried."""
    for encoding in encodings:
        try:
            return storable(content.decode(encoding))
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise UnreadableError(f"{file_name}: {encoding} is not an encoding; name one such as gb18030") from error
    raise UnreadableError(f"{file_name} is none of {', '.join(encodings)}; save it as one of them")


def _refuse_what_is_no_text(file_name: str, content: bytes) -> None:
    if content.startswith(WORKBOOK_MAGICS):
        raise UnreadableError(f'{file_name} is a workbook, not text; a mapping with format = "excel" reads it')


def read_json(file_name: str, content: bytes, records: str | None) -> Sheet:
    """Read a list of objects; labels are the keys in order of first appearance, numbers keep every digit."""
    text = decode(file_name, content, ("utf-8-sig",))
    try:
        # Numbers stay text: a float would lose what a decimal says.
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableError(f"{file_name} is not JSON: {error}") from error
    for step in records.split(".") if records else ():
        found = found.get(step) if isinstance(found, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        place = f'under "{records}"' if records else "at its top"
        raise UnreadableError(f"{file_name} has no list of objects {place}")
    flat = [_flat(one) for one in found]
    labels = list(dict.fromkeys(key for one in flat for key in one))
    columns = ([storable(label), *(_as_text(one.get(label)) for one in flat)] for label in labels)
    return Sheet(None, text_frame(columns), first_row=0)


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Name the values of objects within a record by their path, ``amount/value``; lists stay as they are."""
    told: dict[str, Any] = {}
    waiting = list(reversed(record.items()))
    while waiting:
        label, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting += [(f"{label}/{key}", inner) for key, inner in reversed(value.items())]
        else:
            told[label] = value
    return told


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
