"""H02: what a delivery states of itself as a whole, in a side file or a cell of its own, against its rows."""

from collections.abc import Iterator

from budget.money import format_yuan
from ingest.checks.case import Case
from ingest.mapping_checks import ControlSpec
from ingest.prepared import Check
from ingest.stated import Figure


def control(case: Case) -> Iterator[Check]:
    """Compare every stated amount and count with the accepted rows; a side file that is missing is a mismatch."""
    if case.spec.control.severity == "off":
        return
    if case.stated.missing is not None:
        yield _missing(case, case.stated.missing)
    for figure in case.stated.figures:
        yield _count(case, figure) if figure.measure == "rows" else _amount(case, figure)


def _missing(case: Case, name: str) -> Check:
    spec = case.spec.control
    waits = f"in the inbox a file waits {spec.wait_minutes} minutes for it"
    detail = f"the control file {name} has not come ({waits}); ask for it, or release the file"
    return _check(case, Figure(measure="rows", value=None, where=name), spec.severity, detail, part="control file")


def _count(case: Case, figure: Figure) -> Check:
    said = "an unreadable count" if figure.value is None else f"{figure.value:,} rows"
    detail = f"{figure.where} says {said}, the file has {case.row_count:,} accepted rows"
    outcome = "ok" if figure.value == case.row_count else case.spec.control.severity
    return _check(case, figure, outcome, detail)


def _amount(case: Case, figure: Figure) -> Check:
    spec: ControlSpec = case.spec.control
    actual = sum(measures.get(figure.measure, 0) for measures in case.totals.values())
    expected = figure.value
    is_equal = expected is not None and abs(expected - actual) <= int(spec.tolerance * case.fen_per_unit)
    said = "an unreadable amount" if expected is None else f"{format_yuan(expected)} 元"
    detail = f"{figure.where} says {said} of {figure.measure}, the rows sum to {format_yuan(actual)} 元"
    return _check(case, figure, "ok" if is_equal else spec.severity, detail, actual_fen=actual)


def _check(  # noqa: PLR0917  # the figure and what came of it
    case: Case, figure: Figure, outcome: str, detail: str, actual_fen: int | None = None, part: str = "control"
) -> Check:
    is_count = actual_fen is None
    return Check(
        check_code="H02",
        slice_key=case.slice_key,
        part=part,
        measure=figure.measure,
        expected_fen=None if is_count else figure.value,
        actual_fen=actual_fen,
        tolerance_fen=int(case.spec.control.tolerance * case.fen_per_unit),
        outcome=outcome,
        check_name="control",
        severity=case.spec.control.severity,
        checked_count=case.row_count,
        expected_text=str(figure.value) if is_count and figure.value is not None else None,
        actual_text=str(case.row_count) if is_count and part == "control" else None,
        detail=None if outcome == "ok" else detail,
    )
