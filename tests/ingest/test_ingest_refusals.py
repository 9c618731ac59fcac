"""Whatever ingest refuses and a clerk may meet carries a code with words, and exactly the parts that they name."""

import ast
import string
from pathlib import Path

import pytest

import app
import ingest
from budget.refusals import REFUSALS
from ingest.problems import IngestError, UnreadableError, place_of

CODED = {"UnreadableError", "FileRefusedError", "NameRefusedError", "BatchError", "NoMappingError"}


def _raised() -> list[tuple[str, ast.Call]]:
    rooms = [Path(str(room.__file__)).parent for room in (ingest, app)]
    return [
        (f"{path.relative_to(folder.parent)}:{node.lineno}", node)
        for folder in rooms
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", None) in {*CODED, "refusal_of"}
        and path.name != "problems.py"
    ]


RAISED = _raised()


def codes(call: ast.Call) -> set[str]:
    """Return the codes a call may carry: a text, or one of two."""
    at = 0 if getattr(call.func, "id", None) == "refusal_of" else 1
    given = call.args[at] if len(call.args) > at else None
    texts = (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,)
    return {str(one.value) for one in texts if isinstance(one, ast.Constant)}


def fields(code: str) -> set[str]:
    return {name for _text, name, _format, _conversion in string.Formatter().parse(REFUSALS[code]) if name}


def test_the_walk_sees_the_refusals() -> None:
    assert len(RAISED) > 60
    assert {place.partition(":")[0] for place, _ in RAISED} >= {
        "ingest/xlsx.py",
        "ingest/readers.py",
        "ingest/again.py",
    }


@pytest.mark.parametrize(("place", "call"), RAISED, ids=[place for place, _ in RAISED])
def test_every_refusal_has_its_words_and_their_parts(place: str, call: ast.Call) -> None:
    found = codes(call)
    assert found, f"{place} has no code of budget.refusals"
    assert found <= set(REFUSALS), place
    given = {one.arg for one in call.keywords}
    given |= {str(key.value) for part in call.args if isinstance(part, ast.Dict) for key in part.keys if key}
    wanted = set().union(*(fields(code) for code in found))
    assert given == wanted, place


def test_no_words_are_kept_for_what_nobody_refuses() -> None:
    assert set(REFUSALS) - {code for _, call in RAISED for code in codes(call)} == set()


def test_a_refusal_reads_in_english_and_carries_its_parts() -> None:
    error = UnreadableError("a.xls is locked with a password", "locked", file="a.xls")
    assert str(error) == "a.xls is locked with a password"
    assert error.refusal is not None
    assert (error.refusal.code, error.refusal.parts) == ("locked", {"file": "a.xls"})
    assert IngestError("only an administrator meets this").refusal is None


def test_a_part_that_is_a_whole_row_is_cut() -> None:
    refusal = UnreadableError("…", "unit_untold", above="单" * 5000).refusal
    assert refusal is not None
    assert len(str(refusal.parts["above"])) < 700


@pytest.mark.parametrize(
    ("said", "place"),
    [("a.xlsx sheet 表 1", "a.xlsx/表 1"), ("balance.csv", "balance.csv"), ("a sheet b sheet c", "a sheet b/c")],
)
def test_a_place_names_no_english_word(said: str, place: str) -> None:
    assert place_of(said) == place
