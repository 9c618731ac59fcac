"""The composition root: settings, folders, engine and clock, opened once and passed down."""

import contextlib
import datetime as dt
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from app.address import address_of
from app.settings import CHECKOUT, Settings, SettingsError, read_secret, read_settings, settings_path

DATA_ENV = "MINGZHANG_DATA"
Clock = Callable[[], dt.datetime]


class DataFolderError(RuntimeError):
    """The data folder cannot be used."""


def now() -> dt.datetime:
    """Return the present instant, in UTC: the one place where the clock is read."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, kw_only=True)
class House:
    """What every command works in: settings, the data folder, a clock; the engine is opened at first use."""

    settings: Settings
    settings_file: Path
    data: Path
    clock: Clock = now
    # Where the running service really answers; empty for a command of its own.
    served_at: str = ""

    @property
    def landing(self) -> Path:
        """Return the folder of delivered files."""
        return self.data / "landing"

    @property
    def snapshots(self) -> Path:
        """Return the folder of columnar snapshots, which may be deleted."""
        return self.data / "snapshots"

    @property
    def inbox(self) -> Path:
        """Return the folder that finance hands files over in."""
        return self.data / "inbox"

    @property
    def spool(self) -> Path:
        """Return the folder of facts that are too many for memory while their delivery is being read."""
        return self.data / "spool"

    @property
    def uploads(self) -> Path:
        """Return the folder of uploaded files that wait for their owner's word, an hour at most."""
        return self.data / "uploads"

    @property
    def sources(self) -> Path:
        """Return the folder of source files: where feeds are fetched from."""
        return self.data / "sources"

    @property
    def fetched(self) -> Path:
        """Return the folder of what is being fetched."""
        return self.data / "fetched"

    @property
    def mail(self) -> Path:
        """Return the folder that the files transport writes to."""
        return self.data / "mail"

    @property
    def reports(self) -> Path:
        """Return the folder of built reports."""
        return self.data / "reports"

    @property
    def mapping_folders(self) -> tuple[Path, ...]:
        """Return where mapping files are looked for: those shipped, then the site's own."""
        return (CHECKOUT / "ingest" / "feeds", self.data / "feeds")

    @property
    def warehouse_url(self) -> str:
        """Return the address of the warehouse: the secret one, else that of the settings, else the embedded file."""
        return (
            read_secret("MINGZHANG_WAREHOUSE_URL")
            or self.settings.warehouse.url
            or f"sqlite+pysqlite:///{self.data / 'warehouse.db'}"
        )

    @property
    def base_url(self) -> str:
        """Return where links in mails lead: as the settings say, else where the pages are served."""
        web = self.settings.web
        return self.settings.mail.base_url or self.served_at or address_of(web.host, web.port)

    @cached_property
    def engine(self) -> Any:
        """Return the engine of the warehouse, opened at first use."""
        from warehouse.engine import open_engine

        return open_engine(self.warehouse_url)

    @property
    def today(self) -> dt.date:
        """Return the site's calendar day."""
        return self.clock().astimezone(self.settings.zone).date()


def open_house(
    settings_file: Path | None, data: Path | None, environment: Mapping[str, str] | None = None, *, clock: Clock = now
) -> House:
    """Read the settings and find the data folder; writes nothing, opens nothing."""
    environment = os.environ if environment is None else environment
    path = settings_path(settings_file, environment)
    settings = read_settings(path)
    if data is None:
        named = environment.get(DATA_ENV)
        data = Path(named) if named else path.resolve().parent / settings.data.folder
    _check_mail(path, settings)
    return House(settings=settings, settings_file=path, data=Path(data).absolute(), clock=clock)


def _check_mail(path: Path, settings: Settings) -> None:
    if settings.mail.transport == "smtp" and not settings.mail.smtp.host:
        raise SettingsError(
            f"{path.name} [mail.smtp]: key 'host' is empty: [mail] transport \"smtp\" needs a mail server"
        )


def make_data_folder(data: Path) -> None:
    """Make the data folder and prove that it can be written to; DataFolderError says what is wrong otherwise."""
    probe = data / f".write-test-{os.getpid()}"
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataFolderError(
            f"data folder {data} cannot be written to ({reason}); give another one with --data or {DATA_ENV}"
        ) from error


def secret_key(house: House) -> str:
    """Return the key that signs sessions: from the environment, else made once and kept in the data folder."""
    given = read_secret("MINGZHANG_SECRET_KEY")
    if given:
        return given
    path = house.data / "secret_key"
    if not path.exists():
        aside = path.with_suffix(f".{os.getpid()}.part")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
        # A link is never made twice: of two starts at once one key wins, and both read the whole of it.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(aside)
        aside.unlink()
    return path.read_text(encoding="utf-8")
