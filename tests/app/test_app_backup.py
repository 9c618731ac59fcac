"""A backup made while the service writes is one state of everything, and restores to equal totals or not at all."""

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from backup_ground import forge, house_on, judged_town, made_ready, tallies, write_town

from app.backup import BackupError, back_up
from app.jobs import send_due
from app.judging import judge
from app.loading import load_files
from app.restore import RestoreError, restore
from app.shown import stored_alerts
from budget import frames
from ingest.landing import kept_delivery, landing_path
from ingest.mapping import load_mappings, match
from ingest.prepare import prepare
from ingest.publish import publish
from warehouse.archive import ArchiveError, unpack
from warehouse.audit import verify_audit
from warehouse.deliveries import landed
from warehouse.dump import DumpError
from warehouse.engine import open_engine, reading, sqlite_url, writing
from warehouse.migrations import upgrade
from warehouse.opening import warehouse_state
from warehouse.outbox import count_messages

UNTIL = dt.date(2026, 10, 31)
REFUSALS = (ArchiveError, RestoreError, DumpError)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write_town(tmp_path_factory.mktemp("files"), UNTIL)


@pytest.fixture(scope="module")
def town(tmp_path_factory, files):
    return judged_town(tmp_path_factory.mktemp("town") / "data", files, UNTIL)


@pytest.fixture(scope="module")
def archive(town, tmp_path_factory):
    return back_up(town, tmp_path_factory.mktemp("archive") / "backup.tar.gz").file


def members(path):
    with tarfile.open(path) as tar:
        return tar.getnames()


def untouched(data):
    """Tell that nothing of a restore is left in a data folder."""
    return not data.exists() or not any(data.iterdir())


def test_what_is_restored_adds_up_to_what_was_backed_up(town, archive, tmp_path):
    other = house_on(tmp_path / "data")
    done = restore(other, archive)
    assert sorted(path.name for path in other.data.iterdir()) == ["feeds", "landing", "warehouse.db"]
    assert tallies(other) == tallies(town) == (done.tables, done.feeds)
    assert done.tables["payment"]["payment_fen"] != 0
    assert warehouse_state(other.engine) == "ready"
    with reading(other.engine) as connection:
        for sha256 in landed(connection):
            assert hashlib.sha256(kept_delivery(other.landing, sha256).read()).hexdigest() == sha256
        assert verify_audit(connection).broken_at is None
    assert (other.data / "feeds" / "own.txt").read_text() == (town.data / "feeds" / "own.txt").read_text()


def test_a_restored_house_goes_on_as_if_nothing_had_been(files, tmp_path):
    before = judged_town(tmp_path / "before", files, UNTIL)
    send_due(before)
    with reading(before.engine) as connection:
        sent = count_messages(connection)
    assert sent["sent"] > 0
    assert sent["pending"] == 0
    after = house_on(tmp_path / "after")
    restore(after, back_up(before, tmp_path / "b.tar.gz").file)
    judge(after, as_of=UNTIL)
    again = send_due(after)
    assert (again.sent, again.deferred, again.dead) == (0, 0, 0), "nothing is sent a second time"
    with reading(after.engine) as connection:
        assert count_messages(connection) == sent

    def open_ones(house):
        return [
            {name: one[name] for name in ("rule", "subject", "period", "clue", "level", "status", "opened_on")}
            for one in stored_alerts(house)
        ]

    assert open_ones(after) == open_ones(before)
    assert open_ones(after)
    assert {one.status for one in load_files(after, files, actor="test")} <= {"unchanged", "held"}


@pytest.mark.postgres
def test_a_backup_moves_a_warehouse_to_postgresql_and_back(town, archive, postgres_warehouse, tmp_path):
    server = house_on(tmp_path / "server", postgres_warehouse)
    restore(server, archive)
    assert tallies(server) == tallies(town)
    assert not (server.data / "warehouse.db").exists()
    back = house_on(tmp_path / "back")
    restore(back, back_up(server, tmp_path / "from-server.tar.gz").file)
    assert tallies(back) == tallies(town)
    for query in ("SELECT * FROM payment ORDER BY slice_id, row_no", "SELECT * FROM batch ORDER BY batch_id"):
        with reading(back.engine) as one, reading(town.engine) as other:
            assert one.execute(sa.text(query)).all() == other.execute(sa.text(query)).all(), "the very same rows"
    server.engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_backup_made_while_another_process_loads_is_one_state(engine, files, tmp_path, request):
    url = request.getfixturevalue("postgres_warehouse") if engine == "postgres" else ""
    house = made_ready(house_on(tmp_path / "data", url))
    command = [sys.executable, "-m", "app", "ingest", "--data", house.data, *files]
    known = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    if url:
        known["MINGZHANG_WAREHOUSE_URL"] = url
    writer = subprocess.Popen(command, env=known, stdout=subprocess.PIPE, text=True)
    made = []
    while True:
        is_over = writer.poll() is not None
        made.append(back_up(house, tmp_path / f"{len(made)}.tar.gz"))
        if is_over:
            break
    assert "published" in writer.communicate()[0]
    assert made[-1].tables["batch"]["rows"] == len(files)
    assert len({one.tables["batch"]["rows"] for one in made}) > 1, "no backup was made before the load was over"
    for number, one in enumerate({one.tables["batch"]["rows"]: one for one in made}.values()):
        assert one.missing == []
        copy = house_on(tmp_path / f"copy-{number}")
        assert restore(copy, one.file).tables == one.tables
        with reading(copy.engine) as connection:
            halves = sa.text(
                "SELECT s.slice_id FROM batch_slice s LEFT JOIN payment p ON p.slice_id = s.slice_id"
                " WHERE s.feed = 'payments' GROUP BY s.slice_id, s.row_count HAVING count(p.row_no) <> s.row_count"
            )
            assert connection.execute(halves).all() == [], "no delivery is there by half"
            assert all(landing_path(copy.landing, sha256).is_file() for sha256 in landed(connection))
        copy.engine.dispose()
    house.engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_backup_waits_for_no_writer_and_holds_nothing_half_written(engine, files, tmp_path, request):
    url = request.getfixturevalue("postgres_warehouse") if engine == "postgres" else ""
    house = made_ready(house_on(tmp_path / "data", url))
    first, second, *_ = (path for path in files if path.name.startswith("payments-"))
    load_files(house, [first], actor="test")
    delivered = prepare(match(load_mappings(house.mapping_folders), second.name), second)
    with writing(house.engine) as connection:
        publish(connection, house.landing, delivered, now=house.clock(), actor="test")
        made = back_up(house, tmp_path / "during.tar.gz")
    after = back_up(house, tmp_path / "after.tar.gz")
    assert [one.tables["batch"]["rows"] for one in (made, after)] == [1, 2]
    assert [one.landing for one in (made, after)] == [1, 2]
    assert after.tables["payment"]["rows"] == made.tables["payment"]["rows"] + delivered.facts.height
    for number, one in enumerate((made, after)):
        assert restore(house_on(tmp_path / f"copy-{number}"), one.file).tables == one.tables
    house.engine.dispose()


def test_what_a_site_keeps_beside_its_warehouse_is_saved_and_half_written_files_are_not(archive, tmp_path):
    house = house_on(tmp_path / "data")
    restore(house, archive)
    kept = ["feeds/own.txt", "sources/bank.toml", "calendar/2027.toml", "calendar.toml", "reports/kept/ab.docx"]
    for name in (*kept, "reports/kept/cd.1.part", "mail/a.eml", "snapshots/x.parquet", "inbox/late.csv"):
        (house.data / name).parent.mkdir(parents=True, exist_ok=True)
        (house.data / name).write_text(name, encoding="utf-8")
    again = house_on(tmp_path / "again")
    restore(again, back_up(house, tmp_path / "b.tar.gz").file)
    found = sorted(path.relative_to(again.data).as_posix() for path in again.data.rglob("*") if path.is_file())
    assert [name for name in found if not name.startswith(("landing/", "warehouse.db"))] == sorted(kept)
    assert all((again.data / name).read_text(encoding="utf-8") == name for name in kept)


def test_the_key_that_signs_sessions_stays_at_home_unless_asked_for(town, archive, tmp_path):
    assert "secret_key" not in members(archive)
    with_key = back_up(town, tmp_path / "with-key.tar.gz", with_secret_key=True).file
    assert "secret_key" in members(with_key)
    other = house_on(tmp_path / "data")
    restore(other, with_key)
    assert (other.data / "secret_key").read_text() == "signs sessions"
    assert {path.stat().st_mode & 0o077 for path in (archive, with_key, other.data / "secret_key")} == {0}


def test_a_backup_never_takes_the_place_of_another(town, archive):
    before = archive.read_bytes()
    with pytest.raises(BackupError, match="there already"):
        back_up(town, archive)
    assert archive.read_bytes() == before
    assert sorted(path.name for path in archive.parent.iterdir()) == ["backup.tar.gz"]


def test_delivered_bytes_that_are_gone_are_named_and_the_rest_is_saved(town, archive, tmp_path):
    data = tmp_path / "data"
    house = house_on(data)
    restore(house, archive)
    with reading(house.engine) as connection:
        gone, damaged, *_ = landed(connection)
    landing_path(house.landing, gone).unlink()
    landing_path(house.landing, damaged).write_bytes(b"not what was delivered")
    made = back_up(house, tmp_path / "b.tar.gz")
    assert made.missing == sorted([gone, damaged])
    again = restore(house_on(tmp_path / "again"), made.file)
    assert again.missing == made.missing
    assert again.tables == made.tables


@pytest.mark.parametrize("there", ["landing", "feeds", "reports", "secret_key", "warehouse.db-wal"])
def test_a_folder_with_anything_in_it_is_refused_and_left_alone(archive, tmp_path, there):
    data = tmp_path / "data"
    (data / there).mkdir(parents=True)
    with pytest.raises(RestoreError, match="give an empty folder with --data"):
        restore(house_on(data), archive)
    assert [path.name for path in data.rglob("*")] == [there]


def test_of_two_restores_into_one_folder_the_second_is_refused(archive, tmp_path, monkeypatch):
    house = house_on(tmp_path / "data")

    def meanwhile(*arguments):
        with pytest.raises(RestoreError, match="another restore into"):
            restore(house_on(tmp_path / "data"), archive)
        return unpack(*arguments)

    monkeypatch.setattr("app.restore.unpack", meanwhile)
    assert restore(house, archive).tables


@pytest.mark.postgres
def test_a_database_with_a_warehouse_in_it_is_refused_and_left_alone(archive, postgres_warehouse, tmp_path):
    house = made_ready(house_on(tmp_path / "data", postgres_warehouse))
    before = tallies(house)
    with pytest.raises(RestoreError, match="holds a warehouse already"):
        restore(house, archive)
    assert tallies(house) == before
    house.engine.dispose()


def as_of_the_first_version(archive, tmp_path):
    """Return the archive as the first version would have written it: its tables and columns, and no others."""
    engine = open_engine(sqlite_url(tmp_path / "first.db"))
    with writing(engine) as connection:
        upgrade(connection, "0001")
        found = sa.inspect(connection)
        columns = {name: {one["name"] for one in found.get_columns(name)} for name in found.get_table_names()}
    engine.dispose()

    def older(found, manifest):
        for name in [name for name in found if name.startswith("tables/")]:
            owner = name.removeprefix("tables/").rpartition("-")[0]
            info, content = found.pop(name)
            manifest["members"].pop(name)
            if owner in columns:
                rows, out = pl.read_parquet(io.BytesIO(content)), io.BytesIO()
                rows.select(one for one in rows.columns if one in columns[owner]).write_parquet(out)
                found[name] = (info, out.getvalue())
                digest = hashlib.sha256(out.getvalue()).hexdigest()
                manifest["members"][name] = {"bytes": len(out.getvalue()), "sha256": digest}
        owners = {"feeds": lambda feed: frames.FACT_TABLE[feed], "tables": lambda name: name}
        for part, owner_of in owners.items():
            manifest[part] = {
                name: {what: value for what, value in told.items() if what in columns[owner_of(name)] | {"rows"}}
                for name, told in manifest[part].items()
                if owner_of(name) in columns
            }
        return found, manifest | {"schema_revision": "0001"}

    return forge(archive, tmp_path / "older.tar.gz", older)


def test_an_archive_of_the_first_version_is_taken_in_and_upgraded(town, archive, tmp_path):
    house = house_on(tmp_path / "data")
    restore(house, as_of_the_first_version(archive, tmp_path))
    assert warehouse_state(house.engine) == "ready"
    (now, feeds), (then, feeds_then) = tallies(house), tallies(town)
    assert now["payment"] == then["payment"]
    assert feeds["payments"] == feeds_then["payments"]
    assert judge(house, as_of=UNTIL, dry_run=True).levels["red"] > 0


def refused(house, path, match=None, **more):
    with pytest.raises(REFUSALS, match=match) as told:
        restore(house, path, **more)
    assert "\n" not in str(told.value)
    assert untouched(house.data)
    assert warehouse_state(house.engine) == "empty"


def test_an_archive_that_was_cut_short_anywhere_is_refused(archive, tmp_path):
    whole, cut = archive.read_bytes(), tmp_path / "cut.tar.gz"
    for length in [0, 1, 17, *range(100, len(whole), len(whole) // 12), len(whole) - 9, len(whole) - 1]:
        cut.write_bytes(whole[:length])
        refused(house_on(tmp_path / "data"), cut, "cut short|no manifest")


def test_an_archive_with_any_byte_turned_is_refused(archive, tmp_path):
    whole, turned = archive.read_bytes(), tmp_path / "turned.tar.gz"
    for place in range(30, len(whole), len(whole) // 12):
        turned.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        refused(house_on(tmp_path / "data"), turned)


def test_what_is_no_archive_is_refused(tmp_path):
    for content in (b"", b"hello", gzip.compress(b"hello"), gzip.compress(b"\0" * 10240)):
        path = tmp_path / "x.tar.gz"
        path.write_bytes(content)
        refused(house_on(tmp_path / "data"), path, "damaged|no manifest")


def another(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        ("../outside", tarfile.REGTYPE, ""),
        ("feeds/../../outside", tarfile.REGTYPE, ""),
        ("/tmp/outside", tarfile.REGTYPE, ""),
        ("feeds//own.txt", tarfile.REGTYPE, ""),
        ("feeds\\..\\outside", tarfile.REGTYPE, ""),
        ("somewhere/else", tarfile.REGTYPE, ""),
        ("warehouse.db", tarfile.REGTYPE, ""),
        ("feeds", tarfile.SYMTYPE, "/etc"),
        ("feeds/link", tarfile.LNKTYPE, "landing"),
        ("feeds/device", tarfile.CHRTYPE, ""),
        ("feeds/pipe", tarfile.FIFOTYPE, ""),
        ("feeds/folder", tarfile.DIRTYPE, ""),
    ],
)
def test_members_that_would_leave_the_folder_are_refused(archive, tmp_path, name, kind, link):
    def add(found, manifest):
        content = b"taken over" if kind == tarfile.REGTYPE else b""
        manifest["members"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        return {name: (another(name, kind, link), content), **found}, manifest

    bad = forge(archive, tmp_path / "bad.tar.gz", add)
    refused(house_on(tmp_path / "deep" / "data"), bad, "forged")
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "deep" / "outside").exists()


def first(found, part):
    return next(name for name in found if name.startswith(part))


def less_a_landing(found, manifest):
    found.pop(first(found, "landing/"))
    return found, manifest


def one_more(found, manifest):
    return {**found, "feeds/new.toml": (another("feeds/new.toml"), b"x")}, manifest


def other_bytes(found, manifest):
    name = first(found, "landing/")
    info, content = found[name]
    return found | {name: (info, content[:-1] + b"!")}, manifest


def other_total(found, manifest):
    manifest["tables"]["payment"]["payment_fen"] += 1
    return found, manifest


def other_count(found, manifest):
    manifest["feeds"]["payments"]["rows"] -= 1
    return found, manifest


def less_payments(found, manifest):
    name = first(found, "tables/payment-")
    del found[name], manifest["members"][name]
    return found, manifest


def strange_table(found, manifest):
    name = first(found, "tables/payment-")
    found["tables/secret-00001.parquet"] = found[name]
    manifest["members"]["tables/secret-00001.parquet"] = manifest["members"][name]
    return found, manifest


def wrong_columns(found, manifest):
    name = first(found, "tables/payment-")
    found["tables/lease-00001.parquet"] = found[name]
    swapped = first(found, "tables/allotment-")
    found[swapped] = (found[swapped][0], found[name][1])
    manifest["members"][swapped] = manifest["members"][name]
    del found["tables/lease-00001.parquet"]
    return found, manifest


def newer_tables(found, manifest):
    return found, manifest | {"schema_revision": "9999"}


def newer_format(found, manifest):
    return found, manifest | {"format": 99}


def no_manifest(found, _manifest):
    return found, None


def empty_manifest(found, _manifest):
    return found, []


FORGERIES = [
    (less_a_landing, "missing, not listed"),
    (one_more, "missing, not listed"),
    (other_bytes, "not what the manifest says"),
    (other_total, r"payment payment_fen: \d+ was backed up, \d+ restored"),
    (other_count, r"payments rows: \d+ was backed up, \d+ restored"),
    (less_payments, r"payment rows: \d+ was backed up, 0 restored"),
    (strange_table, "tables secret, which no warehouse has"),
    (wrong_columns, "allotment"),
    (newer_tables, "newer version"),
    (newer_format, "format 99"),
    (no_manifest, r"no manifest\.json"),
    (empty_manifest, "cannot be read"),
]


@pytest.mark.parametrize(("change", "says"), FORGERIES, ids=[change.__name__ for change, _ in FORGERIES])
def test_an_archive_that_does_not_add_up_is_refused_and_nothing_is_left(archive, tmp_path, change, says):
    refused(house_on(tmp_path / "data"), forge(archive, tmp_path / "bad.tar.gz", change), says)


@pytest.mark.postgres
def test_on_a_server_too_nothing_is_left_of_an_archive_that_does_not_add_up(archive, postgres_warehouse, tmp_path):
    house = house_on(tmp_path / "data", postgres_warehouse)
    for change in (other_total, strange_table, wrong_columns):
        refused(house, forge(archive, tmp_path / f"{change.__name__}.tar.gz", change))
    restore(house, archive)
    house.engine.dispose()


def test_with_its_sha256_only_the_very_archive_is_taken(archive, tmp_path):
    right = hashlib.sha256(archive.read_bytes()).hexdigest()
    again = forge(archive, tmp_path / "again.tar.gz", lambda found, manifest: (found, manifest))
    refused(house_on(tmp_path / "data"), again, "not the archive of that sha256", sha256=right)
    assert restore(house_on(tmp_path / "data"), archive, sha256=right).tables


def test_the_commands_say_what_was_saved_and_proven(town, tmp_path):
    def run(*words, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "app", *words], capture_output=True, text=True, check=False, env=known
        )
        assert done.returncode == code, done.stderr
        return done

    known = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    data = tmp_path / "data"
    shutil.copytree(town.data, data)
    made = json.loads(run("backup", tmp_path / "b.tar.gz", "--data", data, "--json").stdout)
    done = json.loads(run("restore", tmp_path / "b.tar.gz", "--data", tmp_path / "new", "--json").stdout)
    assert (done["tables"], done["feeds"], done["landing"]) == (made["tables"], made["feeds"], made["landing"])
    assert (done["holds"], made["missing"], len(made["sha256"])) == (True, [], 64)
    told = run("restore", tmp_path / "b.tar.gz", "--data", tmp_path / "newer").stdout
    assert "counts and sums are those that were backed up" in told
    assert "payment_fen" in told
    again = run("restore", tmp_path / "b.tar.gz", "--data", tmp_path / "new", code=1)
    assert "holds a warehouse already" in again.stderr
    missing = run("restore", tmp_path / "none.tar.gz", "--data", tmp_path / "newest", code=1)
    assert missing.stderr == f"mingzhang: {tmp_path / 'none.tar.gz'}: No such file or directory\n"
    assert not (tmp_path / "newest").exists()
    next(path for path in (data / "landing").rglob("*") if path.is_file()).unlink()
    with_hole = run("backup", tmp_path / "c.tar.gz", "--data", data, code=1)
    assert "1 delivered files are missing or damaged" in with_hole.stderr
    assert (tmp_path / "c.tar.gz").is_file()
