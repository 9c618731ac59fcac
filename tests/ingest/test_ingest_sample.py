"""The sample district's files load by the built-in mappings, as finance would send them, without a row lost."""

import datetime as dt
import json
import re

import polars as pl
import pytest
from ingest_ground import House

from budget import frames
from budget.divisions import not_a_level
from budget.payments import corrections, unbalanced_corrections
from sample.write import write_sample
from warehouse.batches import list_batches
from warehouse.engine import open_engine, reading, sqlite_url
from warehouse.in_force import slices_in_force
from warehouse.migrations import create
from warehouse.scope import Scope

UNTIL = dt.date(2026, 7, 20)
NOW = dt.datetime(2026, 7, 21, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    return folder, write_sample(folder, until=UNTIL, scale=0.1)


@pytest.fixture(scope="module")
def house(written, tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    engine = open_engine(sqlite_url(folder / "warehouse.db"))
    with engine.begin() as connection:
        create(connection)
    loaded = House(engine, folder / "landing")
    loaded.outcomes = [loaded.load_file(path, now=NOW) for path in written[1].files]
    return loaded


def test_every_file_is_published_but_the_one_with_a_broken_total(house):
    held = [one for one in house.outcomes if one.status != "published"]
    assert [re.sub(r"\d", "9", one.file) for one in held] == ["allotments-999999999-9999-99999999.xlsx"]
    assert "appropriation_fen total" in held[0].messages[0]
    assert {one.feed for one in house.outcomes} == set(frames.FEEDS) - {"classifications"}


def test_no_row_is_rejected(house):
    assert [(one.file, one.rejected) for one in house.outcomes if one.rejected] == []


def test_all_payments_are_there_once_but_for_the_vouchers_planted_twice(house, written):
    facts = house.facts("payments")
    planted = json.loads((written[0] / "planted.json").read_text(encoding="utf-8"))["planted"]
    twice = {one["subject"] for one in planted if one["rule"] == "H06"}
    doubled = facts.filter(pl.col("voucher_no").is_duplicated())["voucher_no"].unique()
    assert {f"payment:{one}" for one in doubled} == twice
    assert twice
    assert facts.height == written[1].payments
    assert facts.select(pl.col("unit_code", "function_code", "paid_on", "payment_kind").is_null().any()).row(0) == (
        False,
        False,
        False,
        False,
    )


def test_codes_have_the_length_of_their_level(house):
    functions = house.facts("allotments")["function_code"]
    assert set(functions.filter(functions.str.len_chars() != 7)) == {"227"}, "the reserve has no items"
    assert house.facts("units")["division_code"].str.len_chars().unique().to_list() == [9]


def test_totals_that_do_not_add_up_are_those_that_were_planted(house, written):
    planted = json.loads((written[0] / "planted.json").read_text(encoding="utf-8"))["planted"]
    wanted = {one["subject"] for one in planted if one["rule"] == "H02"}
    with reading(house.engine) as connection:
        in_force = slices_in_force(connection, NOW, Scope.everything())
        batches = {one["batch"]: one for one in list_batches(connection, Scope.everything())}
    found = {
        f"check:{feed}/{key}/{check['part']}"
        for batch, feed, key in in_force.select("batch_id", "feed", "slice_key").iter_rows()
        for check in batches[batch]["checks"]
        if check["check_code"] == "H02" and check["outcome"] == "warn" and check["slice_key"] == key
    }
    assert found == wanted
    assert wanted


def test_the_late_office_is_seen_in_the_span_of_its_payments(house):
    with reading(house.engine) as connection:
        pieces = slices_in_force(connection, NOW, Scope.everything(), feeds=["payments"])
    last = dict(pieces.group_by("division_code").agg(pl.col("last_on").max()).iter_rows())
    assert (UNTIL - last["990101011"]).days > 30
    assert (UNTIL - last["990101010"]).days < 7


def test_no_street_is_given_what_only_a_budget_level_has(house):
    for feed in ("documents", "final_accounts", "transfers"):
        facts = house.facts(feed)
        assert not facts.is_empty()
        assert not_a_level(feed, facts).is_empty()


def test_every_correction_of_the_sample_sums_to_zero_or_takes_its_voucher_back(house):
    facts = house.facts("payments")
    assert corrections(facts).height > 0
    assert unbalanced_corrections(facts).is_empty()
