"""A file over HTTP: asked for only when newer, gone on with where it was cut, and never from another host."""

import base64
import ssl
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from source_trips import TODAY, Trip, contents
from source_web import Web, serving

from ingest.sources.errand import FetchError, PassingError
from ingest.sources.http import fetch
from ingest.sources.spec import HttpSource

CONTENT = b"".join(b"%07d,payment\n" % n for n in range(40_000))  # 640,000 bytes
SECRET = "s3cret/öäü+geheim"


@pytest.fixture
def web() -> Iterator[Web]:
    with serving(Web(content=CONTENT, etag='"v1"')) as started:
        yield started


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path / "fetched")


def spec(web: Web, **given: object) -> HttpSource:
    return HttpSource.model_validate(
        {"name": "probe", "kind": "http", "mapping": "m", "url": f"{web.address}/pay-202611.csv", **given}
    )


def test_a_file_comes_whole_under_the_name_of_its_address(web: Web, trip: Trip) -> None:
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": CONTENT}
    assert trip.waited == []
    assert "accept-encoding" in web.asked[0]
    assert web.asked[0]["accept-encoding"] == "identity", "a packed answer could not be gone on with"


def test_placeholders_are_written_out_in_address_and_name(web: Web, trip: Trip) -> None:
    given = {"url": f"{web.address}/{{last_month}}.csv", "file_name": "pay-{last_month}-{today}.csv"}
    assert list(contents(trip.go(fetch, spec(web, **given)))) == ["pay-202610-20261120.csv"]
    assert web.asked[0]["path"] == "/202610.csv"


@pytest.mark.parametrize(
    ("etag", "last_modified", "header"),
    [
        pytest.param('"v1"', None, "if-none-match", id="by its ETag"),
        pytest.param('W/"v1"', None, "if-none-match", id="by a weak ETag"),
        pytest.param(None, "Fri, 20 Nov 2026 00:00:00 GMT", "if-modified-since", id="by its date"),
    ],
)
def test_what_is_not_newer_is_not_sent_again(
    web: Web, trip: Trip, etag: str | None, last_modified: str | None, header: str
) -> None:
    web.etag, web.last_modified = etag, last_modified
    trip.go(fetch, spec(web))
    (again,) = trip.go(fetch, spec(web))
    assert again.path is None
    assert web.asked[1][header] == (etag or last_modified)
    web.content, web.etag, web.last_modified = b"new", '"v2"', None
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": b"new"}


def test_a_server_without_validators_is_seen_to_have_nothing_new_by_the_bytes(web: Web, trip: Trip) -> None:
    web.etag = None
    trip.go(fetch, spec(web))
    (again,) = trip.go(fetch, spec(web))
    assert again.path is None
    assert not {"if-none-match", "if-modified-since", "range"} & set(web.asked[1])


def test_the_etag_of_one_address_is_not_sent_to_another(web: Web, trip: Trip) -> None:
    monthly = spec(web, url=f"{web.address}/p.csv?month={{month}}&key=geheim", file_name="p.csv")
    trip.go(fetch, monthly)
    trip.today = TODAY.replace(month=12)
    trip.go(fetch, monthly)
    assert "if-none-match" not in web.asked[1]
    assert len(trip.marks) == 2
    assert not any("geheim" in resource for resource in trip.marks), "a query may hold a key"


def test_a_cut_download_is_gone_on_with(web: Web, trip: Trip) -> None:
    web.cut_after = [300_000]
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": CONTENT}
    first, second = web.asked
    assert "range" not in first
    begun = int(second["range"].removeprefix("bytes=").rstrip("-"))
    assert 0 < begun <= 300_000
    assert second["if-range"] == '"v1"'
    assert trip.waited == [1]


def test_a_download_cut_in_one_run_is_gone_on_with_in_the_next(web: Web, trip: Trip) -> None:
    web.cut_after = [200_000]
    with pytest.raises(PassingError, match="source probe: "):
        trip.go(fetch, spec(web, attempts=1))
    assert contents(trip.go(fetch, spec(web, attempts=1))) == {"pay-202611.csv": CONTENT}
    assert "range" in web.asked[1]


def test_the_rest_of_another_version_is_never_joined_on(web: Web, trip: Trip) -> None:
    web.cut_after = [200_000]
    with pytest.raises(PassingError):
        trip.go(fetch, spec(web, attempts=1))
    web.content, web.etag = b"quite another file", '"v2"'
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": b"quite another file"}


@pytest.mark.parametrize(
    ("etag", "knows_ranges"),
    [
        pytest.param('"v1"', False, id="a server that knows no ranges"),
        pytest.param('W/"v1"', True, id="a weak ETag proves nothing about bytes"),
        pytest.param(None, True, id="no validator at all"),
    ],
)
def test_where_it_cannot_be_gone_on_with_it_begins_anew(
    web: Web, trip: Trip, etag: str | None, *, knows_ranges: bool
) -> None:
    web.etag, web.knows_ranges, web.cut_after = etag, knows_ranges, [250_000]
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": CONTENT}


@pytest.mark.parametrize("told", ["bytes 7-9/640000", "bytes */640000", "nonsense"])
def test_a_part_that_is_not_the_one_asked_for_is_not_joined_on(web: Web, trip: Trip, told: str) -> None:
    web.cut_after, web.wrong_part = [200_000], told
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": CONTENT}
    assert trip.waited == [1, 2], "the third attempt began anew"


def test_a_part_that_was_already_whole_is_fetched_anew(web: Web, trip: Trip) -> None:
    """A crash between the last byte and the name leaves a whole part; the server has no more bytes to give."""
    web.cut_after = [len(CONTENT) - 1]
    with pytest.raises(PassingError):
        trip.go(fetch, spec(web, attempts=1))
    (part,) = trip.folder.glob("*.part")
    part.write_bytes(CONTENT)
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": CONTENT}


def test_a_note_cut_short_by_a_crash_is_no_obstacle(web: Web, trip: Trip) -> None:
    web.cut_after = [200_000]
    with pytest.raises(PassingError):
        trip.go(fetch, spec(web, attempts=1))
    (note,) = trip.folder.glob("*.json")
    note.write_bytes(note.read_bytes()[:2])
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": CONTENT}


def test_trouble_of_the_server_is_waited_out(web: Web, trip: Trip) -> None:
    web.answers = [500, 503]
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": CONTENT}
    assert trip.waited == [1, 2], "a second, then twice as long"


def test_after_so_many_attempts_it_is_given_up(web: Web, trip: Trip) -> None:
    web.answers, web.echo = [500] * 9, "<html>trace</html>"
    with pytest.raises(PassingError, match=r"pay-202611\.csv answered 500 Internal Server Error$"):
        trip.go(fetch, spec(web, attempts=4))
    assert len(web.asked) == 4
    assert trip.waited == [1, 2, 4]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_not_asked_again(web: Web, trip: Trip, status: int) -> None:
    web.answers = [status]
    with pytest.raises(FetchError, match=f"answered {status}"):
        trip.go(fetch, spec(web))
    assert len(web.asked) == 1


def test_redirects_on_the_same_host_are_followed(web: Web, trip: Trip) -> None:
    web.redirects = {"/pay-202611.csv": "/a", "/a": f"{web.address}/b"}
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": CONTENT}


@pytest.mark.parametrize(
    "target",
    [
        "http://localhost:{port}/b",
        "http://127.0.0.1:{other}/b",
        "https://127.0.0.1:{port}/b",
        "//elsewhere.example/b?key=geheim",
        "file:///etc/passwd",
    ],
)
def test_redirects_to_another_host_port_or_scheme_are_refused_and_named(web: Web, trip: Trip, target: str) -> None:
    """The password would go there too."""
    with serving(Web(content=b"stolen")) as other:
        web.redirects = {"/pay-202611.csv": target.format(port=web.port, other=other.port)}
        with pytest.raises(FetchError, match="another host is never followed") as refused:
            trip.go(fetch, spec(web))
        assert other.asked == []
    assert "geheim" not in str(refused.value)


def test_a_circle_of_redirects_ends(web: Web, trip: Trip) -> None:
    web.redirects = {"/pay-202611.csv": "/pay-202611.csv"}
    with pytest.raises(FetchError, match="more than 5 redirects"):
        trip.go(fetch, spec(web))


def test_a_server_that_hangs_is_left(web: Web, trip: Trip) -> None:
    web.silence = threading.Event()
    with pytest.raises(PassingError, match="no answer in time"):
        trip.go(fetch, spec(web, timeout_seconds=1, attempts=1))


def test_a_port_where_nobody_listens_is_said_so(web: Web, trip: Trip) -> None:
    gone = spec(web, url="http://127.0.0.1:9/pay-202611.csv", attempts=2)
    with pytest.raises(PassingError, match="Connection refused"):
        trip.go(fetch, gone)
    assert trip.waited == [1]


@pytest.mark.parametrize("tells_length", [True, False])
def test_a_file_above_the_limit_is_refused_and_leaves_nothing_behind(
    web: Web, trip: Trip, *, tells_length: bool
) -> None:
    web.content, web.tells_length = b"x" * (1024 * 1024 + 1), tells_length
    with pytest.raises(FetchError, match="larger than max_mib = 1"):
        trip.go(fetch, spec(web, max_mib=1))
    assert list(trip.folder.rglob("*.part")) == []
    web.content = b"x" * 1024 * 1024
    assert [len(content) for content in contents(trip.go(fetch, spec(web, max_mib=1))).values()] == [1024 * 1024]


def test_a_download_that_may_not_go_on_stops_and_keeps_what_came(web: Web, trip: Trip) -> None:
    calls = []

    def alive() -> None:
        calls.append(1)
        if len(calls) == 4:
            raise FetchError("deadline")

    trip.alive = alive
    with pytest.raises(FetchError, match="deadline"):
        trip.go(fetch, spec(web))
    trip.alive = lambda: None
    assert contents(trip.go(fetch, spec(web))) == {"pay-202611.csv": CONTENT}
    assert "range" in web.asked[1]


def test_basic_and_bearer_log_in(web: Web, trip: Trip) -> None:
    trip.secret, trip.username = SECRET, "mingzhang"
    pair = base64.b64encode(f"mingzhang:{SECRET}".encode()).decode()
    web.authorization = f"Basic {pair}"
    assert contents(trip.go(fetch, spec(web, auth="basic", username="mingzhang")))
    trip.secret, trip.marks = "abc.def", {}
    web.authorization = "Bearer abc.def"
    assert contents(trip.go(fetch, spec(web, auth="bearer")))


@pytest.mark.parametrize(
    ("auth", "secret"),
    [
        ("basic", SECRET),
        ("bearer", "abc.def"),
        pytest.param("bearer", "abc\ndef", id="a line break in it"),
        pytest.param("bearer", "geheimnis-秘密", id="no ASCII in it"),
    ],
)
def test_no_error_says_the_secret(web: Web, trip: Trip, auth: str, secret: str) -> None:
    trip.secret, trip.username = secret, "mingzhang" if auth == "basic" else ""
    web.authorization, web.echo = "another", "you sent "
    pair = base64.b64encode(f"mingzhang:{secret}".encode()).decode()
    with pytest.raises(FetchError) as refused:
        trip.go(fetch, spec(web, auth=auth, username=trip.username))
    told = "".join(traceback.format_exception(refused.value))
    assert "MINGZHANG_SOURCE_PROBE_PASSWORD" in str(refused.value)  # where to look, not what stands there
    assert not [form for form in (secret, repr(secret)[1:-1], repr(secret.encode())[2:-1], pair) if form in told]


def test_an_internal_authority_is_trusted_only_where_it_is_named(tmp_path: Path, trip: Trip) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(Web(content=b"abc"), context) as web:
        url = f"https://127.0.0.1:{web.port}/p.csv"
        with pytest.raises(PassingError, match="CERTIFICATE_VERIFY_FAILED"):
            trip.go(fetch, spec(web, url=url, attempts=1))
        trusted = spec(web, url=url, ca_file=str(tmp_path / "ca.pem"))
        assert contents(trip.go(fetch, trusted)) == {"p.csv": b"abc"}
        with pytest.raises(FetchError, match=r"nowhere\.pem cannot be read"):
            trip.go(fetch, spec(web, url=url, ca_file="nowhere.pem"))
