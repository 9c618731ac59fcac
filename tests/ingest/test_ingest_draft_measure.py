"""How good drafts are, measured: for every built-in mapping, how much of it a draft of its own file proposes right."""

import datetime as dt

import pytest
from draft_ground import FEED_IS_SAID, REAL, classification_file, hold
from ingest_ground import built_in

from ingest.mapping import BUILT_IN, load_mappings
from sample.write import write_sample

pytestmark = pytest.mark.real_data

# What drafts reached when this was written. Foreign tables in English, Spanish and Japanese are among them, and
# columns that only a person can know: a street named as a division, a year that stands for its last day.
LEAST_RIGHT, LEAST_FEEDS = 0.9, 0.88
UNIT_DAY_AMOUNT = ("unit_code", "unit_name", "paid_on", "adjusted_on", "released_on", "valid_from", "valid_to")


@pytest.fixture(scope="module")
def held(real_data, tmp_path_factory):
    """Return, a built-in mapping, the draft for a file of its own beside it."""
    folder = tmp_path_factory.mktemp("sample")
    written = write_sample(folder, until=dt.date(2026, 7, 20), scale=0.02).files
    mappings = load_mappings([BUILT_IN])
    own = {one.name: next((path for path in reversed(written) if one.knows(path.name)), None) for one in mappings}
    files = own | {name: real_data / place for name, place in REAL.items()} | {"classifications": classification_file()}
    return {name: hold(built_in(name), path) for name, path in files.items() if path is not None}


def told(held):
    """Return the measure as lines, a mapping each: what to read where a test below fails."""
    return "\n".join(
        f"{name:<22} {sum(one.columns.values()):>3} of {len(one.columns):>3}  feed {one.draft.feed:<18} "
        f"wrong: {', '.join(column for column, right in one.columns.items() if not right) or '-'}"
        for name, one in sorted(held.items())
    )


def test_every_built_in_mapping_is_measured(held):
    assert {one.name for one in load_mappings([BUILT_IN])} == set(held)


def test_most_columns_are_proposed_right(held):
    right = sum(sum(one.columns.values()) for one in held.values())
    every = sum(len(one.columns) for one in held.values())
    assert right >= LEAST_RIGHT * every, f"{right} of {every}\n{told(held)}"


def test_the_header_is_found_in_every_file(held):
    assert [name for name, one in held.items() if not one.finds_the_header()] == []


def test_most_feeds_are_recognised(held):
    guessed = {name: one.draft.feed == one.mapping.feed for name, one in held.items() if name not in FEED_IS_SAID}
    assert sum(guessed.values()) >= LEAST_FEEDS * len(guessed), told(held)


def test_chinese_sample_files_are_recognised_whole(held):
    """Unit, day and amount columns of the district's own forms, and their feeds, are never drafted wrong."""
    for name, one in held.items():
        if not name.startswith("qinghe-"):
            continue
        assert one.draft.feed == one.mapping.feed, name
        # A second amount filled from the same column is what only a person knows.
        specs = one.mapping.columns
        once = {specs[column].from_: column for column in reversed(one.columns)}
        watched = {c: one.columns[c] for c in once.values() if c in UNIT_DAY_AMOUNT or c.endswith("_fen")}
        assert watched, name
        assert all(watched.values()), told(held)


def test_drafts_of_the_sample_files_load_as_they_are(held):
    for name, one in held.items():
        if name.startswith("qinghe-"):
            trial = one.draft.trial
            assert one.draft.missing == (), name
            assert trial is not None, name
            assert (trial.rejected, trial.accepted > 0) == (0, True), (name, trial.messages)
