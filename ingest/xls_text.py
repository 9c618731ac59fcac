"""Texts inside the records of an .xls: two bytes a character or one, and cut in the middle where a record was full."""

import struct
from dataclasses import dataclass

_WIDE, _PHONETIC, _RICH = 1, 4, 8
# Code pages of BIFF5; one byte a character is Latin-1 in BIFF8.
_CODE_PAGES = {936: "gb18030", 950: "big5", 932: "shift_jis", 949: "euc_kr", 65001: "utf-8", 1200: "utf-16-le"}


@dataclass
class Texts:
    """How this workbook writes texts."""

    is_wide: bool = True  # BIFF8
    code_page: int = 1252

    def short(self, body: bytes, at: int) -> str:
        """Return a text whose length stands in one byte."""
        return self._read(body, at + 1, body[at])

    def long(self, body: bytes, at: int) -> str:
        """Return a text whose length stands in two bytes."""
        return self._read(body, at + 2, struct.unpack_from("<H", body, at)[0])

    def format_code(self, body: bytes) -> str:
        """Return the text of a number format."""
        return self.long(body, 2) if self.is_wide else self.short(body, 2)

    def _read(self, body: bytes, at: int, length: int) -> str:
        if not self.is_wide:
            encoding = _CODE_PAGES.get(self.code_page, "cp1252")
            return _whole(body, at, length).decode(encoding, "replace")
        flags = body[at]
        at += 1 + (2 if flags & _RICH else 0) + (4 if flags & _PHONETIC else 0)
        return _decoded(_whole(body, at, length * 2 if flags & _WIDE else length), flags)


def _whole(body: bytes, at: int, size: int) -> bytes:
    if at + size > len(body):
        raise IndexError("a text beyond its record")
    return body[at : at + size]


def _decoded(raw: bytes, flags: int) -> str:
    return raw.decode("utf-16-le", "replace") if flags & _WIDE else raw.decode("latin-1")


class _Cursor:
    """A place in the bodies of a record and its continuations."""

    def __init__(self, bodies: list[bytes]) -> None:
        self.bodies, self.number, self.at = bodies, 0, 0

    def take(self, size: int) -> bytes:
        """Return bytes that may reach over several bodies."""
        parts = []
        while size:
            part = self.bodies[self.number][self.at : self.at + size]
            if not part:
                self.number, self.at = self.number + 1, 0
                self.bodies[self.number]  # IndexError: the texts end before their number
                continue
            parts.append(part)
            self.at += len(part)
            size -= len(part)
        return b"".join(parts)

    def take_text(self, length: int, flags: int) -> str:
        """Return a text; where it is cut, the next body begins with new flags."""
        parts = []
        while length:
            width = 2 if flags & _WIDE else 1
            left = (len(self.bodies[self.number]) - self.at) // width
            if left == 0:
                self.number, self.at = self.number + 1, 1
                flags = self.bodies[self.number][0]
                continue
            count = min(left, length)
            parts.append(_decoded(self.take(count * width), flags))
            length -= count
        return "".join(parts)


def read_shared(bodies: list[bytes]) -> list[str]:
    """Return the shared texts of a workbook (SST), which hold those of every cell once."""
    cursor = _Cursor(bodies)
    _, count = struct.unpack("<II", cursor.take(8))
    found = []
    for _ in range(count):
        length, flags = struct.unpack("<HB", cursor.take(3))
        runs = struct.unpack("<H", cursor.take(2))[0] if flags & _RICH else 0
        extra = struct.unpack("<I", cursor.take(4))[0] if flags & _PHONETIC else 0
        found.append(cursor.take_text(length, flags))
        cursor.take(runs * 4 + extra)
    return found
