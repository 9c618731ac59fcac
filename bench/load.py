"""Load files by the program itself and print how long each took, and the peak memory of the process."""

import json
import sys
import time
from pathlib import Path

from app.first_load import load_reference
from app.loading import load_files
from app.wiring import make_data_folder, open_house
from warehouse.opening import make_ready


def main(files: list[str]) -> None:
    """Make a warehouse with the classifications, then load the files one after the other."""
    house = open_house(None, None)
    make_data_folder(house.data)
    make_ready(house.engine, house.clock())
    load_reference(house)
    seconds = []
    for file in files:
        began = time.perf_counter()
        (loaded,) = load_files(house, [Path(file)], actor="bench")
        seconds.append(time.perf_counter() - began)
        if loaded.status != "published":
            raise SystemExit(f"{file} was not published: {loaded}")
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib()}))


def peak_mib() -> float:
    """Return the peak of this program alone: ``getrusage`` tells a child that of its parent before exec too."""
    told = Path("/proc/self/status").read_text("ascii")
    return int(told.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
