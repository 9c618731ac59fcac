"""The words on the screen: Chinese in the code, English beside it in ``locale/en.po``."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from babel.messages import pofile

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LOCALE = Path(__file__).parent / "locale"
Words = Callable[..., str]


@functools.cache
def english() -> dict[str, str]:
    """Read the English text of every message; a message without one is left out."""
    with (LOCALE / "en.po").open("rb") as file:
        catalogue = pofile.read_po(file, locale="en")
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


def words(language: Language) -> Words:
    """Return ``t(message, **figures)`` for a language; a message without English stays Chinese."""
    known = english() if language == "en" else {}

    def t(message: str, **figures: object) -> str:
        text = known.get(message, message)
        return text.format(**figures) if figures else text

    return t


def language_of(text: str | None) -> Language:
    """Read a language from a URL or cookie; anything unknown is Chinese."""
    return "en" if text == "en" else "zh"


def noted(message: str) -> str:
    """Mark a message that is kept as data and translated where it is shown."""
    return message
