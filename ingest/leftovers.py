"""What processes that were killed left half-written: swept by whoever comes next, never while its owner lives."""

import os
import re
from pathlib import Path

_KEPT_BY = re.compile(r"[0-9a-f]{64}\.(\d+)\.part")


def is_gone(process: int) -> bool:
    """Tell whether a process of this machine is no more."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def sweep_landing(landing_dir: Path) -> int:
    """Remove half-written bytes of the landing folder whose owner is gone; return how many there were."""
    swept = 0
    for path in landing_dir.glob("??/*.part"):
        owner = _KEPT_BY.fullmatch(path.name)
        if owner is not None and is_gone(int(owner[1])):
            path.unlink(missing_ok=True)
            swept += 1
    return swept
