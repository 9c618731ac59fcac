import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from warehouse.engine import reading, writing
from warehouse.findings import full_run
from warehouse.reports import ReportRefusedError, read_reports, save_report
from warehouse.schema import table
from warehouse.scope import Scope

KNOWN = dt.datetime(2026, 10, 9, 1, 2, 3, tzinfo=dt.UTC)
END = dt.date(2026, 9, 30)


def save(engine: sa.Engine, **changed: Any) -> int:
    values = {
        "quarter": "2026Q3",
        "division_code": "990101010",
        "as_of_on": END,
        "known_at": KNOWN,
        "run_id": 1,
        "snapshot_json": "{}",
        "document_sha256": "a" * 64,
        "file_name": "report.docx",
        "built_at": KNOWN,
    }
    with writing(engine) as connection:
        return save_report(connection, **(values | changed))


def test_a_draft_of_the_same_moment_is_replaced_and_a_later_one_stands_beside_it(warehouse_engine: sa.Engine) -> None:
    first = save(warehouse_engine)
    assert save(warehouse_engine, snapshot_json='{"a":1}') == first
    later = save(warehouse_engine, known_at=KNOWN + dt.timedelta(days=1))
    with reading(warehouse_engine) as connection:
        kept = read_reports(connection, Scope.everything(), quarter="2026Q3")
    assert [(one.report_id, one.snapshot_json) for one in kept] == [(later, "{}"), (first, '{"a":1}')]
    assert kept[0].known_at == KNOWN + dt.timedelta(days=1)


@pytest.mark.parametrize("status", ["signed", "filed"])
def test_a_signed_or_filed_report_is_never_replaced(sqlite_engine: sa.Engine, status: str) -> None:
    save(sqlite_engine)
    with writing(sqlite_engine) as connection:
        connection.execute(sa.update(table("quarterly_report")).values(status=status))
    with pytest.raises(ReportRefusedError, match=f"already {status}"):
        save(sqlite_engine, snapshot_json='{"a":1}')


def test_reports_are_seen_only_within_the_scope(sqlite_engine: sa.Engine) -> None:
    save(sqlite_engine)
    save(sqlite_engine, division_code="990101100")

    def seen(scope: Scope, **more: Any) -> list[str]:
        with reading(sqlite_engine) as connection:
            return [one.division_code for one in read_reports(connection, scope, **more)]

    assert sorted(seen(Scope.everything())) == ["990101010", "990101100"]
    assert seen(Scope.of(["990101100"])) == ["990101100"]
    assert seen(Scope.of(["990101100"]), divisions=["990101010"]) == []
    assert seen(Scope.of([])) == []


@pytest.mark.parametrize(
    ("runs", "chosen", "why"),
    [
        ([("A01,A02", 1), ("A01,A02", 2)], 2, "of two full runs the later known"),
        ([("A01,A02", 1), ("A02", 2)], 1, "one rule alone does not hide the full run"),
        ([("A01,A02", 99)], None, "a run not yet known is not there"),
        ([('["A01","A02"]', 2), ('["A01"]', 3)], 1, "however the codes are written"),
    ],
)
def test_the_fullest_latest_known_run_of_a_day_is_chosen(
    sqlite_engine: sa.Engine, runs: list[tuple[str, int]], chosen: int | None, why: str
) -> None:
    with writing(sqlite_engine) as connection:
        for number, (codes, hours) in enumerate(runs, start=1):
            known = KNOWN - dt.timedelta(hours=50) + dt.timedelta(hours=hours)
            connection.execute(
                sa.insert(table("evaluation_run")).values(
                    run_id=number,
                    as_of_on=END,
                    known_at=known,
                    started_at=known,
                    facts_stamp="s",
                    code_version="v",
                    params_json="{}",
                    rule_codes=codes,
                    is_history=False,
                )
            )
    with reading(sqlite_engine) as connection:
        found = full_run(connection, END, KNOWN)
    assert (found and found.run_id) == chosen, why
