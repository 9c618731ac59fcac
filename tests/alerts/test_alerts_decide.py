"""The decision table over the full cross product: before x found x judged x applies x corrected x reminder."""

from itertools import product

import pytest

from alerts.decide import Decision, Standing, decide
from budget.levels import LEVELS, rank

BEFORES = [
    None,
    *(
        Standing(status, level, stale)
        for status in ("open", "resolved")
        for level in LEVELS
        for stale in (False, True)
        if not (status == "resolved" and stale)
    ),
]
CASES = list(product(BEFORES, [None, *LEVELS], *[[True, False]] * 4))


KNOWN = ("is_judged", "does_apply", "is_corrected", "is_reminder_due")


def told(before, found, *known):
    return decide(before, found, **dict(zip(KNOWN, known, strict=True)))


def expected(before, found, *known):
    """State the table a second way: one row a sentence, the first row that fits."""
    is_judged, does_apply, _, is_reminder_due = known
    is_open = before is not None and before.status == "open"
    rows = [
        # nothing there, nothing found
        (before is None and found is None, "none", None),
        # what stays resolved is not news
        (not is_open and found is None, "none", before),
        # found for the first time, or again after it was over
        (not is_open and found is not None, "opened", found and Standing("open", found)),
        (is_open and found is None and is_judged, "resolved", before and Standing("resolved", before.level)),
        # looked at and none of the rule's business: over, also without a judgement
        (is_open and found is None and not does_apply, "resolved", before and Standing("resolved", before.level)),
        (is_open and found is None and before and before.is_stale, "none", before),
        (is_open and found is None, "stale", before and Standing("open", before.level, is_stale=True)),
        (is_open and found and rank(found) > rank(before.level), "worsened", found and Standing("open", found)),
        (is_open and found and rank(found) < rank(before.level), "eased", found and Standing("open", found)),
        (is_reminder_due, "reminder", found and Standing("open", found)),
        (True, "none", found and Standing("open", found)),
    ]
    return next((notice, after) for fits, notice, after in rows if fits)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_case_has_the_notice_and_the_standing_of_the_table(case):
    decision = told(*case)
    assert (decision.notice, decision.standing) == expected(*case)


def test_the_cross_product_is_whole_and_meets_every_notice():
    assert len(CASES) == 13 * 5 * 16
    assert {told(*case).notice for case in CASES} == {
        "opened", "worsened", "eased", "reminder", "resolved", "stale", "none",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "found", "more", "expected_decision"),
    [
        # (what stood, what was found, what is known, what is decided and why)
        (None, "red", {}, Decision("opened", Standing("open", "red"), "首次发现")),
        (Standing("resolved", "red"), "yellow", {}, Decision("opened", Standing("open", "yellow"), "再次出现")),
        (Standing("open", "red"), None, {}, Decision("resolved", Standing("resolved", "red"), "恢复")),
        (
            Standing("open", "red"),
            None,
            {"is_corrected": True},
            Decision("resolved", Standing("resolved", "red"), "数据更正"),
        ),
        (
            Standing("open", "red", is_stale=True),
            None,
            {"is_judged": False, "does_apply": False, "is_corrected": True},
            Decision("resolved", Standing("resolved", "red"), "不再适用"),
        ),
        (
            Standing("open", "red", is_stale=True),
            "red",
            {},
            Decision("none", Standing("open", "red"), "恢复判断，级别未变"),
        ),
        (
            Standing("open", "red", is_stale=True),
            None,
            {},
            Decision("resolved", Standing("resolved", "red"), "恢复"),
        ),
    ],
)
def test_the_reasons_are_the_words_people_read(before, found, more, expected_decision):
    assert decide(before, found, **({"is_judged": True} | more)) == expected_decision


def test_a_correction_is_never_claimed_for_an_alert_that_stays():
    assert all(
        told(before, found, is_judged, does_apply, True, reminder).why != "数据更正"
        for before, found, is_judged, does_apply, _, reminder in CASES
        if found is not None or not (is_judged and does_apply)
    )
