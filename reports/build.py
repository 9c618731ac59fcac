"""From stored facts and findings to a document on disk: snapshot, content, docx."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from budget.calendar import Quarter
from budget.catalogue import Catalogue
from budget.levels import LEVELS
from reports.content import build_report
from reports.docx_file import Written, write_docx
from reports.figures import MEASURES
from reports.snapshot import ReportSite, canonical_json, take_snapshot
from warehouse import reports as store


@dataclass(frozen=True, kw_only=True)
class BuiltReport:
    """A report on disk, and the frozen figures that make it again."""

    path: Path
    sha256: str
    snapshot: dict[str, Any]
    warnings: tuple[str, ...]

    @property
    def summary(self) -> dict[str, Any]:
        """Return what the command prints (docs/json.md)."""
        total = self.snapshot["figures"]["total"]
        return {
            "quarter": self.snapshot["quarter"],
            "division": self.snapshot["division"]["division_code"],
            "file": str(self.path),
            "sha256": self.sha256,
            "as_of": self.snapshot["as_of"],
            "known_at": dt.datetime.fromisoformat(self.snapshot["known_at"]),
            "run": self.snapshot["run"]["run_id"],
            "totals": {name: total[name] for name in MEASURES},
            "findings": {level: self.snapshot["levels"][level] for level in reversed(LEVELS)},
            "warnings": list(self.warnings),
        }


def build_quarterly_report(
    connection: store.Connection,
    *,
    snapshots_dir: Path,
    out_dir: Path,
    quarter: Quarter,
    division_code: str,
    known_at: dt.datetime,
    catalogue: Catalogue,
    site: ReportSite,
    as_of: dt.date | None = None,
) -> BuiltReport:
    """Build one division's report of a quarter in a folder, which is made where it is missing.

    as_of is the quarter's last day unless given. Nothing is written to the warehouse: see ``keep_report``. Raises
    ReportRefusedError with a sentence where there is nothing to report from.
    """
    snapshot = take_snapshot(
        connection,
        snapshots_dir,
        quarter,
        division_code,
        as_of=as_of or quarter.last_day,
        known_at=known_at,
        catalogue=catalogue,
        site=site,
    )
    return write_report(snapshot, out_dir)


def write_report(snapshot: dict[str, Any], out_dir: Path) -> BuiltReport:
    """Write the document of a snapshot, fresh or kept: the same snapshot gives the same bytes."""
    out_dir.mkdir(parents=True, exist_ok=True)
    path = out_dir / file_name(snapshot)
    written: Written = write_docx(build_report(snapshot), path)
    return BuiltReport(path=path, sha256=written.sha256, snapshot=snapshot, warnings=written.warnings)


def file_name(snapshot: dict[str, Any]) -> str:
    """Name a report's file by quarter and division: report-2026Q3-990101010.docx."""
    return f"report-{snapshot['quarter']}-{snapshot['division']['division_code']}.docx"


def keep_report(connection: store.Connection, built: BuiltReport, *, built_at: dt.datetime) -> int:
    """Store a built report as a draft in the caller's transaction and return its number."""
    snapshot = built.snapshot
    return store.save_report(
        connection,
        quarter=snapshot["quarter"],
        division_code=snapshot["division"]["division_code"],
        as_of_on=dt.date.fromisoformat(snapshot["as_of"]),
        known_at=dt.datetime.fromisoformat(snapshot["known_at"]),
        run_id=snapshot["run"]["run_id"],
        snapshot_json=canonical_json(snapshot),
        document_sha256=built.sha256,
        file_name=built.path.name,
        built_at=built_at,
    )


def rebuild_report(stored: store.StoredReport, out_dir: Path) -> BuiltReport:
    """Write a kept report again from its own frozen figures, whatever the warehouse holds today."""
    return write_report(json.loads(stored.snapshot_json), out_dir)
