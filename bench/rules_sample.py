"""Load the sample district into a warehouse, then read and judge it by the whole catalogue; print the seconds."""

import json
import os
import sys
import time
from pathlib import Path


def main(data: Path) -> None:
    """Print the least of three evaluations, from the warehouse's files to findings."""
    load(data)
    from app.judging import judge  # noqa: PLC0415  # settings are read as it is imported
    from app.wiring import open_house  # noqa: PLC0415

    house = open_house(None, None)
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        judged = judge(house, dry_run=True)
        seconds.append(time.perf_counter() - began)
    errors = judged.evaluation.errors
    if errors:
        raise SystemExit(f"rules failed: {errors}")
    print(json.dumps({"seconds": min(seconds), "findings": judged.evaluation.findings.height}))


def load(data: Path) -> None:
    """Load the sample district as the first start does."""
    os.environ["MINGZHANG_DATA"] = str(data)
    from app.first_load import FirstLoad, load_reference  # noqa: PLC0415  # settings are read as it is imported
    from app.wiring import make_data_folder, open_house  # noqa: PLC0415
    from warehouse.opening import make_ready  # noqa: PLC0415

    house = open_house(None, None)
    make_data_folder(house.data)
    make_ready(house.engine, house.clock())
    load_reference(house)
    FirstLoad(house, house.today, 1.0)(lambda line: print(line, file=sys.stderr))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
