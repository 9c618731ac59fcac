"""Source files: one strict TOML file says where one feed's files come from; secrets never stand in it."""

import codecs
import re
import urllib.parse
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from ingest.mapping_parts import Part, Pattern
from ingest.sources.errand import plain_name
from ingest.sources.placeholders import check_placeholders
from warehouse.foreign import url_trouble

NAME = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")


def _web_address(text: str) -> str:
    check_placeholders(text)
    try:
        parts = urllib.parse.urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError("is not a web address like https://finance.example/payments.csv")
    if parts.username or parts.password:
        raise ValueError("holds a user or password; give auth and username, and the password in the environment")
    return text


def _database_address(text: str) -> str:
    if trouble := url_trouble(text):
        raise ValueError(trouble)
    return text


def _file_name(text: str) -> str:
    if plain_name(check_placeholders(text)) is None:
        raise ValueError(f'"{text}" is not a plain file name')
    return text


def _codec(text: str) -> str:
    try:
        "".encode(text)
    except LookupError as error:
        raise ValueError(f'"{text}" is not an encoding such as utf-8 or gb18030') from error
    return text


def _value(given: str | int) -> str | int:
    return check_placeholders(given) if isinstance(given, str) else given


FileName = Annotated[str, AfterValidator(_file_name)]
Fingerprint = Annotated[str, Field(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")]
Division = Annotated[str, Field(pattern=r"^\d{9}$")]
Text = Annotated[str, Field(min_length=1)]


class Source(Part):
    """What every source says; ``name`` is the file's stem."""

    name: str
    mapping: Text  # the mapping that reads what it delivers
    divisions: tuple[Division, ...] = ()  # whose data it delivers; none named: the whole district's
    every_minutes: Annotated[int, Field(ge=1, le=44_640)] = 60
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 30
    deadline_seconds: Annotated[int, Field(ge=1, le=86_400)] = 3_600
    max_mib: Annotated[int, Field(ge=1, le=4_096)] = 512

    @property
    def secret_variable(self) -> str:
        """Return the environment variable that holds its password or token."""
        return f"MINGZHANG_SOURCE_{self.name.upper().replace('-', '_')}_PASSWORD"

    @property
    def needs_secret(self) -> bool:
        """Tell whether it cannot be fetched without a secret."""
        return False

    @property
    def login(self) -> str:
        """Return the name it logs in with; empty where it does not."""
        return ""

    @property
    def limit_bytes(self) -> int:
        """Return the size above which a file is not taken."""
        return self.max_mib * 1024 * 1024


class HttpSource(Source):
    """A file at a web address."""

    kind: Literal["http"]
    url: Annotated[str, AfterValidator(_web_address)]
    file_name: FileName | None = None  # the last part of the address where it is left out
    auth: Literal["none", "basic", "bearer"] = "none"
    username: str = ""
    ca_file: str = ""

    @model_validator(mode="after")
    def _named(self) -> "HttpSource":
        if plain_name(self.delivered_name) is None:
            raise ValueError("the address ends in no file name; give file_name")
        if (self.auth == "basic") != bool(self.username):
            raise ValueError('auth = "basic" needs a username, and nothing else has one')
        return self

    @property
    def delivered_name(self) -> str:
        """Return the name the file gets, placeholders and all."""
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.url).path)
        return self.file_name or path.rpartition("/")[2]

    @property
    def needs_secret(self) -> bool:
        """Tell whether it cannot be fetched without a secret."""
        return self.auth != "none"

    @property
    def login(self) -> str:
        """Return the name it logs in with."""
        return self.username


class SftpSource(Source):
    """Files in a folder of an SFTP server whose host key is known beforehand."""

    kind: Literal["sftp"]
    host: Text
    port: Annotated[int, Field(ge=1, le=65_535)] = 22
    username: Text
    folder: Text = "."
    file_names: Pattern | None = None  # the mapping's own pattern where it is left out
    host_key: tuple[Fingerprint, ...] = ()
    known_hosts: str = ""
    key_file: str = ""
    done_only: bool = False  # take only files beside which NAME.done stands
    settle_seconds: Annotated[int, Field(ge=1, le=600)] = 5

    @model_validator(mode="after")
    def _host_is_known(self) -> "SftpSource":
        if bool(self.host_key) == bool(self.known_hosts):
            raise ValueError(
                "the host's key must be known: give host_key (a SHA256 fingerprint) or known_hosts (a file)"
            )
        return self

    @property
    def needs_secret(self) -> bool:
        """Tell whether it cannot be fetched without a secret: a key file may do without."""
        return not self.key_file

    @property
    def login(self) -> str:
        """Return the name it logs in with."""
        return self.username


class SqlViewSource(Source):
    """A view of another database, written as a delivered file."""

    kind: Literal["sql_view"]
    url: Annotated[str, AfterValidator(_database_address)]
    view: Text
    view_schema: Annotated[str | None, Field(alias="schema")] = None
    columns: tuple[Text, ...] = ()  # all where none is named
    order_by: tuple[Text, ...] = ()  # the columns where none is named
    equals: dict[str, Annotated[str | int, AfterValidator(_value)]] = Field(default_factory=dict)
    max_rows: Annotated[int, Field(ge=1, le=50_000_000)] = 2_000_000
    format: Literal["csv", "jsonl"] = "csv"
    encoding: Annotated[str, AfterValidator(_codec)] = "utf-8"
    file_name: FileName

    @model_validator(mode="after")
    def _readable(self) -> "SqlViewSource":
        if self.format == "jsonl" and codecs.lookup(self.encoding).name not in {"utf-8", "utf-8-sig"}:
            raise ValueError('format "jsonl" is UTF-8 for whoever reads it; leave encoding out, or set format = "csv"')
        return self


AnySource = HttpSource | SftpSource | SqlViewSource
KINDS: dict[str, type[AnySource]] = {"http": HttpSource, "sftp": SftpSource, "sql_view": SqlViewSource}
