"""Dates as finance writes them: 20190331, 2019-3-31, 2019年3月31日, Excel serials, and 31/03/2019 where mapped."""

from collections.abc import Sequence

import polars as pl

from ingest.converted import Converted, converted, half_width

# Year, month, day; a time of day behind it is left out.
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
_PATTERNS = {
    "ymd": (r"^(?<y>\d{4})[-/.年](?<m>\d{1,2})[-/.月](?<d>\d{1,2})日?" + _TIME),
    "compact": r"^(?<y>(?:19|20)\d{2})(?<m>\d{2})(?<d>\d{2})(?:\.0+)?$",
    "dmy": r"^(?<d>\d{1,2})[-/.](?<m>\d{1,2})[-/.](?<y>\d{4})" + _TIME,
    "mdy": r"^(?<m>\d{1,2})[-/.](?<d>\d{1,2})[-/.](?<y>\d{4})" + _TIME,
    # 令和 began in 2019; its first year is also written 元.
    "reiwa": r"^令和(?<y>\d{1,2}|元)年(?<m>\d{1,2})月(?<d>\d{1,2})日$",
    "month_first": r"^(?<y>\d{4})[-/.年]?(?<m>\d{1,2})月?$",
    "month_last": r"^(?<y>\d{4})[-/.年]?(?<m>\d{1,2})月?$",
}
# 1954 to 2119; Excel counts days so that 43555 is 2019-03-31.
_SERIAL = r"^([2-7]\d{4})(?:\.\d+)?$"
_SERIAL_ZERO = pl.date(1899, 12, 30)
_EXPECTED = {
    "ymd": "2019-3-31",
    "compact": "20190331",
    "dmy": "31/03/2019",
    "mdy": "03/31/2019",
    "month_first": "2019.3",
    "month_last": "2019.3",
    "excel": "43555",
    "reiwa": "令和7年5月9日",
}
_YEAR_BEFORE_REIWA = 2018


def parse_dates(text: pl.Series, formats: Sequence[str]) -> Converted:
    """Read dates, trying the formats in order; blank is null; a day that is in no calendar is bad."""
    cleaned = half_width(pl.col("text")).str.strip_chars().str.replace_all(r"\s*([年月日/.-])\s*", "${1}")
    frame = pl.DataFrame({"text": text}).select(text=cleaned)
    frame = frame.select("text", found=pl.coalesce(_read(one) for one in formats))
    values = frame["found"].alias(text.name)
    expected = " or ".join(dict.fromkeys(_EXPECTED[one] for one in formats))
    return converted(values, text.is_not_null() & values.is_null(), f"a date like {expected}")


def _read(form: str) -> pl.Expr:
    cell = pl.col("text")
    if form == "excel":
        days = cell.str.extract(_SERIAL, 1).cast(pl.Int64, strict=False)
        return _SERIAL_ZERO + pl.duration(days=days)
    groups = cell.str.extract_groups(_PATTERNS[form])
    year = groups.struct.field("y")
    if form == "reiwa":
        year = (year.replace("元", "1").cast(pl.Int32, strict=False) + _YEAR_BEFORE_REIWA).cast(pl.String)
    month = groups.struct.field("m").str.pad_start(2, "0")
    day = groups.struct.field("d").str.pad_start(2, "0") if "<d>" in _PATTERNS[form] else pl.lit("01")
    found = pl.concat_str([year, month, day], separator="-").str.to_date("%Y-%m-%d", strict=False)
    return found.dt.month_end() if form == "month_last" else found
