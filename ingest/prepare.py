"""A delivered file and a mapping to everything publishing needs; reads and judges, publishes nothing."""

import datetime as dt
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from budget import frames
from budget.refusals import Refusal, refusal_of
from ingest.checks.totals import Sums, check_totals
from ingest.dates import parse_dates
from ingest.delivery import Delivery
from ingest.mapping import Mapping
from ingest.part import Part, Piece, read_part
from ingest.prepared import SLICES, Prepared, Rejected, distinct_count, no_sums
from ingest.problems import FileRefusedError, UnreadableError
from ingest.readers import Limits, read_sheets, refuse_size
from ingest.readings import pieces_of
from ingest.slicing import add_up, slices_of
from ingest.stated import Stated
from ingest.store import FactStore

NO_LIMITS_GIVEN = Limits()
_MOST_FEN = 10**18
_SIDE_BY_SIDE = 3  # parts read at the same time


def prepare(mapping: Mapping, path: Path, *, limits: Limits = NO_LIMITS_GIVEN) -> Prepared:
    """Read a delivered file with a mapping; FileRefusedError where the file cannot be taken in at all."""
    return prepare_delivery(mapping, readable_name(path), delivery_of(path, limits), limits=limits)


def delivery_of(path: Path, limits: Limits = NO_LIMITS_GIVEN) -> Delivery:
    """Return a delivered file; FileRefusedError where it is missing, empty or too large."""
    name = readable_name(path)
    try:
        refuse_size(name, path.stat().st_size, limits)
        return Delivery.of_file(path)
    except OSError as error:
        raise FileRefusedError(
            f"{path.parent / name} cannot be read: {error.strerror or type(error).__name__}", "cannot_open", file=name
        ) from error


def readable_name(path: Path) -> str:
    """Return a file's name as people read it: names unpacked from a Windows archive are GB18030, not UTF-8."""
    delivered = os.fsencode(path.name)
    try:
        return delivered.decode("utf-8")
    except UnicodeDecodeError:
        return delivered.decode("gb18030", "replace")


def prepare_content(mapping: Mapping, file_name: str, content: bytes, *, limits: Limits = NO_LIMITS_GIVEN) -> Prepared:
    """Read delivered bytes with a mapping; what cannot be read at all is held with the reason."""
    return prepare_delivery(mapping, file_name, Delivery.of_bytes(content), limits=limits)


def blank_of(
    mapping: Mapping,
    file_name: str,
    delivery: Delivery,
    limits: Limits = NO_LIMITS_GIVEN,
    store: FactStore | None = None,
) -> Prepared:
    """Return what is known of a delivery before it is read; its facts go into a store."""
    return Prepared(
        mapping=mapping,
        file_name=file_name,
        delivery=delivery,
        known_at=None,
        store=FactStore(mapping.feed, limits.spool) if store is None else store,
        slices=frames.empty(SLICES),
        sums=no_sums(mapping.feed),
    )


def prepare_delivery(
    mapping: Mapping,
    file_name: str,
    delivery: Delivery,
    *,
    limits: Limits = NO_LIMITS_GIVEN,
    store: FactStore | None = None,
) -> Prepared:
    """Read a delivery with a mapping; what cannot be read at all is held with the reason.

    FileRefusedError for an empty file or one above the limit. Facts that are too many for memory lie in
    ``limits.spool`` until the caller discards the ``store``, which is made where none is given.
    """
    refuse_size(file_name, delivery.byte_count, limits)
    blank = blank_of(mapping, file_name, delivery, limits, store)
    try:
        groups = _groups(mapping, file_name)
        dated = replace(blank, known_at=_known_at(mapping, file_name, groups))
        sheets = read_sheets(file_name, delivery, mapping.table, limits)
        pieces = (one for sheet in sheets for one in pieces_of(mapping, file_name, sheet, groups))
        together = _together(dated, pieces, groups, limits.rejected)
    except UnreadableError as error:
        blank.store.discard()
        return replace(blank, store=FactStore(mapping.feed), hold_reasons=(str(error),), refusals=_kept(error.refusal))
    except BaseException:
        blank.store.discard()
        raise
    return _judged(together)


def _groups(mapping: Mapping, file_name: str) -> dict[str, str]:
    groups = mapping.groups(file_name)
    needed = {spec.group for spec in mapping.columns.values() if spec.group and not spec.optional}
    needed |= set(mapping.slice.key) & set(re.compile(mapping.file_name).groupindex)
    if missing := sorted(needed - set(groups)):
        raise UnreadableError(
            f"the name {file_name} does not tell {', '.join(missing)}; {mapping.name} expects {mapping.file_name}",
            "name_tells_not",
            file=file_name,
            missing=", ".join(missing),
            mapping=mapping.name,
            pattern=mapping.file_name,
        )
    return groups


def _known_at(mapping: Mapping, file_name: str, groups: dict[str, str]) -> dt.datetime | None:
    given = mapping.delivery
    if given is None or given.on not in groups:
        return None
    day = parse_dates(pl.Series([groups[given.on]]), ("compact", "ymd")).values[0]
    if day is None:
        raise UnreadableError(
            f"{file_name}: {given.on} is {groups[given.on]}; a day like 20260331 was expected",
            "name_day",
            file=file_name,
            group=given.on,
            found=groups[given.on],
        )
    hour = dt.time.fromisoformat(given.at)
    return dt.datetime.combine(day, hour, ZoneInfo(given.time_zone)).astimezone(dt.UTC)


def _read_parts(pieces: Iterable[Piece], room: Callable[[], int]) -> Iterator[Part]:
    """Read parts side by side, a few ahead of whoever takes them, in their order.

    ``room`` tells how many rejected rows are kept yet: once there are enough the others are only counted.
    """
    left = iter(pieces)
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        waiting = deque(pool.submit(read_part, one, room()) for one in islice(left, _SIDE_BY_SIDE))
        while waiting:
            done = waiting.popleft().result()
            waiting.extend(pool.submit(read_part, one, room()) for one in islice(left, 1))
            yield done


def _together(blank: Prepared, pieces: Iterable[Piece], groups: dict[str, str], most_rejected: int) -> Prepared:
    """Take the parts of all sheets in, one after the other; of the rejected rows the first are kept."""
    mapping, store, seen = blank.mapping, blank.store, list[Part]()
    rejected: list[Rejected] = []

    def room() -> int:
        return most_rejected - len(rejected)

    for part in _read_parts(pieces, room):
        store.add(part.facts)
        rejected.extend(part.rejected[: room()])
        if seen and seen[-1].reading.table.sheet == part.reading.table.sheet:
            seen[-1] = seen[-1].passed()
        seen.append(part.taken_over())
    if not seen:
        return blank
    sums = add_up([part.sums for part in seen], mapping.feed)
    _refuse_overflow(blank.file_name, sums, frames.MEASURES[mapping.feed])
    counts = [part.counts for part in seen]
    signs = pl.concat([part.signs for part in seen]).group_by("measure", maintain_order=True).sum()
    return replace(
        blank,
        slices=slices_of(mapping, sums, counts, groups),
        sums=sums.select(no_sums(mapping.feed).columns),
        rejected=tuple(rejected),
        rejected_count=sum(part.rejected_count for part in seen),
        checks=tuple(check for sheet in _by_sheet(seen) for check in check_totals(sheet)),
        row_count=sum(int(one["delivered_count"].sum()) for one in counts),
        signs={name: {"negative": negative, "zero": zero} for name, negative, zero in signs.iter_rows()},
        distinct_keys=distinct_count(pl.concat([part.distinct for part in seen])) if mapping.slice.distinct else None,
        unit=seen[0].reading.unit,
        control=Stated(figures=tuple(one for part in seen for one in part.figures)),
    )


def _by_sheet(parts: list[Part]) -> Iterator[Sums]:
    """Yield what the subtotal rows of each sheet are held against."""
    sheets: dict[str | None, list[Part]] = {}
    for part in parts:
        sheets.setdefault(part.reading.table.sheet, []).append(part)
    for own in sheets.values():
        last = own[-1].reading
        yield Sums(
            last, pl.concat(part.summed for part in own), pl.concat((part.totals for part in own), how="diagonal")
        )


def _refuse_overflow(file_name: str, sums: pl.DataFrame, measures: Iterable[str]) -> None:
    """Refuse amounts whose sum no 64-bit integer holds; a wrapped sum would be a wrong figure that looks right."""
    for name in measures:
        size = sums[f"{name} size"].sum()
        if size > _MOST_FEN:
            raise UnreadableError(
                f"{file_name}: {name} adds up to {size / 100:.1e} 元, which no budget is; look at the unit",
                "absurd_sum",
                measure=name,
                yuan=f"{size / 100:.1e}",
            )


def _judged(prepared: Prepared) -> Prepared:
    """Add the reasons for which a person has to look before this is published."""
    reasons, refusals = [], list[Refusal]()
    bad, good = prepared.rejected_count, prepared.store.height
    most = prepared.mapping.checks.max_rejected_percent
    if bad * 100 > most * (bad + good):
        reasons.append(f"{bad} of {bad + good} rows were rejected, more than {most} in 100")
        refusals.append(refusal_of("rejected_share", {"bad": bad, "rows": bad + good, "most": most}))
    if bad + good == 0:
        reasons.append("the table has no rows")
        refusals.append(refusal_of("no_rows", {}))
    held = [check for check in prepared.checks if check.outcome == "hold"]
    reasons += [check.detail for check in held if check.detail]
    return replace(prepared, hold_reasons=tuple(reasons), refusals=tuple(refusals))


def _kept(refusal: Refusal | None) -> tuple[Refusal, ...]:
    return () if refusal is None else (refusal,)
