"""What columns are called, as data: ``reference/vocabulary.toml`` and the codes of the shipped classifications."""

import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from budget import frames

_FOLDER = Path(__file__).parent.parent / "reference"
_UNIT = re.compile(r"[(\[]\s*(?:单位\s*:\s*)?(?:人民币)?(亿元|万元|千元|百元|元|円)\s*[)\]]")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|\d+[.、)](?!\d))")
_NO_WORD = re.compile(r"[\W_]+")
_LEAST_WORD = 2  # a single character is in too many labels to say anything


@dataclass(frozen=True)
class Vocabulary:
    """How canonical columns, their values and the feeds are spoken of.

    ``names`` holds, a feed and column, (as written, as compared), ``every`` all of them; ``words`` what tells of a feed
    in titles and file names; ``choices`` what delivered values of a column stand for; ``codes`` the known codes by
    classification.
    """

    names: dict[str, dict[str, tuple[tuple[str, str], ...]]]
    every: tuple[tuple[str, str], ...]
    words: dict[str, tuple[str, ...]]
    choices: dict[str, dict[str, str]]
    codes: dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """Read the vocabulary that comes with the program."""
    given = tomllib.loads((_FOLDER / "vocabulary.toml").read_text(encoding="utf-8"))
    names = {
        feed: {
            column: _compared(
                [*given["feeds"].get(feed, {}).get("columns", {}).get(column, ()), *_common(given, column)]
            )
            for column in schema
        }
        for feed, schema in frames.FEEDS.items()
    }
    words = {feed: tuple(given["feeds"].get(feed, {}).get("words", ())) for feed in frames.FEEDS}
    every = tuple(
        sorted(
            {
                compared: (name, compared) for one in names.values() for all_ in one.values() for name, compared in all_
            }.values()
        )
    )
    return Vocabulary(names, every, words, given["choices"], _known_codes())


def _common(given: dict[str, dict[str, list[str]]], column: str) -> list[str]:
    return [*given["columns"].get(column, []), column, column.removesuffix("_fen")]


def _compared(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, compared) for name in dict.fromkeys(names) if (compared := squeezed(name)))


def _known_codes() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for path in sorted(_FOLDER.glob("classification-*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                found.setdefault(row[0], set()).add(row[1])
    return {scheme: frozenset(codes) for scheme, codes in found.items()}


def squeezed(label: str) -> str:
    """Return a label as it is compared: half-width, small letters, without blanks, marks, numbering and unit."""
    text = unicodedata.normalize("NFKC", label).casefold()
    return _NO_WORD.sub("", _NUMBERING.sub("", _UNIT.sub("", text).strip()))


def unit_in(label: str) -> str | None:
    """Return the unit a label tells in brackets: 金额（万元）."""
    found = _UNIT.search(unicodedata.normalize("NFKC", label))
    return None if found is None or found[1] == "円" else found[1]


@lru_cache(maxsize=65536)
def likeness(label: str, name: str) -> int:
    """Return from 0 to 100 how alike two squeezed names are.

    What ends alike means the same kind of thing (收款人账号 is an 账号), what only begins alike less so.
    """
    if label == name:
        return 100
    short, long = sorted((label, name), key=len)
    if len(short) < _LEAST_WORD:
        return 0
    share = len(short) / len(long)
    if long.endswith(short):
        return round(60 + 35 * share)
    if short in long:
        return round(40 + 35 * share)
    ours, theirs = _pairs(label), _pairs(name)
    return round(85 * 2 * len(ours & theirs) / (len(ours) + len(theirs)))


@lru_cache(maxsize=65536)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[n : n + 2] for n in range(len(text) - 1))


@lru_cache(maxsize=65536)
def called(label: str, names: tuple[tuple[str, str], ...]) -> tuple[int, str]:
    """Return how well a label, a path of parts joined with /, fits one of some names, and which name that is."""
    parts = label.split("/")
    said = dict.fromkeys(squeezed("".join(parts[n:])) for n in range(len(parts)))
    best = (0, "")
    for place, text in enumerate(said):
        for name, compared in names:
            # The end of a path alone says less than the path: 单位/编码 is no 科目编码.
            score = likeness(text, compared) - (4 if place else 0)
            best = max(best, (score, name), key=lambda one: one[0])
    return best
