"""Words in braces that stand for the day of fetching, in addresses, file names and values."""

import datetime as dt
import re

_BRACES = re.compile(r"\{([^{}]*)\}")


def values_on(today: dt.date) -> dict[str, str]:
    """Return what each placeholder stands for on a day."""
    last_month = today.replace(day=1) - dt.timedelta(days=1)
    return {
        "today": f"{today:%Y%m%d}",
        "month": f"{today:%Y%m}",
        "last_month": f"{last_month:%Y%m}",
        "year": f"{today:%Y}",
        "last_year": f"{today.year - 1}",
    }


def fill(text: str, today: dt.date) -> str:
    """Write out the placeholders of a text."""
    known = values_on(today)
    return _BRACES.sub(lambda found: known[found[1]], text)


def check_placeholders(text: str) -> str:
    """Return a text whose placeholders are all known; ValueError names the others, and not the text."""
    known = values_on(dt.date(2000, 1, 1))
    if unknown := sorted(set(_BRACES.findall(text)) - set(known)):
        raise ValueError(f"unknown placeholder {', '.join(unknown)}; known: {', '.join(known)}")
    return text
