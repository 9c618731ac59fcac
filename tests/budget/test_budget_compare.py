"""Two statements of the same rows, held side by side: what was added, changed and removed adds up exactly."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import frames
from budget.compare import compare_rows
from budget.keys import NATURAL_KEYS, natural_keys

SCHEMA = {
    "slice_key": pl.String(),
    "source_sheet": pl.String(),
    "source_row": pl.Int64(),
    "voucher": pl.String(),
    "payee": pl.String(),
    "fen": pl.Int64(),
}
COLUMNS = ("voucher", "payee", "fen")
KEYS = (("voucher",),)


def rows(*given_rows):
    """Rows are (voucher, payee, fen) of one slice, or (slice, voucher, payee, fen)."""
    full = [row if len(row) == 4 else ("s", *row) for row in given_rows]
    return pl.DataFrame([(row[0], None, n, *row[1:]) for n, row in enumerate(full, 2)], schema=SCHEMA, orient="row")


def compare(before, after, keys=KEYS):
    return compare_rows(rows(*before), rows(*after), keys, COLUMNS, {"fen": "fen"})


A, B = ("V1", "甲", 100), ("V2", "乙", 200)
CASES = [
    ("the same rows in another order are the same", [A, B], [B, A], (0, 0, 0)),
    ("a row more is added", [A], [A, B], (1, 0, 0)),
    ("a key missing from the later delivery is removed", [A, B], [B], (0, 0, 1)),
    ("another amount under the same number is a change", [A], [("V1", "甲", 90)], (0, 1, 0)),
    ("another payee of the same amount is a change too", [A], [("V1", "丙", 100)], (0, 1, 0)),
    ("an amount that is blank now is a change", [A], [("V1", "甲", None)], (0, 1, 0)),
    ("blank on both sides is the same", [("V1", None, 1)], [("V1", None, 1)], (0, 0, 0)),
    ("rows without a number are held as a whole", [(None, "甲", 1)], [(None, "甲", 2)], (1, 0, 1)),
    ("so are rows whose number stands twice", [A, ("V1", "乙", 5)], [A, ("V1", "乙", 6)], (1, 0, 1)),
    ("equal rows count as often as they stand", [A, A, A], [A], (0, 0, 2)),
    ("a number that stands twice now is one row more", [A], [A, A], (1, 0, 0)),
    ("the same number in another slice is another row", [("s", *A)], [("t", *A)], (1, 0, 1)),
    ("nothing before", [], [A], (1, 0, 0)),
    ("nothing after", [A], [], (0, 0, 1)),
    ("nothing at all", [], [], (0, 0, 0)),
]


@pytest.mark.parametrize(("why", "before", "after", "counts"), CASES, ids=[case[0] for case in CASES])
def test_rows_are_told_apart(why, before, after, counts):
    found = compare(before, after)
    assert (found.added.height, found.changed.height, found.removed.height) == counts, why
    assert found.unchanged_count == len(before) - found.changed.height - found.removed.height


def test_a_second_key_names_rows_the_first_does_not():
    found = compare([(None, "甲", 1)], [(None, "甲", 2)], keys=(("voucher",), ("payee",)))
    assert found.changed["key_no"].to_list() == [1]


def test_where_the_rows_stood_is_told_and_does_not_count():
    found = compare([B, A], [("V1", "甲", 90), B])
    assert found.changed.select("source_row_before", "source_row_after").rows() == [(3, 2)]


ROW = st.tuples(
    st.sampled_from(["s", "t"]),
    st.sampled_from([None, "V1", "V2", "V3", "V4"]),
    st.sampled_from([None, "甲", "乙"]),
    st.one_of(st.none(), st.integers(-(2**61), 2**61)),
)


@settings(max_examples=150)
@given(st.lists(ROW, max_size=12), st.lists(ROW, max_size=12))
def test_before_added_changed_and_removed_make_after_exactly(before, after):
    found = compare(before, after)
    assert found.before_count + found.added.height - found.removed.height == found.after_count
    stated = [row[3] for row in (*before, *after) if row[3] is not None]
    assert set(found.totals) == ({"fen"} if stated else set())
    for total in found.totals.values():
        assert total.before_fen == sum(row[3] or 0 for row in before)
        assert total.after_fen == sum(row[3] or 0 for row in after)
        assert total.before_fen + total.added_fen + total.changed_fen + total.removed_fen == total.after_fen


@settings(max_examples=60)
@given(st.lists(ROW, max_size=12), st.randoms(use_true_random=False))
def test_the_same_rows_in_any_order_differ_in_nothing(before, random):
    found = compare(before, random.sample(before, len(before)))
    assert (found.added.height, found.changed.height, found.removed.height) == (0, 0, 0)


def test_every_feed_has_keys_of_its_own_columns():
    for feed, schema in frames.FEEDS.items():
        assert NATURAL_KEYS[feed], feed
        for key in natural_keys(feed):
            assert set(key) <= set(schema), (feed, key)
    assert natural_keys("no such feed") == ()
