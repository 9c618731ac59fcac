"""``mingzhang rules new``: everything a rule consists of, written into the checkout from a template that works."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TEMPLATE: Final = Path(__file__).parent / "rule_template"
# The first letter of a code, the family it stands for, and the heading of its table in the index.
FAMILIES: Final = {
    "A": ("execution", "Execution"),
    "B": ("adjustment", "Adjustment"),
    "C": ("time_limit", "Time limits"),
    "D": ("three_public", "Three public items"),
    "E": ("payment", "Payments"),
    "F": ("project", "Projects, procurement and performance"),
    "G": ("district", "Revenue, debt and treasury"),
    "H": ("data_quality", "Data quality"),
}
HEADINGS: Final = dict(FAMILIES.values())
# What would end a text in Python, TOML or a Markdown table, or stand for a figure in a sentence.
UNFIT: Final = re.compile(r"[\"'\\{}|`<>@\n\r]")


class NewRuleError(ValueError):
    """A rule cannot be begun; the message says what is in the way."""


@dataclass(frozen=True, kw_only=True)
class NewRule:
    """A rule to be begun: its code, names and family."""

    code: str
    name_zh: str
    name_en: str
    family: str

    @property
    def stem(self) -> str:
        """Return the name of its file: the code and its English name in plain letters."""
        words = re.sub(r"[^a-z0-9]+", "_", self.name_en.lower()).strip("_")
        return f"{self.code.lower()}_{words}"

    def filled(self, text: str) -> str:
        """Put the rule's own words into a template."""
        for name in ("code", "name_zh", "name_en", "family"):
            text = text.replace(f"@{name.upper()}@", getattr(self, name))
        return text


def asked_rule(code: str, name_zh: str | None, name_en: str | None, family: str | None) -> NewRule:
    """Return the rule that is asked for, with what is not said made up; NewRuleError for what cannot be used."""
    if re.fullmatch(r"[A-H]\d\d", code) is None:
        raise NewRuleError(
            f"{code!r} is no code of a rule; a letter from A to H and two digits were expected, like A50"
        )
    rule = NewRule(
        code=code,
        name_zh=name_zh or f"新规则{code}",
        name_en=name_en or f"New rule {code}",
        family=family or FAMILIES[code[0]][0],
    )
    if rule.family not in HEADINGS:
        raise NewRuleError(f"{rule.family!r} is no family of rules; families are {', '.join(HEADINGS)}")
    for name in (rule.name_zh, rule.name_en):
        if unfit := UNFIT.search(name):
            raise NewRuleError(f"the name {name!r} has a sign that cannot stand in a name: {unfit[0]!r}")
    if not re.search(r"[a-z]", rule.name_en.lower()) or re.search(r"[^\x20-\x7e]", rule.name_en):
        raise NewRuleError(f"the English name {rule.name_en!r} names the rule's file; plain letters were expected")
    return rule


def write_rule(checkout: Path, rule: NewRule) -> list[Path]:
    """Write a rule into a checkout and return what was written or changed; where anything is in the way, nothing is."""
    texts = dict(_texts(checkout, rule))
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _texts(checkout: Path, rule: NewRule) -> Iterator[tuple[Path, str]]:
    """Yield each file with its new text: first those that must not be there yet, then those that get a line."""
    if not (checkout / "rules" / "registry.py").is_file():
        raise NewRuleError(f"{checkout} is no checkout of the project: rules/registry.py is missing")
    taken = [*(checkout / "rules").glob(f"{rule.code.lower()}_*.py"), checkout / "docs" / "rules" / f"{rule.code}.md"]
    taken += (checkout / "tests" / "rules" / "cases").glob(f"{rule.code}-*.yaml")
    there = next((path for path in taken if path.exists()), None)
    if there is not None:
        raise NewRuleError(f"rule {rule.code} is there already: {there.relative_to(checkout)}")
    yield checkout / "rules" / f"{rule.stem}.py", _template(rule, "rule.py.txt")
    yield checkout / "docs" / "rules" / f"{rule.code}.md", _template(rule, "page.md.txt")
    for path in sorted((TEMPLATE / "cases").glob("*.yaml")):
        yield checkout / "tests" / "rules" / "cases" / f"{rule.code}-{path.name}", path.read_text(encoding="utf-8")
    for parts, change in _CHANGES.items():
        path = checkout.joinpath(*parts)
        yield path, change(path.read_text(encoding="utf-8"), rule)


def _template(rule: NewRule, name: str) -> str:
    return rule.filled((TEMPLATE / name).read_text(encoding="utf-8"))


def with_file(registry: str, rule: NewRule) -> str:
    """Return the registry with the rule's file among the others, in order."""
    lines = re.findall(r'^    "(\w+)",$', registry, re.MULTILINE)
    after = next((name for name in lines if name > rule.stem), None)
    own = f'    "{rule.stem}",\n'
    if after is None:
        return registry.replace(f'    "{lines[-1]}",\n', f'    "{lines[-1]}",\n{own}', 1)
    return registry.replace(f'    "{after}",\n', f'{own}    "{after}",\n', 1)


def with_section(settings: str, rule: NewRule) -> str:
    """Return the settings with the rule's section among the others, in order of their codes."""
    own = _template(rule, "settings.toml.txt")
    for found in re.finditer(r"^(?:# [^\n]*\n)?\[rules\.(\w+)\]$", settings, re.MULTILINE):
        if found[1] > rule.code:
            return f"{settings[: found.start()]}{own}\n{settings[found.start() :]}"
    return f"{settings.rstrip()}\n\n{own}"


def with_row(index: str, rule: NewRule) -> str:
    """Return the index of the rules with the rule's row in its family's table, and no longer among those missing."""
    own = _template(rule, "index.md.txt")
    heading, rows = _table(index, HEADINGS[rule.family])
    later = next((row for row in rows if row.group(1) > rule.code), None)
    place = later.start() if later else (rows[-1].end() + 1 if rows else heading)
    written = index[:place] + own + index[place:]
    without_row = re.sub(rf"^\| {rule.code} \|.*\n", "", written, flags=re.MULTILINE)
    return re.sub(rf"(Not written yet:\n(?:.*\n)*?.*?){rule.code}[,.]\s?", r"\1", without_row, count=1)


def _table(index: str, heading: str) -> tuple[int, list[re.Match[str]]]:
    """Return where the first row of a family's table would stand, and the rows there."""
    found = re.search(rf"^## {re.escape(heading)}\n(?:(?!## ).*\n)*?\|---.*\n((?:\|.*\n)*)", index, re.MULTILINE)
    if found is None:
        raise NewRuleError(f"docs/rules/index.md has no table under {heading}")
    row = re.compile(r"^\| \[(\w+)\].*$", re.MULTILINE)
    return found.start(1), list(row.finditer(index, found.start(1), found.end(1)))


_CHANGES: Final[Mapping[tuple[str, ...], Callable[[str, NewRule], str]]] = {
    ("rules", "registry.py"): with_file,
    ("settings.toml",): with_section,
    ("docs", "rules", "index.md"): with_row,
}
