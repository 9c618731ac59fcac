"""Files in a folder of an SFTP server: wholly there, newer than what was taken, from a host whose key is known."""

import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import paramiko

from ingest.inbox import DONE_MARK
from ingest.sources.again import try_again
from ingest.sources.errand import (
    PART,
    PIECE,
    Errand,
    Fetched,
    FetchError,
    HereError,
    PassingError,
    bring,
    digest_of,
    drop,
    note_down,
    plain_name,
    read_notes,
    write_all,
)
from ingest.sources.key_file import key_trouble
from ingest.sources.spec import SftpSource
from warehouse.sources import Mark

_UNFINISHED = (DONE_MARK, PART, ".tmp")
Result = TypeVar("Result")
State = tuple[int, int]  # bytes, written at (seconds since 1970)


class _UnknownHostError(paramiko.SSHException):  # type: ignore[misc]  # paramiko has no types
    """The host shows a key that is not among those known."""


class _Pinned(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """Goes on only where the host shows one of the keys whose fingerprints are written in the source file."""

    def __init__(self, fingerprints: tuple[str, ...]) -> None:
        self._fingerprints = fingerprints

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        if key.fingerprint not in self._fingerprints:
            raise _UnknownHostError(f"it shows the key {key.fingerprint}, which is not among those known")


class _Line:
    """A connection that is made when it is needed and anew after it broke."""

    def __init__(self, spec: SftpSource, errand: Errand) -> None:
        self._spec, self._errand = spec, errand
        self._client: paramiko.SSHClient | None = None
        self._sftp: paramiko.SFTPClient | None = None

    def step(self, work: Callable[[paramiko.SFTPClient], Result]) -> Result:
        """Do something over the line, again while trouble may pass."""
        return try_again(lambda: self._once(work), self._spec.attempts, self._errand)

    def _once(self, work: Callable[[paramiko.SFTPClient], Result]) -> Result:
        self._errand.alive()
        try:
            if self._sftp is None:
                self._sftp = self._connect()
            return work(self._sftp)
        except (FileNotFoundError, PermissionError) as error:
            told = f"{self._where}: {error.filename or self._spec.folder}: {error.strerror or error}"
            raise self._errand.error(told) from None
        except (PassingError, HereError):
            self.close()
            raise
        except (paramiko.SSHException, OSError, EOFError) as error:
            self.close()
            raise self._errand.passing(f"{self._where}: {str(error) or type(error).__name__}") from None

    @property
    def _where(self) -> str:
        return f"sftp://{self._spec.host}:{self._spec.port}"

    def _connect(self) -> paramiko.SFTPClient:
        if self._spec.key_file and (
            trouble := key_trouble(self._spec.key_file, self._errand.secret, self._spec.secret_variable)
        ):
            raise self._errand.error(trouble)
        self._client = client = paramiko.SSHClient()
        try:
            self._know_host(client)
            self._log_in(client)
        except paramiko.AuthenticationException:
            # Never tried again by itself: a few wrong passwords lock many an account.
            raise self._errand.error(f"{self._where} does not let {self._spec.username} in") from None
        except (paramiko.BadHostKeyException, _UnknownHostError) as error:
            raise self._errand.error(f"{self._where} is not the host that was meant: {error}") from None
        sftp = client.open_sftp()
        channel = sftp.get_channel()
        if channel is not None:
            channel.settimeout(self._spec.timeout_seconds)
        return sftp

    def _know_host(self, client: paramiko.SSHClient) -> None:
        client.set_missing_host_key_policy(_Pinned(self._spec.host_key))
        if self._spec.host_key:
            return
        try:
            client.load_host_keys(self._spec.known_hosts)
        except OSError as error:
            raise self._errand.error(f"known_hosts {self._spec.known_hosts}: {error.strerror or error}") from None

    def _log_in(self, client: paramiko.SSHClient) -> None:
        spec, secret = self._spec, self._errand.secret
        proof = {"key_filename": spec.key_file, "passphrase": secret} if spec.key_file else {"password": secret}
        seconds = spec.timeout_seconds
        client.connect(
            spec.host,
            spec.port,
            spec.username,
            **proof,
            timeout=seconds,
            banner_timeout=seconds,
            auth_timeout=seconds,
            channel_timeout=seconds,
            allow_agent=False,
            look_for_keys=False,
        )

    def close(self) -> None:
        """Hang up; the next step connects anew."""
        if self._client is not None:
            self._client.close()
        self._client = self._sftp = None


@contextmanager
def _line(spec: SftpSource, errand: Errand) -> Iterator[_Line]:
    line = _Line(spec, errand)
    try:
        yield line
    finally:
        line.close()


def fetch(spec: SftpSource, errand: Errand) -> Iterator[Fetched]:
    """Yield the files of the folder that are new or have changed, by name; FetchError where they cannot be had.

    A file is taken when NAME.done stands beside it, or when two looks ``settle_seconds`` apart see the same size and
    time; a file that changes while it is read is left for the next time. Nothing is changed on the server.
    """
    troubles: list[str] = []
    with _line(spec, errand) as line:
        for name, state in sorted(_waiting(line, spec, errand).items()):
            try:
                fetched = line.step(_download(name, state, spec, errand))
            except (PassingError, HereError):
                raise
            except FetchError as error:
                # One file that cannot be had does not keep the others away.
                troubles.append(str(error))
                continue
            if fetched is not None:
                yield fetched
    if troubles:
        raise FetchError("; ".join(dict.fromkeys(troubles)))


def _waiting(line: _Line, spec: SftpSource, errand: Errand) -> dict[str, State]:
    """Return the files that are wholly there and not taken yet, with their states."""
    wanted = re.compile(spec.file_names or "")
    new, done = line.step(lambda sftp: _look(sftp, spec, wanted, errand))
    unsure = {} if spec.done_only else {name: state for name, state in new.items() if name not in done}
    if unsure:
        errand.wait(spec.settle_seconds)
        again, _ = line.step(lambda sftp: _look(sftp, spec, wanted, errand))
        unsure = {name: state for name, state in unsure.items() if again.get(name) == state}
    return {name: state for name, state in new.items() if name in done} | unsure


def _look(
    sftp: paramiko.SFTPClient, spec: SftpSource, wanted: re.Pattern[str], errand: Errand
) -> tuple[dict[str, State], set[str]]:
    found = {one.filename: one for one in sftp.listdir_attr(spec.folder) if stat.S_ISREG(one.st_mode or 0)}
    states = {name: (one.st_size or 0, one.st_mtime or 0) for name, one in found.items() if plain_name(name)}
    new = {
        name: state
        for name, state in states.items()
        if wanted.fullmatch(name) and not name.endswith(_UNFINISHED) and _is_new(errand.marks.get(name), state)
    }
    return new, {name for name in new if name + DONE_MARK in found}


def _is_new(mark: Mark | None, state: State) -> bool:
    return mark is None or (mark.byte_count, mark.modified_seconds) != state


def _download(
    name: str, state: State, spec: SftpSource, errand: Errand
) -> Callable[[paramiko.SFTPClient], Fetched | None]:
    path = f"{spec.folder.rstrip('/') or '/'}/{name}"

    def work(sftp: paramiko.SFTPClient) -> Fetched | None:
        with errand.here():
            part = errand.part(name)
        if state[0] > spec.limit_bytes:
            raise errand.error(f"{name} is larger than max_mib = {spec.max_mib}; it was not taken")
        _copy(sftp, path, part, state, errand)
        after = sftp.stat(path)
        if (after.st_size or 0, after.st_mtime or 0) != state:
            drop(part)
            return None
        with errand.here():
            mark = Mark(resource=name, sha256=digest_of(part), byte_count=state[0], modified_seconds=state[1])
            return bring(errand, part, name, mark)

    return work


def _copy(sftp: paramiko.SFTPClient, path: str, part: Path, state: State, errand: Errand) -> None:
    """Copy what is not there yet of a file in a state."""
    with errand.here():
        if read_notes(part) != list(state):
            note_down(part, state)
        # Unbuffered, so that a full disk is found out where a piece is written.
        out = part.open("ab", buffering=0)
    with out, sftp.open(path, "rb") as remote:
        left = state[0] - out.tell()
        remote.seek(out.tell())
        remote.prefetch(state[0], 64)
        while left > 0:
            errand.alive()
            piece = remote.read(min(PIECE, left))
            if not piece:
                drop(part)
                raise errand.passing(f"{path} ended {left:,} bytes early; starting over")
            with errand.here():
                write_all(out, piece)
            left -= len(piece)
