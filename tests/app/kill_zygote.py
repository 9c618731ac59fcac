"""Runs one deed again and again, each time killed without a word at a later step, and says how each ended.

A step is whatever can leave a trace: an SQL statement, a COMMIT, a COPY, a file opened for writing, renamed, removed,
linked or flushed, a folder made or removed. The deed runs in a fork of this process, so that a sweep over every step
costs no start of the interpreter each time. Nothing here runs a frame: its threads would not survive the fork.

Reads lines of JSON {"deed", "data", "url", "at"} and writes lines {"killed", "steps", "told"}.
"""

import contextlib
import datetime as dt
import json
import os
import signal
import sys
from pathlib import Path

import psycopg
import sqlalchemy as sa
from backup_ground import house_on

import app.restore
from app.inbox import load_inbox

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
TOUCHING = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}


class Steps:
    """Counts steps and dies at one of them."""

    def __init__(self, at: int, data: str) -> None:
        self.count, self.at, self.data = 0, at, data

    def step(self, *_: object) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str | os.PathLike) and self._ours(path) and flags & WRITES:
                self.step()
        elif event in TOUCHING and self._ours(arguments[0]):
            self.step()

    def _ours(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and str(path).startswith(self.data)

    def watch(self, engine: sa.Engine) -> None:
        if engine.dialect.name == "sqlite":
            # Every statement that begins, those of executemany one by one, and BEGIN and COMMIT.
            sa.event.listen(engine, "connect", lambda raw, _: raw.set_trace_callback(self.step))
            return
        for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
            sa.event.listen(engine, event, self.step)

    def flushed(self, real):
        def flush(handle: int) -> None:
            self.step()
            real(handle)

        return flush

    def copied(self, real):
        @contextlib.contextmanager
        def copy(cursor, *arguments, **more):
            with real(cursor, *arguments, **more) as stream:
                self.step()
                yield stream
                self.step()

        return copy


def load(house) -> str:
    return ",".join(one.status for one in load_inbox(house))


def restore(house) -> str:
    app.restore.restore(house, house.data.parent / "archive.tar.gz")
    return "restored"


def run(asked: dict) -> str:
    """Do the deed; returns only where nothing killed it."""
    steps = Steps(asked["at"], str(Path(asked["data"])))
    sys.addaudithook(steps.audit)
    os.fsync, os.fdatasync = steps.flushed(os.fsync), steps.flushed(os.fdatasync)
    psycopg.Cursor.copy = steps.copied(psycopg.Cursor.copy)
    opened = app.restore.open_engine

    def watched(url: str) -> sa.Engine:
        engine = opened(url)
        steps.watch(engine)
        return engine

    app.restore.open_engine = watched
    house = house_on(Path(asked["data"]), asked["url"], clock=lambda: NOW)
    steps.watch(house.engine)
    told = {"load": load, "restore": restore}[asked["deed"]](house)
    house.engine.dispose()
    return json.dumps({"killed": False, "steps": steps.count, "told": told})


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                told = run(asked)
            except BaseException as error:  # noqa: BLE001  the parent is told of everything
                told = json.dumps({"killed": False, "steps": 0, "told": f"{type(error).__name__}: {error}"})
            os.write(writing, told.encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer:
            told = answer.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write((json.dumps({"killed": True}) if killed else told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
