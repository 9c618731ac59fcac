"""Delimited text to parts of text cells, a few megabytes at a time, so that a file's length costs no memory.

A part whose every line is a record by itself is split by Polars. From the first line on that is not (a line break in
a cell, a quote that does not stand around a whole cell, another kind of line end) the csv module reads on: slower, with
the same cells.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice, zip_longest
from typing import BinaryIO

import polars as pl

from ingest.cells import Sheet, blank_to_null, storable, text_frame
from ingest.encoding import BLOCK, Open, damage_of, first_encoding
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError

_RECORDS = 20_000  # of the csv module, a part
_FEWEST_CELLS = 2
_AHEAD = 2  # texts split while the part before them is worked on
_NO_SEPARATOR = "\x02"  # stands in no text that is split by Polars
_CELLS_OF_RAGGED, _MOST_BLANKS = 6_000_000, 4
_MARK = "\ufeff"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_delimited(file_name: str, open_bytes: Open, table: TableSpec) -> Sheet:
    """Read delimited text; a quoted cell may hold line breaks, so a row is a record, not a line.

    UnreadableError where no encoding of the mapping fits, at once or on the way through the parts.
    """
    encoding = first_encoding(file_name, open_bytes, table.encodings)
    parts = _parts(file_name, _texts(file_name, open_bytes, encoding, table), table)
    first = next(parts, None)
    if first is None:
        return Sheet(None, pl.DataFrame(), widths=pl.Series("width", [], dtype=pl.Int64))
    return Sheet(None, first.cells, widths=first.widths, rest=parts)


def _texts(file_name: str, open_bytes: Open, encoding: str, table: TableSpec) -> Iterator[str]:
    """Yield the text in pieces that end with a line, the last one excepted."""
    decoder, left, is_first = codecs.getincrementaldecoder(encoding)(), "", True
    with open_bytes() as file:
        try:
            for block in _blocks(file, encoding):
                text = left + decoder.decode(block)
                if is_first and text:
                    # A byte-order mark is no text, whether the mapping knows of it or not.
                    text, is_first = text.removeprefix(_MARK), False
                end = text.rfind("\n") + 1
                left = text[end:]
                if end:
                    yield text[:end]
            left += decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise damage_of(file_name, open_bytes, encoding) or _no_encoding(file_name, open_bytes, table) from error
    if left:
        yield left


def _blocks(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield a file in pieces, which end with a line feed where it is one byte, so that their text needs no cutting."""
    is_one_byte = "\n".encode(encoding).removeprefix(codecs.BOM_UTF8) == b"\n"
    left: list[bytes] = []
    while block := file.read(BLOCK):
        end = block.rfind(b"\n") + 1 if is_one_byte else len(block)
        if end:
            yield b"".join([*left, block[:end]])
            left = [block[end:]]
        else:
            left.append(block)
    yield b"".join(left)


def _no_encoding(file_name: str, open_bytes: Open, table: TableSpec) -> UnreadableError:
    with open_bytes() as file:
        told = "it begins as utf-16 does; " if file.read(2) in _UTF_16_MARKS else ""
    tried = ", ".join(table.encodings)
    said = f"{file_name} is none of {tried}; {told}name its encoding in the mapping"
    return UnreadableError(said, "encoding", file=file_name, tried=tried)


def _parts(file_name: str, texts: Iterator[str], table: TableSpec) -> Iterator[Sheet]:
    """Yield the records of a text part by part, each part numbered from its own first row.

    While one part is worked on, the texts of the next ones are decoded and split.
    """
    row, waiting = 1, deque[tuple[str, Future[tuple[pl.DataFrame, pl.Series] | None]]]()
    with ThreadPoolExecutor(_AHEAD) as pool:
        while True:
            for text in islice(texts, _AHEAD - len(waiting)):
                waiting.append((text, pool.submit(_split, file_name, text, table)))
            if not waiting:
                return
            text, split = waiting.popleft()
            cells = split.result()
            if cells is None:
                left = chain([text], [other for other, _ in waiting], texts)
                yield from _records(file_name, map(storable, left), table, row)
                return
            frame, widths = cells
            yield Sheet(None, frame, first_row=row, widths=widths)
            row += frame.height


def _split(file_name: str, text: str, table: TableSpec) -> tuple[pl.DataFrame, pl.Series] | None:
    """Split lines that are records by themselves into cells, with the cells of each; None where some are not."""
    content = _plain_lines(text)
    if content is None or len(table.delimiter.encode()) != 1:
        return None
    whole = pl.read_csv(content, separator=_NO_SEPARATOR, quote_char=None, has_header=False, schema={"line": pl.String})
    lines = whole["line"]
    widths = None if _has_bare_return(text, lines) else _widths(lines, table)
    width = 0 if widths is None else int(widths.max() or 0)  # type: ignore[arg-type]
    # Polars reads a line of one cell in a way of its own.
    if widths is None or width < _FEWEST_CELLS:
        return None
    _refuse_ragged(file_name, widths)
    schema = {f"c{n}": pl.String() for n in range(width)}
    quote = '"' if table.quotes else None
    frame = pl.read_csv(
        content,
        separator=table.delimiter,
        quote_char=quote,
        has_header=False,
        schema=schema,
        missing_columns="insert",
    )
    return blank_to_null(frame), widths


def _plain_lines(text: str) -> bytes | None:
    """Return text as UTF-8 that Polars splits into the lines we mean; None where a character needs the slow way."""
    try:
        content = text.encode()
    except UnicodeEncodeError:
        return None
    # Polars takes a mark at the start of a piece for a byte-order mark.
    if text.startswith(_MARK) or any(odd in content for odd in (b"\x00", _NO_SEPARATOR.encode())):
        return None
    return content


def _has_bare_return(text: str, lines: pl.Series) -> bool:
    """Tell whether a return stands anywhere but before a line feed, where Polars takes it for part of the line end."""
    return text.endswith("\r") or bool(lines.str.contains("\r", literal=True).any())


def _widths(lines: pl.Series, table: TableSpec) -> pl.Series | None:
    """Return how many cells each line has, 0 for a blank one; None where a quote does not stand around a whole cell."""
    quoted = lines.str.contains('"', literal=True).fill_null(value=False)
    bare, delimiter = lines, table.delimiter
    if table.quotes and quoted.any():
        mark = re.escape(delimiter)
        cell = rf'(?:[^"{mark}]*|"(?:[^"]|"")*")'
        odd = lines.filter(quoted)
        if not odd.str.contains(rf"^{cell}(?:{mark}{cell})*$").all():
            return None
        closed = odd.str.replace_all(r'"(?:[^"]|"")*"', "q")
        bare = lines.scatter(quoted.arg_true(), closed)
    count = bare.str.count_matches(delimiter, literal=True).cast(pl.Int64) + 1
    return count.fill_null(0).alias("width")


def _records(file_name: str, texts: Iterable[str], table: TableSpec, first_row: int) -> Iterator[Sheet]:
    """Split text by the csv module; a quote that is not closed is refused, as it would swallow the rows below it."""
    lines = chain.from_iterable(io.StringIO(text, newline="") for text in texts)
    if table.quotes:
        reader = csv.reader(_whole_lines(lines), delimiter=table.delimiter, strict=True)
    else:
        reader = csv.reader(_whole_lines(lines), delimiter=table.delimiter, quoting=csv.QUOTE_NONE)
    row = first_row
    while rows := _some(file_name, reader, row):
        widths = pl.Series("width", [len(one) for one in rows], dtype=pl.Int64)
        _refuse_ragged(file_name, widths, row)
        yield Sheet(None, text_frame(zip_longest(*rows)), first_row=row, widths=widths)
        row += len(rows)


def _refuse_ragged(file_name: str, widths: pl.Series, first_row: int = 1) -> None:
    """Raise UnreadableError where one row is so wide that filling up the others would fill the memory."""
    widest, cells = int(widths.max() or 0), int(widths.sum())  # type: ignore[arg-type]
    if len(widths) * widest > max(_CELLS_OF_RAGGED, cells * _MOST_BLANKS):
        at = first_row + int(widths.arg_max() or 0)
        raise UnreadableError(
            f"{file_name} row {at} has {widest:,} cells, the rows have {cells // len(widths)} on average; put it right",
            "ragged",
            file=file_name,
            row=at,
            widest=widest,
            usual=cells // len(widths),
        )


def _whole_lines(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines; what stands before a cut at the end of a piece of text is put together with what follows."""
    left = ""
    for line in lines:
        if line.endswith(("\n", "\r")):
            yield left + line
            left = ""
        else:
            left += line
    if left:
        yield left


def _some(file_name: str, reader: Iterator[list[str]], first_row: int) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(islice(reader, _RECORDS))
    except csv.Error as error:
        raise UnreadableError(
            f"{file_name} cannot be split into cells from row {first_row + len(rows)} on ({error}); usually a cell "
            'there begins with a " that nothing closes: put the file right, or set quotes = false where " is plain '
            "text",
            "unclosed_quote",
            file=file_name,
            row=first_row + len(rows),
        ) from error
    return rows
