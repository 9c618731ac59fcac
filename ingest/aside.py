"""Delivered bytes that wait aside for a person's word: each under a random token, for its owner, for an hour at most.

A place is FOLDER/<token> with ``content`` and ``about.json``; the delivered name is never part of a path.
"""

import datetime as dt
import fcntl
import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from ingest.delivery import Delivery
from ingest.problems import FileRefusedError, NameRefusedError
from ingest.readers import Limits, refuse_size

KEPT = dt.timedelta(hours=1)
NAME_LENGTH = 255
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Aside:
    """Bytes that wait; ``batch`` is the batch that was made of them, after which the bytes are gone."""

    token: str
    owner: str
    file_name: str
    byte_count: int
    put_at: dt.datetime
    batch: int | None = None


def clean_name(given: str | None) -> str:
    """Return a delivered file's name without the folders before it; NameRefusedError where it is no name.

    Control and formatting characters are refused: they let a name look like another one.
    """
    name = re.split(r"[/\\]", given or "")[-1].strip()
    if any(unicodedata.category(letter).startswith("C") for letter in name):
        raise NameRefusedError(
            "the file's name holds control characters; rename it and hand it over again", "name_unprintable"
        )
    if name in {"", ".", ".."} or len(name) > NAME_LENGTH:
        raise NameRefusedError(
            f"a file's name has 1 to {NAME_LENGTH} characters; rename it and hand it over again",
            "name_length",
            most=NAME_LENGTH,
        )
    return name


def put_aside(
    folder: Path, owner: str, file_name: str, source: IO[bytes], *, now: dt.datetime, limits: Limits
) -> Aside:
    """Keep bytes aside and return their place; FileRefusedError for a bad name, no bytes or too many."""
    name = clean_name(file_name)
    token = secrets.token_urlsafe(24)
    making = folder / f".{token}.part"
    making.mkdir(parents=True, mode=0o700)
    try:
        size = _copy(source, making / "content", limits.delivered_bytes)
        refuse_size(name, size, limits)
        kept = Aside(token=token, owner=owner, file_name=name, byte_count=size, put_at=now)
        _write(making, kept)
        making.rename(folder / token)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return kept


def _copy(source: IO[bytes], target: Path, most: int) -> int:
    size = 0
    with target.open("wb") as out:
        # One byte above the limit is enough to know that it is too large.
        while size <= most and (chunk := source.read(min(_CHUNK, most + 1 - size))):
            out.write(chunk)
            size += len(chunk)
    return size


def _write(place: Path, kept: Aside) -> None:
    told = asdict(kept) | {"put_at": kept.put_at.isoformat()}
    aside = place / "about.part"
    aside.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    aside.replace(place / "about.json")


def find_aside(folder: Path, owner: str, token: str, now: dt.datetime) -> Aside | None:
    """Return what waits under a token; None for a wrong token, another's, and one that is too old."""
    if _TOKEN.fullmatch(token) is None:
        return None
    kept = _read(folder / token)
    return kept if kept is not None and kept.owner == owner and now - kept.put_at < KEPT else None


def list_aside(folder: Path, owner: str, now: dt.datetime) -> list[Aside]:
    """Return what waits for a person's word, the newest first; what became a batch waits no longer."""
    places = folder.iterdir() if folder.is_dir() else ()
    found = (find_aside(folder, owner, place.name, now) for place in places)
    waiting = [one for one in found if one is not None and one.batch is None]
    return sorted(waiting, key=lambda one: (one.put_at, one.file_name), reverse=True)


def _read(place: Path) -> Aside | None:
    try:
        told = json.loads((place / "about.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Aside(**told | {"put_at": dt.datetime.fromisoformat(told["put_at"])})


def delivery_aside(folder: Path, kept: Aside) -> Delivery:
    """Return the delivery that waits; FileRefusedError where it is gone."""
    try:
        return Delivery.of_file(folder / kept.token / "content")
    except FileNotFoundError as error:
        raise FileRefusedError(
            f"{kept.file_name} no longer waits; hand it over again", "no_longer_waits", file=kept.file_name
        ) from error


@contextmanager
def alone_with(folder: Path, kept: Aside) -> Iterator[Aside]:
    """Keep everybody else from acting on the same bytes; yields them as they stand once it is our turn."""
    try:
        lock = (folder / kept.token / "lock").open("w")
    except FileNotFoundError as error:
        raise FileRefusedError(
            f"{kept.file_name} no longer waits; hand it over again", "no_longer_waits", file=kept.file_name
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield _read(folder / kept.token) or kept


def note_batch(folder: Path, kept: Aside, batch: int) -> None:
    """Note which batch was made of the bytes, and let the bytes go: the landing folder has them now."""
    _write(folder / kept.token, replace(kept, batch=batch))
    (folder / kept.token / "content").unlink(missing_ok=True)


def drop_aside(folder: Path, kept: Aside) -> None:
    """Forget bytes that nobody wants."""
    shutil.rmtree(folder / kept.token, ignore_errors=True)


def drop_old(folder: Path, now: dt.datetime) -> int:
    """Forget what was put aside an hour ago or earlier, whoever put it there; return how many places."""
    places = [place for place in folder.iterdir() if place.is_dir()] if folder.is_dir() else []
    old = [place for place in places if _is_old(place, now)]
    for place in old:
        shutil.rmtree(place, ignore_errors=True)
    return len(old)


def _is_old(place: Path, now: dt.datetime) -> bool:
    kept = _read(place)
    # Half a place is one that is being made, or whose maker died.
    put_at = dt.datetime.fromtimestamp(place.stat().st_mtime, dt.UTC) if kept is None else kept.put_at
    return now - put_at >= KEPT
