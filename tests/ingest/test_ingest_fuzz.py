"""Thousands of broken files in every format: each is held or loaded with a sentence, and the process lives."""

import datetime as dt
import gzip
import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from fuzz_files import FORMATS, broken_file, good_rows, packed, written
from fuzz_sweep import Sweep, mappings
from ingest_ground import read

HERE = Path(__file__).parent
FILES, SEED, PROCESSES = 2_000, 20_260_611, 2
MOST_MIB = 1_024


def test_broken_files_are_held_or_loaded_and_nothing_is_half_published(tmp_path):
    share = FILES // PROCESSES
    folders = [tmp_path / str(number) for number in range(PROCESSES)]
    running = [start_sweep(folder, first=number * share, count=share) for number, folder in enumerate(folders)]
    counts: Counter[str] = Counter()
    for folder, one in zip(folders, running, strict=True):
        said, complained = one.communicate(timeout=600)
        last = (folder / "last.txt").read_text("utf-8")
        assert one.returncode == 0, f"the process died of file {last} of seed {SEED}:\n{complained[-2_000:]}"
        told = json.loads(said)
        assert told["failures"] == []
        assert told["peak_mib"] < MOST_MIB
        counts.update(told["counts"])
    assert counts["published"] + counts["held"] + counts["unchanged"] + counts["refused"] > FILES
    assert min(counts["published"], counts["held"]) > FILES // 10, "or the sweep shows nothing"


def start_sweep(folder: Path, *, first: int, count: int) -> subprocess.Popen[str]:
    folder.mkdir()
    asked = [str(folder), str(SEED), str(count), "--first", str(first), *([] if first else ["--absurd"])]
    return subprocess.Popen(
        [sys.executable, str(HERE / "fuzz_sweep.py"), *asked],
        # Threads within would only wait for one another.
        env={**os.environ, "PYTHONPATH": f"{HERE.parent.parent}", "POLARS_MAX_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_what_is_taken_in_can_be_kept_by_either_database(tmp_path, warehouse_engine):
    sweep = Sweep(tmp_path, warehouse_engine)
    for number in range(FILES, FILES + 80):
        sweep.take(*broken_file(SEED, number), number)
    sweep.publish()
    sweep.compare()
    assert sweep.failures == []
    assert sweep.counts["published"] > 10


WAYS = [*FORMATS, "csv.gz", "csv.zip", "xlsx.zip", "html.gz"]


@pytest.mark.parametrize("way", WAYS)
def test_every_format_and_packing_says_the_same(tmp_path, way):
    rows = good_rows(random.Random(SEED))
    kind, _, packing = way.partition(".")
    content = written(rows, kind, random.Random(1))
    if packing == "gz":
        content = gzip.compress(content)
    elif packing == "zip":
        content = packed(content, f"表.{kind}", random.Random(3))
    asked = {"csv": "csv", "json": "json", "jsonl": "json_lines"}.get(kind, "excel")
    done = read(mappings(tmp_path)[asked][0], f"pay-202606.{way}", content)
    assert (done.hold_reasons, done.rejected) == ((), ())
    shown = done.facts.select("unit_code", "voucher_no", "paid_on", "payment_fen", "purpose").rows()
    assert shown == [
        (unit, voucher, dt.date(*map(int, day.split("-"))), round(float(amount) * 100), use)
        for unit, voucher, day, amount, use in rows[1:-1]
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: "\ufeff" + text, "a mark before it"),
        (lambda text: text.replace("\r\n", "\n"), "another end of line"),
        (lambda text: text.replace("\r\n", "\r\n\r\n"), "blank lines"),
        (lambda text: text.replace("单位,", "单\u200b位\u202e,").replace("1", "1\u200b"), "characters nobody sees"),
        (lambda text: text.replace("V", "\ufeffV"), "marks in the middle"),
        (lambda text: text.replace(",", " , "), "blanks around cells"),
        (lambda text: text.replace("1", "１").replace("-6-", "－6－"), "full width"),
        (lambda text: text + "注：完,,,,\r\n第 1 页,,,,\r\n", "footnotes"),
        (lambda text: text.replace("合计", "合    计"), "spaced out"),
    ],
)
def test_what_does_not_matter_changes_nothing(tmp_path, change, why):
    rows = good_rows(random.Random(SEED))
    text = "\r\n".join(",".join(row) for row in rows) + "\r\n"
    mapping = mappings(tmp_path)["csv"][0]
    plain, changed = (read(mapping, "pay-202606.csv", one.encode()) for one in (text, change(text)))
    assert (changed.hold_reasons, changed.rejected) == ((), ()), why
    names = ["unit_code", "paid_on", "payment_fen", "purpose"]
    assert changed.facts.select(names).rows() == plain.facts.select(names).rows(), why
