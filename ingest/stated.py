"""What a delivery says of itself as a whole, outside its table: an amount, a count of rows, and where it says so."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One stated figure: fen of ``measure``, or rows where the measure is ``rows``; None where it cannot be read."""

    measure: str
    value: int | None
    where: str  # the file or the words it stands in


@dataclass(frozen=True, kw_only=True)
class Stated:
    """The control figures of a delivery, and the side file they came in."""

    figures: tuple[Figure, ...] = ()
    side_file: str | None = None
    side_sha256: str | None = None
    missing: str | None = None  # the side file that was expected and is not there

    def as_json(self) -> dict[str, Any]:
        """Return it as one JSON-able document."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Stated":
        """Return what as_json wrote."""
        figures = tuple(Figure(**one) for one in told.get("figures", ()))
        return cls(**{**told, "figures": figures})


NOTHING_STATED = Stated()
