"""Sheets of text cells: what every reader returns, with nothing interpreted and so nothing lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

# Text that begins with a white space sorts, by its bytes, below the one or between the two others.
_ABOVE_BLANKS, _WIDE_BLANKS = pl.lit("!"), (pl.lit("\x7f"), pl.lit("\u3001"))


@dataclass(frozen=True)
class Sheet:
    """One sheet: text cells c0, c1, … as delivered, null where blank, one row a delivered row.

    ``first_row`` is the number people give the first row: 1, or 0 for JSON, whose labels stand in row 0.
    ``widths`` counts the cells of each row where the format lets rows differ. A long sheet comes in parts: ``cells``
    is the first one, ``rest`` yields the others, once.
    """

    name: str | None
    cells: pl.DataFrame
    first_row: int = 1
    widths: pl.Series | None = None
    rest: Iterable["Sheet"] = ()

    def joined(self) -> "Sheet":
        """Return the sheet as one part."""
        parts = [self, *self.rest]
        if len(parts) == 1:
            return replace(self, rest=())
        widths = [part.widths for part in parts if part.widths is not None]
        cells = pl.concat([part.cells for part in parts], how="diagonal")
        return replace(self, cells=cells, widths=pl.concat(widths) if widths else None, rest=())


def storable(text: str) -> str:
    """Return text that every database can keep: NUL shown as ␀, halves of a surrogate pair as question marks."""
    if "\x00" in text:
        text = text.replace("\x00", "␀")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def text_frame(columns: Iterable[Sequence[str | None]]) -> pl.DataFrame:
    """Return a frame c0, c1, … of text; a cell of blanks only is null."""
    series = [pl.Series(f"c{n}", column, dtype=pl.String) for n, column in enumerate(columns)]
    return blank_to_null(pl.DataFrame(series))


def blank_to_null(cells: pl.DataFrame) -> pl.DataFrame:
    """Return cells with null in the place of text that is only white space (full-width spaces too)."""
    # White space is told by the first character, in a comparison that is far cheaper than stripping every cell.
    every = pl.all()
    may_be_blank = (every < _ABOVE_BLANKS) | every.is_between(*_WIDE_BLANKS)
    some = [flag.name for flag in cells.select(may_be_blank.any()) if flag.item()] if cells.width else []
    return cells.with_columns(pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)) for name in some)
