"""The table files inside a delivered .zip: few, bounded, and never unpacked to a disk.

What an archive says about itself is not believed: sizes are counted while unpacking, and the names inside are labels
only, never paths.
"""

import io
import re
import zipfile
import zlib

from ingest.problems import UnreadableError
from ingest.readers import GZIP_MAGIC, WORKBOOK_MAGICS, Limits

_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")  # the second: a zip of no file
_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 2_000
# Text packs 5 to 40 to 1; what packs better is made to fill a memory. Small members may be nearly blank sheets.
_MOST_RATIO, _SMALL = 250, 1 << 20
_CHUNK = 1 << 20
_NAME_LENGTH = 90  # a sheet's name and a slash find room behind it in source_sheet
_UTF_8, _LOCKED = 0x800, 0x1
_LEFT_BY_SYSTEMS = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)")
_OTHER_PACKERS = {
    b"Rar!\x1a\x07": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstandard",
}


def refuse_other_packers(file_name: str, content: bytes) -> None:
    """Raise UnreadableError for an archive of a kind that is not unpacked here."""
    kind = next((kind for magic, kind in _OTHER_PACKERS.items() if content.startswith(magic)), None)
    if kind is not None:
        raise UnreadableError(
            f"{file_name} is a {kind} archive; deliver the file itself, or packed as .zip or .gz",
            "other_packer",
            file=file_name,
            kind=kind,
        )


def is_packed(head: bytes) -> bool:
    """Tell by its first bytes whether a file has to be unpacked, or is a workbook, before it can be text."""
    return head.startswith((GZIP_MAGIC, *_ZIP_MAGICS, *WORKBOOK_MAGICS))


def open_zip(file_name: str, content: bytes) -> zipfile.ZipFile:
    """Open a zip whose list of entries is short enough to be read at all."""
    if (count := content.count(_ENTRY)) > _MOST_ENTRIES:
        raise UnreadableError(
            f"{file_name} lists {count:,} files; at most {_MOST_ENTRIES:,} are read",
            "many_members",
            file=file_name,
            count=count,
            most=_MOST_ENTRIES,
        )
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UnreadableError(f"{file_name} is a damaged .xlsx or .zip: {error}", "damaged", file=file_name) from error


def is_archive(file_name: str, content: bytes) -> bool:
    """Tell whether bytes are a .zip of files; a workbook (.xlsx, .xlsb, .ods) is a zip too and is not."""
    if not content.startswith(_ZIP_MAGICS):
        return False
    names = open_zip(file_name, content).namelist()
    return not any(name in {"[Content_Types].xml", "mimetype"} or name.startswith("xl/") for name in names)


def read_members(file_name: str, content: bytes, member: str | None, limits: Limits) -> list[tuple[str, bytes]]:
    """Return name and bytes of the files that are meant: those a pattern finds, else the only one there is."""
    with open_zip(file_name, content) as packed:
        wanted = _wanted(file_name, packed, member)
        total = sum(entry.file_size for entry in wanted.values())
        if total > limits.unpacked_bytes:
            raise UnreadableError(
                f"{file_name} unpacks to {total:,} bytes; at most {limits.unpacked_bytes:,} are read",
                "unpacks_large",
                file=file_name,
                most=limits.unpacked_bytes,
            )
        return [(name, _unpacked(f"{file_name}/{name}", packed, entry)) for name, entry in wanted.items()]


def _wanted(file_name: str, packed: zipfile.ZipFile, member: str | None) -> dict[str, zipfile.ZipInfo]:
    files = [(_readable(entry), entry) for entry in packed.infolist() if not entry.is_dir()]
    files = [(name, entry) for name, entry in files if not _LEFT_BY_SYSTEMS.search(name)]
    told = ", ".join(name for name, _ in files[:20]) or "no file"
    meant = files if member is None else [(name, entry) for name, entry in files if re.search(member, name)]
    if not meant:
        asked = "a file" if member is None else f"a file whose name matches {member}"
        raise UnreadableError(
            f"{file_name} does not hold {asked}; it holds: {told}",
            "no_member",
            file=file_name,
            wanted=member or "*",
            held=told,
        )
    if member is None and len(meant) > 1:
        raise UnreadableError(
            f"{file_name} holds several files: {told}; say which with member in the mapping",
            "several_members",
            file=file_name,
            held=told,
        )
    found = {name[-_NAME_LENGTH:]: entry for name, entry in meant}
    if len(found) < len(meant):
        raise UnreadableError(
            f"{file_name} holds two files of the same name: {told}; deliver them under two names",
            "twin_members",
            file=file_name,
            held=told,
        )
    return found


def _readable(entry: zipfile.ZipInfo) -> str:
    """Return a member's name as people read it: archives of Chinese Windows write GBK and do not say so."""
    name = entry.filename
    if not entry.flag_bits & _UTF_8:
        # The library took the bytes for cp437, which has a character for every byte.
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("gb18030", "replace")
    return "".join(letter if letter.isprintable() else "�" for letter in name)


def _unpacked(where: str, packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.flag_bits & _LOCKED:
        raise UnreadableError(f"{where} is locked with a password; deliver it without one", "locked", file=where)
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnreadableError(
            f"{where} is packed by a method that is not read here; pack it as plain .zip", "packing", file=where
        )
    if entry.file_size > max(_SMALL, entry.compress_size * _MOST_RATIO):
        raise UnreadableError(
            f"{where} claims {entry.file_size:,} bytes packed into {entry.compress_size:,}: no table packs so well",
            "bomb",
            file=where,
            size=entry.file_size,
            packed=entry.compress_size,
        )
    try:
        with packed.open(entry) as member:
            # The library reads no more than the size that was claimed and bounded above.
            inner = b"".join(iter(lambda: member.read(_CHUNK), b""))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableError(
            f"{where} cannot be unpacked: {error or type(error).__name__}", "damaged", file=where
        ) from error
    if not inner:
        raise UnreadableError(f"{where} is empty (0 bytes); ask for it again", "empty", file=where)
    if inner.startswith(GZIP_MAGIC) or (inner.startswith(WORKBOOK_MAGICS) and is_archive(where, inner)):
        raise UnreadableError(
            f"{where} is an archive within an archive; deliver the table itself", "nested", file=where
        )
    return inner
