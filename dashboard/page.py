"""What every page hands to the frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Crumb = tuple[str, str | None]  # label, link; None for where the reader stands


@dataclass(frozen=True)
class Page:
    """A page's title, its place, its body, and the name of the table that 导出 writes.

    ``filters`` are those of the filter bar that change what the page shows.
    """

    title: str
    body: Sequence[Any]
    crumbs: Sequence[Crumb] = ()
    export: str | None = None
    has_filters: bool = True
    filters: Sequence[str] = ("year", "asof", "division", "fund", "known")
    menu: str = ""
