"""Full disks, strange names and wrong mappings end in one sentence and the promised exit code."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from typer.testing import CliRunner

from app import cli, reading
from app.inbox import load_inbox
from app.loading import load_or_stop
from app.settings import read_settings
from app.web import create_app
from app.wiring import House
from warehouse.engine import StorageError

REPOSITORY = Path(__file__).resolve().parents[2]
MAPPING = r"""
feed = "payments"
title = "支付"
owner = "区财政局"
file_name = '(?P<name>支付.*|zf.*)\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[constants]
division_code = "990101010"
fiscal_year = 2026
[columns]
unit_code = { from = "单位" }
paid_on = { from = "日期" }
payment_fen = { from = "金额" }
[slice]
key = ["division_code", "name"]
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder with a mapping of its own and an empty warehouse."""
    folder = tmp_path / "data"
    (folder / "feeds").mkdir(parents=True)
    (folder / "feeds" / "zf.toml").write_text(MAPPING, encoding="utf-8")
    assert run("migrate", "--data", folder)[0] == 0
    return folder


def run(*words: object) -> tuple[int, str, str]:
    """Run a command as ``main`` does and return exit code, stdout and stderr."""
    done = CliRunner().invoke(cli.cli, [str(word) for word in words])
    error = done.exception
    if error is None or isinstance(error, SystemExit):
        return done.exit_code, done.stdout, done.stderr
    assert isinstance(error, Exception)
    assert cli.is_refusal(error), repr(error)
    return (2 if type(error).__name__ in cli.USAGE_ERRORS else 1), done.stdout, str(error)


def payments(folder: Path, name: str, rows: int) -> Path:
    path = folder / name
    lines = ["单位,日期,金额", *(f"101{n % 9},2026-6-{n % 28 + 1},{n}.00" for n in range(rows))]
    path.write_text("\n".join(lines), encoding="gb18030")
    return path


def house(data: Path) -> House:
    return House(settings=read_settings(REPOSITORY / "settings.toml"), settings_file=Path("settings.toml"), data=data)


def fill_up(house: House, spare_pages: int) -> None:
    """Let the database grow by so many pages only, as on a disk with so much room left."""
    with closing(sqlite3.connect(house.data / "warehouse.db")) as raw:
        (pages,) = raw.execute("PRAGMA page_count").fetchone()

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + spare_pages}")

    house.engine.dispose()
    event.listen(house.engine, "connect", limit)


@pytest.mark.parametrize("long_from", [reading.LONG_BYTES, 1], ids=["read first", "while reading"])
def test_a_full_disk_refuses_the_file_and_keeps_what_was_there(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long_from: int
) -> None:
    monkeypatch.setattr(reading, "LONG_BYTES", long_from)
    files = [payments(tmp_path, f"zf{n}.csv", rows) for n, rows in enumerate((5, 20_000, 5))]
    small = house(data)
    fill_up(small, spare_pages=40)
    first, second = load_or_stop(small, files, feed=None, actor="test")
    small.engine.dispose()
    assert (first.status, second.status, second.file) == ("published", "refused", "zf1.csv")
    assert "database or disk is full; nothing of this step was kept" in second.reason
    assert second.reason.endswith("; 1 more files were not tried")
    code, told, _ = run("ingest", *files, "--data", data, "--json")
    assert code == 0
    assert [one["status"] for one in json.loads(told)] == ["unchanged", "published", "published"]
    assert [one["accepted"] for one in json.loads(told)] == [5, 20_000, 5]


def test_a_full_disk_leaves_the_inbox_as_it_is(data: Path) -> None:
    inbox = data / "inbox"
    inbox.mkdir()
    payments(inbox, "zf1.csv", 20_000)
    (inbox / "zf1.csv.done").touch()
    small = house(data)
    fill_up(small, spare_pages=40)
    with pytest.raises(StorageError, match="database or disk is full"):
        load_inbox(small)
    small.engine.dispose()
    assert (inbox / "zf1.csv").exists()
    assert [one.status for one in load_inbox(house(data))] == ["published"]


def test_a_name_from_a_windows_archive_is_read_as_chinese(data: Path, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "支付六月.csv".encode("gb18030")))
    path.write_text("单位,日期,金额\n101,2026-6-3,1.00\n", encoding="utf-8")
    code, told, _ = run("ingest", path, "--data", data, "--json")
    assert (code, json.loads(told)["file"]) == (0, "支付六月.csv")


@pytest.mark.parametrize(
    ("feed", "says"),
    [
        ("nosuch", 'there is no mapping "nosuch"; known: '),
        ("nosuch.toml", "mapping nosuch.toml cannot be read: No such file or directory"),
        ("slip.toml", "mapping slip.toml: unknown key sclice; known keys: feed, title"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_a_wrong_call(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, feed: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("slip.toml").write_text(MAPPING.replace("[slice]", "[sclice]"), encoding="utf-8")
    code, told, error = run(
        "ingest",
        "--feed",
        feed,
        payments(tmp_path, "zf.csv", 1),
        "--data",
        data,
        "--settings",
        REPOSITORY / "settings.toml",
        "--json",
    )
    assert (code, told) == (2, "")
    assert error.startswith(says)


def test_pages_say_so_while_the_database_is_away_and_go_on_afterwards(data: Path) -> None:
    small = house(data)
    client = create_app(small).test_client()
    assert client.get("/metrics").status_code == 200
    small.engine.dispose()
    away = data.rename(data.with_name("away"))
    for path, code in (("/healthz", 200), ("/readyz", 503), ("/metrics", 503)):
        assert client.get(path).status_code == code, path
    assert client.get("/metrics").text.startswith("数据库暂时无法访问")
    small.engine.dispose()
    away.rename(data)
    assert (client.get("/readyz").status_code, client.get("/metrics").status_code) == (200, 200)


def test_a_folder_is_told_from_a_file_that_no_mapping_knows(data: Path, tmp_path: Path) -> None:
    (tmp_path / "zf.csv").mkdir()
    code, told, _ = run("ingest", tmp_path / "zf.csv", "--data", data, "--json")
    assert code == 1
    said = "zf.csv is a folder; name the files in it, as in mingzhang ingest zf.csv/*"
    assert json.loads(told)["messages"] == [said]
