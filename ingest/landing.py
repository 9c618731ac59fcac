"""The delivered bytes, kept unchanged under DATA/landing/ab/<sha256>."""

import hashlib
import os
from pathlib import Path

from ingest.problems import UnreadableError


def landing_path(landing_dir: Path, sha256: str) -> Path:
    """Return where the bytes with a hash are kept."""
    return landing_dir / sha256[:2] / sha256


def keep(landing_dir: Path, sha256: str, content: bytes) -> Path:
    """Write delivered bytes once, whole or not at all: aside, flushed to disk, then renamed."""
    path = landing_path(landing_dir, sha256)
    if path.exists() and path.stat().st_size == len(content):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{sha256}.{os.getpid()}.part")
    try:
        with aside.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
    finally:
        # Half a file left on a full disk would keep it full.
        aside.unlink(missing_ok=True)
    _flush_folder(path.parent)
    return path


def _flush_folder(folder: Path) -> None:
    """Make the rename itself last; a warehouse row must never name bytes that a power cut took."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_landing(landing_dir: Path, sha256: str) -> bytes:
    """Return delivered bytes; UnreadableError where they are gone or no longer what was delivered."""
    path = landing_path(landing_dir, sha256)
    if not path.exists():
        raise UnreadableError(f"the delivered bytes {sha256} are not in {landing_dir}; restore them from a backup")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise UnreadableError(f"{path} no longer holds what was delivered; restore it from a backup")
    return content
