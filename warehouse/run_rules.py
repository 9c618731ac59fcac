"""What a run says of each of its rules, and single findings with the run they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from warehouse.findings import Run, find_run, read_findings
from warehouse.schema import table
from warehouse.scope import Scope


@dataclass(frozen=True, kw_only=True)
class RunRule:
    """One rule of one run: the version that judged, and how many of what it judged it flagged."""

    rule_code: str
    rule_version: str
    counted: str
    judged_count: int
    flagged_count: int


def save_run_rules(connection: sa.Connection, run_id: int, rules: Iterable[RunRule]) -> None:
    """Store what a run says of its rules, in the caller's transaction."""
    for one in rules:
        connection.execute(table("run_rule").insert().values(run_id=run_id, **vars(one)))


def read_run_rules(connection: sa.Connection, run_id: int) -> list[RunRule]:
    """Return what a run says of its rules, by code; none for runs from before this was kept."""
    run_rule = table("run_rule")
    query = sa.select(run_rule).where(run_rule.c.run_id == run_id).order_by(run_rule.c.rule_code)
    found = (dict(row) for row in connection.execute(query).mappings())
    return [RunRule(**{name: row[name] for name in row if name != "run_id"}) for row in found]


def find_finding(
    connection: sa.Connection, scope: Scope, run_id: int, finding_no: int
) -> tuple[Run, dict[str, Any]] | None:
    """Return a finding that a reader may see, with its run; None where there is none."""
    run = find_run(connection, run_id)
    found = read_findings(connection, scope, run_id, number=finding_no)
    return None if run is None or found.is_empty() else (run, found.row(0, named=True))
