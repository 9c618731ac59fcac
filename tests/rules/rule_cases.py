"""The golden cases of the rules: one YAML file a case, named after its rule and its claim."""

from functools import cache
from pathlib import Path

from app.rule_check import read_document
from rules.evaluate import Evaluation
from rules.golden import Case, read_cases
from rules.short_rows import build_facts

__all__ = ["CASES", "build_facts", "case_evaluation", "case_names", "read_case"]

CASES = Path(__file__).parent / "cases"


@cache
def case_evaluation(name: str) -> tuple[Case, Evaluation]:
    """Evaluate a case once for all tests that look at it."""
    case = read_case(name)
    return case, case.judged()


def case_names() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.yaml"))


def read_case(name: str) -> Case:
    (case,) = read_cases(read_document(CASES / f"{name}.yaml"), name)
    return case
