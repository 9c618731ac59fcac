"""The inbox folder: which files are wholly there, and where they go once dealt with."""

import datetime as dt
import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

DONE_MARK = ".done"
DONE, FAILED = "done", "failed"
SEEN, LOCK = ".seen.json", ".lock"
BETWEEN_LOOKS = dt.timedelta(seconds=1)
LONG_QUIET = dt.timedelta(minutes=1)

_Seen = dict[str, list[int]]  # file name -> bytes, written at (ns), first seen so at (ns)


@contextmanager
def sole_owner(inbox: Path) -> Iterator[None]:
    """Wait until nobody else takes files out of the inbox; two at once would each look for what the other moved."""
    with (inbox / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def waiting_files(inbox: Path, now: dt.datetime) -> list[Path]:
    """Return the files that are wholly there, by name.

    A file is wholly there when a ``.done`` marker stands beside it, when two looks at least a second apart saw the
    same size and time, or when nobody has written to it for a minute. What a look saw is kept in ``.seen.json``.
    Hidden files, folders, markers and unfinished uploads (.part, .tmp) are left alone.
    """
    files = sorted(path for path in inbox.iterdir() if _is_delivery(path)) if inbox.is_dir() else []
    before, moment = _look_before(inbox), int(now.timestamp()) * 10**9
    seen = {path.name: _look(path, before, moment) for path in files}
    if seen != before:
        (inbox / SEEN).write_text(json.dumps(seen), encoding="utf-8")
    return [path for path in files if _marker(path).exists() or _is_quiet(seen[path.name], moment)]


def seen_since(inbox: Path, path: Path) -> dt.datetime | None:
    """Return since when a file has been lying there as it is; None where no look has seen it."""
    seen = _look_before(inbox).get(path.name)
    return None if seen is None else dt.datetime.fromtimestamp(seen[2] // 10**9, dt.UTC)


def _look_before(inbox: Path) -> _Seen:
    path = inbox / SEEN
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except json.JSONDecodeError:
        return {}  # cut short by a crash: look again
    return found if isinstance(found, dict) else {}


def _look(path: Path, before: _Seen, moment: int) -> list[int]:
    state = path.stat()
    same = before.get(path.name, [])
    if same[:2] == [state.st_size, state.st_mtime_ns]:
        return same
    return [state.st_size, state.st_mtime_ns, moment]


def _is_quiet(seen: Sequence[int], moment: int) -> bool:
    _, written, first_seen = seen
    return moment - first_seen >= _ns(BETWEEN_LOOKS) or moment - written >= _ns(LONG_QUIET)


def _ns(span: dt.timedelta) -> int:
    return int(span.total_seconds()) * 10**9


def _is_delivery(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.suffix not in {DONE_MARK, ".part", ".tmp"}


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
    # The marker first: left behind by a kill it would vouch for the next file of that name, half of it or not.
    _marker(path).unlink(missing_ok=True)
    path.replace(place)
    return place
