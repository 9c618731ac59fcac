"""A view of another database, written down as a delivered file: landing, mapping and lineage stay the same."""

import csv
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from ingest.sources.again import try_again
from ingest.sources.errand import Errand, Fetched, bring, digest_of
from ingest.sources.placeholders import fill
from ingest.sources.spec import SqlViewSource
from warehouse.foreign import ForeignAwayError, ForeignError, ViewRequest, open_view
from warehouse.sources import Mark


def fetch(spec: SqlViewSource, errand: Errand) -> Iterator[Fetched]:
    """Yield the rows of the view as one file; FetchError where they cannot be had.

    The same rows always give the same bytes, so that a view without news is seen to have none.
    """
    yield try_again(lambda: _attempt(spec, errand), spec.attempts, errand)


def _attempt(spec: SqlViewSource, errand: Errand) -> Fetched:
    errand.alive()
    resource = f"{spec.view_schema + '.' if spec.view_schema else ''}{spec.view}"[:255]
    part = errand.part(resource)
    try:
        with open_view(_request(spec, errand), errand.secret) as (names, batches):
            _write(part, spec, names, _watched(batches, errand))
    except ForeignAwayError as error:
        raise errand.passing(str(error)) from None
    except ForeignError as error:
        raise errand.error(str(error)) from None
    except UnicodeEncodeError as error:
        sign = error.object[error.start]
        raise errand.error(f'"{sign}" cannot be written in {spec.encoding}; utf-8 or gb18030 was expected') from None
    size = part.stat().st_size
    if size > spec.limit_bytes:
        raise errand.error(f"the view is larger than max_mib = {spec.max_mib}; nothing was taken")
    mark = Mark(resource=resource, sha256=digest_of(part), byte_count=size)
    return bring(errand, part, fill(spec.file_name, errand.today), mark)


def _request(spec: SqlViewSource, errand: Errand) -> ViewRequest:
    equals = {
        name: fill(value, errand.today) if isinstance(value, str) else value for name, value in spec.equals.items()
    }
    return ViewRequest(
        url=spec.url,
        view=spec.view,
        schema=spec.view_schema,
        columns=spec.columns,
        order_by=spec.order_by,
        equals=equals,
        max_rows=spec.max_rows,
        timeout_seconds=spec.timeout_seconds,
    )


def _watched(batches: Iterator[Sequence[tuple[Any, ...]]], errand: Errand) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        errand.alive()
        yield from batch


def _write(part: Path, spec: SqlViewSource, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    with part.open("w", encoding=spec.encoding, newline="") as out:
        if spec.format == "csv":
            _write_csv(out, names, rows)
        else:
            _write_jsonl(out, names, rows)


def _write_csv(out: TextIO, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(["" if value is None else _text(value) for value in row] for row in rows)


def _write_jsonl(out: TextIO, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    for row in rows:
        told = {name: None if value is None else _text(value) for name, value in zip(names, row, strict=True)}
        out.write(json.dumps(told, ensure_ascii=False) + "\n")


def _text(value: Any) -> str:
    """Write a value as delivered files do: amounts with every digit, days and instants in ISO 8601, flags 1 or 0."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)
