"""What ingest refuses, as exceptions whose text is a full sentence for the person at the terminal.

``IngestError`` > ``MappingError`` (a mapping file is wrong), ``NoMappingError`` (no or several mappings know a file),
``SourceError`` (a source file is wrong), ``CalendarError`` (the calendar is wrong),
``FileRefusedError`` (the file cannot be taken in at all; ``NameRefusedError`` under its name), ``UnreadableError``
(the bytes are not the table that was expected; ``prepare`` turns it into a held batch), ``BatchError`` (replay or
release of a batch that does not allow it).

What a clerk may meet on a page or in a mail carries a code of ``budget.refusals`` and its parts too, so that it can be
said in Chinese: ``UnreadableError(f"{name} is locked with a password; …", "locked", file=name)``.
"""

from budget.refusals import Refusal, refusal_of


class IngestError(ValueError):
    """Something ingest refuses to do; ``refusal`` is its code and parts, None for what only an administrator meets."""

    def __init__(self, text: str, code: str | None = None, **parts: str | int) -> None:
        super().__init__(text)
        self.refusal: Refusal | None = None if code is None else refusal_of(code, parts)


class MappingError(IngestError):
    """A mapping file cannot be used."""


class SourceError(IngestError):
    """A source file cannot be used, or two sources would deliver the same."""


class CalendarError(IngestError):
    """The calendar of expected deliveries cannot be used."""


class NoMappingError(IngestError):
    """No mapping, or more than one, knows a file by its name."""


class FileRefusedError(IngestError):
    """A file that is not taken in: missing, empty or too large."""


class NameRefusedError(FileRefusedError):
    """A file that is not taken in under the name it has."""


class UnreadableError(IngestError):
    """Delivered bytes that do not hold the table the mapping describes."""


class BatchError(IngestError):
    """A batch that cannot be replayed or released."""


def place_of(where: str) -> str:
    """Return the place that an English sentence names, "a.xlsx sheet 表", as people of any language read it."""
    file_name, _, sheet = where.rpartition(" sheet ")
    return f"{file_name}/{sheet}" if file_name else where
