"""The container of an .xls (OLE2): a small file system of chained sectors."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_END_OF_CHAIN = 0xFFFFFFFA  # and above: free, end, tables
_ENTRY = 128
_ROOT, _STREAM = 5, 2


@dataclass(frozen=True)
class _Container:
    content: bytes
    sector_size: int
    table: tuple[int, ...]

    def chain(self, start: int) -> bytes:
        """Return the bytes of the sectors from one on; a chain that bites its tail ends where it does."""
        parts, seen = [], set()
        while start < len(self.table) and start not in seen:
            seen.add(start)
            parts.append(_sector(self.content, start, self.sector_size))
            start = self.table[start]
        return b"".join(parts)


def read_stream(content: bytes, *names: str) -> bytes:
    """Return the bytes of the first stream of one of some names; KeyError where there is none.

    Damage raises struct.error or IndexError; never is more memory asked for than the file has bytes.
    """
    sector_size, mini_size = 1 << (content[30] & 15), 1 << (content[32] & 15)
    directory_at, _, cutoff, mini_table_at, _ = struct.unpack_from("<5I", content, 48)
    places = [place for place in _table_places(content, sector_size) if place < _END_OF_CHAIN]
    numbers = b"".join(_sector(content, place, sector_size) for place in places[: len(content) // sector_size + 1])
    container = _Container(content, sector_size, _words(numbers))
    directory, root = container.chain(directory_at), b""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, size = struct.unpack_from("<II", directory, at + 116)
        name = directory[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
        if kind == _ROOT:
            root = container.chain(start)
        if kind == _STREAM and name in names:
            if size >= cutoff:
                return container.chain(start)[:size]
            minis = _Container(bytes(mini_size) + root, mini_size, _words(container.chain(mini_table_at)))
            return minis.chain(start)[:size]
    raise KeyError(names[0])


def _table_places(content: bytes, sector_size: int) -> Iterator[int]:
    yield from struct.unpack_from("<109I", content, 76)
    more, seen = struct.unpack_from("<I", content, 68)[0], set()
    while more < _END_OF_CHAIN and more not in seen:
        seen.add(more)
        words = _words(_sector(content, more, sector_size))
        if not words:
            return
        yield from words[:-1]
        more = words[-1]


def _sector(content: bytes, number: int, size: int) -> bytes:
    # The header takes the place of one sector.
    return content[(number + 1) * size : (number + 2) * size]


def _words(raw: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
