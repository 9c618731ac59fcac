"""Plants what the rules on tempo, carry-over, detail and changes of the current year look for, in a fixed order."""

from collections.abc import Callable

import numpy as np

from sample.arithmetic_changes import late_top_ups, much_changed, unapproved
from sample.arithmetic_months import spikes
from sample.arithmetic_tempo import fast_projects, plan_deviations
from sample.desk import Desk
from sample.model import Mark
from sample.plant_carried import carried_into, plant_carried, spent_last_year
from sample.plant_changes import plant_changes, plant_late_top_ups
from sample.plant_detail import plant_detail
from sample.plant_past import Past
from sample.plant_tempo import plant_tempo
from sample.sums import codes_in_use

_OFF_PLAN_BP = 2_000
_MUCH_BP = 500
_LEAST_CARRIED_FEN = 20_000_000
RULES = ("A05", "A09", "A10", "A11", "A12", "A13", "A14", "A15", "B01", "B03", "B04", "B05", "B06", "B10")


def plant_budget_rules(desk: Desk, past: Past, seed: int) -> None:
    """Plant after everything else of the current year; each part draws from a generator of its own."""
    _drawing(desk, [seed, 97], lambda _: plant_late_top_ups(desk))
    _drawing(desk, [seed, 83], lambda rng: plant_detail(desk, rng))
    _drawing(desk, [seed, 73], lambda rng: plant_tempo(desk, past, rng))
    _drawing(desk, [seed, 79], lambda rng: plant_carried(desk, rng))
    _drawing(desk, [seed, 89], lambda rng: plant_changes(desk, rng))


def _drawing(desk: Desk, seed: list[int], plant: Callable[[np.random.Generator], None]) -> None:
    before, desk.rng = desk.rng, np.random.default_rng(seed)
    plant(desk.rng)
    desk.rng = before


def add_true_tempo(desk: Desk) -> None:
    """List whatever else is too fast (A11) or off its plan (A13) now that the payments are there."""
    year = str(desk.year)
    _much_carried(desk)
    true = {
        "B01": unapproved(desk.district),
        "B03": much_changed(desk.district),
        "B04": late_top_ups(desk.district),
    }
    for rule, subjects in true.items():
        for subject in sorted(subjects):
            desk.plant(rule, subject)
    for subject, period in sorted(spikes(desk.district)):
        desk.plant("A09", subject, period)
    fast = fast_projects(desk.district)
    desk.marks = [mark for mark in desk.marks if mark.rule != "A11" or mark.why]
    for subject in sorted(fast):
        desk.plant("A11", subject)
    desk.marks = [mark for mark in desk.marks if not (mark.rule == "A11" and mark.why and mark.subject in fast)]
    off = plan_deviations(desk.district)
    for subject, deviation in sorted(off.items()):
        if deviation >= _OFF_PLAN_BP:
            desk.plant("A13", subject, year)
    near = sorted((one for one in off.items() if one[1] < _OFF_PLAN_BP), key=lambda one: -one[1])
    for subject, _ in near[:4]:
        desk.innocent("A13", subject, "支出慢于用款计划，但偏差未达20%")
    _settle(desk)


def _much_carried(desk: Desk) -> None:
    """List the units into which other plants carried five per cent and more (A15)."""
    spent, now = spent_last_year(desk), codes_in_use(desk.district)
    for old, code in now.items():
        if old != code:
            spent[code] = spent.get(code, 0) + spent.get(old, 0)
    for unit in desk.by_unit:
        carried = carried_into(desk, unit)
        if carried >= _LEAST_CARRIED_FEN and spent.get(unit) and carried * 10_000 // spent[unit] >= _MUCH_BP:
            desk.plant("A15", f"unit:{unit}", str(desk.year - 1))


def _settle(desk: Desk) -> None:
    """Keep one entry a rule, subject and period; what is planted is not innocent."""
    planted = {(mark.rule, mark.subject, mark.period) for mark in desk.marks if not mark.why}
    kept: dict[tuple[str, ...], Mark] = {}
    for mark in desk.marks:
        key = (mark.rule, mark.subject, mark.period)
        if mark.rule in RULES and mark.why and key in planted:
            continue
        kept[key if mark.rule in RULES else (*key, mark.why)] = mark
    desk.marks = list(kept.values())
