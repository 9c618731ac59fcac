"""How far warnings can be believed: what was planted in the sample district against what the rules say of it.

``python -m bench.quality --json`` prints, over all and per rule, recall (planted irregularities that are found) and
precision (clues at yellow and above that are about something planted), how many innocent look-alikes were hit, and our
false clues beside those of the plain line in use elsewhere: everything ten points behind linear progress.
``--data DIR`` takes a sample warehouse that is there already.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from bench.planted import Planted, clues_of, false_clues, per_rule, plain_line


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--data", type=Path, help="a sample warehouse, as serve --sample makes it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as folder:
        measured = measure(given.data or sample(Path(folder)))
    print(json.dumps(measured, indent=None if given.json else 2, ensure_ascii=False))


def sample(folder: Path) -> Path:
    """Load the sample district into a folder and return it."""
    from bench.rules_sample import load  # noqa: PLC0415  # settings are read as it is imported

    load(folder)
    return folder


def measure(data: Path) -> dict[str, Any]:
    """Judge the sample and hold what is found against what was planted."""
    os.environ["MINGZHANG_DATA"] = str(data)
    from app.judging import judge  # noqa: PLC0415  # settings are read as it is imported
    from app.wiring import open_house  # noqa: PLC0415
    from warehouse.engine import reading  # noqa: PLC0415
    from warehouse.facts import load_facts  # noqa: PLC0415
    from warehouse.scope import Scope  # noqa: PLC0415

    house = open_house(None, None)
    judged = judge(house, dry_run=True)
    if judged.evaluation.errors:
        raise SystemExit(f"rules failed: {judged.evaluation.errors}")
    planted = Planted.read(data / "sample" / "planted.json")
    with reading(house.engine) as connection:
        facts = load_facts(connection, house.snapshots, judged.as_of, judged.known_at, Scope.everything())
    findings = judged.evaluation.findings
    grave = findings.filter(pl.col("level") != "blue")
    clues = clues_of(grave)
    false = false_clues(clues, planted)
    plain = plain_line(facts)
    plain_false = [one for one in plain if one not in planted.places]
    found = planted.found_in(findings)
    for rule, subject, period in sorted(planted.entries - found)[:20]:
        print(f"not found: {rule} {subject} {period}", file=sys.stderr)
    for key in sorted(false)[:40]:
        print(f"false: {key}: {sorted({(one['rule_code'], one['level']) for one in clues[key]})}", file=sys.stderr)
    return {
        "recall": round(len(found) / len(planted.entries), 4),
        "precision": round(1 - len(false) / len(clues), 4),
        "planted": len(planted.entries),
        "clues": len(clues),
        "false_clues": len(false),
        "innocents_hit": len(planted.innocents_hit(findings)),
        "plain_alarms": len(plain),
        "plain_false_alarms": len(plain_false),
        "false_alarm_ratio": round(len(false) / max(len(plain_false), 1), 3),
        "rules": per_rule(findings, planted),
    }


if __name__ == "__main__":
    main()
