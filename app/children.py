"""Child processes of the service: each ends with its parent, and a stop reaches all that they started."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

PARENT_ENV = "MINGZHANG_PARENT_PID"
STOP_SECONDS = 8.0
_PR_SET_PDEATHSIG = 1


def end_with_parent(parent_pid: int) -> None:
    """Ask the kernel to stop this process when its parent is gone, however the parent ended (Linux).

    A parent that was gone before the request is noticed too.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent_pid:
            os.kill(os.getpid(), signal.SIGTERM)


def follow_parent() -> None:
    """Start a helper process of a pool: it ends with its parent, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(os.getppid())


@dataclass(frozen=True)
class Child:
    """One running part of the service."""

    name: str
    process: subprocess.Popen[bytes]


def start_child(name: str, module: str, arguments: Sequence[str], environment: dict[str, str]) -> Child:
    """Start a module of ours as a process group of its own: Ctrl-C goes to the parent only, which stops the others."""
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        [sys.executable, "-m", module, *arguments],
        env=os.environ | environment | {PARENT_ENV: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        process_group=0,
    )
    return Child(name, process)


def stop_children(children: Sequence[Child], seconds: float = STOP_SECONDS) -> None:
    """Ask every child to stop, and end by force whatever is left of its group when the time is up."""
    for child in children:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGKILL)
            child.process.wait()


def _signal(child: Child, number: signal.Signals) -> None:
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return
