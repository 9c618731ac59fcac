"""What commands print: one JSON document, or lines for people, on stdout; everything else goes to stderr."""

import datetime as dt
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any


def print_json(document: Any) -> None:
    """Print one JSON document; Chinese stays readable, instants are UTC with a Z."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date | Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def say(line: str) -> None:
    """Print one line for people, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def note(line: str) -> None:
    """Print one line beside the result, on stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def in_words(error: Exception) -> str:
    """Return what went wrong as people say it: the machine's reason, with the file it is about."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror


def print_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print aligned columns; a Chinese character is two cells wide, numbers stand right."""
    cells = [[_cell(value) for value in row] for row in rows]
    right = [
        any(cell for cell, _ in column) and all(number for _, number in column) for column in zip(*cells, strict=True)
    ]
    texts = [list(heads), *([text for text, _ in row] for row in cells)]
    widths = [max(map(width, column)) for column in zip(*texts, strict=True)]
    right = right or [False] * len(widths)
    for line in texts:
        parts = [pad(text, size, right=side) for text, size, side in zip(line, widths, right, strict=True)]
        say("  ".join(parts).rstrip())


def _cell(value: Any) -> tuple[str, bool]:
    if value is None:
        return "-", True
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes"), False
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return (f"{value:,}" if is_number else str(value)), is_number


def width(text: str) -> int:
    """Return how many terminal cells a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def pad(text: str, size: int, *, right: bool = False) -> str:
    """Fill a text with spaces up to so many cells."""
    spaces = " " * max(0, size - width(text))
    return spaces + text if right else text + spaces
