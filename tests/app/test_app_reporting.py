"""Kept reports are served byte for byte, and drafts are made once for every office."""

import dataclasses
import datetime as dt
import shutil
from pathlib import Path

import pytest

from app import reporting
from app.reporting import draft_reports, kept_path, last_finished, stored_file
from app.wiring import House, open_house
from budget.calendar import Quarter
from sample.people import OFFICES
from warehouse.engine import reading
from warehouse.reports import ReportRefusedError, StoredReport, read_reports
from warehouse.scope import Scope

# Not the quarter that the first load of the sample drafts, so that every draft here is made here.
QUARTER = Quarter(2026, 1)


@pytest.fixture(scope="module")
def drafted(small_house: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Return a house of these tests' own with every office's report drafted."""
    data = tmp_path_factory.mktemp("reporting") / "data"
    shutil.copytree(small_house, data)
    house = open_house(None, data)
    draft_reports(house, QUARTER)
    return house


def kept(house: House) -> list[StoredReport]:
    with reading(house.engine) as connection:
        return [one for one in read_reports(connection, Scope.everything()) if one.quarter == str(QUARTER)]


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (dt.date(2026, 6, 29), "2026Q1"),
        (dt.date(2026, 6, 30), "2026Q2"),
        (dt.date(2026, 7, 1), "2026Q2"),
        (dt.date(2025, 12, 31), "2025Q4"),
        (dt.date(2026, 1, 1), "2025Q4"),
    ],
)
def test_a_quarter_is_finished_with_its_last_day(day: dt.date, quarter: str) -> None:
    assert str(last_finished(day)) == quarter


def test_every_office_has_a_draft_and_a_repetition_adds_none(drafted: House) -> None:
    before = kept(drafted)
    assert {one.division_code for one in before} == {office.division_code for office in OFFICES}
    assert draft_reports(drafted, QUARTER, only_missing=True) == []
    assert kept(drafted) == before


def test_what_is_served_is_what_was_kept(drafted: House) -> None:
    for one in kept(drafted):
        path = stored_file(drafted, one.report_id)
        assert path == kept_path(drafted, str(one.document_sha256))
        assert path.read_bytes() == (drafted.reports / str(one.file_name)).read_bytes()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"PK")])
def test_a_document_that_is_gone_or_damaged_is_made_again_to_the_same_bytes(drafted: House, damage) -> None:
    one = kept(drafted)[0]
    path = kept_path(drafted, str(one.document_sha256))
    whole = path.read_bytes()
    damage(path)
    assert stored_file(drafted, one.report_id) == path
    assert path.read_bytes() == whole


def test_other_bytes_are_never_served_in_its_place(drafted: House, monkeypatch: pytest.MonkeyPatch) -> None:
    one = kept(drafted)[-1]
    path = kept_path(drafted, str(one.document_sha256))
    path.unlink()
    written = reporting.rebuild_report

    def by_another_version(*arguments: Path) -> object:
        return dataclasses.replace(written(*arguments), sha256="0" * 64)

    monkeypatch.setattr(reporting, "rebuild_report", by_another_version)
    with pytest.raises(ReportRefusedError, match="put the file back from a backup"):
        stored_file(drafted, one.report_id)
    assert not path.exists()
    assert [one.name for one in drafted.reports.iterdir() if one.is_dir()] == ["kept"]


def test_a_report_that_there_is_none_of_has_no_file(drafted: House) -> None:
    assert stored_file(drafted, 10**6) is None
