"""A small disk of its own for a test that fills it up."""

import os
import subprocess
from pathlib import Path


def mount_small(folder: Path, size: int) -> bool:
    """Mount an empty disk of so many bytes on a folder; False where this user may not."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    return os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0


def unmount(folder: Path) -> None:
    """Take a disk away again, also while something holds it."""
    subprocess.run(["umount", "-l", folder], check=True)
