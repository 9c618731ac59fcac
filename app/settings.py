"""settings.toml, read strictly: unknown keys are refused, all are documented; secrets come from the environment."""

import datetime as dt
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from app.setting_kinds import Crontab, DivisionCode, MailAddress, WebAddress, Zone

CHECKOUT = Path(__file__).resolve().parent.parent
SETTINGS_ENV = "MINGZHANG_SETTINGS"


class SettingsError(ValueError):
    """The settings cannot be used; the message names file, section, key, what was found and what was expected."""


# The jobs of the schedule, in the order in which missed runs are made up for.
JOB_NAMES = ("inbox", "fetch", "evaluate", "dispatch", "quarterly_draft")


class Section(BaseModel):
    """One section: frozen, and closed to unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SiteSettings(Section):
    """The district the service stands in."""

    district_name: str = "青禾区"
    district_code: DivisionCode = "990101000"
    timezone: Zone = "Asia/Shanghai"
    time_progress_by: Literal["day", "month"] = "day"


class DataSettings(Section):
    """Where everything lives."""

    folder: str = "var"


class WebSettings(Section):
    """The web server."""

    host: str = "127.0.0.1"
    port: int = Field(default=8050, ge=1, le=65535)
    threads: int = Field(default=8, ge=1, le=64)
    session_hours: int = Field(default=8, ge=1, le=24)
    secure_cookies: bool = False


class WarehouseSettings(Section):
    """The database; empty for the embedded one in the data folder."""

    url: str = ""


class IngestSettings(Section):
    """Taking deliveries in."""

    most_rejected_kept: int = Field(default=10_000, ge=1, le=1_000_000)


class SmtpServerSettings(Section):
    """The mail server; its password comes from the environment."""

    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "plain"] = "starttls"
    username: str = ""
    ca_file: str = ""
    timeout_seconds: int = Field(default=30, ge=1, le=600)


class MailSettings(Section):
    """How digests leave the house."""

    transport: Literal["files", "smtp"] = "files"
    sender: str = "mingzhang@localhost"
    base_url: WebAddress = ""
    operator: MailAddress = ""
    smtp: SmtpServerSettings = SmtpServerSettings()


class ScheduleSettings(Section):
    """When jobs run, in the site's time zone."""

    inbox: Crontab = "*/5 * * * *"
    fetch: Crontab = "*/10 * * * *"
    evaluate: Crontab = "30 1 * * *"
    dispatch: Crontab = "* * * * *"
    quarterly_draft: Crontab = "0 6 1 1,4,7,10 *"
    catch_up_days: int = Field(default=10, ge=0, le=60)
    misfire_grace_seconds: int = Field(default=3600, ge=1)


class MetricsSettings(Section):
    """What /metrics shows."""

    enabled: bool = True


class EvaluationSettings(Section):
    """When a rule counts as too wide (过宽): by the share it flags of at least so many."""

    too_wide_bp: int = Field(default=3_000, ge=0, le=10_000)
    too_wide_from: int = Field(default=10, ge=1, le=1_000_000)


class ReportSettings(Section):
    """The quarterly report."""

    rest_day_rule: Literal["later", "earlier", "unmoved"] = "later"


class LevelCodes(Section):
    """The numbers that finance's systems of the province know the levels by; no two alike."""

    red: int = Field(default=1, ge=0, le=99)
    orange: int = Field(default=2, ge=0, le=99)
    yellow: int = Field(default=3, ge=0, le=99)
    blue: int = Field(default=4, ge=0, le=99)

    @model_validator(mode="after")
    def _differ(self) -> "LevelCodes":
        told = self.model_dump()
        if len(set(told.values())) < len(told):
            raise ValueError(f"two levels have one code ({told}); four different ones were expected")
        return self


class LevelSettings(Section):
    """How levels are handed on to other systems."""

    codes: LevelCodes = LevelCodes()


class Settings(Section):
    """All settings; ``rules`` is handed to ``rules.params.read_params``, which is as strict."""

    site: SiteSettings = SiteSettings()
    data: DataSettings = DataSettings()
    web: WebSettings = WebSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    ingest: IngestSettings = IngestSettings()
    mail: MailSettings = MailSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    metrics: MetricsSettings = MetricsSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    report: ReportSettings = ReportSettings()
    levels: LevelSettings = LevelSettings()
    rules: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """Return the site's time zone."""
        return ZoneInfo(self.site.timezone)

    def today(self, now: dt.datetime) -> dt.date:
        """Return the site's calendar day at an instant."""
        return now.astimezone(self.zone).date()


def settings_path(given: Path | None, environment: Mapping[str, str]) -> Path:
    """Return which file is read: the one given, else MINGZHANG_SETTINGS, else settings.toml of the checkout."""
    if given is not None:
        return given
    named = environment.get(SETTINGS_ENV)
    return Path(named) if named else CHECKOUT / "settings.toml"


def read_settings(path: Path) -> Settings:
    """Read a settings file; raise SettingsError with one sentence for whatever is wrong with it first."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: the settings file cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not a TOML file: {error}") from error
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        raise SettingsError(_sentence(path, error.errors()[0])) from error


def _sentence(path: Path, wrong: ErrorDetails) -> str:
    *sections, key = (str(part) for part in wrong["loc"])
    where = f"{path.name} [{'.'.join(sections)}]" if sections else path.name
    if wrong["type"] == "extra_forbidden":
        known = ", ".join(_section(sections).model_fields)
        kind = "key" if sections else "section"
        return f"{where}: unknown {kind} '{key}'; known {kind}s: {known}"
    return f"{where}: key '{key}' is {wrong['input']!r}: {_expectation(wrong)}"


def _expectation(wrong: ErrorDetails) -> str:
    return wrong["msg"].removeprefix("Value error, ")


def _section(names: list[str]) -> type[BaseModel]:
    model: type[BaseModel] = Settings
    for name in names:
        model = _model_of(model.model_fields[name].annotation)
    return model


def _model_of(annotation: Any) -> type[BaseModel]:
    kinds = (annotation, *get_args(annotation))
    return next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))


def read_secret(name: str, environment: Mapping[str, str] | None = None) -> str | None:
    """Return a secret from the environment variable ``name`` or from the file that ``name_FILE`` names.

    None where neither is set; SettingsError where both are, or where the file cannot be read or is empty.
    """
    environment = os.environ if environment is None else environment
    plain, file_name = environment.get(name), environment.get(f"{name}_FILE")
    if plain and file_name:
        raise SettingsError(f"both {name} and {name}_FILE are set; one of them was expected")
    if not file_name:
        return plain or None
    try:
        secret = Path(file_name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE names {file_name}, which cannot be read ({error.strerror})") from error
    if not secret:
        raise SettingsError(f"{name}_FILE names {file_name}, which is empty")
    return secret
