"""The inbox folder: which files are wholly there, and where they go once dealt with."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DONE_MARK = ".done"
DONE, FAILED = "done", "failed"


@dataclass(frozen=True)
class Seen:
    """How large a file was, and when it was last written, at the scan before."""

    byte_count: int
    modified_ns: int


@dataclass(frozen=True)
class Scan:
    """What a look into the inbox found; hand ``seen`` to the next look."""

    ready: tuple[Path, ...]
    seen: dict[str, Seen]


def waiting_files(inbox: Path, before: Mapping[str, Seen]) -> Scan:
    """Find the files that are wholly there: a ``.done`` marker stands beside them, or two looks saw the same.

    Hidden files, folders, markers and unfinished uploads (.part, .tmp) are left alone.
    """
    files = sorted(path for path in inbox.iterdir() if _is_delivery(path)) if inbox.is_dir() else []
    seen = {path.name: _seen(path) for path in files}
    ready = tuple(
        path
        for path in files
        if _marker(path).exists() or (path.name in before and before[path.name] == seen[path.name])
    )
    return Scan(ready, seen)


def _is_delivery(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.suffix not in {DONE_MARK, ".part", ".tmp"}


def _seen(path: Path) -> Seen:
    state = path.stat()
    return Seen(state.st_size, state.st_mtime_ns)


def _marker(path: Path) -> Path:
    return path.with_name(path.name + DONE_MARK)


def put_aside(path: Path, now: dt.datetime, *, reason: str | None = None) -> Path:
    """Move a file that was dealt with to ``done``, or with the reason beside it to ``failed``; return its new place.

    Nothing is overwritten: a name that is taken gets the moment put before it.
    """
    folder = path.parent / (DONE if reason is None else FAILED)
    folder.mkdir(exist_ok=True)
    place = folder / path.name
    number = 0
    while place.exists():
        number += 1
        place = folder / f"{now:%Y%m%dT%H%M%S}-{number}-{path.name}"
    if reason is not None:
        # The reason first: a file in "failed" without one would leave people guessing.
        place.with_name(place.name + ".reason.txt").write_text(f"{now:%Y-%m-%d %H:%M:%S} UTC\n{reason}\n", "utf-8")
    path.replace(place)
    _marker(path).unlink(missing_ok=True)
    return place
