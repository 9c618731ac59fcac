"""What a run said about the compact district, and what the house keeps beside its figures."""

import datetime as dt
import json

import polars as pl
import sqlalchemy as sa
from district import AS_OF, DISTRICT, LATE, NOW, PERSON, PROJECTS, STREET, UNITS

from warehouse.bulk import insert_frame


def write_judgement(connection: sa.Connection, facts: dict[str, tuple[int, int]]) -> None:
    run = {
        "run_id": 1,
        "as_of_on": AS_OF,
        "known_at": NOW,
        "started_at": NOW,
        "facts_stamp": "x",
        "code_version": "0",
        "params_json": "{}",
        "rule_codes": "A01,A02,E05,H01",
        "is_history": False,
    }
    insert_frame(connection, "evaluation_run", pl.DataFrame([run]))
    behind = [facts[f"V2026{month:02d}801002P801002"] for month in range(3, 10)]
    findings = [
        _finding(
            1,
            "A02",
            "project:801002/P801002",
            "2026",
            "red",
            4776,
            4000,
            "bp",
            980_000_000,
            STREET,
            "801002",
            "P801002",
            {
                "payment_fen": 102_400_000,
                "adjusted_appropriation_fen": 980_000_000,
                "execution_rate_bp": 1044,
                "expected_progress_bp": 5820,
                "gap_bp": 4776,
                "facts": behind,
            },
        ),
        _finding(
            2,
            "A03",
            "project:212001/P212001",
            "2026",
            "red",
            255,
            210,
            "days",
            812_000_000,
            DISTRICT,
            "212001",
            "P212001",
            {"days": 255, "adjusted_appropriation_fen": 812_000_000},
        ),
        _finding(
            3,
            "E05",
            "payment:V2026E05",
            "2026-09",
            "orange",
            6_000_000,
            5_000_000,
            "fen",
            6_000_000,
            DISTRICT,
            "105003",
            "P105003",
            {"payee_name": PERSON, "payment_fen": 6_000_000, "facts": [facts["V2026E05"]]},
        ),
        _finding(
            4, "H01", f"feed:payments/{LATE}", "2026", "red", 53, 30, "days", None, LATE, None, None, {"days": 53}
        ),
    ]
    insert_frame(connection, "finding", pl.DataFrame(findings, infer_schema_length=None))
    covered = [
        {
            "run_id": 1,
            "coverage_no": n,
            "rule_code": "A01",
            "scope": f"unit:{unit}",
            "period": "2026",
            "division_code": division,
            "is_judged": division != LATE,
            "reason": None if division != LATE else "late_feed",
        }
        for n, (unit, _parent, _name, division) in enumerate(UNITS, 1)
    ]
    insert_frame(connection, "coverage", pl.DataFrame(covered, infer_schema_length=None))
    for number, found in enumerate(findings, 1):
        _write_clue(connection, number, found)


def _finding(  # noqa: PLR0917  # a row, in the order of its columns
    no, rule, subject, period, level, measured, limit, unit, amount, division, unit_code, project, evidence
) -> dict:
    return {
        "run_id": 1,
        "finding_no": no,
        "rule_code": rule,
        "subject": subject,
        "period": period,
        "level": level,
        "measured": measured,
        "limit": limit,
        "measure_unit": unit,
        "amount_fen": amount,
        "division_code": division,
        "unit_code": unit_code,
        "project_code": project,
        "evidence": json.dumps(evidence, ensure_ascii=False),
    }


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
        "clue_id": clue_id,
        "clue_key": found["subject"] + found["period"],
        "unit_code": found["unit_code"],
        "project_code": found["project_code"],
        "unit_name": names.get(found["unit_code"]),
        "project_name": projects.get(found["project_code"]),
        "status": "open",
        "opened_at": NOW,
        "opened_on": AS_OF,
    }
    text = dict.fromkeys(("unit_code", "project_code", "unit_name", "project_name"), pl.String) | {
        "amount_fen": pl.Int64
    }
    insert_frame(connection, "clue", pl.DataFrame([clue], schema_overrides=text))
    alert = shared | {
        "alert_id": number,
        "rule_code": found["rule_code"],
        "subject": found["subject"],
        "clue_id": clue_id,
        "status": "open",
        "is_stale": False,
        "opened_on": AS_OF,
        "run_id": 1,
        "finding_no": found["finding_no"],
        "measured": found["measured"],
        "limit": found["limit"],
        "measure_unit": found["measure_unit"],
    }
    insert_frame(connection, "alert", pl.DataFrame([alert], schema_overrides={"amount_fen": pl.Int64}))
    event = {
        "event_id": number,
        "alert_id": number,
        "clue_id": clue_id,
        "run_id": 1,
        "happened_at": NOW,
        "happened_on": AS_OF,
        "actor": "system",
        "notice": "opened",
        "reason": "首次达到界限",
        "to_level": found["level"],
    }
    insert_frame(connection, "alert_event", pl.DataFrame([event]))


def write_house(connection: sa.Connection) -> None:
    kinds = {
        DISTRICT: ("青禾区", "区人大财经工委", "district"),
        STREET: ("石桥街道", "石桥街道人大工委", "street"),
        LATE: ("南塘街道", "南塘街道人大工委", "street"),
    }
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
        "batch_id": 2,
        "reject_no": 1,
        "source_sheet": "指标",
        "source_row": 17,
        "column_name": "金额",
        "found": "=1+1",
        "expected": "金额, 如 1,234.56",
        "raw_json": "[]",
    }
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
        "report_id": 1,
        "quarter": "2026Q2",
        "division_code": STREET,
        "status": "draft",
        "as_of_on": dt.date(2026, 6, 30),
        "known_at": NOW,
        "snapshot_json": "{}",
        "document_sha256": "ef" * 32,
        "file_name": "2026Q2.docx",
        "built_at": NOW,
    }
    insert_frame(connection, "quarterly_report", pl.DataFrame([report]))
