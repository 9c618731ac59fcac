"""Which payees look like natural persons, by the shape of their names."""

from collections.abc import Sequence

import polars as pl

PERSON = r"^(?:\p{Han}[\p{Han}*＊]{1,3}|\p{Han}{1,10}(?:[·•]\p{Han}{1,10})+)$"
ORGANISATION_WORDS = (
    *("公司", "厂", "店", "局", "所", "院", "校", "社", "会", "部", "站", "中心", "银行", "小学", "中学", "大学"),
    *("幼儿园", "商行", "超市", "政府", "街道", "居委", "村委", "集团", "队", "馆", "处", "专户", "餐厅", "农家乐"),
    "村",
)


def looks_like_person(name: pl.Expr, organisation_words: Sequence[str]) -> pl.Expr:
    """Tell whether a name without spaces is two to four Chinese characters, dotted or masked, and no organisation.

    Null stays null.
    """
    return name.str.contains(PERSON) & ~name.str.contains_any(list(organisation_words))
