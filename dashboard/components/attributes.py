"""The data-* and aria-* attributes of elements, which Dash takes but does not name."""

from typing import Any


def wild(**values: str) -> dict[str, Any]:
    """Return ``data_link="…"`` as ``{"data-link": "…"}``."""
    return {name.replace("_", "-"): value for name, value in values.items()}
