"""A small sample district, written once for all tests of this room."""

import json
from pathlib import Path
from typing import Any

import pytest
from sample_ground import SCALE, UNTIL, cells, day, fen, in_force, vouchers, yuan_fen

from sample.write import Written, write_sample


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Write a small district up to 22 November 2026."""
    return write_sample(tmp_path_factory.mktemp("district"), until=UNTIL, scale=SCALE)


@pytest.fixture(scope="session")
def folder(written: Written) -> Path:
    return written.files[0].parent


@pytest.fixture(scope="session")
def planted(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def payments(written: Written) -> list[dict[str, Any]]:
    """Return the current year's vouchers that count, with fen and day read."""
    rows = [row for path in in_force(written.files, "payments-") for row in vouchers(path) if row["业务年度"] == "2026"]
    return [
        row | {"fen": yuan_fen(row["支付金额"]), "on": day(row["支付日期"])} for row in rows if row["作废标志"] == "0"
    ]


@pytest.fixture(scope="session")
def budgets(written: Written) -> list[dict[str, Any]]:
    """Return the current year's budget rows, allotments and adjustments."""
    found = []
    for path in in_force(written.files, "allotments-"):
        if path.name[21:25] != "2026":
            continue
        unit = ""
        for row in cells(path)[5:-1]:
            if "计" in row[1][-1:]:
                continue
            unit = row[0] or unit
            base = {"unit": unit, "project": row[2], "category": row[4], "kind": "下达", "economic": row[10]}
            found.append(
                base | {"function": "".join(row[6:9]), "fen": fen(row[16]), "document": row[14], "on": row[15]}
            )
    for path in in_force(written.files, "adjustments-"):
        for row in cells(path)[3:-1] if path.name[22:26] == "2026" else []:
            base = {"unit": row[2], "project": row[4], "category": row[6], "kind": row[12], "economic": row[9]}
            found.append(base | {"function": row[8], "fen": fen(row[13]), "document": row[15], "on": row[14]})
    return found
