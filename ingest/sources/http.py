"""A file at a web address: asked for only when it is newer, and gone on with where a connection was cut."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx

from ingest.sources.again import try_again
from ingest.sources.errand import Errand, Fetched, bring, digest_of, drop, note_down, read_notes
from ingest.sources.placeholders import fill
from ingest.sources.spec import HttpSource
from ingest.sources.veil import address_of
from warehouse.sources import Mark

MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429})
_NOT_LET_IN = frozenset({401, 403})
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class _Visit:
    """One fetch: what is asked for and what is known of it."""

    spec: HttpSource
    errand: Errand
    url: str
    resource: str

    @property
    def shown(self) -> str:
        return address_of(self.url)

    @property
    def part(self) -> Path:
        return self.errand.part(self.resource)


def fetch(spec: HttpSource, errand: Errand) -> Iterator[Fetched]:
    """Yield the file at the address; FetchError where it cannot be had.

    ETag and Last-Modified are sent back (RFC 9110, 13.1); a cut download is gone on with by Range and If-Range (14.2),
    where the server gave a validator that proves the rest belongs to the same version.
    """
    url = fill(spec.url, errand.today)
    visit = _Visit(spec, errand, url, _resource(url))
    with _client(spec, errand) as client:
        yield try_again(lambda: _attempt(client, visit), spec.attempts, errand)


def _resource(url: str) -> str:
    """Name an address for the warehouse: as it may be shown, and where that does not tell all, with its hash."""
    shown = address_of(url)
    if shown == url and len(url) <= 200:
        return url
    return f"{shown[:200]}#{sha256(url.encode()).hexdigest()[:16]}"


@contextmanager
def _client(spec: HttpSource, errand: Errand) -> Iterator[httpx.Client]:
    headers = {"Accept-Encoding": "identity", "User-Agent": "mingzhang"}
    if spec.auth == "bearer" and not re.fullmatch(r"[\x21-\x7e]+", errand.secret or ""):
        raise errand.error(f"{spec.secret_variable} is no token: it holds blanks, line breaks or signs beyond ASCII")
    if spec.auth == "bearer":
        headers["Authorization"] = f"Bearer {errand.secret}"
    auth = httpx.BasicAuth(spec.username, errand.secret or "") if spec.auth == "basic" else None
    try:
        trusted = ssl.create_default_context(cafile=spec.ca_file or None)
    except OSError as error:
        raise errand.error(f"ca_file {spec.ca_file} cannot be read: {error.strerror or error}") from None
    # The environment's proxies and .netrc are not ours: what is sent where stands in the source file.
    with httpx.Client(
        auth=auth, headers=headers, verify=trusted, timeout=spec.timeout_seconds, trust_env=False
    ) as client:
        yield client


def _attempt(client: httpx.Client, visit: _Visit) -> Fetched:
    visit.errand.alive()
    have, asked = _asked(visit)
    try:
        with _answer(client, visit, asked) as answer:
            return _take(answer, visit, have)
    except httpx.HTTPError as error:
        raise visit.errand.passing(f"{visit.shown}: {_reason(error)}") from None


def _reason(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return str(error) or type(error).__name__


def _asked(visit: _Visit) -> tuple[int, dict[str, str]]:
    """Return how many bytes we have already, and the headers that ask for the rest, or for a newer version."""
    part, validator = visit.part, read_notes(visit.part)
    have = part.stat().st_size if validator and part.exists() else 0
    if have:
        return have, {"Range": f"bytes={have}-", "If-Range": str(validator)}
    before = visit.errand.marks.get(visit.resource)
    told = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified} if before else {}
    return 0, {name: value for name, value in told.items() if value}


@contextmanager
def _answer(client: httpx.Client, visit: _Visit, asked: dict[str, str]) -> Iterator[httpx.Response]:
    """Yield the answer, redirects followed as long as they stay on the host that was named."""
    url = httpx.URL(visit.url)
    for _ in range(MOST_REDIRECTS + 1):
        with client.stream("GET", url, headers=asked) as answer:
            if answer.status_code not in _REDIRECTS:
                yield answer
                return
            url = _next(url, answer, visit)
    raise visit.errand.error(f"{visit.shown}: more than {MOST_REDIRECTS} redirects")


def _next(url: httpx.URL, answer: httpx.Response, visit: _Visit) -> httpx.URL:
    try:
        target = url.join(answer.headers.get("location", ""))
    except httpx.InvalidURL:
        raise visit.errand.error(f"{visit.shown} redirects to something that is no address") from None
    is_same = target.host == url.host and (
        (target.scheme, _port(target)) == (url.scheme, _port(url))
        or (url.scheme, target.scheme, _port(url), _port(target)) == ("http", "https", 80, 443)
    )
    if not is_same:
        raise visit.errand.error(
            f"{visit.shown} redirects to {address_of(str(target))}; another host is never followed: "
            "where that is right, write it into the source file"
        )
    return target


def _port(url: httpx.URL) -> int:
    return url.port or _PORTS.get(url.scheme, 0)


def _take(answer: httpx.Response, visit: _Visit, have: int) -> Fetched:
    status, errand = answer.status_code, visit.errand
    before = errand.marks.get(visit.resource)
    if status == httpx.codes.NOT_MODIFIED and before is not None and not have:
        return Fetched(None, before)
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and have:
        drop(visit.part)
        raise errand.passing(f"{visit.shown} no longer has the bytes behind the {have:,} we hold; starting over")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in _PASSING:
        raise errand.passing(f"{visit.shown} answered {status} {answer.reason_phrase}")
    if status in _NOT_LET_IN:
        told = f"{visit.shown} answered {status} {answer.reason_phrase}"
        raise errand.error(f"{told}; check auth, username and {visit.spec.secret_variable}")
    is_rest = status == httpx.codes.PARTIAL_CONTENT and have > 0
    if status != httpx.codes.OK and not is_rest:
        raise errand.error(f"{visit.shown} answered {status} {answer.reason_phrase}; 200 was expected")
    whole = _whole_size(answer, visit, have) if is_rest else None
    _write(answer, visit, have if whole is not None else 0)
    return _brought(answer, visit, whole)


def _whole_size(answer: httpx.Response, visit: _Visit, have: int) -> int:
    """Return the size of the whole file that a part of it belongs to; the part must begin where ours ends."""
    told = answer.headers.get("content-range", "")
    span, _, whole = told.removeprefix("bytes ").partition("/")
    if span.partition("-")[0] != str(have) or not whole.isdigit():
        drop(visit.part)
        raise visit.errand.passing(f'{visit.shown} sent the part "{told}", not the one from byte {have}; starting over')
    return int(whole)


def _write(answer: httpx.Response, visit: _Visit, have: int) -> None:
    errand, limit = visit.errand, visit.spec.limit_bytes
    coded = answer.headers.get("content-encoding", "identity") != "identity"
    if not have:
        note_down(visit.part, None if coded else _validator(answer))
    size = have
    length = answer.headers.get("content-length", "")
    _refuse_size(visit, have + int(length) if length.isdigit() else 0, limit)
    with visit.part.open("ab") as out:
        for piece in answer.iter_bytes() if coded else answer.iter_raw():
            errand.alive()
            size += len(piece)
            _refuse_size(visit, size, limit)
            out.write(piece)


def _refuse_size(visit: _Visit, size: int, limit: int) -> None:
    if size > limit:
        drop(visit.part)
        raise visit.errand.error(f"{visit.shown} is larger than max_mib = {visit.spec.max_mib}; nothing was taken")


def _validator(answer: httpx.Response) -> str | None:
    """Return what proves that later bytes belong to the same version: a strong ETag, else the date."""
    etag: str = answer.headers.get("etag", "")
    return etag if etag and not etag.startswith("W/") else answer.headers.get("last-modified")


def _brought(answer: httpx.Response, visit: _Visit, whole: int | None) -> Fetched:
    part = visit.part
    size = part.stat().st_size
    if whole is not None and size != whole:
        drop(part)
        raise visit.errand.passing(f"{visit.shown}: {size:,} bytes came of {whole:,}; starting over")
    mark = Mark(
        resource=visit.resource,
        sha256=digest_of(part),
        byte_count=size,
        etag=_kept(answer.headers.get("etag"), 255),
        last_modified=_kept(answer.headers.get("last-modified"), 64),
    )
    name = fill(visit.spec.delivered_name, visit.errand.today)
    return bring(visit.errand, part, name, mark)


def _kept(value: str | None, most: int) -> str | None:
    return value if value and len(value) <= most else None
