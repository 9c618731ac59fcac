"""Source files are strict, hold no secret, and no two of them deliver the same feed of a division."""

import datetime as dt
from pathlib import Path

import pytest
from ingest_ground import PAYMENTS, mapping_of

from ingest.problems import SourceError
from ingest.sources.registry import load_sources
from ingest.sources.spec import SftpSource
from ingest.sources.veil import Veil, address_of

TODAY = dt.date(2026, 11, 20)
HTTP = 'kind = "http"\nmapping = "pay"\nurl = "https://finance.example/pay-{month}.csv"\n'
SFTP = (
    'kind = "sftp"\nmapping = "pay"\nhost = "finance.example"\nusername = "mz"\nhost_key = ["SHA256:'
    + "A" * 43
    + '"]\n'
)
SQL = (
    'kind = "sql_view"\nmapping = "pay"\nurl = "postgresql+psycopg://mz@db/f"\n'
    'view = "v"\nfile_name = "pay-{month}.csv"\n'
)


def load(folder: Path, **files: str):
    mappings = [mapping_of(folder, PAYMENTS, "pay")]
    mappings.append(mapping_of(folder, PAYMENTS.replace("pay-", "zahlung-"), "pay-two"))
    (folder / "sources").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "sources" / f"{name.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    return load_sources(folder / "sources", mappings, TODAY)


def test_every_kind_loads_by_name_with_its_defaults(tmp_path: Path) -> None:
    one, two, three = load(
        tmp_path,
        c_sql=SQL + 'divisions = ["990101012"]\n',
        a_http=HTTP + 'divisions = ["990101010"]\n',
        b_sftp=SFTP + 'divisions = ["990101011"]\n',
    )
    assert [one.name, two.name, three.name] == ["a-http", "b-sftp", "c-sql"]
    assert (one.every_minutes, one.attempts, one.timeout_seconds, one.max_mib) == (60, 3, 30, 512)
    assert isinstance(two, SftpSource)
    assert two.secret_variable == "MINGZHANG_SOURCE_B_SFTP_PASSWORD"
    assert load_sources(tmp_path / "nowhere", [], TODAY) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            HTTP + "every = 5", "source probe.toml: unknown key every; known keys: mapping, divisions,", id="key"
        ),
        pytest.param('kind = "ftp"', "source probe.toml: kind is one of http, sftp, sql_view", id="kind"),
        pytest.param('mapping = "pay"', "kind is one of", id="no kind"),
        pytest.param("kind = [", "not a TOML file", id="broken TOML"),
        pytest.param(HTTP + 'name = "x"', "a source is named by its file", id="name"),
        pytest.param(HTTP.replace('"pay"', '"pai"'), 'there is no mapping "pai"; known: pay, pay-two', id="mapping"),
        pytest.param(
            HTTP.replace("pay-{", "zahlung-{"),
            "named zahlung-202611.csv, which mapping pay does not know",
            id="file name",
        ),
        pytest.param(
            HTTP.replace("{month}", "{moon}"), "url: unknown placeholder moon; known: today, month", id="braces"
        ),
        pytest.param(HTTP.replace("https://", "ftp://"), "url: is not a web address like https://", id="scheme"),
        pytest.param(HTTP + 'auth = "basic"', 'auth = "basic" needs a username', id="basic without a name"),
        pytest.param(HTTP + 'username = "mz"', 'auth = "basic" needs a username', id="a name without basic"),
        pytest.param(HTTP + 'file_name = "../pay-202611.csv"', "is not a plain file name", id="a way out"),
        pytest.param(HTTP + "attempts = 0", "attempts: Input should be greater than or equal to 1", id="no attempt"),
        pytest.param(HTTP + 'divisions = ["99010101"]', "divisions.0: ", id="eight digits"),
        pytest.param(SFTP.replace("host_key", "#"), "the host's key must be known", id="no host key"),
        pytest.param(SFTP + 'known_hosts = "k"', "the host's key must be known", id="two ways to know it"),
        pytest.param(SFTP.replace("SHA256:A", "MD5:A"), "host_key.0: ", id="an old fingerprint"),
        pytest.param(SFTP + "file_names = '('", "is not a regular expression", id="pattern"),
        pytest.param(
            SQL.replace("postgresql+psycopg", "oracle"), "of a kind that cannot be read (oracle)", id="Oracle"
        ),
        pytest.param(SQL.replace("postgresql+psycopg://mz@db/f", "db"), "is not a database address", id="no URL"),
        pytest.param(SQL + 'encoding = "gb"', '"gb" is not an encoding', id="encoding"),
        pytest.param(
            SQL + 'format = "jsonl"\nencoding = "gb18030"',
            'format "jsonl" is UTF-8 for whoever reads it',
            id="JSON lines",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SourceError) as refused:
        load(tmp_path, probe=text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        HTTP.replace("finance.example", "mz:s3cret@finance.example"),
        HTTP.replace("https://finance.example", "ht!tp://mz:s3cret@finance.example"),
        HTTP.replace("finance.example", "mz:s3cret@finance.example:99999"),
        SQL.replace("mz@db", "mz:s3cret@db"),
        SQL.replace("postgresql+psycopg://mz@db", "mysql://mz:s3cret@db"),
        HTTP + 'password = "s3cret"',
        SFTP + 'port = "s3cret"',
    ],
)
def test_a_secret_in_a_file_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError) as refused:
        load(tmp_path, probe=text)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        pytest.param([], [], "the whole district", id="both of everybody"),
        pytest.param([], ["990101010"], "990101010", id="one of everybody"),
        pytest.param(["990101010", "990101011"], ["990101011"], "990101011", id="one in common"),
        pytest.param(["990101010"], ["990101011"], None, id="none in common"),
    ],
)
def test_two_sources_of_the_same_feed_and_division_are_refused_by_name(
    tmp_path: Path, one: list[str], other: list[str], shared: str | None
) -> None:
    second = SFTP.replace('"pay"', '"pay-two"') + f"divisions = {other}\n"
    files = {"by_web": HTTP + f"divisions = {one}\n", "by_sftp": second}
    if shared is None:
        assert len(load(tmp_path, **files)) == 2
        return
    with pytest.raises(SourceError) as refused:
        load(tmp_path, **files)
    assert f"sources by-sftp and by-web both deliver feed payments of {shared};" in str(refused.value)


@pytest.mark.parametrize("name", ["Finance", "finance_x", "f", "1f", "f-", "f" * 41])
def test_names_that_would_make_no_variable_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / f"{name}.toml").write_text(HTTP)
    with pytest.raises(SourceError, match="small letters, digits and hyphens"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://mz:geheim@finance.example:8443/a/b.csv?key=geheim#x", "https://finance.example:8443/a/b.csv"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("postgresql+psycopg://mz:geheim@db:5432/f", "postgresql+psycopg://db:5432/f"),
    ],
)
def test_addresses_are_shown_without_who_and_without_query(url: str, shown: str) -> None:
    assert address_of(url) == shown


def test_the_veil_knows_the_forms_in_which_libraries_repeat_a_secret() -> None:
    veil = Veil("pä ss/word", "mz")
    told = "pä ss/word p%C3%A4%20ss/word p%C3%A4+ss%2Fword b'p\\xc3\\xa4 ss/word' Basic bXo6cMOkIHNzL3dvcmQ="
    assert veil(told) == "*** *** *** b'***' Basic ***"
    assert Veil(None)("as it is") == "as it is"
