"""Which sheets of a workbook a mapping means."""

import re
from collections.abc import Sequence

from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError


def wanted_sheets(file_name: str, names: Sequence[str], table: TableSpec) -> list[str]:
    """Return the sheets a mapping means: by name, by pattern, or the first; UnreadableError names those there are."""
    if table.sheets_matching is not None:
        wanted = [name for name in names if re.search(table.sheets_matching, name)]
        asked = f"whose name matches {table.sheets_matching}"
    else:
        wanted = list(names[:1]) if table.sheet is None else [name for name in names if name.strip() == table.sheet]
        asked = f'"{table.sheet}"'
    if not wanted:
        asked = "at all" if table.sheet is None and table.sheets_matching is None else asked
        held = ", ".join(names)
        raise UnreadableError(
            f"{file_name} has no sheet {asked}; it has: {held or 'none'}",
            "no_sheet",
            file=file_name,
            wanted=table.sheets_matching or table.sheet or "*",
            held=held or "—",
        )
    return wanted
