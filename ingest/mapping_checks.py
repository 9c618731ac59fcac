"""The ``[checks]`` of a mapping file: what is checked before publishing, how strictly, and what a failure does."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from ingest.mapping_parts import Amount, CellExtract, Labels, Part

Severity = Literal["hold", "warn", "off"]


def _shorthand(value: Any) -> Any:
    """Let ``codes = "warn"`` stand for a table, ``false`` for off and ``true`` for what is usual."""
    if isinstance(value, bool):
        return {} if value else {"severity": "off"}
    return {"severity": value} if isinstance(value, str) else value


class CheckRule(Part):
    """How one check is judged; what a mapping leaves out is as in DEFAULTS."""

    severity: Severity = "warn"
    # in the file's unit where sums are compared, else rows (vouchers, codes, units …) or days (releases, days)
    tolerance: Amount | None = None
    # with severity warn: hold when more than so many in 100 of the rows judged are wrong
    hold_above_percent: Annotated[int, Field(ge=0, le=100)] | None = None


class VoucherRule(CheckRule):
    """How duplicate vouchers are judged."""

    lines: bool = False  # a voucher may have several lines: only rows that are equal throughout are duplicates


_Rule = Annotated[CheckRule, BeforeValidator(_shorthand)]
DEFAULTS: dict[str, CheckRule] = {
    "identities": CheckRule(),
    "moves": CheckRule(),
    "levels": CheckRule(),
    "doubles": CheckRule(severity="hold"),
    "departments": CheckRule(),
    "funds": CheckRule(),
    "divisions": CheckRule(),
    "last_year": CheckRule(severity="hold"),
    "last_delivery": CheckRule(severity="hold"),
    "codes": CheckRule(hold_above_percent=30),
    "vouchers": VoucherRule(severity="hold"),
    "releases": CheckRule(),
    "days": CheckRule(hold_above_percent=5),
    "negatives": CheckRule(),
    "directions": CheckRule(),
    "refunds": CheckRule(),
    "units": CheckRule(),
    "falls": CheckRule(),
}


def _two_groups(text: str) -> str:
    if re.compile(text).groups > 2:
        raise ValueError(f'"{text}" has more than two groups: the amount, and the unit it is in')
    return text


class ControlSpec(Part):
    """Control totals that stand outside the table: in a cell above or below it, or in a side file (H02)."""

    # Name of the side file; {name} is the data file's name, other {…} are named groups of it. Named here, the data
    # file waits for it; left out, NAME.total is read where it is there.
    side_file: str | None = None
    wait_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 60
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030")
    file_column: Labels = ("文件名", "文件名称", "数据文件", "文件", "file")
    amount_column: Labels = ("合计金额", "金额合计", "总金额", "控制金额", "金额", "合计", "amount", "total")
    count_column: Labels = ("记录数", "总笔数", "笔数", "行数", "条数", "rows", "count")
    # Group 1 is the figure; a second group of amount_cell may say the unit.
    amount_cell: Annotated[CellExtract, AfterValidator(_two_groups)] = (
        r"(?:合计金额|金额合计|总金额|控制金额)\s*[:：]?\s*[¥￥]?\s*([(（]?[-−－]?[\d０-９][\d０-９,，.．]*[)）]?)\s*(亿元|万元|千元|百元|元)?"
    )
    count_cell: CellExtract = r"(?:共计?|合计|总计|记录数|笔数)\s*[:：]?\s*([\d０-９][\d０-９,，]*)\s*(?:笔|条|行|$)"
    measure: str | None = None  # the money column the amount is of; may be left out where there is only one
    severity: Severity = "hold"
    tolerance: Amount = Decimal(0)  # in the file's unit


class CheckSpec(Part):
    """What is checked before publishing."""

    tolerance: Amount = Decimal(0)  # in the file's unit; a larger difference is a mismatch
    last_place: Amount | None = None  # unit of the last printed digit: that much a part may be rounding
    max_rejected_percent: Annotated[int, Field(ge=0, le=100)] = 5
    control: ControlSpec = ControlSpec()
    identities: _Rule = CheckRule()
    moves: _Rule = CheckRule()
    levels: _Rule = CheckRule()
    doubles: _Rule = CheckRule()
    departments: _Rule = CheckRule()
    funds: _Rule = CheckRule()
    divisions: _Rule = CheckRule()
    last_year: _Rule = CheckRule()
    last_delivery: _Rule = CheckRule()
    codes: _Rule = CheckRule()
    vouchers: Annotated[VoucherRule, BeforeValidator(_shorthand)] = VoucherRule()
    releases: _Rule = CheckRule()
    days: _Rule = CheckRule()
    negatives: _Rule = CheckRule()
    directions: _Rule = CheckRule()
    refunds: _Rule = CheckRule()
    units: _Rule = CheckRule()
    falls: _Rule = CheckRule()

    def rule(self, name: str) -> CheckRule:
        """Return how a check is judged: what the mapping says, the usual where it says nothing.

        A severity that is given alone is meant for any number of rows: the usual share no longer counts.
        """
        usual: CheckRule = DEFAULTS[name]
        given: CheckRule = getattr(self, name)
        told = {key: getattr(given, key) for key in given.model_fields_set}
        if "severity" in told:
            told.setdefault("hold_above_percent", None)
        return usual.model_copy(update=told)

    def severity(self, name: str) -> Severity:
        """Return what a failure of a check does."""
        return self.control.severity if name == "control" else self.rule(name).severity
