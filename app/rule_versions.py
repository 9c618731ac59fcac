"""Which version of a rule judged: the start of the hash over its file, so that no change goes by unnoticed."""

import hashlib
import sys
from functools import cache
from pathlib import Path

from rules.registry import BY_CODE

DIGITS = 8


@cache
def rule_version(code: str) -> str:
    """Return the version of a rule as it is installed; KeyError for a code that is no rule.

    Words, parameters with their defaults and the function stand in one file, and any change of it is a new version.
    What rules share is told by the version of the product, which a run keeps beside it.
    """
    file = sys.modules[BY_CODE[code].params_class.__module__].__file__
    return version_of(Path(str(file)).read_bytes())


def version_of(content: bytes) -> str:
    """Return the version that a file's content stands for, however its lines end."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()[:DIGITS]
