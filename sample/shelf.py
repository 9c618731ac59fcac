"""The shelf of works: the current year's projects in detail, each handed out once to plant on its papers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from sample.desk import Desk
from sample.model import Work
from sample.people import LATE_DIVISION, OFFICES
from sample.works import works_of

Topic = Literal["contracts", "work"]


class Shelf:
    """The works of the current year, each handed out once for its contracts and once for itself, put back changed."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.works = desk.district.papers.works
        self.rng = np.random.default_rng([seed, 75])
        self._used: set[tuple[str, str]] = set()
        self._units: set[str] = set()

    def take(self, topic: Topic, fits: Callable[[Work], bool]) -> tuple[str, int] | None:
        """Take a work in detail, unused for the topic, that fits: its division and its place there; None without."""
        places = [(division, place) for division, works in self.works.items() for place in range(len(works))]
        for number in self.rng.permutation(len(places)):
            division, place = places[int(number)]
            work = self.works[division][place]
            is_open = (topic, work.subject) not in self._used and division != LATE_DIVISION
            is_closed = topic == "contracts" and work.unit.code in self._units
            if work.milestones and is_open and not is_closed and fits(work):
                self._used.add((topic, work.subject))
                return division, place
        return None

    def close(self, unit_code: str) -> None:
        """Hand out no more works of a unit for their contracts."""
        self._units.add(unit_code)

    def of_unit(self, unit_code: str) -> list[Work]:
        """Return all works of a unit."""
        return [work for works in self.works.values() for work in works if work.unit.code == unit_code]

    def put(self, at: tuple[str, int], **changes: object) -> Work:
        """Put a work back changed."""
        division, place = at
        self.works[division][place] = replace(self.works[division][place], **changes)  # type: ignore[arg-type]
        return self.works[division][place]

    def each(
        self, topic: Topic, values: list[int], fits: Callable[[Work], bool]
    ) -> Iterator[tuple[int, tuple[str, int], Work]]:
        """Yield each value with a work taken for it, as long as there are any."""
        for value in values:
            at = self.take(topic, fits)
            if at:
                yield value, at, self.works[at[0]][at[1]]


def lay_out(desk: Desk, seed: int) -> Shelf:
    """Build the works of every division before anything is planted on them."""
    district = desk.district
    for office in OFFICES:
        works = works_of(district, office.division_code, district.year, seed)
        if works:
            district.papers.works[office.division_code] = works
    return Shelf(desk, seed)
