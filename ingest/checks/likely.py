"""The code that was probably meant, for the message; nothing is ever put right by it."""

from collections.abc import Mapping
from difflib import get_close_matches

_ALIKE = 0.75


def likely(code: str, known: Mapping[str, str], name: str | None = None) -> str | None:
    """Return the known code that a wrong one stands for most probably, with its name; None where none is near.

    Tried in this order: a name that only one code has, zeros lost or added by a spreadsheet, a code much alike, the
    code above it.
    """
    namesakes = [one for one, called in known.items() if name and called == name and one != code]
    alike = get_close_matches(code, list(known), n=1, cutoff=_ALIKE)
    found = (
        (namesakes[0] if len(namesakes) == 1 else None)
        or next((one for one in known if one.strip("0") == code.strip("0") and one != code), None)
        or (alike[0] if alike else None)
        or next((code[:end] for end in range(len(code) - 1, 2, -1) if code[:end] in known), None)
    )
    return None if found is None else f"{found} {known[found]}".strip()
