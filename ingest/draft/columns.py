"""Which delivered column fills which canonical one: names and contents weighed for one feed."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from budget import frames
from ingest.draft.evidence import SCHEMES, Evidence, fit, look_at
from ingest.draft.shapes import TAKEN
from ingest.draft.vocabulary import Vocabulary, called, squeezed

# Columns that together are one code, upper part first, as their labels end.
_JOINED = (("类", "款", "项"), ("lei", "kuan", "xiang"), ("类", "款"), ("lei", "kuan"))
_WIDTHS = (3, 2, 2)
_LEAST = 25  # a guess below that is none
_NAME_SHARE = 0.7
_UNLIKELY = 0.3  # contents below that speak against a column
_KNOWN_CODES = 0.9
_AMOUNT = 0.1  # share of cells with decimals or separators that makes a column one of amounts


@dataclass(frozen=True)
class Source:
    """One delivered column, or several that are joined, with what its cells look like."""

    labels: tuple[str, ...]
    name: str  # as its label is compared
    seen: Evidence
    widths: tuple[int, ...] = ()

    def parts(self) -> frozenset[str]:
        """Return the delivered labels it takes."""
        return frozenset(self.labels)


@dataclass(frozen=True)
class Match:
    """A source held against a canonical column; confidence from 0 to 100."""

    column: str
    source: Source
    confidence: int
    reason: str


def sources_of(rows: pl.DataFrame, labels: Sequence[str], vocabulary: Vocabulary) -> list[Source]:
    """Return every delivered column, and the columns that only together are a code."""
    singles = [Source((label,), label, look_at(rows[label], vocabulary)) for label in labels]
    return [*singles, *_joined(rows, singles, vocabulary)]


def _joined(rows: pl.DataFrame, singles: list[Source], vocabulary: Vocabulary) -> list[Source]:
    ends = [one.labels[0].rpartition("/")[2] for one in singles]
    for wanted in _JOINED:
        for at in range(len(ends) - len(wanted) + 1):
            if tuple(ends[at : at + len(wanted)]) != wanted:
                continue
            parts = singles[at : at + len(wanted)]
            labels = tuple(one.labels[0] for one in parts)
            widths = _WIDTHS[: len(wanted)]
            texts = [
                pl.col(label).str.replace_all(r"\s|\.0+$", "").str.pad_start(n, "0")
                for label, n in zip(labels, widths, strict=True)
            ]
            together = rows.select(text=pl.concat_str(texts, ignore_nulls=True))["text"]
            above = labels[0].rpartition("/")[0]
            seen = look_at(
                pl.DataFrame({"text": together}).select(pl.when(pl.col("text") != "").then("text"))["text"], vocabulary
            )
            is_padded = any(set(one.seen.lengths) - {n} for one, n in zip(parts, widths, strict=True))
            return [Source(labels, above or "类款项", seen, widths if is_padded else ())]
    return []


def matches_of(feed: str, sources: Sequence[Source], vocabulary: Vocabulary) -> dict[str, list[Match]]:
    """Return, a canonical column, the sources that may fill it, the likeliest first."""
    names = vocabulary.names[feed]
    told = {}
    for column in frames.FEEDS[feed]:
        found = [_match(feed, column, one, names[column]) for one in sources]
        kept = [one for one in found if one.confidence >= _LEAST]
        told[column] = sorted(kept, key=lambda one: (-one.confidence, sources.index(one.source)))
    return told


def _match(feed: str, column: str, source: Source, names: tuple[tuple[str, str], ...]) -> Match:
    name, like = called(source.name, names)
    content = fit(feed, column, source.seen)
    confidence = _NAME_SHARE * name + (100 - 100 * _NAME_SHARE) * content
    said = f'"{source.name}" is what {column} is called' if name >= 96 else f'"{source.name}" is like "{like}"'
    reason = f"{said} ({name})" if name else "its name says nothing"
    if not source.seen.filled:
        confidence, reason = 0.6 * name, f"{reason}; every cell is blank"
    elif content < _UNLIKELY:
        confidence, reason = min(confidence, 40), f"{reason}; but its cells are not of that kind"
    elif name < 50:
        confidence, reason = _by_content(column, source, confidence, reason)
    else:
        reason += f"; its cells fit ({round(content * 100)})"
    if len(source.labels) > 1 and column in SCHEMES:
        confidence, reason = _by_codes(column, source, confidence)
    return Match(column, source, round(confidence), reason)


def _by_codes(column: str, source: Source, confidence: float) -> tuple[float, str]:
    """Judge columns that are joined by the codes they give together."""
    scheme = SCHEMES[column][0]
    known = source.seen.known.get(scheme, 0.0)
    reason = f"together they are codes of {scheme} ({round(100 * known)})"
    return (min(confidence, 40) if known < _UNLIKELY else max(confidence, 60 + 40 * known)), reason


def _by_content(column: str, source: Source, confidence: float, reason: str) -> tuple[float, str]:
    known = source.seen.known.get(SCHEMES.get(column, ("", ()))[0], 0.0)
    if known >= _KNOWN_CODES:
        return 70 * known, f"{reason}; {round(known * 100)} of 100 cells are known codes"
    return min(confidence, 44), f"{reason}; its cells alone do not prove it"


def assigned(matches: dict[str, list[Match]]) -> dict[str, Match]:
    """Give each source to at most one column, the surest pairs first."""
    order = list(matches)
    every = sorted(
        (one for found in matches.values() for one in found),
        key=lambda one: (-one.confidence, -len(one.source.labels), order.index(one.column)),
    )
    taken: dict[str, Match] = {}
    used: set[str] = set()
    for one in every:
        if one.column not in taken and not used & one.source.parts():
            taken[one.column] = one
            used |= one.source.parts()
    return {column: taken[column] for column in order if column in taken}


def weight(source: Source) -> int:
    """Return how much a delivered column counts: amounts twice, blank columns not at all."""
    if not source.seen.filled:
        return 0
    return 2 if source.seen.decimal > _AMOUNT and source.seen.number > _UNLIKELY else 1


def feed_score(
    feed: str, taken: dict[str, Match], filled_otherwise: frozenset[str], columns: int, *, words: bool
) -> int:
    """Return from 0 to 100 how much a table looks like a feed.

    Half for the delivered columns that find a place, weighed by confidence; a third for the columns the feed needs;
    the rest for a title or file name that speaks of it.
    """
    # An amount that finds its place says more than a text that does: there are fewer kinds of amounts.
    used = sum((one.confidence / 100) ** 2 * weight(one.source) * len(one.source.labels) for one in taken.values())
    needed = [name for name in frames.REQUIRED[feed] if name not in filled_otherwise]
    sure = sum(_sureness(name, taken) for name in needed)
    if frames.MEASURES[feed] and not any(name in taken for name in frames.MEASURES[feed]):
        sure = 0.0
    return round(50 * min(1.0, used / max(columns, 1)) + 35 * (sure / len(needed) if needed else 1.0) + 15 * words)


def _sureness(name: str, taken: dict[str, Match]) -> float:
    """Return from 0 to 1 how surely a needed column is filled; a unit's name can stand in for its code."""
    best = taken[name].confidence if name in taken else 0
    if name == "unit_code" and "unit_name" in taken:
        best = max(best, min(taken["unit_name"].confidence, 60))
    return best / 100 if best >= TAKEN else 0.0


def speaks_of(feed: str, texts: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Tell whether a title, sheet or file name names a feed."""
    together = squeezed(" ".join(texts))
    return any(squeezed(word) in together for word in vocabulary.words[feed])
