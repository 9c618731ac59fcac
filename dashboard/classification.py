"""Names beside the codes of classifications, as the classification tables in force name them."""

from collections.abc import Mapping
from typing import Any

from dashboard.desk import Desk

SCHEMES: Mapping[str, str] = {
    "function_code": "function",
    "dept_economic_code": "dept_economic",
    "gov_economic_code": "gov_economic",
    "fund_type_code": "fund",
}
_LENGTHS = (7, 5, 3, 2, 1)  # 项, 款, 类; fund types are shorter


def code_words(desk: Desk, column: str, code: Any) -> Any:
    """Return a code with its name; where the tables name only what it belongs to, that name, marked as such.

    Codes without any name, and missing ones, are returned as they are.
    """
    if not code:
        return code
    names, t = desk.code_names.get(SCHEMES[column], {}), desk.view.t
    if code in names:
        return f"{code} {names[code]}"
    for length in _LENGTHS:
        above = str(code)[:length]
        if length < len(str(code)) and above in names:
            return t("{code} (属 {name})", code=code, name=names[above])
    return code
