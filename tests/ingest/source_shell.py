"""A real SSH server on loopback that only gives files, with keys and a user of its own."""

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paramiko

SSHD = "/usr/sbin/sshd"


@dataclass(frozen=True)
class Shell:
    """A running server."""

    port: int
    folder: Path  # what it gives
    fingerprint: str
    known_hosts: Path
    key_file: Path
    username: str
    process: subprocess.Popen[bytes]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _key(path: Path, passphrase: str = "") -> Path:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


@contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """Start sshd with a configuration of its own, and wait until it listens."""
    assert shutil.which("sshd", path="/usr/sbin"), "no sshd (Debian package openssh-server)"
    Path("/run/sshd").mkdir(exist_ok=True)  # where sshd, started by root, wants to lock itself in
    host, user = _key(folder / "host"), _key(folder / "user")
    authorized = folder / "authorized"
    authorized.write_bytes(user.with_suffix(".pub").read_bytes())
    given, port = folder / "given", _free_port()
    given.mkdir()
    config = folder / "sshd_config"
    config.write_text(
        f"""Port {port}
ListenAddress 127.0.0.1
HostKey {host}
AuthorizedKeysFile {authorized}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
ForceCommand internal-sftp
LogLevel ERROR
""",
        encoding="utf-8",
    )
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.PIPE)
    try:
        _wait_for(port, process)
        public = host.with_suffix(".pub").read_text().split()
        known = folder / "known_hosts"
        known.write_text(f"[127.0.0.1]:{port} {public[0]} {public[1]}\n")
        fingerprint = paramiko.Ed25519Key.from_private_key_file(str(host)).fingerprint
        yield Shell(port, given, fingerprint, known, user, getpass.getuser(), process)
    finally:
        process.terminate()
        process.wait(20)
        assert process.stderr is not None
        process.stderr.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Connect until somebody answers; an sshd that ended instead says why."""
    while True:
        if process.poll() is not None:
            assert process.stderr is not None
            raise AssertionError(process.stderr.read().decode())
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return


def put(path: Path, content: bytes, at: int = 1_790_000_000) -> None:
    """Write a file with a time of its own."""
    path.write_bytes(content)
    os.utime(path, (at, at))
