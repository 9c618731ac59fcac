"""The types of columns, shared by every frame schema; a column's name says more: ``_fen _bp _on _year _code``."""

from typing import Final

import polars as pl

Schema = dict[str, pl.DataType]

TEXT: Final = pl.String()
FEN: Final = pl.Int64()
DAY: Final = pl.Date()
YEAR: Final = pl.Int32()
COUNT: Final = pl.Int32()  # whole numbers that are no year: a month, days, heads; basis points and hundredths too
FLAG: Final = pl.Boolean()
