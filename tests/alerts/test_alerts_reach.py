"""What counts as judged: the subject's own coverage first, then its division's, and only within the run's year."""

import pytest

from alerts.reach import Covered, Reach, Verdict

ROWS = [
    Covered("A02", "project:U1/P1", "2026", True, None),
    Covered("A02", "project:U2/P2", "2026", False, "late_feed"),
    Covered("E08", "division:990101010", None, True, None),
    Covered("E08", "division:990101011", None, False, "late_feed"),
    Covered("A07", "division:990101010", "2026", True, None),
    Covered("A07", "line:U2/-/-", "2026", False, "no_budget"),
    Covered("A01", "unit:U9", "2026", True, None),
    Covered("A01", "unit:U9", "2026", False, "late_feed"),
]
# Judged one by one in one street, late in another.
ROWS += [Covered("A03", "project:U1/P1", "2026", True, None, "990101010")]
ROWS += [Covered("A03", "project:U5/P5", "2026", False, "late_feed", "990101011")]
ROWS += [Covered("E05", "division:990101010", None, True, None, "990101010")]
REACH = Reach.of(["A01", "A02", "A03", "A07", "E05", "E08"], 2026, ROWS)
JUDGED = Verdict(is_judged=True, reason=None)


@pytest.mark.parametrize(
    ("rule", "subject", "period", "division", "verdict"),
    [
        # the subject was judged
        ("A02", "project:U1/P1", "2026", "990101010", JUDGED),
        # the subject was not judged, and why
        ("A02", "project:U2/P2", "2026", "990101010", Verdict(is_judged=False, reason="late_feed")),
        # nobody speaks for this subject although the rule ran
        ("A02", "project:U3/P3", "2026", "990101010", Verdict(is_judged=False, reason="本次运行未覆盖")),
        # the rule lists what is there, and this is not there any more
        ("A03", "project:U3/P3", "2026", "990101010", Verdict(is_judged=False, reason="gone")),
        # where nothing was judged nothing can be missed: the division is late, or was not looked at
        ("A03", "project:U6/P6", "2026", "990101011", Verdict(is_judged=False, reason="本次运行未覆盖")),
        ("A03", "project:U7/P7", "2026", "990101100", Verdict(is_judged=False, reason="本次运行未覆盖")),
        # a division that was judged as a whole speaks itself
        ("E05", "payment:V1", "2026-03", "990101010", JUDGED),
        # and last year's list is not this year's
        ("A03", "project:U3/P3", "2025", "990101010", None),
        # the division speaks for its events of any period within the year
        ("E08", "payment:V1", "2026-03", "990101010", JUDGED),
        ("E08", "payment:V2", "2026-03", "990101011", Verdict(is_judged=False, reason="late_feed")),
        # last year's events are out of this year's reach: neither recovered nor stale
        ("E08", "payment:V0", "2025-12", "990101010", None),
        ("A02", "project:U1/P1", "2025", "990101010", None),
        # a rule that did not run says nothing
        ("B02", "project:U1/P1", "2026", "990101010", None),
        # the subject's own word counts before its division's
        ("A07", "line:U1/-/-", "2026", "990101010", JUDGED),
        ("A07", "line:U2/-/-", "2026", "990101010", Verdict(is_judged=False, reason="no_budget")),
        # two words on one subject: not judged wins
        ("A01", "unit:U9", "2026", "990101010", Verdict(is_judged=False, reason="late_feed")),
    ],
)
def test_verdict(rule, subject, period, division, verdict):
    assert REACH.verdict(rule, subject, period, division) == verdict
