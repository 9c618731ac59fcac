"""``mingzhang rules check``: files of golden cases are read, judged and held against what they expect."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import yaml

from rules.golden import Case, CaseError, differences, read_cases
from rules.params import RuleSettingsError

Sections = Mapping[str, Mapping[str, Any]]


class RuleTestError(ValueError):
    """A file of cases cannot be read; the message names file and place, what was found and what was expected."""


@dataclass(frozen=True)
class Checked:
    """One case with what is different from what it expects; none where it holds."""

    file: Path
    case: str
    rule: str
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Tell whether everything was found as expected."""
        return not self.differences

    def told(self) -> dict[str, Any]:
        """Return the case as docs/json.md promises it."""
        return {
            "file": self.file,
            "case": self.case,
            "rule": self.rule,
            "holds": self.holds,
            "differences": list(self.differences),
        }


def _once_each(loader: Any, node: Any) -> Any:
    """Read a mapping; of two same keys the library would take the second, silently."""
    seen: set[Hashable] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, Hashable) and key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key} stands here twice", key_node.start_mark)
        seen |= {key} if isinstance(key, Hashable) else set()
    return loader.construct_mapping(node, deep=True)


_StrictLoader: Any = type("_StrictLoader", (yaml.SafeLoader,), {})
_StrictLoader.add_constructor("tag:yaml.org,2002:map", _once_each)


def read_document(path: Path) -> Any:
    """Return the one YAML document of a file; RuleTestError where it cannot be read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506  a safe loader
    except OSError as error:
        raise RuleTestError(f"{path}: cannot be read ({error.strerror}); a YAML file of cases was expected") from error
    except UnicodeDecodeError as error:
        raise RuleTestError(f"{path}: is not UTF-8 text; a YAML file of cases was expected") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise RuleTestError(f"{place}: {error.problem or error.context}; YAML was expected") from error
    except (yaml.YAMLError, ValueError) as error:
        # A day like 2026-02-30 is a plain ValueError of the library.
        raise RuleTestError(f"{path}: {error}; YAML was expected") from error


def read_files(paths: Iterable[Path]) -> list[tuple[Path, list[Case]]]:
    """Return every file's cases; RuleTestError tells all that is wrong, a line a file."""
    read, wrong = [], []
    for path in paths:
        try:
            read.append((path, read_cases(read_document(path), path.stem)))
        except RuleTestError as error:
            wrong.append(str(error))
        except CaseError as error:
            wrong.append(f"{path}: {error}")
    if wrong:
        raise RuleTestError("\nmingzhang: ".join(wrong))
    return read


def check_files(paths: Sequence[Path], sections: Sections | None = None) -> list[Checked]:
    """Judge every case of some files; ``sections`` stand in for the rules' defaults where they are given."""
    return [_checked(path, case, sections) for path, cases in read_files(paths) for case in cases]


def _checked(path: Path, case: Case, sections: Sections | None) -> Checked:
    try:
        judged = case.judged(sections)
    except RuleSettingsError as error:
        # Each side was right by itself: a fence of the case beside one of the site.
        raise RuleTestError(f"{path}: {case.name}: with the settings given, {error}") from error
    return Checked(path, case.name, case.code, tuple(differences(case, judged)))


def lines_of(checked: Sequence[Checked]) -> list[str]:
    """Return what was checked in words: a line a file, under it a line for each difference."""
    lines = []
    for path in dict.fromkeys(one.file for one in checked):
        own = [one for one in checked if one.file == path]
        missed = [one for one in own if not one.holds]
        lines.append(f"{path}: {'FAILED' if missed else 'ok'} ({len(own) - len(missed)} of {len(own)} cases hold)")
        for one in missed:
            lines += [f"  {one.case} [{one.rule}]", *(f"    {line}" for line in one.differences)]
    return lines


def save_junit(checked: Sequence[Checked], path: Path) -> None:
    """Write the outcome as JUnit XML: a suite a file, a test a case, a failure with its differences."""
    root = ET.Element("testsuites", _counts(checked))
    for file in dict.fromkeys(one.file for one in checked):
        own = [one for one in checked if one.file == file]
        suite = ET.SubElement(root, "testsuite", {"name": str(file)} | _counts(own))
        for one in own:
            test = ET.SubElement(
                suite, "testcase", {"classname": one.rule, "name": _printable(one.case), "file": str(file)}
            )
            if not one.holds:
                said = [_printable(line) for line in one.differences]
                ET.SubElement(test, "failure", {"message": said[0]}).text = "\n".join(said)
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _printable(text: str) -> str:
    """Leave out what XML cannot hold, however it is written."""
    return re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def _counts(checked: Sequence[Checked]) -> dict[str, str]:
    return {"tests": str(len(checked)), "failures": str(sum(not one.holds for one in checked)), "errors": "0"}
