"""Where an expected delivery stands: came, came late, waited for, overdue or held; nothing that never came is fine."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget.due import Expected
from budget.expected import STATES, Arrival, Awaited, HeldDelivery, await_deliveries, board

STREET, TOWN = "990101010", "990101100"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHLY = Expected(feed="payments", rhythm="monthly", divisions=(STREET,), due_day=8)
PLAN = Expected(feed="allotments", rhythm="yearly", divisions=(STREET,), due_from="start", due_day=10)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def at(on: str, hour: int = 18) -> dt.datetime:
    return dt.datetime.combine(day(on), dt.time(hour), SHANGHAI)


def came(on: str, first: str | None, last: str | None, **changed: Any) -> Arrival:
    told = {
        "feed": "payments",
        "slice_key": f"{STREET}/x",
        "division_code": STREET,
        "fiscal_year": 2026,
        "first_on": day(first) if first else None,
        "last_on": day(last) if last else None,
        "known_at": at(on),
        "came_on": day(on),
        "batch_id": 7,
    }
    return Arrival(**told | changed)


def stuck(on: str, first: str | None = None, last: str | None = None, **changed: Any) -> HeldDelivery:
    told = {
        "feed": "payments",
        "division_code": STREET,
        "parts": frozenset({STREET}),
        "first_on": day(first) if first else None,
        "last_on": day(last) if last else None,
        "known_at": at(on),
        "batch_id": 99,
    }
    return HeldDelivery(**told | changed)


def judged(
    today: str, arrivals: list[Arrival], held: list[HeldDelivery] | None = None, line: Expected = MONTHLY
) -> dict[str, Awaited]:
    found = await_deliveries([line], arrivals, held or [], day(today), {})
    return {one.period.name: one for one in found}


SEPTEMBER = came("2026-10-08", "2026-09-02", "2026-09-28")


@pytest.mark.parametrize(
    ("today", "arrivals", "state", "days"),
    [
        pytest.param("2026-10-08", [SEPTEMBER], "arrived", 0, id="it came on the due day"),
        pytest.param("2026-10-08", [], "waiting", 0, id="due today"),
        pytest.param("2026-10-01", [], "waiting", 5, id="five working days are left, the day itself not counted"),
        pytest.param("2026-10-09", [], "overdue", 1, id="one day over"),
        pytest.param(
            "2026-11-30", [came("2026-10-11", "2026-09-02", "2026-09-28")], "arrived_late", 3, id="it came, but late"
        ),
        pytest.param(
            "2026-11-30",
            [SEPTEMBER, came("2026-11-20", "2026-09-02", "2026-09-29", batch_id=8)],
            "arrived",
            0,
            id="a later correction does not make the first one late",
        ),
        pytest.param(
            "2026-10-09",
            [came("2026-09-20", "2026-09-02", "2026-09-18")],
            "overdue",
            1,
            id="what came midway is a part",
        ),
        pytest.param(
            "2026-10-09", [came("2026-09-30", "2026-09-02", "2026-09-29")], "arrived", 0, id="sent on the last day"
        ),
        pytest.param(
            "2026-10-09", [came("2026-10-08", "2026-08-02", "2026-08-30")], "overdue", 1, id="another month's file"
        ),
        pytest.param(
            "2026-10-09", [came("2026-10-02", "2026-01-02", "2026-09-28")], "arrived", 0, id="a file of the year so far"
        ),
        pytest.param(
            "2026-10-09",
            [came("2026-10-02", "2026-09-02", "2026-09-28", division_code=TOWN)],
            "overdue",
            1,
            id="another's",
        ),
        pytest.param(
            "2026-10-09",
            [came("2026-10-02", "2026-09-02", "2026-09-28", feed="units")],
            "overdue",
            1,
            id="another feed",
        ),
        pytest.param(
            "2026-10-09",
            [came("2026-10-02", "2026-09-02", "2026-09-28", division_code=None)],
            "arrived",
            0,
            id="a file of all divisions",
        ),
    ],
)
def test_a_month_stands_where_its_deliveries_put_it(today: str, arrivals: list[Arrival], state: str, days: int) -> None:
    september = judged(today, arrivals)["2026-09"]
    assert (september.state, september.days) == (state, days)
    assert september.due_on == day("2026-10-08")
    assert september.has_ever_come == any(
        one.feed == "payments" and one.division_code in {None, STREET} for one in arrivals
    )


def test_rest_days_are_not_counted_among_the_days_left() -> None:
    changed = {day(f"2026-10-0{n}"): False for n in range(1, 8)}
    (september,) = [
        one for one in await_deliveries([MONTHLY], [], [], day("2026-09-30"), changed) if one.period.name == "2026-08"
    ]
    assert september.state == "overdue", "September is not over on its last day"
    (waited,) = [
        one for one in await_deliveries([MONTHLY], [], [], day("2026-10-01"), changed) if one.period.name == "2026-09"
    ]
    assert (waited.state, waited.days) == ("waiting", 1)


@pytest.mark.parametrize(
    ("arrivals", "held", "state", "batch"),
    [
        pytest.param([], stuck("2026-10-07", "2026-09-01", "2026-09-30"), "held", 99, id="the only one is held"),
        pytest.param([SEPTEMBER], stuck("2026-10-20", "2026-09-01", "2026-09-30"), "held", 99, id="its redelivery is"),
        pytest.param([SEPTEMBER], stuck("2026-10-07", "2026-09-01", "2026-09-30"), "arrived", 7, id="replaced since"),
        pytest.param([], stuck("2026-10-07", "2026-08-01", "2026-08-31"), "overdue", None, id="another month is held"),
        pytest.param([], stuck("2026-10-07", "2026-01-01", "2026-12-31"), "held", 99, id="a whole year is held"),
        pytest.param([], stuck("2026-10-07"), "held", 99, id="its name tells no period: it may be this one"),
        pytest.param([], stuck("2026-10-07", division_code=TOWN), "overdue", None, id="another's is held"),
        pytest.param([], stuck("2026-10-07", division_code=None), "overdue", None, id="nobody's is held"),
    ],
)
def test_a_held_delivery_shows_until_another_takes_its_place(
    arrivals: list[Arrival], held: HeldDelivery, state: str, batch: int | None
) -> None:
    september = judged("2026-10-21", arrivals, [held])["2026-09"]
    assert (september.state, september.batch_id) == (state, batch)
    assert september.received_on == (day("2026-10-08") if arrivals else None)


@pytest.mark.parametrize(("year", "state"), [(2026, "held"), (2025, "overdue"), (None, "overdue")])
def test_a_held_plan_is_placed_by_its_fiscal_year_though_its_days_lie_before(year: int | None, state: str) -> None:
    plan = stuck("2026-02-01", "2025-12-01", "2025-12-20", feed="allotments", fiscal_year=year)
    assert judged("2026-03-01", [], [plan], PLAN)["2026"].state == state


@pytest.mark.parametrize(
    ("arrivals", "state"),
    [
        pytest.param([], "overdue", id="nothing came"),
        pytest.param([came("2026-02-05", None, None, feed="allotments")], "arrived", id="a plan is whole at once"),
        pytest.param(
            [came("2026-02-05", "2025-12-20", "2025-12-28", feed="allotments")],
            "arrived",
            id="its year counts, not its dates",
        ),
        pytest.param(
            [came("2026-02-05", None, None, feed="allotments", fiscal_year=2025)], "overdue", id="last year's plan"
        ),
        pytest.param([came("2026-02-12", None, None, feed="allotments")], "arrived_late", id="two days late"),
    ],
)
def test_a_yearly_plan_is_due_from_the_start_of_its_year(arrivals: list[Arrival], state: str) -> None:
    assert judged("2026-06-30", arrivals, line=PLAN)["2026"].state == state


def test_one_cumulative_file_tells_every_month_so_far() -> None:
    line = Expected(feed="payments", rhythm="monthly", divisions=(STREET,), due_day=8, is_cumulative=True)
    quiet = came("2026-10-08", "2026-03-01", "2026-05-20")
    found = judged("2026-10-09", [quiet], line=line)
    assert (found["2026-09"].state, found["2026-08"].state) == ("arrived", "arrived_late")


def test_departments_are_known_by_the_key_of_the_slice() -> None:
    line = Expected(feed="payments", rhythm="monthly", divisions=(STREET,), departments=("101", "102"), due_day=8)
    found = await_deliveries(
        [line],
        [came("2026-10-08", "2026-09-02", "2026-09-28", slice_key="101/202609")],
        [stuck("2026-10-08", parts=frozenset({"102"}))],
        day("2026-10-09"),
        {},
    )
    states = {one.department_code: one.state for one in found if one.period.name == "2026-09"}
    assert states == {"101": "arrived", "102": "held"}


def test_what_is_expected_once_is_waited_for_until_it_comes() -> None:
    line = Expected(feed="payments", rhythm="once", divisions=(STREET,), due_on=day("2026-10-08"))
    assert [one.state for one in judged("2026-10-01", [], line=line).values()] == ["waiting"]
    assert [one.state for one in judged("2026-10-09", [], line=line).values()] == ["overdue"]
    assert [one.state for one in judged("2026-10-09", [SEPTEMBER], line=line).values()] == ["arrived"]


def test_periods_before_the_first_expected_and_older_than_a_year_are_not_asked_for() -> None:
    line = Expected(feed="payments", rhythm="monthly", divisions=(STREET,), due_day=8, since=day("2026-08-01"))
    assert list(judged("2026-10-09", [], line=line)) == ["2026-08", "2026-09"]
    assert next(iter(judged("2026-10-09", []))) == "2025-09"
    begins = Expected(feed="payments", rhythm="monthly", divisions=(STREET,), due_day=8, since=day("2026-10-01"))
    assert [one.state for one in judged("2026-10-09", [], line=begins).values()] == ["waiting"], "the running month"


def test_the_board_shows_the_worst_first_and_one_row_a_sender() -> None:
    lines = [
        Expected(feed="payments", rhythm="monthly", divisions=(STREET, TOWN), due_day=8, since=day("2026-07-01")),
        Expected(feed="allotments", rhythm="yearly", divisions=(STREET, TOWN), due_from="start", due_day=10),
        Expected(feed="units", rhythm="monthly", divisions=(STREET,), due_day=20, since=day("2026-09-01")),
    ]
    arrivals = [
        came("2026-08-08", "2026-07-02", "2026-07-28"),
        *(came(f"2026-{n + 1:02d}-08", f"2026-{n:02d}-02", f"2026-{n:02d}-28", division_code=TOWN) for n in (7, 8, 9)),
        came("2026-02-05", None, None, feed="allotments", division_code=STREET),
        came("2026-02-15", None, None, feed="allotments", division_code=TOWN),
    ]
    held = [stuck("2026-10-09", "2026-09-01", "2026-09-30", division_code=TOWN)]
    found = board(await_deliveries(lines, arrivals, held, day("2026-10-12"), {}))
    assert [(one.line.feed, one.division_code, one.period.name, one.state, one.days) for one in found] == [
        ("payments", STREET, "2026-08", "overdue", 34),
        ("payments", TOWN, "2026-09", "held", 0),
        ("units", STREET, "2026-09", "waiting", 6),
        ("allotments", TOWN, "2026", "arrived_late", 5),
        ("allotments", STREET, "2026", "arrived", 0),
    ]
    assert [one.overdue_periods for one in found] == [2, 0, 0, 0, 0]


@settings(max_examples=60)
@given(
    months=st.lists(st.integers(1, 12), max_size=6),
    lags=st.lists(st.integers(-40, 60), min_size=6, max_size=6),
    today=st.dates(dt.date(2026, 1, 1), dt.date(2027, 3, 1)),
)
def test_one_more_delivery_never_makes_it_worse_and_nothing_from_the_future_counts(
    months: list[int], lags: list[int], today: dt.date
) -> None:
    arrivals = []
    for month, lag in zip(months, lags, strict=False):
        first = dt.date(2026, month, 1)
        on = first + dt.timedelta(days=30 + lag)
        if on <= today:
            arrivals.append(came(on.isoformat(), first.isoformat(), first.replace(day=27).isoformat()))
    before = {one.period: one for one in await_deliveries([MONTHLY], arrivals[:-1], [], today, {})}
    after = {one.period: one for one in await_deliveries([MONTHLY], arrivals, [], today, {})}
    assert before.keys() == after.keys()
    for period, one in after.items():
        assert STATES.index(one.state) >= STATES.index(before[period].state)
        assert one.days >= 0
        assert (one.received_on is None) == (one.state in {"waiting", "overdue"})
        assert not arrivals or one.has_ever_come
