"""Whose rows a reader may see. Applied here, in one place, to every read; it fails closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Scope:
    """The divisions a reader may see: None for the whole district, else exactly these; an empty set sees nothing."""

    divisions: frozenset[str] | None

    @classmethod
    def everything(cls) -> "Scope":
        """Return the scope of the district's committee and of the service's own jobs."""
        return cls(None)

    @classmethod
    def of(cls, divisions: Iterable[str]) -> "Scope":
        """Return the scope of some divisions."""
        return cls(frozenset(divisions))

    def allows(self, division_code: str | None) -> bool:
        """Tell whether rows of a division may be seen; rows without a division only by the whole district."""
        return self.divisions is None or division_code in self.divisions

    def condition(self, column: Any, *, shared: bool = False) -> sa.ColumnElement[bool]:
        """Return the WHERE condition on a division column; ``shared`` also lets rows without a division through."""
        if self.divisions is None:
            return sa.true()
        inside = column.in_(sorted(self.divisions))
        return sa.or_(inside, column.is_(None)) if shared else inside

    def narrowed(self, divisions: Iterable[str] | None) -> "Scope":
        """Return the part of this scope that lies in some divisions; None asks for all of it."""
        if divisions is None:
            return self
        wanted = frozenset(divisions)
        return Scope(wanted if self.divisions is None else self.divisions & wanted)
