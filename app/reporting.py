"""Quarterly reports: one on demand, and every office's draft after the quarter's end."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from app.judging import default_as_of, judge
from app.wiring import House
from budget.calendar import Quarter
from reports.build import build_quarterly_report, keep_report, rebuild_report
from reports.snapshot import ReportSite
from rules.registry import CATALOGUE
from warehouse.engine import reading, writing
from warehouse.findings import full_run
from warehouse.offices import list_offices
from warehouse.reports import ReportRefusedError, read_reports
from warehouse.scope import Scope


def build(
    house: House, quarter: Quarter, division: str, folder: Path, known_at: dt.datetime | None = None
) -> dict[str, Any]:
    """Build one division's report, keep it as a draft and return what the command prints.

    It is judged on the quarter's last day, or on the last day with data while the quarter runs. Where no run of
    that day is stored, one is made first, as history.
    """
    known = known_at or house.clock()
    with reading(house.engine) as connection:
        offices = {office.division_code for office in list_offices(connection, Scope.everything())}
        as_of = min(quarter.last_day, default_as_of(house, connection))
        is_judged = full_run(connection, as_of, known) is not None
    if division in offices and quarter.first_day <= as_of and not is_judged:
        judge(house, as_of=as_of, known_at=known, history=True)
    with reading(house.engine) as connection:
        built = build_quarterly_report(
            connection,
            snapshots_dir=house.snapshots,
            out_dir=folder,
            quarter=quarter,
            division_code=division,
            known_at=known,
            catalogue=CATALOGUE,
            site=_site(house),
            as_of=as_of,
        )
    with writing(house.engine) as connection:
        report = keep_report(connection, built, built_at=house.clock())
    return {"report": report} | built.summary


def _site(house: House) -> ReportSite:
    site = house.settings.site
    return ReportSite(district_name=site.district_name, time_zone=site.timezone, time_progress_by=site.time_progress_by)


def draft_reports(house: House) -> list[str]:
    """Draft the last whole quarter's report of every office; return a word about each."""
    quarter = Quarter.of(Quarter.of(house.today).first_day - dt.timedelta(days=1))
    with reading(house.engine) as connection:
        offices = list_offices(connection, Scope.everything())
    known, told = house.clock(), []
    for office in offices:
        try:
            built = build(house, quarter, office.division_code, house.reports, known)
        except ReportRefusedError as refused:
            told.append(f"{office.division_name}: {refused}")
        else:
            told.append(f"{office.division_name}: {Path(built['file']).name}")
    return told


def stored_file(house: House, report_id: int) -> Path | None:
    """Return the document of a kept report, written again from its frozen figures where it is not there."""
    with reading(house.engine) as connection:
        kept = [one for one in read_reports(connection, Scope.everything()) if one.report_id == report_id]
    if not kept:
        return None
    # A folder each: two reports of one quarter, known at different moments, have the same name.
    folder = house.reports / str(report_id)
    path = folder / str(kept[0].file_name)
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == kept[0].document_sha256:
        return path
    return rebuild_report(kept[0], folder).path
