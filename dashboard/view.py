"""One view: what the URL asks for, checked on load, and links that carry it on."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode

from dashboard.words import Language, Words, noted, words

# What every link keeps; everything else belongs to one page.
FILTERS = ("year", "asof", "division", "fund", "known")
FUNDS = {
    "11": noted("一般公共预算"),
    "12": noted("政府性基金预算"),
    "13": noted("国有资本经营预算"),
    "14": noted("社会保险基金预算"),
}
MAX_VALUE = 200


@dataclass(frozen=True)
class Asked:
    """A path and its query, one value a key, as they stand in the URL."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str | None, search: str | None) -> "Asked":
        """Read a path and a query string; overlong values are dropped."""
        pairs = parse_qsl((search or "").lstrip("?"))
        return cls(path or "/", {key: value for key, value in pairs if len(value) <= MAX_VALUE})

    def day(self, key: str) -> dt.date | None:
        """Return a date of the query, or None where it is missing or not a date."""
        try:
            return dt.date.fromisoformat(self.query.get(key, ""))
        except ValueError:
            return None

    def number(self, key: str) -> int | None:
        """Return a plain number of the query, or None."""
        text = self.query.get(key, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


@dataclass(frozen=True, kw_only=True)
class View:
    """A checked view: the moment, the part of the district, the language."""

    asked: Asked
    language: Language
    as_of: dt.date
    known_at: dt.datetime
    known_on: dt.date  # the day of known_at where the site stands
    division: str | None = None
    fund: str | None = None
    is_large: bool = False  # large type: charts, which style sheets do not reach, follow it
    is_latest: bool = True  # known_at is now, not a day in the past

    @property
    def year(self) -> int:
        """Return the fiscal year looked at."""
        return self.as_of.year

    @property
    def t(self) -> Words:
        """Return the words of the view's language."""
        return words(self.language)

    def href(self, path: str, **changes: object) -> str:
        """Return a link to a page that keeps the filters; a change of None drops a filter."""
        kept = {key: value for key, value in self.asked.query.items() if key in FILTERS}
        return link(path, kept | changes)

    def here(self, **changes: object) -> str:
        """Return a link to this same page with some of its query changed."""
        return link(self.asked.path, dict(self.asked.query) | changes)

    def fixed(self) -> str:
        """Return a link that still shows these figures when newer ones have come: date and delivery day spelled out."""
        return self.here(year=self.year, asof=self.as_of.isoformat(), known=self.known_on.isoformat())


def link(path: str, query: Mapping[str, object]) -> str:
    """Join a path and a query; keys with None or an empty text are left out."""
    kept = {key: str(value) for key, value in query.items() if value not in (None, "")}
    return quote(path) + ("?" + urlencode(kept) if kept else "")
