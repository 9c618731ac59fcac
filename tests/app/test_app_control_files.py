"""Control files in the inbox of the running program: before, with and after their data file."""

import datetime as dt
from pathlib import Path

import pytest

from app.backup import back_up
from app.inbox import load_inbox
from app.loading import load_or_stop, replay_batch
from app.restore import restore
from app.settings import Settings
from app.wiring import House
from warehouse.engine import reading
from warehouse.facts import read_slices
from warehouse.in_force import slices_in_force
from warehouse.opening import make_ready
from warehouse.scope import Scope

START = dt.datetime(2026, 7, 8, 2, 0, tzinfo=dt.UTC)
MAPPING = r"""
feed = "payments"
title = "支付"
owner = "区财政局"
file_name = 'pay-(?P<period>\d{6})\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[constants]
division_code = "990101010"
[columns]
fiscal_year = { group = "period", extract = '^(\d{4})' }
unit_code = { from = "单位" }
voucher_no = { from = "凭证" }
paid_on = { from = "日期" }
payment_fen = { from = "金额" }
[checks.control]
side_file = "{name}.total"
wait_minutes = 30
[slice]
key = ["division_code", "period"]
"""
DATA = "单位,凭证,日期,金额\n101001,V1,2026-6-1,5.00\n"
NAME, SIDE = "pay-202606.csv", "pay-202606.csv.total"


class Office:
    """A house whose clock the test turns."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.house = House(settings=Settings(), settings_file=folder / "s.toml", data=folder, clock=lambda: self.now)
        (folder / "feeds").mkdir()
        (folder / "feeds" / "pay.toml").write_text(MAPPING, encoding="utf-8")
        self.house.inbox.mkdir()
        make_ready(self.house.engine, START)

    def put(self, name: str, text: str) -> None:
        (self.house.inbox / name).write_text(text, encoding="utf-8")
        (self.house.inbox / f"{name}.done").touch()

    def round(self, minutes: int = 0) -> list[str]:
        self.now += dt.timedelta(minutes=minutes)
        return [one.status for one in load_inbox(self.house)]

    def left(self, folder: str = ".") -> set[str]:
        found = {path.name for path in (self.house.inbox / folder).glob("*") if path.is_file()}
        return {name for name in found if not name.startswith(".") and not name.endswith((".done", ".reason.txt"))}

    def payments(self) -> int:
        with reading(self.house.engine) as connection:
            pieces = slices_in_force(connection, self.now, Scope.everything(), feeds=["payments"])
            return read_slices(connection, "payments", pieces["slice_id"].to_list()).height


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_control_file_before_its_data_file_waits_in_the_inbox(office: Office) -> None:
    office.put(SIDE, "共 1 笔 合计金额：5.00")
    assert office.round() == []
    assert office.left() == {SIDE}
    office.put(NAME, DATA)
    assert office.round(60) == ["published"]
    assert (office.left(), office.left("done"), office.payments()) == (set(), {NAME, SIDE}, 1)


def test_a_data_file_waits_for_its_control_file_and_goes_with_it(office: Office) -> None:
    office.put(NAME, DATA)
    assert (office.round(), office.round(29)) == ([], [])
    office.put(SIDE, "共 1 笔")
    assert office.round() == ["published"]
    assert office.left("done") == {NAME, SIDE}


def test_without_its_control_file_it_is_held_and_the_late_one_sets_it_free(office: Office) -> None:
    office.put(NAME, DATA)
    office.round()
    assert office.round(30) == ["held"]
    assert (office.left("failed"), office.payments()) == ({NAME}, 0)
    office.put(SIDE, "共 1 笔")
    assert office.round(1) == ["published"]
    assert (office.left(), office.left("done"), office.payments()) == (set(), {SIDE}, 1)


def test_a_control_file_that_disagrees_holds_the_delivery(office: Office) -> None:
    office.put(NAME, DATA)
    office.put(SIDE, "共 2 笔")
    assert office.round() == ["held"]
    reason = (office.house.inbox / "failed" / f"{NAME}.reason.txt").read_text(encoding="utf-8")
    assert f"{SIDE} says 2 rows, the file has 1 accepted rows" in reason


def test_a_backup_carries_the_control_file_so_that_a_restored_house_judges_by_it(
    office: Office, tmp_path: Path
) -> None:
    office.put(NAME, DATA)
    office.put(SIDE, "共 2 笔")
    assert office.round() == ["held"]
    archive = back_up(office.house, tmp_path / "backup.tar.gz")
    assert (archive.landing, archive.missing) == (2, [])
    data = tmp_path / "restored"
    house = House(settings=Settings(), settings_file=data / "s.toml", data=data, clock=lambda: office.now)
    restore(house, archive.file)
    again = replay_batch(house, 1, actor="test")
    assert again.status == "held"
    assert f"{SIDE} says 2 rows, the file has 1 accepted rows" in again.messages[0]


def test_files_named_by_hand_find_their_control_file_too(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    files = [folder / SIDE, folder / NAME]
    files[0].write_text("共 1 笔", encoding="utf-8")
    files[1].write_text(DATA, encoding="utf-8")
    first = load_or_stop(office.house, files, feed=None, actor="test")
    assert [one.status for one in first] == ["refused", "published"]
    again = load_or_stop(office.house, list(reversed(files)), feed=None, actor="test")
    assert [one.status for one in again] == ["unchanged", "unchanged"]
