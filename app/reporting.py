"""Quarterly reports: one on demand, and every office's draft after the quarter's end."""

import datetime as dt
import hashlib
import os
import tempfile
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
    now = house.clock()
    known = min(known_at or now, now)
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
    _keep_bytes(house, built.path, built.sha256)
    with writing(house.engine) as connection:
        report = keep_report(connection, built, built_at=house.clock())
    return {"report": report} | built.summary


def _site(house: House) -> ReportSite:
    site = house.settings.site
    return ReportSite(district_name=site.district_name, time_zone=site.timezone, time_progress_by=site.time_progress_by)


def last_finished(day: dt.date) -> Quarter:
    """Return the last quarter that is over by the end of a day."""
    return Quarter.of(Quarter.of(day + dt.timedelta(days=1)).first_day - dt.timedelta(days=1))


def draft_reports(house: House, quarter: Quarter | None = None, *, only_missing: bool = False) -> list[str]:
    """Draft a quarter's report of every office, by default of the last whole one; return a word about each.

    With only_missing, offices that have a report of the quarter already are left alone.
    """
    quarter = quarter or last_finished(house.today - dt.timedelta(days=1))
    with reading(house.engine) as connection:
        offices = list_offices(connection, Scope.everything())
        there = {one.division_code for one in read_reports(connection, Scope.everything(), quarter=str(quarter))}
    known, told = house.clock(), []
    for office in offices:
        if only_missing and office.division_code in there:
            continue
        try:
            built = build(house, quarter, office.division_code, house.reports, known)
        except ReportRefusedError as refused:
            told.append(f"{office.division_name}: {refused}")
        else:
            told.append(f"{office.division_name}: {Path(built['file']).name}")
    return told


def kept_path(house: House, sha256: str) -> Path:
    """Return where the bytes of a kept report lie: by their checksum, so that none ever takes another's place."""
    return house.reports / "kept" / f"{sha256}.docx"


def _keep_bytes(house: House, built: Path, sha256: str) -> None:
    path = kept_path(house, sha256)
    if path.is_file() and _sha256(path) == sha256:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.part")
    aside.write_bytes(built.read_bytes())
    aside.replace(path)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stored_file(house: House, report_id: int) -> Path | None:
    """Return the very document that was kept, made again from its frozen figures where its bytes are gone.

    ReportRefusedError where what is made again is not the same document: other bytes are never passed off as it.
    """
    with reading(house.engine) as connection:
        kept = [one for one in read_reports(connection, Scope.everything()) if one.report_id == report_id]
    if not kept or kept[0].document_sha256 is None:
        return None
    wanted = kept[0].document_sha256
    path = kept_path(house, wanted)
    if path.is_file() and _sha256(path) == wanted:
        return path
    house.reports.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=house.reports) as folder:
        again = rebuild_report(kept[0], Path(folder))
        if again.sha256 != wanted:
            raise ReportRefusedError(
                f"report {report_id}: {path} is missing or damaged, and the document made again from the frozen "
                f"figures has sha256 {again.sha256} where {wanted} was kept (another version of this program or other "
                "typefaces): put the file back from a backup, or build the report anew"
            )
        _keep_bytes(house, again.path, wanted)
    return path
