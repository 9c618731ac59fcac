"""A street is part of its district's budget, a town is a level: told by code, held against every division there is."""

import polars as pl
import pytest

from budget import frames
from budget.divisions import LEVEL_ACTS, division_kind, is_budget_level, level_code, level_of, not_a_level


@pytest.mark.parametrize(
    ("code", "name", "kind", "level", "why"),
    [
        ("440604000", None, "district", "440604000", "a district is a level"),
        ("440604010", "石湾镇街道", "street", "440604000", "a street whose name has 镇 in it is a street"),
        ("440604100", "南庄镇", "town", "440604100", "a town approves its own budget"),
        ("440604001", None, "street", "440604000", "the first street"),
        ("440604099", None, "street", "440604000", "the last street"),
        ("440604199", None, "town", "440604199", "the last town"),
        ("440604200", None, "township", "440604200", "the first 乡"),
        ("440604399", None, "township", "440604399", "the last 乡"),
        ("440604010000", None, "street", "440604000000", "twelve digits of the statistics code"),
        ("130271450", "新华路街道", "street", "130271000", "from 400 on the name tells"),
        ("130426400", "涉城镇", "town", "130426400", "from 400 on the name tells"),
        ("130426401", None, "other", "130426401", "nothing tells: not taken for a street"),
        ("460202198", "海棠区直辖村级区划", "other", "460202198", "villages under the county are no town"),
        ("ES1102000", None, None, "ES1102000", "a code of another form is its own level"),
        ("44060", None, None, "44060", "too short to tell"),
    ],
)
def test_a_code_tells_the_kind_and_the_level(code, name, kind, level, why):
    assert (division_kind(code, name), level_of(code, name)) == (kind, level), why
    assert is_budget_level(code, name) == (kind != "street"), why


def test_a_column_of_codes_is_told_like_single_codes():
    codes = ["440604000", "440604010", "440604100", "440604010000", "ES1102000", "4406", None, "440604099"]
    told = pl.DataFrame({"division_code": codes}).select(level_code())["division_code"].to_list()
    assert told == [None if code is None else level_of(code) for code in codes]


@pytest.mark.real_data
def test_every_street_town_and_township_of_the_country_is_told_by_its_code(real_data):
    table = pl.read_csv(real_data / "cn-admin-divisions" / "streets.csv", schema_overrides={"code": pl.String})
    wrong, told = [], {"street": 0, "town": 0, "township": 0}
    for code, name in table.select("code", "name").iter_rows():
        by_name = next(
            (k for e, k in (("街道", "street"), ("镇", "town"), ("乡", "township")) if name.endswith(e)), None
        )
        by_code = division_kind(code)
        if by_name and by_code in told:
            told[by_code] += 1
            wrong += [] if by_code == by_name else [(code, name, by_code)]
    assert wrong == []
    assert told == {"street": 9001, "town": 21366, "township": 8044}
    assert all(division_kind(code, name) for code, name in table.select("code", "name").iter_rows())


def documents(*rows):
    return pl.DataFrame([{name: row.get(name) for name in frames.DOCUMENTS} for row in rows], schema=frames.DOCUMENTS)


def test_a_street_has_no_approval_of_its_own_and_the_sentence_says_whose_it_is():
    rows = documents(
        {"division_code": "990101010", "document_kind": "budget_approval"},
        {"division_code": "990101010", "document_kind": "department_budget_disclosure"},
        {"division_code": "990101010", "document_kind": "budget_reply", "unit_code": "301"},
        {"division_code": "990101100", "document_kind": "budget_approval"},
        {"division_code": "990101000", "document_kind": "budget_approval"},
    )
    assert not_a_level("documents", rows).select("division_code", "what", "belongs_to").rows() == [
        ("990101010", "budget_approval", "990101000")
    ]


def test_a_streets_departmental_account_is_in_order_and_its_divisions_account_is_not():
    schema = frames.FINAL_ACCOUNTS
    rows = [
        {"division_code": "990101010", "unit_code": "101", "reporting_level": level}
        for level in ("unit", "department", "division", None)
    ]
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    assert not_a_level("final_accounts", frame).select("division_code", "what", "belongs_to").rows() == [
        ("990101010", "final account of the division", "990101000")
    ]


def test_an_account_of_no_unit_is_the_divisions_own():
    schema = frames.FINAL_ACCOUNTS
    rows = [{"division_code": code} for code in ("990101010", "990101100", "990101000")]
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    assert not_a_level("final_accounts", frame)["division_code"].to_list() == ["990101010"]


def test_a_street_is_no_lower_government_that_a_transfer_goes_to():
    targets = [
        ("out", "990101010"),
        ("out", "990101100"),
        ("out", None),
        ("in", "990101010"),
        (None, "990101010"),
        ("out", "990102011"),
    ]
    rows = [{"direction": direction, "target_division_code": code} for direction, code in targets]
    schema = frames.FEEDS["transfers"]
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    assert not_a_level("transfers", frame).select("target_division_code", "belongs_to").rows() == [
        ("990101010", "990101000"),
        ("990102011", "990102000"),
    ]


def test_other_feeds_name_streets_freely():
    rows = pl.DataFrame({"division_code": ["990101010"]})
    assert not_a_level("payments", rows).is_empty()


def test_every_act_of_a_level_is_a_known_kind_of_document():
    assert set(LEVEL_ACTS) <= set(frames.DOCUMENT_KINDS)
