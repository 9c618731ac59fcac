"""Delivered files to what is to be published: the mapping of each, read and checked side by side."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

from app.children import follow_parent
from app.wiring import House
from budget.refusals import Refusal
from ingest.control import side_file_of, with_side_file
from ingest.delivery import Delivery
from ingest.mapping import Mapping, load_mapping, match, named
from ingest.prepare import delivery_of, prepare_delivery, readable_name
from ingest.prepared import Prepared
from ingest.problems import IngestError, MappingError, NoMappingError
from ingest.readers import Limits
from ingest.store import FactStore
from ingest.while_reading import LongDelivery


@dataclass(frozen=True)
class Refused:
    """A file that was not even taken into the landing folder, and why."""

    file: str
    reason: str
    status: Literal["refused"] = "refused"
    refusal: Refusal | None = None  # the same as code and parts


@dataclass(frozen=True)
class SideFile:
    """A control file that was given by itself, and the mapping whose deliveries it belongs to."""

    path: Path
    mapping: Mapping


Chosen = Mapping | SideFile | Refused
Read = Prepared | LongDelivery | SideFile | Refused
# From so many bytes of text on a delivery is published while it is read.
LONG_BYTES = 16 << 20


def limits_of(house: House) -> Limits:
    """Return how much of a delivery is taken in, and where facts that are too many for memory lie meanwhile."""
    return Limits(spool=house.spool, rejected=house.settings.ingest.most_rejected_kept)


def wanted_mapping(mappings: Sequence[Mapping], feed: str) -> Mapping:
    """Return the mapping that was asked for; one that is not there or not right is a wrong call."""
    if feed.endswith(".toml"):
        return load_mapping(Path(feed))
    try:
        return named(mappings, feed)
    except NoMappingError as error:
        raise MappingError(str(error)) from error


def fitting_mapping(mappings: Sequence[Mapping], path: Path) -> Chosen:
    """Return the mapping that knows a file, or whose control file it is; a refusal where there is none."""
    name = readable_name(path)
    if path.is_dir():
        return Refused(name, f"{name} is a folder; name the files in it, as in mingzhang ingest {name}/*")
    try:
        return match(mappings, name)
    except NoMappingError as error:
        side_of = side_file_of(mappings, name)
        return Refused(name, str(error), refusal=error.refusal) if side_of is None else SideFile(path, side_of)


def read_files(chosen: Iterable[tuple[Path, Chosen]], workers: int, limits: Limits) -> Iterator[Read]:
    """Yield what each file gives, in their order; several workers read a few files ahead in processes of their own."""
    if workers <= 1:
        yield from (_read(path, mapping, limits) for path, mapping in chosen)
        return
    ahead = workers + 2  # enough to keep everybody busy, few enough to fit into memory
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=follow_parent) as pool:
        left, waiting = iter(chosen), deque[Future[Read]]()
        try:
            while True:
                for path, mapping in islice(left, ahead - len(waiting)):
                    waiting.append(pool.submit(_read, path, mapping, limits))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _read(path: Path, mapping: Chosen, limits: Limits) -> Read:
    if not isinstance(mapping, Mapping):
        return mapping
    name = readable_name(path)
    try:
        delivery = delivery_of(path, limits)
        if mapping.table.format == "csv" and delivery.byte_count >= LONG_BYTES:
            read = partial(_read_delivery, mapping, path, delivery, limits)
            return LongDelivery(mapping=mapping, file_name=name, delivery=delivery, read=read)
        return _read_delivery(mapping, path, delivery, limits)
    except IngestError as error:
        return Refused(name, str(error), refusal=error.refusal)


def _read_delivery(
    mapping: Mapping, path: Path, delivery: Delivery, limits: Limits, store: FactStore | None = None
) -> Prepared:
    prepared = prepare_delivery(mapping, readable_name(path), delivery, limits=limits, store=store)
    return with_side_file(prepared, path.parent)
