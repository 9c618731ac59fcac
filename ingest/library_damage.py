"""What the libraries that read workbooks raise of a damaged one, told in a sentence."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from ingest.problems import UnreadableError

T = TypeVar("T")


def read_or_tell(say: Callable[[str], UnreadableError], read: Callable[[], T]) -> T:
    """Return what a library reads; where it fails, raise the error that ``say`` makes of the cause.

    Only calls of openpyxl and xlrd belong in here. They check little of what they read, so that a damaged file raises
    whatever it breaks first: KeyError, AssertionError, struct.error, RecursionError. A memory that is full is no
    damage of the file and goes on as MemoryError.
    """
    try:
        return read()
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:  # see above: the list would never be whole
        raise say(" ".join(str(error).split()) or type(error).__name__) from error


def each_or_tell(say: Callable[[str], UnreadableError], rows: Iterator[T]) -> Iterator[T]:
    """Yield what a library reads piece by piece; UnreadableError as above."""
    while True:
        found = read_or_tell(say, lambda: next(rows, None))
        if found is None:
            return
        yield found
