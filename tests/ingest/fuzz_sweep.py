"""Load broken files by the thousand in one process, and tell what became of them; run by the fuzz test, or by hand:

PYTHONPATH=. python tests/ingest/fuzz_sweep.py FOLDER SEED COUNT [--absurd]
"""

import argparse
import datetime as dt
import json
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from fuzz_files import absurd_files, broken_file
from ingest_ground import House
from peak_memory import peak_mib

from ingest.mapping import Mapping, load_mapping
from ingest.outcome import Outcome
from ingest.prepare import prepare_content
from ingest.prepared import Prepared
from ingest.problems import FileRefusedError
from ingest.publish import publish
from warehouse.engine import open_engine, sqlite_url, writing
from warehouse.migrations import create

MAPPING = r"""
feed = "payments"
title = "支付"
owner = "区财政局"
file_name = '.*'
[table]
format = "FORMAT"
inherit = ["单位"]
[amounts]
unit = "元"
[constants]
division_code = "990101010"
fiscal_year = 2026
[columns]
unit_code = { from = "单位" }
voucher_no = { from = "凭证", optional = true }
paid_on = { from = "日期" }
payment_fen = { from = "金额" }
purpose = { from = "用途", optional = true, strip = ["numbering", "spaces"] }
[[subtotals]]
where = [{ column = "单位", is = "合计" }]
parts = "all"
on_mismatch = "MISMATCH"
[checks]
vouchers = false  # every broken file holds the vouchers of its seed
max_rejected_percent = 60
[slice]
key = ["division_code"]
mode = "append"
"""
NOW = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)
TOGETHER = 50  # files published in one transaction


def mappings(folder: Path) -> dict[str, tuple[Mapping, ...]]:
    found = {}
    for kind in ("csv", "excel", "json", "json_lines"):
        both = []
        for outcome in ("hold", "warn"):
            path = folder / f"{kind}-{outcome}.toml"
            path.write_text(
                MAPPING.replace("FORMATS", "").replace("MISMATCH", outcome).replace("FORMAT", kind), "utf-8"
            )
            both.append(load_mapping(path))
        found[kind] = tuple(both)
    return found


def is_told(prepared: Prepared) -> bool:
    """Tell whether everything that was not taken in is told in words."""
    reasons = all(len(reason) > 10 for reason in prepared.hold_reasons)
    return reasons and all(row.expected and row.source_row >= 1 for row in prepared.rejected)


class Sweep:
    """What has become of the files so far."""

    def __init__(self, folder: Path, engine: sa.Engine) -> None:
        self.mappings = mappings(folder)
        self.engine = engine
        self.house = House(self.engine, folder / "landing")
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self.slowest: tuple[float, str] = (0.0, "")
        self.waiting: list[Prepared] = []
        self.last = folder / "last.txt"

    def take(self, name: str, kind: str, content: bytes, number: int) -> None:
        self.last.write_text(f"{number} {name}", "utf-8")
        began = time.perf_counter()
        try:
            prepared = prepare_content(self.mappings[kind][number % 2], name, content)
        except FileRefusedError:
            self.counts["refused"] += 1
        except BaseException:  # noqa: BLE001  # whatever gets out of prepare is what the sweep looks for
            self.failures.append(f"{number} {name}: {traceback.format_exc(limit=-3)}")
        else:
            if not is_told(prepared):
                self.failures.append(f"{number} {name}: something was left out without a word")
            self.waiting.append(prepared)
        self.slowest = max(self.slowest, (time.perf_counter() - began, f"{number} {name}"))
        if len(self.waiting) >= TOGETHER:
            self.publish()

    def publish(self) -> None:
        with writing(self.engine) as connection:
            for prepared in self.waiting:
                try:
                    outcome = publish(connection, self.house.landing, prepared, now=NOW, actor="fuzz")
                except BaseException:  # noqa: BLE001
                    self.failures.append(f"publishing {prepared.file_name}: {traceback.format_exc(limit=-4)}")
                    continue
                self.judge(prepared, outcome)
        self.waiting.clear()

    def judge(self, prepared: Prepared, outcome: Outcome) -> None:
        self.counts[outcome.status] += 1
        self.counts["rejected rows"] += outcome.rejected
        self.counts["accepted rows"] += outcome.accepted if outcome.status == "published" else 0
        if outcome.status == "held" and not outcome.messages:
            self.failures.append(f"{prepared.file_name} was held without a word")
        if outcome.status == "published" and outcome.totals != prepared.totals:
            self.failures.append(f"{prepared.file_name} was published with other sums")

    def compare(self) -> None:
        """Hold the warehouse against what the batches say of themselves."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.text(_BY_BATCH)).all()
        for batch, status, accepted, totals, facts, fen in rows:
            said = json.loads(totals or "{}").get("payment_fen")
            right = (facts, fen) == (accepted, said) if status == "published" else facts == 0
            if not right:
                self.failures.append(
                    f"batch {batch} is {status}: {facts} facts of {fen} fen, said {accepted} and {said}"
                )


_BY_BATCH = """
SELECT b.batch_id, b.status, b.accepted_count, b.totals_json, count(p.row_no), sum(p.payment_fen)
FROM batch b LEFT JOIN batch_slice s ON s.batch_id = b.batch_id LEFT JOIN payment p ON p.slice_id = s.slice_id
GROUP BY b.batch_id, b.status, b.accepted_count, b.totals_json
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--absurd", action="store_true")
    asked = parser.parse_args()
    # Whatever asks for this much dies at once, instead of taking the machine with it.
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    engine = open_engine(sqlite_url(asked.folder / "warehouse.db"))
    with engine.begin() as connection:
        create(connection)
    sweep = Sweep(asked.folder, engine)
    if asked.absurd:
        for number, (name, kind, content) in enumerate(absurd_files()):
            sweep.take(name, kind, content, number)
            sweep.publish()
    for number in range(asked.first, asked.first + asked.count):
        sweep.take(*broken_file(asked.seed, number), number)
    sweep.publish()
    sweep.compare()
    peak = peak_mib()
    told = {"counts": sweep.counts, "failures": sweep.failures, "peak_mib": peak, "slowest": sweep.slowest}
    json.dump(told, sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
