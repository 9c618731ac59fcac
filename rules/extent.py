"""Figures delivered both for a level's own budget (本级) and for its whole area: one counts, and it is named."""

from typing import Final

import polars as pl

EXTENT_ZH: Final = {"own": "本级", "whole": "全区合计"}
EXTENT_EN: Final = {"own": "own level", "whole": "whole area"}


def one_extent(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep one extent a division, the same in all years: own where its latest year has such rows, else whole.

    A row that names none is taken as own. Adds extent_zh and extent_en, which say what was judged.
    """
    named = rows.with_columns(pl.col("extent").fill_null("own"))
    is_own = pl.col("extent") == "own"
    is_latest = pl.col("fiscal_year") == pl.col("fiscal_year").max().over("division_code")
    kept = named.filter(is_own == (is_own & is_latest).any().over("division_code"))
    return kept.with_columns(
        extent_zh=pl.col("extent").replace_strict(EXTENT_ZH, default="", return_dtype=pl.String),
        extent_en=pl.col("extent").replace_strict(EXTENT_EN, default="", return_dtype=pl.String),
    )
