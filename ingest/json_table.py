"""JSON to a sheet of text cells: a list of objects, or one object a line."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ingest.cells import Sheet, storable, text_frame
from ingest.problems import UnreadableError
from ingest.readers import Limits, decode, refuse_area

# What a list may hold before it is parsed: each object costs some 250 bytes of memory and each value some 100.
_MOST_OBJECTS, _MOST_VALUES = 1_000_000, 4_000_000
_Record = dict[str, Any]


class _TwiceError(ValueError):
    """A key that stands twice in one object: a parser would keep the last value and lose the first."""


def read_json(file_name: str, content: bytes, records: str | None, limits: Limits) -> Sheet:
    """Read a list of objects; labels are the keys in order of first appearance, numbers keep every digit."""
    text = decode(file_name, content, ("utf-8-sig",))
    if text.count("{") + text.count("[") > _MOST_OBJECTS or text.count(",") > _MOST_VALUES:
        raise UnreadableError(
            f"{file_name} holds more than {_MOST_OBJECTS:,} objects or {_MOST_VALUES:,} values; deliver one object a "
            "line (json_lines) or csv",
            "json_large",
            file=file_name,
            objects=_MOST_OBJECTS,
            values=_MOST_VALUES,
        )
    found = _parsed(file_name, text)
    for step in records.split(".") if records else ():
        found = found.get(step) if isinstance(found, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        place = f'under "{records}"' if records else "at its top"
        raise UnreadableError(
            f"{file_name} has no list of objects {place}", "json_no_list", file=file_name, place=records or "[…]"
        )
    return _sheet(file_name, found, limits)


def read_json_lines(file_name: str, content: bytes, limits: Limits) -> Sheet:
    """Read one object a line; a row counts as the line it stands on, and blank lines are blank rows.

    One line that is no object refuses the file: it was cut short or two files were mixed.
    """
    # Only a line feed ends a line: a text may hold the other characters that split lines.
    lines = decode(file_name, content, ("utf-8-sig",)).split("\n")
    found: list[_Record] = []
    for number, line in enumerate(lines, start=1):
        record = _parsed(file_name, line, number) if line.strip() else {}
        if not isinstance(record, dict):
            raise UnreadableError(
                f"{file_name} line {number} is no object; one object a line was expected",
                "json_line",
                file=file_name,
                line=number,
            )
        found.append(_flat(record))
        if number > limits.cells:
            raise UnreadableError(
                f"{file_name} has more than {limits.cells:,} lines; split the delivery",
                "many_lines",
                file=file_name,
                most=limits.cells,
            )
    while found and not found[-1]:
        found.pop()
    return _sheet(file_name, found, limits)


def _parsed(file_name: str, text: str, line: int | None = None) -> Any:
    where = file_name if line is None else f"{file_name} line {line}"
    try:
        # Numbers stay text: a float would lose what a decimal says.
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)
    except _TwiceError as error:
        raise UnreadableError(
            f'{where} is not JSON: the key "{error}" stands twice in one object',
            "json_twin_key" if line is None else "json_line_twin_key",
            file=file_name,
            line=line or 0,
            key=str(error),
        ) from error
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"{where} is not JSON: {error}", "not_json" if line is None else "json_line", file=file_name, line=line or 0
        ) from error
    except RecursionError as error:
        raise UnreadableError(
            f"{where} is not a table: its objects lie too deep within one another", "json_deep", file=file_name
        ) from error


def _object(pairs: Sequence[tuple[str, Any]]) -> _Record:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _TwiceError(storable(twice))
    return found


def _sheet(file_name: str, records: Sequence[_Record], limits: Limits) -> Sheet:
    flat = [_flat(one) for one in records]
    labels = list(dict.fromkeys(key for one in flat for key in one))
    refuse_area(file_name, len(flat), len(labels), limits)
    columns = ([storable(label), *_texts(file_name, label, flat)] for label in labels)
    return Sheet(None, text_frame(columns), first_row=0)


def _flat(record: _Record) -> _Record:
    """Name the values of objects within a record by their path, ``amount/value``; lists stay as they are."""
    told: _Record = {}
    waiting = list(reversed(record.items()))
    while waiting:
        label, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting += [(f"{label}/{key}", inner) for key, inner in reversed(value.items())]
        else:
            told[label] = value
    return told


def _texts(file_name: str, label: str, flat: Iterable[_Record]) -> list[str | None]:
    try:
        return [_as_text(one.get(label)) for one in flat]
    except RecursionError as error:
        raise UnreadableError(
            f"{file_name}: {label} holds lists too deep within one another", "json_deep", file=file_name
        ) from error


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
