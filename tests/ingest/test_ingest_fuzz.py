"""Thousands of broken files in every format: each is held or loaded with a sentence, and the process lives."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
FILES, SEED, PROCESSES = 2_000, 20_260_611, 2
MOST_MIB = 1_024


def test_broken_files_are_held_or_loaded_and_nothing_is_half_published(tmp_path):
    share = FILES // PROCESSES
    folders = [tmp_path / str(number) for number in range(PROCESSES)]
    running = [sweep(folder, first=number * share, count=share) for number, folder in enumerate(folders)]
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


def sweep(folder: Path, *, first: int, count: int) -> subprocess.Popen[str]:
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
