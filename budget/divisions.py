"""Districts, streets and towns by their nine-digit codes, and which of them is a budget level of its own.

A street (街道) is a 派出机关: "不作为一级预算，其收支纳入本级预算" (预算法实施条例 Art 2). A town (镇, 乡) is a level:
its own people's congress approves its budget, adjustment and final account (预算法 Art 3, 21).

The last three digits of a code tell which is which (GB/T 10114): 001-099 街道, 100-199 镇, 200-399 乡. Only the name
tells from 400 on (开发区, 农场 and the like) and for 198 and 398, villages under the county itself (直辖村级区划).
"""

import re
from typing import Final, Literal

import polars as pl

Kind = Literal["district", "street", "town", "township", "other"]

# Acts of a budget level; a street office and a department have none of them.
LEVEL_ACTS: Final = (
    "budget_draft",
    "budget_approval",
    "budget_reply",
    "congress_copy",
    "adjustment_draft",
    "adjustment_approval",
    "reserve_decision",
    "final_account_draft",
    "final_account_approval",
    "final_account_reply",
    "budget_disclosure",
    "adjustment_disclosure",
    "final_account_disclosure",
    "execution_disclosure",
    "execution_report",
)
_CODE = re.compile(r"^(\d{6})(\d{3})(?:0{3})?$")
_VILLAGES = (198, 398)
_ENDINGS: Final[tuple[tuple[str, Kind], ...]] = (
    ("街道", "street"),
    ("街道办事处", "street"),
    ("地区", "street"),
    ("地区办事处", "street"),
    ("镇", "town"),
    ("乡", "township"),
    ("苏木", "township"),
)


def division_kind(division_code: str, name: str | None = None) -> Kind | None:
    """Return what a division is by its code (nine digits, or twelve that end in 000), else by its name.

    ``other`` is a division that neither tells; None a code of another form, which is judged by nobody here.
    """
    found = _CODE.match(division_code)
    if found is None:
        return None
    number = int(found[2])
    if number == 0:
        return "district"
    banded = _banded(number)
    return banded or next((kind for ending, kind in _ENDINGS if (name or "").strip().endswith(ending)), "other")


def _banded(number: int) -> Kind | None:
    if number < 100:
        return "street"
    if number in _VILLAGES or number >= 400:
        return None
    return "town" if number < 200 else "township"


def is_budget_level(division_code: str, name: str | None = None) -> bool:
    """Tell whether a division has a budget of its own; a code of another form is taken to."""
    return division_kind(division_code, name) != "street"


def level_of(division_code: str, name: str | None = None) -> str:
    """Return the division whose budget a division's money is part of: a street's is the district's."""
    return division_code if is_budget_level(division_code, name) else f"{division_code[:6]}000{division_code[9:]}"


def level_code(column: str = "division_code") -> pl.Expr:
    """Return ``level_of`` of a column of codes."""
    code = pl.col(column)
    is_street = code.str.contains(r"^\d{9}(?:000)?$") & code.str.slice(6, 3).cast(pl.Int32, strict=False).is_between(
        1, 99
    )
    own = pl.concat_str(code.str.slice(0, 6), pl.lit("000"), code.str.slice(9))
    return pl.when(is_street).then(own).otherwise(code)


# feed -> the column of the division that has to be a level, and the columns that tell whether it has to
LEVEL_FEEDS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "documents": ("division_code", ("document_kind",)),
    "final_accounts": ("division_code", ()),
    "transfers": ("target_division_code", ("direction",)),
}


def _is_division_account() -> pl.Expr:
    """Tell whether a row says so, or names no level and no unit that the account could be of."""
    level, nobody = pl.col("reporting_level"), pl.col("unit_code").is_null() & pl.col("unit_name").is_null()
    return pl.when(level.is_null()).then(nobody).otherwise(level == "division")


def not_a_level(feed: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that give a street what only a budget level has; feeds other than LEVEL_FEEDS have none.

    All columns of the rows, ``what`` it is given, and the division it ``belongs_to``. A street's own departmental
    account (reporting_level unit or department) is in order, and so is an act that names the unit it is for (批复).
    Money for a street is no transfer to a lower government (对下转移支付): it is the district's own spending.
    """
    if feed not in LEVEL_FEEDS:
        return rows.clear().with_columns(what=pl.lit(None, pl.String), belongs_to=pl.lit(None, pl.String))
    column = LEVEL_FEEDS[feed][0]
    is_level_act, what = {
        "documents": (
            pl.col("document_kind").is_in(LEVEL_ACTS) & pl.col("unit_code").is_null() & pl.col("unit_name").is_null(),
            pl.col("document_kind"),
        ),
        "final_accounts": (_is_division_account(), pl.lit("final account of the division")),
        "transfers": (pl.col("direction") == "out", pl.lit("transfer to a lower government")),
    }[feed]
    is_street = level_code(column) != pl.col(column)
    return rows.filter((is_street & is_level_act).fill_null(value=False)).with_columns(
        what=what, belongs_to=level_code(column)
    )
