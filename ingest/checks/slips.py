"""H04: 元 for 万元, seen in a figure ten thousand times what the same slice said before, or a ten-thousandth of it."""

from collections.abc import Iterator, Mapping

from budget.money import format_yuan
from ingest.checks.case import Case
from ingest.checks.outcome import Sums, summed
from ingest.prepared import Check

TEN_THOUSAND = 10_000


def is_slip(this_fen: int, before_fen: int) -> bool:
    """Tell whether a figure is 9,000 to 11,000 times an earlier one, or the other way round (domain H04)."""
    return any(
        small > 0 and TEN_THOUSAND * 9 * small <= 10 * large <= TEN_THOUSAND * 11 * small
        for small, large in ((abs(before_fen), abs(this_fen)), (abs(this_fen), abs(before_fen)))
    )


def last_year(case: Case) -> Iterator[Check]:
    """Compare each measure of each slice with the same slice of the year before."""
    yield from _compared(case, "last_year", "last year", case.known.last_year)


def last_delivery(case: Case) -> Iterator[Check]:
    """Compare each measure of each slice with the delivery it replaces."""
    yield from _compared(case, "last_delivery", "in the delivery before", case.known.last_delivery)


def _compared(case: Case, name: str, when: str, before: Mapping[str, Mapping[str, int]]) -> Iterator[Check]:
    for key, measures in case.totals.items():
        for measure, fen in measures.items():
            then = before.get(key, {}).get(measure)
            if then is not None:
                yield summed(
                    case,
                    Sums(
                        code="H04",
                        name=name,
                        slice_key=key,
                        part="total",
                        measure=measure,
                        expected_fen=then,
                        actual_fen=fen,
                        outcome=case.rule(name).severity if is_slip(fen, then) else "ok",
                        says=f"{measure} of {key} is {format_yuan(fen)} 元, {when} {format_yuan(then)} 元: "
                        "元 and 万元 may be mixed up",
                    ),
                )
