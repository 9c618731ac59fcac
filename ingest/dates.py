"""Dates as finance writes them: 20190331, 2019-3-31, 2019年3月31日, Excel serials, and 31/03/2019 where mapped."""

from collections.abc import Sequence

import polars as pl

from ingest.converted import INVISIBLE, Converted, converted, half_width

# Year, month, day; a time of day behind it is left out.
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
# The same without separators, as systems stamp it: 20260630103015, 20260630103015123.
_STAMP = r"(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\d{3})?)?|\.0+)?"
_PATTERNS = {
    "ymd": (r"^(?<y>\d{4})[-/.年](?<m>\d{1,2})[-/.月](?<d>\d{1,2})日?" + _TIME),
    "compact": r"^(?<y>(?:19|20)\d{2})(?<m>\d{2})(?<d>\d{2})" + _STAMP + _TIME,
    "dmy": r"^(?<d>\d{1,2})[-/.](?<m>\d{1,2})[-/.](?<y>\d{4})" + _TIME,
    "mdy": r"^(?<m>\d{1,2})[-/.](?<d>\d{1,2})[-/.](?<y>\d{4})" + _TIME,
    # The first year of an era is also written 元.
    "reiwa": r"^(?:令和|R)(?<y>\d{1,2}|元)[年.](?<m>\d{1,2})[月.](?<d>\d{1,2})日?$",
    "heisei": r"^(?:平成|H)(?<y>\d{1,2}|元)[年.](?<m>\d{1,2})[月.](?<d>\d{1,2})日?$",
    "showa": r"^(?:昭和|S)(?<y>\d{1,2}|元)[年.](?<m>\d{1,2})[月.](?<d>\d{1,2})日?$",
    "minguo": r"^(?:中华民国|中華民國|民国|民國)?(?<y>\d{1,3}|元)[年./-](?<m>\d{1,2})[月./-](?<d>\d{1,2})日?$",
    "month_first": r"^(?<y>\d{4})[-/.年]?(?<m>\d{1,2})月?$",
    "month_last": r"^(?<y>\d{4})[-/.年]?(?<m>\d{1,2})月?$",
}
# 2026年1-9月, 1—3月累计 with its year put before it, 截至2026年9月底: up to the last day of the last month told.
_THROUGH = (
    r"^(?:截至|截止|至)?(?<y>\d{4})(?:年度?|[./-])?(?:截至|截止|至)?(?:\d{1,2}月?(?:份)?[-—–~～至到]+)?(?<m>\d{1,2})月?"
    r"(?:份)?(?:底|末)?(?:累计|止|为止)?(?:数)?$"
)
# The settlement after December (决算) counts as a thirteenth month; it tells of the same last day.
_SPANS = {
    "上半年": "6月",
    "全年": "12月",
    "年终决算": "12月",
    "决算": "12月",
    "年末": "12月",
    "年底": "12月",
    "13月": "12月",
}
_QUARTER = r"(?:前|第)?([一二三四1-4])季度?"
_QUARTER_ENDS = {
    "〔一〕": "3月",
    "〔二〕": "6月",
    "〔三〕": "9月",
    "〔四〕": "12月",
    "〔1〕": "3月",
    "〔2〕": "6月",
    "〔3〕": "9月",
    "〔4〕": "12月",
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
    "through_month": "2026年1-9月",
    "reiwa": "令和7年5月9日",
    "heisei": "平成31年4月30日",
    "showa": "昭和64年1月7日",
    "minguo": "民国115年6月3日",
}
_YEAR_BEFORE = {"reiwa": 2018, "heisei": 1988, "showa": 1925, "minguo": 1911}


def parse_dates(text: pl.Series, formats: Sequence[str]) -> Converted:
    """Read dates, trying the formats in order; blank is null; a day that is in no calendar is bad."""
    cleaned = half_width(pl.col("text")).str.replace_all(f"[{INVISIBLE}]", "").str.strip_chars()
    cleaned = cleaned.str.replace_all(r"\s*([年月/.-])\s*|\s+(日)", "${1}${2}")
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
    if form == "through_month":
        return _through_month(cell)
    groups = cell.str.extract_groups(_PATTERNS[form])
    year = groups.struct.field("y")
    if form in _YEAR_BEFORE:
        year = (year.replace("元", "1").cast(pl.Int32, strict=False) + _YEAR_BEFORE[form]).cast(pl.String)
    month = groups.struct.field("m").str.pad_start(2, "0")
    day = groups.struct.field("d").str.pad_start(2, "0") if "<d>" in _PATTERNS[form] else pl.lit("01")
    found = pl.concat_str([year, month, day], separator="-").str.to_date("%Y-%m-%d", strict=False)
    return found.dt.month_end() if form == "month_last" else found


def _through_month(cell: pl.Expr) -> pl.Expr:
    spelled = cell.str.replace(_QUARTER, "〔${1}〕").str.replace_many(_QUARTER_ENDS).str.replace_many(_SPANS)
    groups = spelled.str.extract_groups(_THROUGH)
    month = groups.struct.field("m").str.pad_start(2, "0")
    first = pl.concat_str([groups.struct.field("y"), month, pl.lit("01")], separator="-")
    return first.str.to_date("%Y-%m-%d", strict=False).dt.month_end()
