"""The XML parts of an .xlsx element by element, so that only one row or one text is ever held."""

from collections.abc import Iterator
from typing import IO, Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

# Above any row or text that a spreadsheet program writes, and small enough to be held as objects.
_MOST_BYTES, _MOST_TAGS = 8 << 20, 500_000
_CHUNK = 1 << 20


def read_children(raw: IO[bytes], parent_tag: str) -> Iterator[Any]:
    """Yield the elements right below the first one of a tag; each is emptied once the next one is asked for.

    ValueError where one of them does not end, or where the part declares entities. What stands behind the parent is
    read, as the archive checks its sum at the end, but not parsed.
    """
    bounded, parent, depth = _Bounded(raw), None, 0
    try:
        for event, element in iterparse(bounded, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if parent is not None:
                    depth += 1
                elif element.tag == parent_tag:
                    parent = element
            elif element is parent:
                break
            elif parent is not None:
                depth -= 1
                if depth == 0:
                    yield element
                    parent.clear()
                    bounded.let_go()
    except DefusedXmlException as error:
        raise ValueError("it declares entities, which no spreadsheet program writes") from error
    while raw.read(_CHUNK):
        pass


class _Bounded:
    """A part that is read on while what is held of it stays small: as objects it takes a hundredfold of its bytes."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._bytes, self._tags = raw, 0, 0

    def read(self, size: int) -> bytes:
        """Return the next bytes; ValueError where too many came since something was let go."""
        chunk = self._raw.read(size)
        self._bytes += len(chunk)
        self._tags += chunk.count(b"<")
        if self._bytes > _MOST_BYTES or self._tags > _MOST_TAGS:
            raise ValueError("it has a row, a text or a list of styles that does not end")
        return chunk

    def let_go(self) -> None:
        """Count from here on: what was read is not held any more."""
        self._bytes = self._tags = 0
