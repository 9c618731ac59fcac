"""Every check before publishing, one line each: its name under [checks], its code, and what it has to know."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from ingest.checks.case import Case
from ingest.checks.codes import codes
from ingest.checks.control import control
from ingest.checks.days import days
from ingest.checks.departments import departments
from ingest.checks.directions import directions
from ingest.checks.divisions import divisions
from ingest.checks.falls import falls
from ingest.checks.funds import funds
from ingest.checks.identities import identities
from ingest.checks.levels import levels
from ingest.checks.moves import moves
from ingest.checks.negatives import negatives
from ingest.checks.refunds import refunds
from ingest.checks.releases import releases
from ingest.checks.slips import last_delivery, last_year
from ingest.checks.units import units
from ingest.checks.vouchers import vouchers
from ingest.mapping_checks import CheckSpec
from ingest.prepared import Check


class Entry(NamedTuple):
    """One check; ``knows`` are the fields of Known it reads, ``also`` other names under [checks] it finds."""

    name: str
    code: str
    run: Callable[[Case], Iterable[Check]]
    knows: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


# H01 is the late feed: a rule, as it judges what did not come. H02 of the totals in the table is made while reading.
CHECKS: Final = (
    Entry("control", "H02", control),
    Entry("identities", "H02", identities),
    Entry("moves", "H03", moves),
    Entry("levels", "H03", levels, also=("doubles",)),
    Entry("departments", "H03", departments, ("units", "levels"), also=("doubles",)),
    Entry("funds", "H03", funds),
    Entry("divisions", "H03", divisions),
    Entry("last_year", "H04", last_year, ("last_year",)),
    Entry("last_delivery", "H04", last_delivery, ("last_delivery",)),
    Entry("codes", "H05", codes, ("codes",)),
    Entry("vouchers", "H06", vouchers, ("vouchers",)),
    Entry("releases", "H07", releases, ("releases",)),
    Entry("days", "H07", days),
    Entry("negatives", "H08", negatives),
    Entry("directions", "H08", directions),
    Entry("refunds", "H08", refunds, ("originals",)),
    Entry("units", "H09", units, ("units",)),
    Entry("falls", "H10", falls, ("cumulative",)),
)


def made(spec: CheckSpec) -> tuple[Entry, ...]:
    """Return the checks that a mapping does not turn off."""
    return tuple(entry for entry in CHECKS if any(spec.severity(name) != "off" for name in (entry.name, *entry.also)))


def judge(case: Case) -> list[Check]:
    """Make every check, in the order of the registry; one check may find what another is named for."""
    found = [check for entry in made(case.spec) for check in entry.run(case)]
    return [check for check in found if check.severity != "off"]
