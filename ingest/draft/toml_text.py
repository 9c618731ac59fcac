"""The drafted mapping as text: a TOML file that says of every line how sure it is and what else it might be."""

import json
import re
from typing import Any

from ingest.draft.shapes import SURE, TAKEN, Draft, Guess

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
CHECK = "CHECK"


def toml_value(value: Any) -> str:
    """Return a value as TOML writes it; patterns stand in '…' where they may."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(key)} = {toml_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(one) for one in value)}]"
    text = str(value)
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if _BARE.match(key) else json.dumps(key, ensure_ascii=False)


def comment(text: str) -> str:
    """Return text that may stand behind a # on one line."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def mapping_text(draft: Draft, parts: dict[str, Any], file_name: str) -> str:
    """Write a draft as a mapping file; ``parts`` holds the tables beside the columns."""
    lines = [*_top(draft), ""]
    lines += [f"feed = {toml_value(draft.feed)}", f"title = {toml_value(parts['title'])}"]
    lines += [f'owner = "?"  # {CHECK}: who sends it', f"file_name = {toml_value(file_name)}", ""]
    for name in ("table", "amounts"):
        lines += _table(name, parts)
    lines += ["[columns]", *(line for one in draft.guesses for line in _column(one)), *_missing(draft), ""]
    for subtotal in parts["subtotals"]:
        lines += ["[[subtotals]]", *(f"{key} = {toml_value(value)}" for key, value in subtotal.items()), ""]
    for name in ("checks", "slice", "delivery"):
        lines += _table(name, parts)
    if draft.unused:
        lines += ["# Delivered columns that nothing is filled from:"]
        lines += [f"#   {comment(label)}" for label in draft.unused]
    return "\n".join(lines).rstrip() + "\n"


def _table(name: str, parts: dict[str, Any]) -> list[str]:
    """Return one table; ``parts["doubts"]`` tells, by table and key, what a person has to look at in that very line."""
    if not parts[name]:
        return []
    lines = [f"[{name}]"]
    for key, value in parts[name].items():
        doubt = parts["doubts"].get((name, key))
        lines.append(f"{_key(key)} = {toml_value(value)}" + (f"  # {CHECK}: {comment(doubt)}" if doubt else ""))
    return [*lines, ""]


def _top(draft: Draft) -> list[str]:
    others = ", ".join(f"{feed} {score}" for feed, score in draft.feeds[1:4])
    lines = [
        f"# Drafted from {comment(draft.file)}; to be checked by a person before it is used.",
        f"# Confidence goes from 0 to 100: from {SURE} on a line is taken as it is, from {TAKEN} on it is marked",
        f"# {CHECK}, below that it is commented out unless the feed needs it.",
        f"# Feed {draft.feed}: {draft.score} (others: {others or 'none'}).",
        f"# Header: from row {draft.header_row} on, {draft.header_rows} row(s).",
    ]
    if draft.missing:
        lines.append(
            f"# {CHECK}: NOT YET LOADABLE, the feed needs {', '.join(draft.missing)} and nothing in the file fills it."
        )
    return [*lines, *(f"# {CHECK}: {comment(note)}" for note in draft.notes)]


def _column(guess: Guess) -> list[str]:
    labels = [one.rpartition("\x00")[2] for one in guess.labels]
    spec: dict[str, Any] = {}
    if labels:
        spec["from"] = labels[0] if len(labels) == 1 else labels
    elif guess.group:
        spec["group"] = guess.group
    else:
        spec["constant"] = guess.constant
    written = f"{guess.column} = {toml_value(spec | guess.options)}"
    second = f"; next: {guess.runner_up} {guess.runner_up_confidence}" if guess.runner_up else ""
    mark = {"used": "", "check": f"{CHECK}: ", "left_out": f"{CHECK}: left out: "}[guess.status]
    told = f"  # {mark}{guess.confidence}: {comment(guess.reason + second)}"
    return [("# " if guess.status == "left_out" else "") + written + told]


def _missing(draft: Draft) -> list[str]:
    return [
        f'# {column} = {{ constant = "" }}  # {CHECK}: the feed needs it; put the value in, or name a column'
        for column in draft.missing
    ]
