"""The records of an .xls as xlrd may be given them: whatever would make it fill the memory is refused or taken out."""

import os
import struct
from pathlib import Path
from typing import IO

from xlrd.book import unpack_SST_table
from xlrd.compdoc import CompDoc

from ingest.problems import UnreadableError

_EOF, _DATEMODE, _FILEPASS, _CONTINUE, _CODEPAGE, _BOUNDSHEET = 0x0A, 0x22, 0x2F, 0x3C, 0x42, 0x85
_XF, _SST, _FORMAT, _BOF = 0xE0, 0xFC, 0x41E, 0x809
_NEEDED = frozenset({_BOF, _CODEPAGE, _DATEMODE, _BOUNDSHEET, _FORMAT, _XF, _SST, _CONTINUE})
_UNKNOWN = struct.pack("<H", 0xEEEE)  # a kind of record that no program writes and xlrd passes over
_BIFF5, _BIFF8 = 0x500, 0x600
_STREAM = 2


def silenced() -> IO[str]:
    """Open what xlrd may write to whatever it wonders about; nobody reads it."""
    return Path(os.devnull).open("w", encoding="utf-8")


def workbook_stream(file_name: str, content: bytes, most_texts: int) -> bytes:
    """Return the records of a workbook; UnreadableError where the container holds something else or is locked.

    Whatever xlrd raises of a damaged container, and ValueError for one made to fill the memory.
    """
    with silenced() as silence:
        # Some programs let chains of sectors overlap, and spreadsheet programs do not mind.
        container = CompDoc(content, logfile=silence, ignore_workbook_corruption=True)
        streams = {entry.name: entry for entry in container.dirlist if entry.etype == _STREAM}
        if "EncryptedPackage" in streams:
            raise _locked(file_name)
        for name in ("Workbook", "Book"):
            if name in streams and _bites_its_tail(container.SSAT, streams[name].first_SID):
                raise ValueError("a chain of sectors that bites its tail")
            memory, begin, size = container.locate_named_stream(name)
            if memory:
                return _bounded(file_name, memoryview(memory)[begin : begin + size], most_texts)
    told = ", ".join(sorted(name for name in streams if name.isprintable())[:5]) or "nothing"
    raise UnreadableError(
        f"{file_name} is no workbook, it holds: {told}; open it in Excel or WPS and save it as .xlsx",
        "no_workbook",
        file=file_name,
    )


def _locked(file_name: str) -> UnreadableError:
    said = f"{file_name} is locked with a password; ask for it again without one"
    return UnreadableError(said, "locked", file=file_name)


def _bites_its_tail(table: list[int], at: int) -> bool:
    """Tell whether a chain never ends, which xlrd would follow for ever where a stream is short."""
    seen = set()
    while 0 <= at < len(table) and at not in seen:
        seen.add(at)
        at = table[at]
    return at in seen


def _bounded(file_name: str, stream: memoryview, most_texts: int) -> bytes:
    """Return the records, those at the front of which nothing is needed made unknown.

    Among them are names, whose formulas xlrd works out while it opens a workbook: a few of them, each the one before
    it twice, say a text of gigabytes.
    """
    front, texts, at = bytearray(), list[bytes](), 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        record = bytes(stream[at : at + 4 + length])
        if kind == _FILEPASS:
            raise _locked(file_name)
        if kind == _EOF:
            _refuse_endless(texts, most_texts)
            return b"".join((front, stream[at:]))
        if not at and (kind != _BOF or struct.unpack_from("<H", record, 4)[0] not in {_BIFF5, _BIFF8}):
            raise UnreadableError(
                f"{file_name} is an .xls of before 1995; open it in Excel and save it as .xlsx",
                "old_workbook",
                file=file_name,
            )
        if kind == _SST or (texts and kind == _CONTINUE):
            texts.append(record[4:])
        front += record if kind in _NEEDED else _UNKNOWN + record[2:]
        at += 4 + length


class _Forward:
    """A record that is read from its front to its end only."""

    def __init__(self, record: bytes) -> None:
        self._record, self._at = record, 0

    def __len__(self) -> int:
        return len(self._record)

    def __getitem__(self, place: int | slice) -> int | bytes:
        start = place.start if isinstance(place, slice) else place
        if start < self._at:
            raise ValueError("a text that goes back in its record")
        self._at = start
        return self._record[place]


def _refuse_endless(texts: list[bytes], most: int) -> None:
    """Raise ValueError for shared texts that xlrd would read for ever, as one of them claims a negative size."""
    if not texts:
        return
    count = struct.unpack_from("<I", texts[0], 4)[0]
    if count > most:
        raise ValueError("more texts than cells are read")
    unpack_SST_table([_Forward(record) for record in texts], count)
