"""A source's password is said nowhere: no output, log, error, row of the warehouse or file of the data folder."""

import base64
import datetime as dt
import os
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from source_web import Web, serving

from app import schedule
from app.schedule import run_due
from app.settings import CHECKOUT, Settings
from app.wiring import House, open_house
from warehouse.engine import reading, writing
from warehouse.notes import CREATED_AT, save_note
from warehouse.schema import METADATA

SECRET = "s3cret/päss+wort"
VARIABLE = "MINGZHANG_SOURCE_FINANCE_PASSWORD"
FORMS = [SECRET, urllib.parse.quote(SECRET), urllib.parse.quote(SECRET, safe=""), "s3cret", "wort"]
FORMS += [base64.b64encode(text.encode()).decode() for text in (SECRET, f"mz:{SECRET}")]
HTTP = 'kind = "http"\nmapping = "qinghe-payments"\nauth = "basic"\nusername = "mz"\nattempts = 1\n'
NAME = 'file_name = "payments-990101010-{month}-{today}.csv"\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "sources").mkdir(parents=True)
    return folder


@pytest.fixture
def web() -> Iterator[Web]:
    """Serve to nobody, and repeat in every answer what was sent."""
    with serving(Web(authorization="nobody", echo="you sent ")) as started:
        yield started


def write(data: Path, text: str) -> None:
    (data / "sources" / "finance.toml").write_text(text, encoding="utf-8")


def leaks(*texts: str) -> list[str]:
    return [form for form in FORMS for text in texts if form in text]


def run(data: Path, *words: str, code: int = 1, **more: str) -> str:
    """Run a command with the secret in its environment; return everything it printed."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("MINGZHANG_")}
    done = subprocess.run(
        [sys.executable, "-m", "app", *words, "--data", str(data)],
        env=kept | {"PYTHONPATH": str(CHECKOUT), VARIABLE: SECRET} | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def everything_in(data: Path) -> list[str]:
    """Return every cell of the warehouse and every file of the data folder as text."""
    house = open_house(CHECKOUT / "settings.toml", data)
    cells = []
    with reading(house.engine) as connection:
        for table in METADATA.sorted_tables:
            cells += [str(row) for row in connection.execute(sa.select(table))]
    house.engine.dispose()
    return [*cells, *(path.read_bytes().decode("utf-8", "replace") for path in data.rglob("*") if path.is_file())]


def somewhere(data: Path, web: Web, kind: str) -> str:
    """Return a source that fails in its own way."""
    redirected = f"http://mz:{urllib.parse.quote(SECRET, safe='')}@elsewhere.example/x?key={urllib.parse.quote(SECRET)}"
    web.redirects = {"/r.csv": redirected}
    if kind == "redirect":
        web.authorization = None
    return {
        "refused": HTTP + NAME + f'url = "{web.address}/p.csv"\n',
        "redirect": HTTP + NAME + f'url = "{web.address}/r.csv"\n',
        "nobody there": HTTP + NAME + 'url = "http://127.0.0.1:9/p.csv"\n',
        "bearer": HTTP.replace('"basic"\nusername = "mz"', '"bearer"') + NAME + f'url = "{web.address}/p.csv"\n',
        "sftp": 'kind = "sftp"\nmapping = "qinghe-payments"\nhost = "127.0.0.1"\nport = 9\nusername = "mz"\n'
        f'attempts = 1\nhost_key = ["SHA256:{"A" * 43}"]\n',
        "database": 'kind = "sql_view"\nmapping = "qinghe-payments"\nview = "v"\nattempts = 1\n'
        + NAME
        + 'url = "postgresql+psycopg://mz@127.0.0.1:9/f"\n',
    }[kind]


@pytest.mark.parametrize("kind", ["refused", "redirect", "nobody there", "bearer", "sftp", "database"])
def test_a_failed_fetch_says_the_secret_nowhere(data: Path, web: Web, kind: str) -> None:
    write(data, somewhere(data, web, kind))
    printed = run(data, "source", "fetch", "finance", "--json")
    assert '"status": "failed"' in printed
    printed += run(data, "source", "list", "--json", code=0) + run(data, "check", code=0)
    assert '"secret": "given"' in printed
    assert leaks(printed) == []
    kept = everything_in(data)
    assert any("'failed'" in cell for cell in kept)
    assert leaks(*kept) == []


def test_a_scheduled_fetch_says_it_nowhere(
    data: Path, web: Web, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even at the lowest level the libraries log at, and where the job itself breaks."""
    monkeypatch.setenv(VARIABLE, SECRET)
    write(data, somewhere(data, web, "refused"))
    run(data, "migrate", code=0)
    moment = dt.datetime(2026, 7, 1, 1, 0, tzinfo=dt.UTC)
    house = House(settings=Settings(), settings_file=CHECKOUT / "settings.toml", data=data, clock=lambda: moment)
    with writing(house.engine) as connection:
        save_note(connection, CREATED_AT, "2026-06-01T00:00:00+00:00")
    with caplog.at_level("DEBUG"):
        told = run_due(house, "fetch", "w")
    house.engine.dispose()
    assert told is not None
    assert "finance failed" in told
    assert leaks(told, caplog.text, *everything_in(data)) == []
    assert "fetch" in schedule.JOBS


def test_a_source_file_with_a_password_is_refused_without_repeating_it(data: Path) -> None:
    run(data, "migrate", code=0)
    written = urllib.parse.quote(SECRET, safe="")
    write(data, HTTP + NAME + f'url = "https://mz:{written}@finance.example/p.csv"\n')
    for words in (["check"], ["source", "list"], ["source", "fetch", "finance"]):
        printed = run(data, *words, code=2)
        assert "source finance.toml: url: holds a user or password" in printed
        assert leaks(printed) == []


def test_the_secret_may_come_from_a_file_and_a_missing_one_is_named(data: Path, web: Web, tmp_path: Path) -> None:
    write(data, somewhere(data, web, "refused"))
    pair = base64.b64encode(f"mz:{SECRET}".encode()).decode()
    web.authorization, web.content = f"Basic {pair}", b"x"
    (tmp_path / "secret").write_text(SECRET + "\n", encoding="utf-8")
    given = run(data, "source", "fetch", "finance", **{VARIABLE: "", f"{VARIABLE}_FILE": str(tmp_path / "secret")})
    assert "held batch 1" in given
    missing = run(data, "source", "fetch", "finance", **{VARIABLE: ""})
    assert f"{VARIABLE} is not set" in missing
    assert leaks(given, missing) == []
