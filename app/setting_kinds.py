"""Kinds of values that settings take, each refused with a sentence."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field


def zone(name: str) -> str:
    """Return the name of a time zone that is there."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"'{name}' is not a time zone like Asia/Shanghai") from error
    return name


def mail_address(text: str) -> str:
    """Return an address of the form name@example.org, or nothing."""
    if text and re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", text) is None:
        raise ValueError(f"'{text}' is not a mail address like name@example.org")
    return text


def crontab(text: str) -> str:
    """Return five crontab fields whose weekdays are written as names."""
    # Imported here: only a settings file with a schedule needs the scheduler's parser.
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415

    try:
        CronTrigger.from_crontab(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not five crontab fields (minute hour day month weekday): {error}") from error
    # crontab counts weekdays from Sunday, the scheduler's parser from Monday: only names mean one thing.
    if re.search(r"\d", text.split()[4]):
        raise ValueError(f"'{text}' numbers its weekday; mon to sun was expected")
    return text


def web_address(text: str) -> str:
    """Return an address that begins with http or https, or nothing."""
    if text and not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise ValueError(f"'{text}' is not a web address like https://mingzhang.example.org")
    return text


Crontab = Annotated[str, AfterValidator(crontab)]
Zone = Annotated[str, AfterValidator(zone)]
MailAddress = Annotated[str, AfterValidator(mail_address)]
WebAddress = Annotated[str, AfterValidator(web_address)]
DivisionCode = Annotated[str, Field(pattern=r"^\d{9}$")]
