"""One errand to a source: what it may know and use, and what it brings back."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import RawIOBase
from pathlib import Path
from typing import Any

from ingest.sources.veil import Veil
from warehouse.sources import Mark

PIECE = 256 * 1024  # bytes read at once
PART = ".part"


class FetchError(RuntimeError):
    """A source did not give what was asked; the message names the source and holds no secret."""


class HereError(FetchError):
    """Trouble on this side: a full disk, a folder that cannot be written to; no server is to blame."""


class PassingError(FetchError):
    """Trouble that may pass by itself: no answer, a cut connection, an overloaded server."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What an errand is given: its folder, its secret, the time, a way to wait, and what was taken before.

    ``alive`` is called between pieces; it raises where the errand may not go on.
    """

    name: str
    folder: Path
    today: dt.date
    wait: Callable[[float], None]
    alive: Callable[[], None]
    secret: str | None = None
    username: str = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def veil(self) -> Veil:
        """Return what takes the secret out of texts."""
        return Veil(self.secret, self.username)

    def error(self, told: str) -> FetchError:
        """Return an error that will not pass by itself."""
        return FetchError(self.veil(f"source {self.name}: {told}"))

    def passing(self, told: str) -> PassingError:
        """Return an error that may pass by itself."""
        return PassingError(self.veil(f"source {self.name}: {told}"))

    @contextmanager
    def here(self) -> Iterator[None]:
        """Tell trouble of the own disk apart from that of a server, where both are worked with at once."""
        try:
            yield
        except OSError as error:
            raise HereError(f"source {self.name}: {told_here(error)}") from error

    def part(self, resource: str) -> Path:
        """Return where the unfinished bytes of a resource are kept; its notes stand beside it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{hashlib.sha256(resource.encode()).hexdigest()[:16]}{PART}"

    def whole(self, part: Path, file_name: str) -> Path:
        """Give finished bytes the name of the file they are, in a folder of their own."""
        place = self.folder / "whole" / file_name
        place.parent.mkdir(exist_ok=True)
        part.replace(place)
        notes_of(part).unlink(missing_ok=True)
        return place


@dataclass(frozen=True)
class Fetched:
    """A file that was brought, or None where it holds what was taken before; the mark is to be kept in either case."""

    path: Path | None
    mark: Mark


def told_here(error: OSError) -> str:
    """Say what this machine could not do, and what to do about it."""
    place = f"{error.filename}: " if error.filename else ""
    return (
        f"{place}{error.strerror or type(error).__name__}; make room, or let the service write there: nothing "
        "half-written is left, and the source is tried again by itself"
    )


def notes_of(part: Path) -> Path:
    """Return the file beside unfinished bytes that says of which version they are."""
    return part.with_suffix(".json")


def read_notes(part: Path) -> Any:
    """Return what was noted of unfinished bytes; None where nothing was, or a crash cut the note short."""
    try:
        return json.loads(notes_of(part).read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
        return None


def note_down(part: Path, told: Any) -> None:
    """Begin anew: forget the bytes there are, and note of which version those to come will be."""
    drop(part)
    notes_of(part).write_text(json.dumps(told), "utf-8")


def drop(part: Path) -> None:
    """Forget unfinished bytes."""
    notes_of(part).unlink(missing_ok=True)
    part.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Forget everything unfinished of a source, so that it takes no room on a full disk; what cannot go stays."""
    with suppress(OSError):
        for part in folder.glob(f"*{PART}"):
            drop(part)


def write_all(out: RawIOBase, piece: bytes) -> None:
    """Write a piece to an unbuffered file; OSError at once where the disk has no room for all of it."""
    left = memoryview(piece)
    while left:
        left = left[out.write(left) or 0 :]


def digest_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def plain_name(name: str) -> str | None:
    """Return a file name that lies in no other folder; None where it is none."""
    is_plain = name and not set(name) & set("/\\\0") and not name.startswith(".") and len(name) <= 200
    return name if is_plain else None


def bring(errand: Errand, part: Path, file_name: str, mark: Mark) -> Fetched:
    """Return finished bytes as a file, or only the new mark where they are what was taken before."""
    before = errand.marks.get(mark.resource)
    if before is not None and before.sha256 == mark.sha256:
        drop(part)
        return Fetched(None, mark)
    return Fetched(errand.whole(part, file_name), mark)
