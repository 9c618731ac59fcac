"""What the cells of a column look like, and how well that fits what a canonical column holds."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from ingest.converted import half_width
from ingest.dates import parse_dates
from ingest.draft.vocabulary import Vocabulary
from ingest.mapping import default_kind
from ingest.money import parse_money

DATE_FORMS = ("ymd", "compact", "excel", "dmy", "mdy", "reiwa", "month_last")
_SIGHT = 5000  # rows looked at
_FEW = 6  # kinds of funds
_LONG = 10
_IN_WORDS = frozenset({"document_no", "base_document_no", "upper_document_no", "approval_no"})
_LONG_CODES = frozenset({"project_code", "payee_account"})
# Columns whose codes are known: the classification, and how long its codes are.
SCHEMES = {
    "function_code": ("function", (3, 5, 7)),
    "dept_economic_code": ("dept_economic", (3, 5)),
    "gov_economic_code": ("gov_economic", (3, 5)),
}
_NAMED = ("unit_name", "name", "payee_name", "project_name", "payee_bank")


@dataclass(frozen=True)
class Evidence:
    """Shares, from 0 to 1, of the filled cells of a column that look like something."""

    filled: int
    blank_share: float
    distinct: int
    number: float
    decimal: float  # numbers with a decimal point or grouping commas
    digits: float  # nothing but digits
    year: float
    month: float
    count: float  # 3, 30天
    percent: float  # 12.5, 12.5%
    flag: float
    sign: float  # short text without blanks: codes, numbers of documents
    mean_length: float
    lengths: dict[int, float]  # of cells of digits only
    dates: dict[str, float]
    known: dict[str, float]  # classification -> share of its codes
    choices: dict[str, float]  # canonical column -> share of its known values
    values: tuple[str, ...]  # the commonest, most frequent first

    def day(self) -> float:
        """Return the share of cells that some date format reads."""
        return max(self.dates.values(), default=0.0)


def look_at(cells: pl.Series, vocabulary: Vocabulary) -> Evidence:
    """Look at the cells of one column, null where blank."""
    seen = cells.head(_SIGHT)
    text = seen.drop_nulls()
    bare = pl.DataFrame({"text": text}).select(text=half_width(pl.col("text")).str.strip_chars())["text"]
    squeezed = bare.str.replace_all(r"\s", "")
    lone = squeezed.str.replace(r"^(\d+)\.0+$", "${1}")
    digits = lone.filter(lone.str.contains(r"^\d+$"))
    amounts = parse_money(text, "元", "zero")
    counted = squeezed.value_counts(sort=True).sort("count", "text", descending=[True, False])["text"].head(30)
    return Evidence(
        filled=len(text),
        blank_share=seen.null_count() / max(len(seen), 1),
        distinct=squeezed.n_unique(),
        number=_share(~amounts.bad),
        decimal=_share(squeezed.str.contains(r"^[-(]?\d[\d,]*[.,]\d")),
        digits=_share(lone.str.contains(r"^\d+$")),
        year=_share(squeezed.str.contains(r"^(19|20)\d{2}(年度?|\.0)?$")),
        month=_share(squeezed.str.contains(r"^(?:0?[1-9]|1[0-2])(?:月份?|\.0)?$")),
        count=_share(squeezed.str.contains(r"^\d{1,6}(?:天|日|人|个月|个工作日|\.0)?$")),
        percent=_share(squeezed.str.contains(r"^-?\d+(?:\.\d+)?%?$")),
        flag=_share(squeezed.str.contains(r"^(?:0|1|[YyNn是否]|true|false|TRUE|FALSE)$")),
        sign=_share(bare.str.contains(r"^[A-Za-z0-9#〔〕()/_.-]{1,40}$") & bare.str.contains(r"\d|^[A-Z]{1,6}$")),
        mean_length=float(squeezed.str.len_chars().mean() or 0),  # type: ignore[arg-type]
        lengths={int(n): count / len(text) for n, count in digits.str.len_chars().value_counts().iter_rows()},
        dates=_dates(text),
        known={scheme: _known(lone, codes) for scheme, codes in sorted(vocabulary.codes.items())},
        choices={name: _share(squeezed.is_in(list(known))) for name, known in vocabulary.choices.items()},
        values=tuple(counted),
    )


def _share(is_so: pl.Series) -> float:
    return float(is_so.fill_null(value=False).sum()) / max(len(is_so), 1)


def _known(codes: pl.Series, known: frozenset[str]) -> float:
    """Return the share of codes that a classification has, or whose 类 it has and whose length is a lower level's."""
    shaped = codes.str.contains(r"^\d{3}(?:\d{2}){1,2}$") & codes.str.head(3).is_in(list(known))
    return _share(codes.is_in(list(known)) | shaped)


def _dates(text: pl.Series) -> dict[str, float]:
    return {form: share for form in DATE_FORMS if (share := _share(~parse_dates(text, (form,)).bad)) > 0}


def fit(feed: str, name: str, seen: Evidence) -> float:
    """Return from 0 to 1 how well cells fit a canonical column; half where nothing can be told."""
    if not seen.filled:
        return 0.5
    if name in seen.choices and not name.endswith("_code"):
        return seen.choices[name]
    kind = default_kind(feed, name)
    by_kind: dict[str, Callable[[Evidence], float]] = {
        "money": _amount,
        "date": Evidence.day,
        "int": lambda seen: max(seen.year, 0.6 * seen.dates.get("month_last", 0.0)),
        "flag": lambda seen: seen.flag,
        "month": lambda seen: seen.month,
        "number": lambda seen: seen.count,
        "percent": lambda seen: seen.percent,
    }
    if kind in by_kind:
        return by_kind[kind](seen)
    # 青财预〔2026〕5号 is a number in words.
    is_code = (name.endswith(("_code", "_no")) and name not in _IN_WORDS) or name in {"code", "payee_account"}
    return _code(name, seen) if is_code else _text(name, seen)


def _amount(seen: Evidence) -> float:
    if seen.known and max(seen.known.values()) > 0.8 and not seen.decimal:
        return 0.2
    is_code = not seen.decimal and len(seen.lengths) == 1 and seen.mean_length >= 4 and seen.filled > 5
    return seen.number * (0.3 if is_code else 0.8 if seen.decimal < 0.02 else 1.0)


def _code(name: str, seen: Evidence) -> float:
    if name in SCHEMES:
        scheme, lengths = SCHEMES[name]
        shaped = sum(seen.lengths.get(n, 0.0) for n in lengths)
        return max(seen.known.get(scheme, 0.0), 0.6 * shaped, 0.5 * seen.digits)
    if name == "fund_type_code":
        return max(seen.known.get("fund", 0.0), seen.choices.get(name, 0.0), 0.5 * (seen.distinct <= _FEW))
    if name == "division_code":
        return max(seen.lengths.get(9, 0.0), 0.9 * seen.lengths.get(6, 0.0), 0.4 * seen.digits)
    if name in _LONG_CODES:
        return seen.sign * (1.0 if seen.mean_length >= _LONG else 0.7)
    is_amount = 0.4 if seen.decimal > 0.3 else 1.0
    is_day = 0.6 if seen.day() > 0.9 and not seen.year else 1.0
    return max(seen.sign, seen.digits, 0.3) * is_amount * is_day


def _text(name: str, seen: Evidence) -> float:
    words = 1.0 - max(seen.number, seen.day(), 0.9 * seen.sign if name in _NAMED else 0.0)
    return max(words, 0.1) if name in _NAMED else max(words, 0.5)
