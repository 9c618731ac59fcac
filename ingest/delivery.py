"""The delivered bytes: held in memory where they came from a kept batch or a page, else left in their file."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.problems import FileRefusedError


@dataclass(frozen=True)
class Delivery:
    """Delivered bytes with their hash; a delivery in a file is read from there until it is kept.

    ``stamp`` is the file's size and time as they were when it was hashed: bytes that change meanwhile are refused.
    """

    sha256: str
    byte_count: int
    content: bytes | None = None
    path: Path | None = None
    stamp: tuple[int, int] | None = None

    @classmethod
    def of_bytes(cls, content: bytes) -> "Delivery":
        """Return a delivery that is in memory."""
        return cls(hashlib.sha256(content).hexdigest(), len(content), content=content)

    @classmethod
    def of_file(cls, path: Path) -> "Delivery":
        """Return a delivery that lies in a file, hashed without being held in memory; OSError where it cannot be."""
        stamp = _stamp(path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(digest, stamp[0], path=path, stamp=stamp)

    def open(self) -> BinaryIO:
        """Open the bytes for reading; FileRefusedError where the file is no longer the one that was hashed."""
        if self.path is None:
            return io.BytesIO(self.content or b"")
        self.refuse_change()
        return self.path.open("rb")

    def read(self) -> bytes:
        """Return all the bytes."""
        with self.open() as file:
            return file.read()

    def refuse_change(self) -> None:
        """Raise FileRefusedError where the file has been written to since it was hashed."""
        if self.path is None:
            return
        try:
            changed = _stamp(self.path) != self.stamp
        except OSError:
            changed = True
        if changed:
            raise FileRefusedError(
                f"{self.path.name} was changed while it was being read; hand it over again",
                "changed_meanwhile",
                file=self.path.name,
            )


def _stamp(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns
