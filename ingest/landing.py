"""The delivered bytes, kept unchanged under DATA/landing/ab/<sha256>."""

import os
import shutil
from pathlib import Path

from ingest.delivery import Delivery
from ingest.problems import UnreadableError

_BLOCK = 4 << 20


def landing_path(landing_dir: Path, sha256: str) -> Path:
    """Return where the bytes with a hash are kept."""
    return landing_dir / sha256[:2] / sha256


def keep(landing_dir: Path, delivery: Delivery) -> Path:
    """Write delivered bytes once, whole or not at all: aside, flushed to disk, then renamed.

    FileRefusedError where the delivered file changed after it was read.
    """
    path = landing_path(landing_dir, delivery.sha256)
    if path.exists() and path.stat().st_size == delivery.byte_count:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{delivery.sha256}.{os.getpid()}.part")
    try:
        with delivery.open() as delivered, aside.open("wb") as out:
            shutil.copyfileobj(delivered, out, _BLOCK)
            out.flush()
            os.fsync(out.fileno())
        delivery.refuse_change()
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


def kept_delivery(landing_dir: Path, sha256: str) -> Delivery:
    """Return a kept delivery; UnreadableError where its bytes are gone or no longer what was delivered."""
    path = landing_path(landing_dir, sha256)
    try:
        delivery = Delivery.of_file(path)
    except FileNotFoundError as error:
        raise UnreadableError(
            f"the delivered bytes {sha256} are not in {landing_dir}; restore them from a backup", "kept_bytes_gone"
        ) from error
    if delivery.sha256 != sha256:
        raise UnreadableError(
            f"{path} no longer holds what was delivered; restore it from a backup", "kept_bytes_changed"
        )
    return delivery
