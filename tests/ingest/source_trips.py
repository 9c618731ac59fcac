"""Errands of the tests: nothing sleeps, and what was waited for is written down."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ingest.sources.errand import Errand, Fetched
from warehouse.sources import Mark

TODAY = dt.date(2026, 11, 20)


@dataclass
class Trip:
    """One errand after the other to the same source, remembering what was taken."""

    folder: Path
    secret: str | None = None
    username: str = ""
    today: dt.date = TODAY
    waited: list[float] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    alive: Callable[[], None] = lambda: None
    on_wait: Callable[[float], None] = lambda _seconds: None

    def errand(self) -> Errand:
        def wait(seconds: float) -> None:
            self.waited.append(seconds)
            self.on_wait(seconds)

        return Errand(
            name="probe",
            folder=self.folder,
            today=self.today,
            wait=wait,
            alive=self.alive,
            secret=self.secret,
            username=self.username,
            marks=dict(self.marks),
        )

    def go(self, fetch: Callable[[Any, Errand], Iterable[Fetched]], spec: Any, **changed: Any) -> list[Fetched]:
        """Fetch, and remember every mark as the loader does."""
        brought = []
        for one in fetch(spec, replace(self.errand(), **changed)):
            self.marks[one.mark.resource] = one.mark
            brought.append(one)
        return brought


def contents(brought: Iterable[Fetched]) -> dict[str, bytes]:
    """Return what was new, by file name."""
    return {one.path.name: one.path.read_bytes() for one in brought if one.path is not None}
