"""Thousands of broken files in every format: each is held or loaded with a sentence, and the process lives."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FILES, SEED = 2_000, 20_260_611
MOST_MIB = 1_024


def test_broken_files_are_held_or_loaded_and_nothing_is_half_published(tmp_path):
    found = subprocess.run(
        [sys.executable, str(HERE / "fuzz_sweep.py"), str(tmp_path), str(SEED), str(FILES), "--absurd"],
        # One file at a time: threads would only wait for one another.
        env={**os.environ, "PYTHONPATH": f"{HERE.parent.parent}", "POLARS_MAX_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    last = (tmp_path / "last.txt").read_text("utf-8")
    assert found.returncode == 0, f"the process died of file {last} of seed {SEED}:\n{found.stderr[-2_000:]}"
    told = json.loads(found.stdout)
    assert told["failures"] == []
    counts = told["counts"]
    assert counts["published"] + counts["held"] + counts.get("unchanged", 0) + counts.get("refused", 0) > FILES
    assert min(counts["published"], counts["held"]) > FILES // 10, (
        "a sweep that only holds, or only loads, shows nothing"
    )
    assert told["peak_mib"] < MOST_MIB
