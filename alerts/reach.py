"""What a run judged, what it could not, and what lay outside it: pure, from the run's coverage rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from budget.subjects import division_scope

NOT_COVERED: Final = "本次运行未覆盖"
GONE: Final = "gone"  # of budget.coverage


class Covered(NamedTuple):
    """One row of coverage: a subject, or a whole division for rules that judge events."""

    rule_code: str
    scope: str
    period: str | None
    is_judged: bool
    reason: str | None
    division_code: str | None = None


class Verdict(NamedTuple):
    """Whether a subject was judged; ``reason`` is the coverage's reason code where it was not."""

    is_judged: bool
    reason: str | None


@dataclass(frozen=True)
class Reach:
    """The reach of one run: its rules, its year, and its coverage."""

    rule_codes: frozenset[str]
    fiscal_year: int
    covered: Mapping[tuple[str, str, str | None], Verdict]
    # Where a rule judged subjects one by one, as (rule, division): what it does not name there is not there any more.
    listed: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, rule_codes: Iterable[str], fiscal_year: int, rows: Iterable[Covered]) -> "Reach":
        """Index coverage; where one key comes twice, "not judged" wins."""
        covered: dict[tuple[str, str, str | None], Verdict] = {}
        listed: set[tuple[str, str]] = set()
        for row in rows:
            if row.is_judged and row.division_code and row.scope != division_scope(row.division_code):
                listed.add((row.rule_code, row.division_code))
            key = (row.rule_code, row.scope, row.period)
            if row.is_judged and key in covered:
                continue
            covered[key] = Verdict(row.is_judged, row.reason)
        return cls(frozenset(rule_codes), fiscal_year, covered, frozenset(listed))

    def verdict(self, rule_code: str, subject: str, period: str, division_code: str) -> Verdict | None:
        """Tell whether the run judged an alert's subject; None where the run did not set out to.

        The subject's own coverage counts before its division's. Division coverage without a period speaks for the
        run's fiscal year only: last year's vouchers are not recovered because this year's run does not list them.
        """
        if rule_code not in self.rule_codes:
            return None
        division = division_scope(division_code)
        keys: list[tuple[str, str | None]] = [(subject, period), (subject, None), (division, period)]
        if self._is_this_year(period):
            keys.append((division, None))
        for scope, when in keys:
            if (known := self.covered.get((rule_code, scope, when))) is not None:
                return known
        if not self._is_this_year(period):
            return None
        return Verdict(is_judged=False, reason=GONE if (rule_code, division_code) in self.listed else NOT_COVERED)

    def _is_this_year(self, period: str) -> bool:
        return period.startswith(f"{self.fiscal_year:04d}")
