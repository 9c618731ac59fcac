"""Judging only what a delivery touched, and what hangs together with it, says what judging everything says."""

import dataclasses

import polars as pl
import pytest
from made_up_facts import AS_OF, made_up
from made_up_places import DISTRICT, HERE, THERE, TOWN

from budget import frames
from budget.units import linked
from rules.again import NotDivisibleError, evaluate_again
from rules.evaluate import evaluate
from rules.params import default_params

FEEDS = [*(feed for feed in frames.FEEDS if feed != "classifications"), "deliveries", "checks"]
SEEDS = range(4)


def of_divisions(facts, divisions):
    kept = {feed: getattr(facts, feed).filter(pl.col("division_code").is_in(list(divisions))) for feed in FEEDS}
    return dataclasses.replace(facts, **kept)


def town_of(frame):
    """Return the rows of the district and its streets as those of the town: other units, vouchers and slices."""
    own = frame.filter(pl.col("division_code") != TOWN)
    codes = ("unit_code", "parent_code", "successor_code", "voucher_no", "original_voucher_no", "slice_key")
    renamed = [pl.concat_str(pl.lit("T"), name).alias(name) for name in codes if name in frame.columns]
    numbered = [pl.col("slice_id") + 1_000] if "slice_id" in frame.columns else []
    return own.with_columns(*renamed, *numbered, division_code=pl.lit(TOWN))


def two_towns(seed):
    """Return the made-up district, and the same once more as a town of its own that shares nothing with it."""
    facts = made_up(seed)
    both = {}
    for feed in FEEDS:
        frame = getattr(facts, feed)
        both[feed] = pl.concat([frame.filter(pl.col("division_code") != TOWN), town_of(frame)])
    return dataclasses.replace(facts, **both)


def with_new_payments(facts, seed):
    """Return facts after a delivery for the town: some payments of the year more, some gone."""
    mine = (pl.col("division_code") == TOWN) & (pl.col("fiscal_year") == AS_OF.year)
    kept = facts.payments.filter(mine).sample(fraction=0.7, seed=seed, shuffle=True)
    more = kept.head(5).with_columns(
        voucher_no=pl.concat_str(pl.lit("new"), "voucher_no"),
        slice_id=pl.lit(77, pl.Int64),
        payment_fen=pl.lit(47_000_000, pl.Int64),
    )
    return dataclasses.replace(facts, payments=pl.concat([facts.payments.filter(~mine), kept, more]))


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_delivery_of_one_town_both_ways_say_the_same(seed):
    params = default_params()
    before = evaluate(two_towns(seed), params)
    after = with_new_payments(two_towns(seed), seed)
    whole = evaluate(after, params)
    again = evaluate_again(before, of_divisions(after, {TOWN}), params, {TOWN})
    assert not whole.findings.equals(before.findings), "the delivery changed what is found"
    assert again.findings.equals(whole.findings)
    assert again.coverage.equals(whole.coverage)


def test_streets_hang_together_with_their_district_and_a_town_stands_alone():
    units = made_up(0).units
    assert linked(units, {THERE}) == linked(units, {DISTRICT}) == {DISTRICT, HERE, THERE}
    assert linked(units, {TOWN}) == {TOWN}


def test_a_unit_that_moved_ties_two_divisions_together():
    units = made_up(0).units
    old = units.head(1).with_columns(
        unit_code=pl.lit("T1"), division_code=pl.lit(TOWN), successor_code=pl.lit("101001")
    )
    assert linked(pl.concat([units, old]), {TOWN}) == {TOWN, DISTRICT, HERE, THERE}


def test_a_rule_that_fails_on_the_changed_division_is_an_error_for_all():
    params = default_params()
    before = evaluate(made_up(0), params)
    broken = of_divisions(made_up(0), {THERE})
    broken = dataclasses.replace(broken, adjustments=broken.adjustments.drop("adjustment_kind"))
    again = evaluate_again(before, broken, params, {THERE})
    assert "B02" in again.errors
    assert "B02" not in set(again.findings["rule_code"]) | set(again.coverage["rule_code"])


def test_what_was_judged_with_a_failed_rule_is_not_built_upon():
    before = dataclasses.replace(evaluate(made_up(0), default_params()), errors={"A01": "KeyError: 'x'"})
    with pytest.raises(NotDivisibleError, match="rule A01 failed"):
        evaluate_again(before, made_up(0), default_params(), {THERE})


def test_what_belongs_to_no_division_is_not_built_upon():
    before = evaluate(made_up(0), default_params())
    nowhere = before.findings.with_columns(division_code=pl.lit(None, pl.String))
    with pytest.raises(NotDivisibleError, match="of no division"):
        evaluate_again(dataclasses.replace(before, findings=nowhere), made_up(0), default_params(), {HERE})
    assert before.findings["division_code"].null_count() == 0, AS_OF
