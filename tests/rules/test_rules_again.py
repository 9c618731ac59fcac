"""Judging only what a delivery touched says what judging everything says."""

import dataclasses

import polars as pl
import pytest
from made_up_facts import AS_OF, made_up
from made_up_places import HERE, THERE

from budget import frames
from rules.again import NotDivisibleError, evaluate_again
from rules.evaluate import evaluate
from rules.params import default_params

FEEDS = [*(feed for feed in frames.FEEDS if feed != "classifications"), "deliveries", "checks"]
SEEDS = range(4)


def of_division(facts, division, *, here=True):
    wanted = pl.col("division_code") == division
    kept = {feed: getattr(facts, feed).filter(wanted if here else ~wanted) for feed in FEEDS}
    return dataclasses.replace(facts, **kept)


def with_new_payments(facts, seed):
    """Return facts after a delivery for THERE: some payments more, some gone."""
    there = pl.col("division_code") == THERE
    mine = facts.payments.filter(there).sample(fraction=0.7, seed=seed, shuffle=True)
    more = mine.head(5).with_columns(
        voucher_no=pl.concat_str(pl.lit("new"), "voucher_no"),
        slice_id=pl.lit(77, pl.Int64),
        payment_fen=pl.lit(47_000_000, pl.Int64),
    )
    return dataclasses.replace(facts, payments=pl.concat([facts.payments.filter(~there), mine, more]))


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_delivery_of_one_division_both_ways_say_the_same(seed):
    params = default_params()
    before = evaluate(made_up(seed), params)
    after = with_new_payments(made_up(seed), seed)
    whole = evaluate(after, params)
    again = evaluate_again(before, of_division(after, THERE), params, {THERE})
    assert not whole.findings.equals(before.findings), "the delivery changed what is found"
    assert again.findings.equals(whole.findings)
    assert again.coverage.equals(whole.coverage)


def test_a_rule_that_fails_on_the_changed_division_is_an_error_for_all():
    params = default_params()
    before = evaluate(made_up(0), params)
    broken = of_division(made_up(0), THERE)
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
