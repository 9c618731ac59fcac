"""The real program as a process: started, watched by what it prints, stopped; one small sample house for all tests."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.settings import CHECKOUT

READY = "Ctrl-C stops everything."
PATIENCE_SECONDS = 240
UNTIL = "2026-06-30"


def environment(**more: str) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("MINGZHANG_")}
    return kept | {"PYTHONPATH": str(CHECKOUT)} | more


def mingzhang(*arguments: object, stdin: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    command = [sys.executable, "-m", "app", *(str(one) for one in arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, env=environment(**more), check=False, timeout=120
    )


@dataclass
class Served:
    """One running ``mingzhang serve``, with everything it printed so far."""

    data: Path
    port: int
    process: subprocess.Popen[str]
    printed: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, data: Path, port: int, *arguments: str) -> "Served":
        """Start the service; what it prints comes line by line."""
        command = [sys.executable, "-m", "app", "serve", "--data", str(data), "--port", str(port), *arguments]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
            start_new_session=True,
        )
        return cls(data, port, process)

    def read_until(self, text: str) -> str:
        """Read what it prints up to the first line that holds a text; fail where it ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line)
            if text in line:
                return line
        pytest.fail(f'serve ended without saying "{text}":\n' + "".join(self.printed))

    def family(self) -> list[int]:
        """Return the processes under this one, at any depth."""
        return descendants(self.process.pid)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal to the parent only, and wait for its end."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_SECONDS)
        assert self.process.stdout is not None
        self.printed += list(self.process.stdout)
        self.process.stdout.close()
        return code

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Ask for a path."""
        status, body, _ = self.request("GET", path, headers=headers)
        return status, body

    def request(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, http.client.HTTPMessage]:
        """Make one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace"), answer.headers
        finally:
            connection.close()

    def passwords(self) -> dict[str, str]:
        """Return the passwords it printed, by user name."""
        found = re.findall(r"^(\w+) +(\w{4}-\w{4}-\w{4}-\w{4}) ", "".join(self.printed), re.MULTILINE)
        return dict(found)


def descendants(pid: int) -> list[int]:
    """Return the living processes under a process, at any depth."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            children.setdefault(int(parent), []).append(int(path.parent.name))
    found = list(children.get(pid, []))
    for one in found:
        found.extend(children.get(one, []))
    return found


def wait_until_gone(pids: list[int], seconds: float = 15.0) -> list[int]:
    """Wait until none of some processes runs, and return those that still do when the time is up."""
    deadline = time.monotonic() + seconds
    left = pids
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if is_running(pid)]
        os.sched_yield()
    return left


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that ended and was not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@dataclass(frozen=True)
class Story:
    """A small sample house that was killed in the middle of its first load and then started again."""

    data: Path
    killed_family: list[int]
    left_after_kill: list[int]
    second: Served


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Start a small sample, kill -9 its parent in the middle of loading, start again, and leave it running."""
    data = tmp_path_factory.mktemp("house") / "var"
    small = ("--sample", "--sample-scale", "0.005", "--sample-until", UNTIL)
    first = Served.start(data, _free_port(), *small)
    first.read_until("50/")
    family = first.family()
    first.process.kill()
    first.process.wait()
    left = wait_until_gone(family)
    second = Served.start(data, _free_port(), *small)
    try:
        second.read_until(READY)
        yield Story(data, family, left, second)
    finally:
        second.stop()


@pytest.fixture(scope="session")
def small_house(story: Story) -> Path:
    """Return the data folder of the small sample house."""
    return story.data


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    """Return a loopback port nobody listens on."""
    return _free_port()
