"""One dated act (文书) as the ledger of acts tells it."""

import datetime as dt
from typing import NamedTuple


class Act(NamedTuple):
    """One act: who did what when, and the day its time limit counts from; on is None while it is owed.

    An open act stands in the ledger from the day its limit counts from, done or not.
    """

    year: int
    division: str
    kind: str
    title: str
    on: dt.date | None
    base: dt.date | None = None
    unit: tuple[str, str] = ("", "")
    number: str = ""
    base_number: str = ""
    bodies: tuple[str, str] = ("", "")
    meeting: str = ""
    fen: int | None = None
    is_complex: bool = False
    is_secret: bool = False
    is_open: bool = False

    def seen(self, until: dt.date) -> "Act | None":
        """Return the act as the ledger has it on a day: None where it is not there yet."""
        if self.on and self.on <= until:
            return self
        if self.is_open and self.base and self.base <= until:
            return self._replace(on=None, number="")
        return None
