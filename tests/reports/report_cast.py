"""A small district for reports: 青禾区 with one late street, one street, one town; three years of it."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from budget import frames
from budget.calendar import Quarter
from budget.catalogue import RuleText
from reports.snapshot import ReportSite, take_snapshot
from warehouse.bulk import insert_frame
from warehouse.engine import reading, writing
from warehouse.schema import table

DISTRICT, STREET, LATE_STREET, TOWN = "990101000", "990101010", "990101011", "990101100"
OFFICES = (
    (DISTRICT, "青禾区", "青禾区人大常委会财政经济工作委员会", "district"),
    (STREET, "石桥街道", "石桥街道人大工委", "street"),
    (LATE_STREET, "南塘街道", "南塘街道人大工委", "street"),
    (TOWN, "白鹭镇", "白鹭镇人大主席团", "town"),
)
NAMES = {code: name for code, name, _, _ in OFFICES}
# unit code, name, department above, division
UNITS = (
    ("101", "区教育局", None, DISTRICT),
    ("101001", "区教育局本级", "101", DISTRICT),
    ("102", "区水利局", None, DISTRICT),
    ("601", "石桥街道办事处", None, STREET),
    ("601001", "石桥街道市政所", "601", STREET),
    ("602", "南塘街道办事处", None, LATE_STREET),
    ("701", "白鹭镇人民政府", None, TOWN),
)
WAN = 1_000_000
# unit -> 年初预算 in 万元, and paid by 30 September in 万元, per year
STORY: dict[str, dict[int, tuple[int, int]]] = {
    "101001": {2024: (1000, 700), 2025: (1000, 720), 2026: (1100, 790)},
    "102": {2024: (500, 300), 2025: (500, 310), 2026: (500, 150)},
    "601": {2024: (400, 290), 2025: (400, 300), 2026: (420, 300)},
    "601001": {2024: (900, 520), 2025: (900, 540), 2026: (980, 102)},
    "602": {2024: (300, 210), 2025: (300, 220), 2026: (320, 150)},
    "701": {2024: (600, 420), 2025: (600, 400), 2026: (640, 460)},
}
KNOWN = dt.datetime(2026, 10, 9, 10, tzinfo=dt.UTC)
SITE = ReportSite(district_name="青禾区")
QUARTER = Quarter(2026, 3)


def rule_text(code: str, family: Any, name: str, finding: str, law: str = "《预算法》第五十三条") -> RuleText:
    """Return the words of one rule, Chinese ones to the point."""
    return RuleText(
        code=code,
        family=family,
        name_zh=name,
        name_en=name,
        formula_zh=f"{name}的算式",
        formula_en="formula",
        law_zh=law,
        law_en="Budget Law",
        finding_zh=finding,
        finding_en="finding",
        arithmetic_zh="算法",
        arithmetic_en="arithmetic",
        innocent_zh=("按工程节点付款",),
        innocent_en=("milestones",),
        next_step_zh="发问询单",
        next_step_en="ask",
    )


CATALOGUE = {
    "A01": rule_text(
        "A01",
        "execution",
        "部门支出进度滞后",
        "疑似支出进度滞后：支出{payment_fen:wan}万元，执行率{execution_rate_bp:rate}",
    ),
    "A03": rule_text("A03", "execution", "零支出项目", "疑似长期未支出：指标{released_on:day}下达，支出0.00万元"),
    "D01": rule_text(
        "D01", "three_public", "三公超预算", "疑似超预算：支出{payment_fen:wan}万元，预算{budget_fen:wan}万元"
    ),
    "E08": rule_text("E08", "payment", "重复支付", "疑似重复支付{measured}笔"),
    "H01": rule_text("H01", "data_quality", "数据迟到", "支付数据仅到{last_on:day}", law=""),
}


class District:
    """Writes the small district into a warehouse, piece by piece, the way a load leaves it."""

    def __init__(self, engine: sa.Engine, snapshots: Path) -> None:
        self.engine, self.snapshots = engine, snapshots
        self.slices = self.runs = 0

    def set_up(self) -> None:
        """Write the offices and the file that every batch says it came from."""
        with writing(self.engine) as connection:
            rows = [
                dict(zip(("division_code", "division_name", "office_name", "division_kind"), o, strict=True))
                for o in OFFICES
            ]
            connection.execute(sa.insert(table("office")), [row | {"mail_to": "office@example.org"} for row in rows])
            connection.execute(
                sa.insert(table("landing")).values(sha256="0" * 64, file_name="f", byte_count=1, received_at=KNOWN)
            )

    def deliver(
        self,
        feed: str,
        rows: list[dict[str, Any]],
        *,
        division: str | None,
        year: int,
        last_on: dt.date | None = None,
        known_at: dt.datetime | None = None,
    ) -> None:
        """Publish rows as one slice of a feed."""
        self.slices += 1
        known = known_at or dt.datetime(year, 9, 30, 10, tzinfo=dt.UTC)
        schema = frames.FEEDS[feed]
        filled = [dict.fromkeys(schema) | {"fiscal_year": year} | row for row in rows]
        frame = pl.DataFrame(filled, schema=dict(schema)).select(
            pl.lit(self.slices).alias("slice_id"),
            pl.int_range(1, pl.len() + 1).alias("row_no"),
            pl.lit("表").alias("source_sheet"),
            pl.int_range(5, pl.len() + 5).alias("source_row"),
            pl.all(),
        )
        counts = {"row_count": len(rows), "accepted_count": len(rows), "rejected_count": 0}
        with writing(self.engine) as connection:
            connection.execute(
                sa.insert(table("batch")).values(
                    batch_id=self.slices,
                    feed=feed,
                    mapping_name=feed,
                    mapping_sha256="0",
                    landing_sha256="0" * 64,
                    file_name="f",
                    status="published",
                    known_at=known,
                    recorded_at=known,
                    totals_json="{}",
                    **counts,
                )
            )
            connection.execute(
                sa.insert(table("batch_slice")).values(
                    slice_id=self.slices,
                    batch_id=self.slices,
                    feed=feed,
                    slice_key=f"{division}/{year}/{self.slices}",
                    division_code=division,
                    fiscal_year=year,
                    last_on=last_on,
                    row_count=len(rows),
                    known_at=known,
                )
            )
            insert_frame(connection, frames.FACT_TABLE[feed], frame)

    def judge(
        self,
        as_of: dt.date,
        findings: list[dict[str, Any]],
        coverage: Sequence[tuple[str, str, str, bool, str | None]] = (),
        *,
        rules: str = "A01,A03,D01,E08,H01",
        known_at: dt.datetime = KNOWN - dt.timedelta(hours=1),
    ) -> int:
        """Store a run with its findings and coverage; return its number."""
        self.runs += 1
        with writing(self.engine) as connection:
            connection.execute(
                sa.insert(table("evaluation_run")).values(
                    run_id=self.runs,
                    as_of_on=as_of,
                    known_at=known_at,
                    started_at=known_at,
                    facts_stamp="stamp",
                    code_version="0.1.0",
                    params_json="{}",
                    rule_codes=rules,
                    is_history=True,
                )
            )
            for number, finding in enumerate(findings, start=1):
                connection.execute(sa.insert(table("finding")).values(run_id=self.runs, finding_no=number, **finding))
            for number, (rule, scope, division, ok, reason) in enumerate(coverage, start=1):
                connection.execute(
                    sa.insert(table("coverage")).values(
                        run_id=self.runs,
                        coverage_no=number,
                        rule_code=rule,
                        scope=scope,
                        period=None,
                        division_code=division,
                        is_judged=ok,
                        reason=reason,
                    )
                )
        return self.runs

    def snapshot(self, division: str, quarter: Quarter = QUARTER, **changed: Any) -> dict[str, Any]:
        """Take a snapshot of a division's quarter."""
        wanted = {"as_of": quarter.last_day, "known_at": KNOWN, "catalogue": CATALOGUE, "site": SITE} | changed
        with reading(self.engine) as connection:
            return take_snapshot(connection, self.snapshots, quarter, division, **wanted)


def finding(rule: str, level: str, unit: str | None, division: str, **more: Any) -> dict[str, Any]:
    """Return one stored finding with sensible figures."""
    evidence = {"payment_fen": 102 * WAN, "execution_rate_bp": 1040, "budget_fen": 100 * WAN,
                "released_on": "2026-01-18", "last_on": "2026-08-08"}  # fmt: skip
    return {
        "rule_code": rule, "subject": f"unit:{unit}", "period": "2026", "level": level, "measured": 4200, "limit": 3000,
        "measure_unit": "bp", "amount_fen": 878 * WAN, "division_code": division, "unit_code": unit,
        "project_code": None, "evidence": json.dumps(evidence),
    } | more  # fmt: skip


def _line(unit: str, division: str, **more: Any) -> dict[str, Any]:
    return {"unit_code": unit, "division_code": division, "fund_type_code": "11", "budget_source": "current"} | more


def tell_story(district: District) -> District:
    """Write three years of units, budgets and payments; 南塘街道 stops delivering on 8 August 2026."""
    for year in (2024, 2025, 2026):
        units = [
            {"unit_code": code, "unit_name": name, "parent_code": above, "division_code": division,
             "division_name": NAMES[division], "unit_level": "unit" if above else "department"}
            for code, name, above, division in UNITS
        ]  # fmt: skip
        district.deliver("units", units, division=None, year=year)
        for code, _, _, division in UNITS:
            if code not in STORY:
                continue
            budget, paid = STORY[code][year]
            last = dt.date(year, 8, 8) if (division, year) == (LATE_STREET, 2026) else dt.date(year, 9, 30)
            released = dt.date(year, 1, 18)
            district.deliver(
                "allotments",
                [_line(code, division, appropriation_fen=budget * WAN, released_on=released, project_code="P1",
                       project_name="道路养护", spending_kind="project")],
                division=division, year=year,
            )  # fmt: skip
            paid_fen, voucher = paid * WAN, f"{code}-{year}"
            parts = [
                {"payment_fen": paid_fen + 37, "voucher_no": voucher},
                {"payment_fen": -37, "voucher_no": f"{voucher}-r", "payment_kind": "refund"},
                {"payment_fen": 999 * WAN, "voucher_no": f"{voucher}-v", "is_voided": True},
            ]
            rows = [_line(code, division, paid_on=last, project_code="P1", **part) for part in parts]
            district.deliver("payments", rows, division=division, year=year, last_on=last)
    district.deliver(
        "adjustments",
        [_line("601001", STREET, adjustment_fen=-20 * WAN, adjusted_on=dt.date(2026, 6, 18), adjustment_kind="cut"),
         _line("601001", STREET, adjustment_fen=500 * WAN, adjusted_on=dt.date(2026, 12, 1), adjustment_kind="add")],
        division=STREET, year=2026,
    )  # fmt: skip
    return district


FINDINGS = [
    finding("A01", "red", "601001", STREET),
    finding("A03", "orange", "601001", STREET, subject="project:601001/P1", project_code="P1", amount_fen=20 * WAN),
    finding("D01", "yellow", "601", STREET, amount_fen=None),
    finding("A01", "orange", "102", DISTRICT, amount_fen=350 * WAN),
    finding("H01", "red", None, LATE_STREET, subject=f"feed:payments/{LATE_STREET}", amount_fen=None),
]
