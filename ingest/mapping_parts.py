"""The parts of a mapping file: strict, frozen models; an unknown key is refused with the known ones named."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Unit = Literal["元", "百元", "千元", "万元", "亿元"]


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f'"{text}" is not a regular expression: {error}') from error
    return text


def _cell_regex(text: str) -> str:
    """Check a pattern against the engine that cells are searched with: it knows no look-around."""
    _regex(text)
    try:
        pl.Series([""]).str.contains(text)
    except pl.exceptions.ComputeError as error:
        raise ValueError(f'"{text}" cannot be used on cells (look-around and back-references are unknown)') from error
    return text


def _one_group(text: str) -> str:
    if not re.compile(text).groups:
        raise ValueError(f'"{text}" needs a group in brackets: what it matches is the value')
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f'"{text}" is not a time zone such as Asia/Shanghai') from error
    return text


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | int) else value


def _as_decimal(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError(f'{value} is written as a float; quote it ("{value}") so that no digit is lost')  # noqa: TRY004
    return value


Pattern = Annotated[str, AfterValidator(_regex)]
CellPattern = Annotated[str, AfterValidator(_cell_regex)]
CellExtract = Annotated[str, AfterValidator(_cell_regex), AfterValidator(_one_group)]
UnitPattern = Annotated[str, AfterValidator(_regex), AfterValidator(_one_group)]
Labels = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Amount = Annotated[Decimal, BeforeValidator(_as_decimal), Field(ge=0)]


_GIVEN_BY_THE_FILE = frozenset({"name", "sha256"})


class Part(BaseModel):
    """A table of a mapping file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _name_unknown_keys(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        known = [field.alias or name for name, field in cls.model_fields.items() if name not in _GIVEN_BY_THE_FILE]
        unknown = sorted(set(value) - set(known) - set(cls.model_fields))
        if unknown:
            raise ValueError(f"unknown key {', '.join(unknown)}; known keys: {', '.join(known)}")
        return value


class Condition(Part):
    """A test of one delivered column; exactly one of ``matches``, ``is`` and ``blank``."""

    column: str
    matches: CellPattern | None = None  # searched in the cell with every space taken out
    is_: Labels = Field(default=(), alias="is")
    blank: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        if sum((self.matches is not None, bool(self.is_), self.blank is not None)) != 1:
            raise ValueError(f'the test of column "{self.column}" needs exactly one of: matches, is, blank')
        return self


class UnpivotSpec(Part):
    """Columns that become rows: a table with a column a month, or a column a subject."""

    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    label: str  # name of the new column that says which of them a row is
    value: str  # name of the new column that holds its cell


class TableSpec(Part):
    """Where the table stands in the file and what its header looks like."""

    format: Literal["csv", "excel", "json", "json_lines"]
    member: Pattern | None = None  # which files of a .zip are read; without it there must be one
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")  # tried in this order, never guessed
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quotes: bool = True
    sheet: str | None = None  # the first sheet when neither this nor sheets_matching is given
    sheets_matching: Pattern | None = None
    records: str | None = None  # json: dotted path of the list of records
    header_rows: Annotated[int, Field(ge=1, le=5)] = 1
    header_within: Annotated[int, Field(ge=1, le=500)] = 60
    aliases: dict[str, str] = Field(default_factory=dict)  # label as delivered -> label the mapping uses
    label_patterns: dict[Pattern, str] = Field(default_factory=dict)  # the same for labels that fit a pattern
    nulls: tuple[str, ...] = ()  # cells that say there is no value, such as N/A
    inherit: tuple[str | tuple[str, ...], ...] = ()  # columns whose blank cells repeat the cell above
    unpivot: UnpivotSpec | None = None
    footnotes: CellPattern | None = r"^(注|备注|说明|填表说明|制表人|填报人)\s*[:：]?|^第\s*\d+\s*页"
    until: tuple[Condition, ...] = ()  # the first row that fulfils any of them ends the table
    select: tuple[Condition, ...] = ()  # rows of the file that belong to this table at all
    drop: tuple[Condition, ...] = ()  # rows left out unchecked; any one suffices


class AmountSpec(Part):
    """What the amounts are written in."""

    unit: Unit | None = None
    unit_cell: UnitPattern | None = None  # searched above the header; group 1 is the unit
    unit_column: str | None = None
    unit_label: bool = False  # each amount's label ends with its unit in brackets, which the mapping leaves out
    dash: Literal["zero", "null", "refuse"] = "null"  # what - and — stand for

    @model_validator(mode="after")
    def _one_source(self) -> "AmountSpec":
        if sum(bool(x) for x in (self.unit, self.unit_cell, self.unit_column, self.unit_label)) > 1:
            raise ValueError("amounts take their unit from one of: unit, unit_cell, unit_column, unit_label")
        return self


DateForm = Literal[
    "ymd", "compact", "excel", "dmy", "mdy", "month_first", "month_last", "through_month",
    "reiwa", "heisei", "showa", "minguo",
]  # fmt: skip


Kind = Literal["text", "code", "date", "money", "int", "number", "month", "percent", "fraction", "flag", "choice"]


class ColumnSpec(Part):
    """How one canonical column is filled."""

    from_: Labels = Field(default=(), alias="from")  # several labels are joined, as 类 款 项
    group: str | None = None  # a named group of the file name
    constant: str | int | bool | None = None
    above: CellExtract | None = None  # group 1 of the last cell above a row, header or not, that it matches
    label: str | None = None  # the text of this label itself, as delivered
    optional: bool = False  # the file may lack the column
    required: bool = False  # a blank cell rejects the row
    type: Kind | None = None
    strip: Annotated[tuple[Literal["numbering", "spaces"], ...], BeforeValidator(_as_list)] = ()
    aliases: dict[str, str] = Field(default_factory=dict)  # cell as delivered -> text it stands for; others stay
    formats: tuple[DateForm, ...] = ("ymd", "compact", "excel")
    year: str | None = None  # file name group or label that tells the year of dates without one
    choices: dict[str, str | int | bool] = Field(default_factory=dict)
    keep_other: bool = False  # a value that is not among the choices stays as it is
    true: Labels = ("1", "是", "Y", "y", "true", "TRUE")
    false: Labels = ("0", "否", "N", "n", "false", "FALSE")
    default: str | int | bool | None = None  # for blank cells
    extract: CellExtract | None = None  # group 1 of the match is the value; no match is an error
    width: Annotated[int, Field(ge=1, le=40)] | None = None  # codes are padded with zeros on the left
    widths: tuple[int, ...] = ()  # the same for each joined part
    digits: Annotated[tuple[Annotated[int, Field(ge=1, le=40)], ...], BeforeValidator(_as_list)] = ()
    dash: Literal["zero", "null", "refuse"] | None = None
    unit: Unit | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "ColumnSpec":
        given = (self.group, self.constant, self.above, self.label)
        if bool(self.from_) + sum(one is not None for one in given) != 1:
            raise ValueError("a column takes its value from exactly one of: from, group, constant, above, label")
        if self.widths and len(self.widths) != len(self.from_):
            raise ValueError(f"widths has {len(self.widths)} entries for {len(self.from_)} columns")
        return self


class SubtotalSpec(Part):
    """Rows that add up others: left out of the facts and checked against their parts."""

    where: Annotated[tuple[Condition, ...], Field(min_length=1)]  # all must hold
    parts: Literal["all", "prefix", "equal", "above"]
    group: Labels = ()  # delivered columns whose text, joined, is the code of the group
    group_of: Labels = ()  # columns of the parts compared with the code; the same as group when left out
    on_mismatch: Literal["warn", "hold"] = "warn"
    stands: Literal["below", "above", "within"] = "below"  # where a total stands to its parts, for inherit
    required: bool = False  # every sheet has such a row: where none is, the file may have been cut short

    @model_validator(mode="after")
    def _group_where_needed(self) -> "SubtotalSpec":
        if self.parts in {"prefix", "equal"} and not self.group:
            raise ValueError(f'subtotals with parts = "{self.parts}" need group, the columns that name the group')
        return self


class SliceSpec(Part):
    """Which part of the feed a delivery states in full."""

    key: Annotated[tuple[str, ...], Field(min_length=1)]  # canonical columns, file name groups or delivered labels
    mode: Literal["full", "cumulative", "append"] = "full"
    distinct: tuple[str, ...] = ()  # delivered columns whose distinct combinations are counted


class DeliverySpec(Part):
    """When the delivery became known: the day in the file name, at an hour of a time zone."""

    on: str  # a named group of the file name, YYYYMMDD or YYYY-MM-DD
    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "18:00"
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
