"""Which acts of the year come late or on the last day, and by how many days: drawn by level, apart from all else."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from sample.act import Act
from sample.people import DISTRICT_CODE

# What is due within how many days of its base.
DUE_DAYS = {
    "批复部门预算": 20,
    "批复单位预算": 15,
    "公开政府预算": 20,
    "公开部门预算": 20,
    "公开预算调整": 20,
    "公开预算执行情况": 20,
    "公开政府决算": 20,
    "公开部门决算": 20,
    "批复部门决算": 20,
    "批复抄送人大": 30,
}
# Acts that count from the one before them move with it.
_FOLLOWS = {
    "批复部门预算": ("批复单位预算", "公开部门预算"),
    "批复部门决算": ("公开部门决算",),
}
# Days late of some departments' acts, by level; 0 is the last day, None an act that is never done.
_DISTRICT: dict[str, tuple[int | None, ...]] = {
    "批复部门预算": (0, 1, 3, 7, 0, 14, 24, 0),
    "批复单位预算": (0, 1, 4, 8, 0, 22, None, 0),
    "公开部门预算": (0, 2, 5, 9, 0, 30, None, 0),
    "批复部门决算": (0, 1, 5, 6, 0, 15, 0, 2),
    "公开部门决算": (0, 3, 1, 8, 0, None),
}
_TOWN: dict[str, tuple[int | None, ...]] = {
    "批复部门预算": (2,),
    "公开部门预算": (6,),
    "批复单位预算": (3,),
    "批复部门决算": (21,),
}
# The acts of the level itself.
_LEVEL: dict[str, dict[str, int | None]] = {
    DISTRICT_CODE: {"公开预算调整": 7, "公开政府决算": 2, "批复抄送人大": 4, "公开政府预算": 0},
    "": {"公开政府预算": 3, "公开预算执行情况": 25, "公开政府决算": 0, "公开预算调整": None},
}
# A department under secrecy publishes nothing.
SECRET_UNITS = ("106", "303")
_SCHOOLS = "104"


def delayed(acts: Sequence[Act], level: str, seed: int) -> list[Act]:
    """Return a level's acts of one kind of year with its delays put in; what follows a late act moves with it."""
    rng = np.random.default_rng([seed, 67, int(level)])
    wanted = _DISTRICT if level == DISTRICT_CODE else _TOWN
    own = _LEVEL.get(level, _LEVEL[""])
    found = [_late(one, own[one.kind]) if one.kind in own and not one.unit[0] else one for one in acts]
    taken: set[str] = set()
    for kind, days in wanted.items():
        # Small districts keep the units of few departments; the schools always have several.
        first = [_SCHOOLS] if kind == "批复单位预算" and level == DISTRICT_CODE else []
        free = sorted({one.unit[0] for one in found if one.kind == kind} - taken - {*SECRET_UNITS, _SCHOOLS})
        mixed = [free[int(place)] for place in rng.permutation(len(free))]
        ordered = sorted(days, key=lambda one: one == 0) if first else days
        late = dict(zip([*first, *mixed], ordered, strict=False))
        taken |= set(late)
        found = _moved(found, kind, late)
    return [_secret(one) for one in found]


def _late(act: Act, days: int | None) -> Act:
    if act.base is None:
        return act
    due = act.base + dt.timedelta(days=DUE_DAYS[act.kind])
    return act._replace(on=None if days is None else due + dt.timedelta(days=days), is_open=True)


def _moved(acts: Sequence[Act], kind: str, late: dict[str, int | None]) -> list[Act]:
    """Put some units' acts of a kind late; what counts from them starts and ends as much later."""
    shifted: dict[str, tuple[dt.date, int]] = {}
    found = []
    for one in acts:
        if one.kind == kind and one.unit[0] in late and one.on:
            moved = _late(one, late[one.unit[0]])
            if moved.on:
                shifted[one.unit[0]] = (moved.on, (moved.on - one.on).days)
            found.append(moved)
        else:
            found.append(one)
    return [_follow(one, shifted) if one.kind in _FOLLOWS.get(kind, ()) else one for one in found]


def _follow(act: Act, shifted: dict[str, tuple[dt.date, int]]) -> Act:
    if act.unit[0] not in shifted or act.on is None:
        return act
    base, days = shifted[act.unit[0]]
    return act._replace(base=base, on=act.on + dt.timedelta(days=days))


def _secret(act: Act) -> Act:
    if act.unit[0] in SECRET_UNITS and act.kind in ("公开部门预算", "公开部门决算"):
        return act._replace(on=None, is_secret=True, is_open=True)
    return act
