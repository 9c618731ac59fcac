"""One archive file: a gzipped tar whose last member, the manifest, names every other with its size and sha256.

Reading trusts nothing: names are checked before anything is written, and what does not match the manifest, byte for
byte, is refused as a whole.
"""

import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20
_MOST_MANIFEST = 256 << 20
_NAME = re.compile(r"[^/\\\x00-\x1f]{1,255}(/[^/\\\x00-\x1f]{1,255}){0,15}")


class ArchiveError(ValueError):
    """An archive cannot be used; the sentence says what is wrong with it."""


class _Hashed(io.RawIOBase):
    """Reads a file and knows the sha256 of what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.sha256 = source, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        content = self._source.read(size)
        self.sha256.update(content)
        return content


def pack(path: Path, members: Iterable[tuple[str, Path]], told: Mapping[str, Any], created: int) -> str:
    """Write an archive, whole or not at all, and return its sha256; only its owner may read it.

    ``told`` is what the manifest says beside the list of members, ``created`` the seconds its members are dated.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with (
            os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
            gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=6, mtime=created) as squeezed,
            tarfile.open(fileobj=squeezed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            listed = {name: _add(tar, name, source, created) for name, source in members}
            manifest = json.dumps({"format": FORMAT, **told, "members": listed}, ensure_ascii=False, indent=1)
            content = manifest.encode("utf-8")
            tar.addfile(_info(MANIFEST, len(content), created), io.BytesIO(content))
        digest = _flushed(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return digest


def _add(tar: tarfile.TarFile, name: str, source: Path, created: int) -> dict[str, Any]:
    with source.open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        hashed = _Hashed(opened)
        tar.addfile(_info(name, size, created), hashed)
    return {"bytes": size, "sha256": hashed.sha256.hexdigest()}


def _info(name: str, size: int, created: int) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.size, found.mode, found.mtime = size, 0o600, created
    return found


def _flushed(path: Path) -> str:
    """Make a file last through a power cut and return its sha256."""
    with path.open("rb") as opened:
        os.fsync(opened.fileno())
    return file_sha256(path)


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file of any size."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def unpack(path: Path, folder: Path, parts: Iterable[str]) -> dict[str, Any]:
    """Write an archive's members into an empty folder and return its manifest; ArchiveError where anything is amiss.

    ``parts`` are the first parts that names of members may have.
    """
    allowed = frozenset(parts)
    found: dict[str, dict[str, Any]] = {}
    manifest: bytes | None = None
    with _damage_told(path):
        for member, source in _members(path):
            if member.name == MANIFEST and manifest is None and member.isreg():
                manifest = source.read(_MOST_MANIFEST)
                continue
            _check_name(path, member, allowed, found)
            found[member.name] = _written(source, folder / member.name)
    return _checked(path, manifest, found)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except ArchiveError:
        raise
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, OverflowError) as error:
        raise ArchiveError(
            f"{path} is damaged or was cut short ({error}); nothing was restored, take another copy of it"
        ) from error


def _members(path: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    with gzip.open(path) as squeezed, tarfile.open(fileobj=squeezed, mode="r|") as tar:
        for member in tar:
            yield member, (tar.extractfile(member) if member.isreg() else None) or io.BytesIO()
        while squeezed.read(_CHUNK):  # to the end, where the checksum of the whole stands
            pass


def _check_name(
    path: Path, member: tarfile.TarInfo, allowed: frozenset[str], found: Mapping[str, dict[str, Any]]
) -> None:
    steps = member.name.split("/")
    is_safe = _NAME.fullmatch(member.name) and not {"", ".", ".."} & set(steps) and steps[0] in allowed
    if not member.isreg() or not is_safe or member.name in found:
        raise ArchiveError(f"{path} holds {member.name!r}, which no backup holds; it was forged, nothing was restored")


def _written(source: IO[bytes], place: Path) -> dict[str, Any]:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        hashed, size = _Hashed(source), 0
        with place.open("xb") as out:
            while content := hashed.read(_CHUNK):
                size += out.write(content)
    except (FileExistsError, NotADirectoryError) as error:
        raise ArchiveError(f"two members of the archive want the place {place.name}; nothing was restored") from error
    return {"bytes": size, "sha256": hashed.sha256.hexdigest()}


def _checked(path: Path, manifest: bytes | None, found: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    if manifest is None:
        raise ArchiveError(f"{path} has no {MANIFEST}: it is no backup, or was cut short; nothing was restored")
    try:
        told = json.loads(manifest)
        listed, is_known = dict(told["members"]), told["format"] == FORMAT
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveError(f"{path}: its {MANIFEST} cannot be read ({error}); nothing was restored") from error
    if not is_known:
        raise ArchiveError(
            f"{path} is of format {told['format']!r}; this version reads {FORMAT}. Restore it with its own"
        )
    wrong = sorted(name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name))
    if wrong:
        raise ArchiveError(
            f"{path}: {', '.join(wrong[:3])}{' …' if len(wrong) > 3 else ''} is missing, not listed, or not what the "
            "manifest says; the archive is damaged or was forged, nothing was restored"
        )
    return dict(told)
