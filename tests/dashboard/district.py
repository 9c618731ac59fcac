"""A compact district for the pages: two departments of the district, one street, one late street, four years."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from warehouse.bulk import insert_frame

AS_OF = dt.date(2026, 9, 30)
NOW = dt.datetime(2026, 10, 3, 2, 0, tzinfo=dt.UTC)
DISTRICT, STREET, LATE = "990101000", "990101010", "990101011"
DIVISIONS = {DISTRICT: "青禾区", STREET: "石桥街道", LATE: "南塘街道"}
# unit, department, name, division
UNITS = [
    ("105001", None, "区教育局", DISTRICT),
    ("105002", "105001", "区第一小学", DISTRICT),
    ("105003", "105001", "区实验中学", DISTRICT),
    ("212001", None, "区水利局", DISTRICT),
    ("801001", None, "石桥街道办事处", STREET),
    ("801002", "801001", "石桥街道市政所", STREET),
    ("802001", None, "南塘街道办事处", LATE),
]
# project, unit, name, category, kind, budget in 元, share paid by as_of of this year and of the same day in years before
PROJECTS = [
    ("P105002", "105002", "校舍维修", "工程", "project", 3_000_000, 0.62, 0.60),
    ("P105003", "105003", "实验设备购置", "采购", "project", 1_800_000, 0.40, 0.55),
    ("P212001", "212001", "河道整治二期", "工程", "project", 8_120_000, 0.0, 0.60),
    ("P801002", "801002", "道路养护", "运维", "project", 10_000_000, 0.1044, 0.5820),
    ("P802001", "802001", "社区服务补助", "补助", "project", 2_000_000, 0.5, 0.6),
]
PERSONNEL = [("105001", 2_400_000), ("105002", 6_000_000), ("105003", 7_200_000), ("212001", 3_600_000)]
PERSONNEL += [("801001", 4_800_000), ("801002", 1_200_000), ("802001", 4_000_000)]
PERSON, PERSON_ACCOUNT = "王建国", "6222021234567890123"


@dataclass
class Seed:
    """What a test needs to know of the district that was written."""

    engine: sa.Engine
    snapshots: Path
    facts: dict[str, tuple[int, int]]  # voucher_no -> slice and row


class Writer:
    """Writes deliveries slice by slice."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.slice_id = 0
        self.facts: dict[str, tuple[int, int]] = {}
        insert_frame(
            connection,
            "landing",
            pl.DataFrame([{"sha256": "ab" * 32, "file_name": "all", "byte_count": 1, "received_at": NOW}]),
        )

    def deliver(
        self, feed: str, table: str, rows: list[dict], *, division: str | None, year: int, last_on=None, at=None
    ) -> None:
        """Publish one slice as a batch of its own."""
        self.slice_id += 1
        at = at or dt.datetime(year, 1, 10, 10, tzinfo=dt.UTC)
        file_name = f"{feed}-{division or 'all'}-{year}.csv"
        count = len(rows)
        totals = {name: sum(row[name] for row in rows) for name in rows[0] if name.endswith("_fen")} if rows else {}
        batch = {
            "batch_id": self.slice_id, "feed": feed, "mapping_name": feed, "mapping_sha256": "cd" * 32,
            "landing_sha256": "ab" * 32, "file_name": file_name, "status": "published", "known_at": at,
            "recorded_at": at, "row_count": count, "accepted_count": count, "rejected_count": 0,
            "totals_json": json.dumps(totals), "recorded_by": "sample",
        }  # fmt: skip
        insert_frame(self.connection, "batch", pl.DataFrame([batch]))
        piece = {
            "slice_id": self.slice_id, "batch_id": self.slice_id, "feed": feed, "slice_key": f"{division or ''}/{year}",
            "division_code": division, "fiscal_year": year, "first_on": dt.date(year, 1, 1), "last_on": last_on,
            "row_count": count, "known_at": at,
        }  # fmt: skip
        schema = {"division_code": pl.String, "last_on": pl.Date}
        insert_frame(self.connection, "batch_slice", pl.DataFrame([piece], schema_overrides=schema))
        keyed = [
            {"slice_id": self.slice_id, "row_no": n, "source_sheet": None, "source_row": n + 1} | row
            for n, row in enumerate(rows, 1)
        ]
        for row in keyed:
            if row.get("voucher_no"):
                self.facts[row["voucher_no"]] = (row["slice_id"], row["row_no"])
        overrides = {"source_sheet": pl.String}
        insert_frame(self.connection, table, pl.DataFrame(keyed, schema_overrides=overrides, infer_schema_length=None))


def write_district(engine: sa.Engine, snapshots: Path) -> Seed:
    """Write the whole district and one run over it."""
    with engine.begin() as connection:
        writer = Writer(connection)
        for year in range(2023, 2027):
            _write_year(writer, year)
        _write_judgement(connection, writer.facts)
        _write_house(connection)
    return Seed(engine, snapshots, writer.facts)


def _write_year(writer: Writer, year: int) -> None:
    units = [
        {
            "fiscal_year": year, "unit_code": unit, "unit_name": name, "parent_code": parent, "division_code": division,
            "division_name": DIVISIONS[division], "unit_level": "unit" if parent else "department",
        }
        for unit, parent, name, division in UNITS
    ]  # fmt: skip
    writer.deliver("units", "budget_unit", units, division=None, year=year)
    place = {unit: division for unit, _parent, _name, division in UNITS}
    for division in DIVISIONS:
        own = [unit for unit in place if place[unit] == division]
        writer.deliver("allotments", "allotment", _allotments(year, division, own), division=division, year=year)
        writer.deliver("adjustments", "adjustment", _adjustments(year, division, own), division=division, year=year)
        rows = _payments(year, division, own)
        last = dt.date(year, 12, 31) if year < 2026 else (dt.date(2026, 8, 8) if division == LATE else AS_OF)
        at = dt.datetime(2026, 10, 2, 10, tzinfo=dt.UTC) if year == 2026 else dt.datetime(year + 1, 1, 8, tzinfo=dt.UTC)
        writer.deliver("payments", "payment", rows, division=division, year=year, last_on=last, at=at)


def _line(
    year: int, division: str, unit: str, project: str | None, name: str | None, kind: str, category: str | None
) -> dict:
    return {
        "fiscal_year": year, "division_code": division, "unit_code": unit, "project_code": project, "project_name": name,
        "function_code": "2050201" if unit.startswith("105") else "2130305", "fund_type_code": "11",
        "budget_source": "current", "spending_kind": kind, "project_category": category,
    }  # fmt: skip


def _allotments(year: int, division: str, own: list[str]) -> list[dict]:
    rows = [
        _line(year, division, unit, code, name, kind, category)
        | {"allotment_code": f"{year}-{code[-3:]}", "document_no": f"青财预〔{year}〕{n}号", "released_on": dt.date(year, 1, 18),
           "appropriation_fen": yuan * 100}
        for n, (code, unit, name, category, kind, yuan, _now, _then) in enumerate(PROJECTS, 1)
        if unit in own
    ]  # fmt: skip
    rows += [
        _line(year, division, unit, None, None, "personnel", None)
        | {"allotment_code": f"{year}-{unit}", "document_no": None, "released_on": dt.date(year, 1, 1), "appropriation_fen": yuan * 100}
        for unit, yuan in PERSONNEL
        if unit in own
    ]  # fmt: skip
    return rows


def _adjustments(year: int, division: str, own: list[str]) -> list[dict]:
    return [
        _line(year, division, unit, code, name, kind, category)
        | {"document_no": f"青财预〔{year}〕6{code[-1]}号", "adjustment_kind": "cut", "adjusted_on": dt.date(year, 6, 18),
           "reason": "年中调减", "adjustment_fen": -20_000_000}
        for code, unit, name, category, kind, _yuan, _now, _then in PROJECTS
        if unit in own and code == "P801002"
    ] or [
        _line(year, division, own[0], None, None, "personnel", None)
        | {"document_no": f"青财预〔{year}〕70号", "adjustment_kind": "add", "adjusted_on": dt.date(year, 6, 20),
           "reason": "人员增加", "adjustment_fen": 5_000_000}
    ]  # fmt: skip


def _payments(year: int, division: str, own: list[str]) -> list[dict]:
    rows: list[dict] = []
    last_month = 12 if year < 2026 else (8 if division == LATE else 9)
    for unit, yuan in PERSONNEL:
        if unit in own:
            rows += [
                _paid(year, month, division, unit, None, yuan * 100 // 12, "区财政代发工资户")
                for month in range(1, last_month + 1)
            ]
    for code, unit, _name, _category, _kind, yuan, now, then in PROJECTS:
        if unit not in own:
            continue
        share = now if year == 2026 else then
        for month in range(3, min(last_month, 9) + 1):
            fen = int(yuan * 100 * share) // 7
            if fen:
                rows.append(_paid(year, month, division, unit, code, fen, "青禾建设工程有限公司"))
        if year < 2026:
            rows.append(_paid(year, 12, division, unit, code, int(yuan * 100 * 0.3), "青禾建设工程有限公司"))
        if code == "P105003" and year == 2026:
            rows.append(
                _paid(year, 9, division, unit, code, 6_000_000, PERSON, account=PERSON_ACCOUNT, number="V2026E05")
            )
    return rows


def _paid(year, month, division, unit, project, fen, payee, account="3305010100000012345", number=None) -> dict:
    return {
        "fiscal_year": year, "division_code": division, "unit_code": unit, "project_code": project,
        "function_code": "2050201" if unit.startswith("105") else "2130305", "dept_economic_code": "30101" if project is None else "30213",
        "fund_type_code": "11", "voucher_no": number or f"V{year}{month:02d}{unit}{project or 'JB'}", "paid_on": dt.date(year, month, 20),
        "payment_kind": "normal", "payee_name": payee, "payee_account": account, "payee_bank": "青禾农商银行",
        "purpose": "工资" if project is None else "工程款", "is_voided": False, "payment_fen": fen,
    }  # fmt: skip


def _write_judgement(connection: sa.Connection, facts: dict[str, tuple[int, int]]) -> None:
    run = {
        "run_id": 1, "as_of_on": AS_OF, "known_at": NOW, "started_at": NOW, "facts_stamp": "x", "code_version": "0",
        "params_json": "{}", "rule_codes": "A01,A02,E05,H01", "is_history": False,
    }  # fmt: skip
    insert_frame(connection, "evaluation_run", pl.DataFrame([run]))
    behind = [facts[f"V2026{month:02d}801002P801002"] for month in range(3, 10)]
    findings = [
        _finding(1, "A02", "project:801002/P801002", "2026", "red", 4776, 4000, "bp", 980_000_000, STREET, "801002", "P801002",
                 {"payment_fen": 102_400_000, "adjusted_appropriation_fen": 980_000_000, "execution_rate_bp": 1044,
                  "expected_progress_bp": 5820, "gap_bp": 4776, "facts": behind}),
        _finding(2, "A03", "project:212001/P212001", "2026", "red", 255, 210, "days", 812_000_000, DISTRICT, "212001", "P212001",
                 {"days": 255, "adjusted_appropriation_fen": 812_000_000}),
        _finding(3, "E05", "payment:V2026E05", "2026-09", "orange", 6_000_000, 5_000_000, "fen", 6_000_000, DISTRICT, "105003", "P105003",
                 {"payee_name": PERSON, "payment_fen": 6_000_000, "facts": [facts["V2026E05"]]}),
        _finding(4, "H01", f"feed:payments/{LATE}", "2026", "red", 53, 30, "days", None, LATE, None, None, {"days": 53}),
    ]  # fmt: skip
    insert_frame(connection, "finding", pl.DataFrame(findings, infer_schema_length=None))
    covered = [
        {"run_id": 1, "coverage_no": n, "rule_code": "A01", "scope": f"unit:{unit}", "period": "2026", "division_code": division,
         "is_judged": division != LATE, "reason": None if division != LATE else "late_feed"}
        for n, (unit, _parent, _name, division) in enumerate(UNITS, 1)
    ]  # fmt: skip
    insert_frame(connection, "coverage", pl.DataFrame(covered, infer_schema_length=None))
    for number, found in enumerate(findings, 1):
        _write_clue(connection, number, found)


def _finding(
    no, rule, subject, period, level, measured, limit, unit, amount, division, unit_code, project, evidence
) -> dict:
    return {
        "run_id": 1, "finding_no": no, "rule_code": rule, "subject": subject, "period": period, "level": level,
        "measured": measured, "limit": limit, "measure_unit": unit, "amount_fen": amount, "division_code": division,
        "unit_code": unit_code, "project_code": project, "evidence": json.dumps(evidence, ensure_ascii=False),
    }  # fmt: skip


def _write_clue(connection: sa.Connection, number: int, found: dict) -> None:
    names = {unit: name for unit, _parent, name, _division in UNITS}
    projects = {code: name for code, _unit, name, *_rest in PROJECTS}
    clue_id = f"2026-XS-{number:04d}"
    shared = {
        "period": found["period"],
        "level": found["level"],
        "amount_fen": found["amount_fen"],
        "division_code": found["division_code"],
    }
    clue = shared | {
        "clue_id": clue_id, "clue_key": found["subject"] + found["period"], "unit_code": found["unit_code"],
        "project_code": found["project_code"], "unit_name": names.get(found["unit_code"]),
        "project_name": projects.get(found["project_code"]), "status": "open", "opened_at": NOW, "opened_on": AS_OF,
    }  # fmt: skip
    text = {name: pl.String for name in ("unit_code", "project_code", "unit_name", "project_name")} | {
        "amount_fen": pl.Int64
    }
    insert_frame(connection, "clue", pl.DataFrame([clue], schema_overrides=text))
    alert = shared | {
        "alert_id": number, "rule_code": found["rule_code"], "subject": found["subject"], "clue_id": clue_id, "status": "open",
        "is_stale": False, "opened_on": AS_OF, "run_id": 1, "finding_no": found["finding_no"], "measured": found["measured"],
        "limit": found["limit"], "measure_unit": found["measure_unit"],
    }  # fmt: skip
    insert_frame(connection, "alert", pl.DataFrame([alert], schema_overrides={"amount_fen": pl.Int64}))
    event = {
        "event_id": number, "alert_id": number, "clue_id": clue_id, "run_id": 1, "happened_at": NOW, "happened_on": AS_OF,
        "actor": "system", "notice": "opened", "reason": "首次达到界限", "to_level": found["level"],
    }  # fmt: skip
    insert_frame(connection, "alert_event", pl.DataFrame([event]))


def _write_house(connection: sa.Connection) -> None:
    kinds = {DISTRICT: ("青禾区", "区人大财经工委", "district"), STREET: ("石桥街道", "石桥街道人大工委", "street"),
             LATE: ("南塘街道", "南塘街道人大工委", "street")}  # fmt: skip
    offices = [
        {
            "division_code": code,
            "division_name": name,
            "office_name": office,
            "division_kind": kind,
            "mail_to": "a@example.org",
        }
        for code, (name, office, kind) in kinds.items()
    ]
    insert_frame(connection, "office", pl.DataFrame(offices))
    rejected = {
        "batch_id": 2, "reject_no": 1, "source_sheet": "指标", "source_row": 17, "column_name": "金额", "found": "=1+1",
        "expected": "金额, 如 1,234.56", "raw_json": "[]",
    }  # fmt: skip
    insert_frame(connection, "rejected_row", pl.DataFrame([rejected]))
    job = {
        "job": "evaluate",
        "scheduled_for": NOW,
        "claimed_by": "a",
        "started_at": NOW,
        "finished_at": NOW,
        "outcome": "done",
        "message": "4 条",
    }
    insert_frame(connection, "job_run", pl.DataFrame([job]))
    report = {
        "report_id": 1, "quarter": "2026Q2", "division_code": STREET, "status": "draft", "as_of_on": dt.date(2026, 6, 30),
        "known_at": NOW, "snapshot_json": "{}", "document_sha256": "ef" * 32, "file_name": "2026Q2.docx", "built_at": NOW,
    }  # fmt: skip
    insert_frame(connection, "quarterly_report", pl.DataFrame([report]))
