"""The bytes of a control file: kept as the delivery's own are, so that whoever takes the delivery up again has both."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from ingest.control import joined, kept_side, taking_side
from ingest.landing import keep, kept_delivery
from ingest.prepared import Prepared
from ingest.stated import Stated
from warehouse.batches import Batch
from warehouse.deliveries import is_landed, save_landing
from warehouse.engine import Connection


def keep_side(connection: Connection, landing_dir: Path, prepared: Prepared, now: dt.datetime) -> None:
    """Keep the control file that came with a delivery; does nothing where none came."""
    side, name = prepared.side, prepared.control.side_file
    if side is None or name is None:
        return
    keep(landing_dir, side)
    save_landing(connection, side.sha256, name[-255:], side.byte_count, now)


def with_kept_side(connection: Connection, landing_dir: Path, prepared: Prepared, origin: Batch) -> Prepared:
    """Add the control file that a batch was judged by, read again with the mapping as it is now.

    Of a batch from before control files were kept, what the file said then is taken. UnreadableError where the kept
    bytes are gone or damaged.
    """
    before = Stated.from_json(origin.control)
    name, sha256 = before.side_file, before.side_sha256
    if prepared.mapping.checks.control.severity == "off":
        return prepared
    if name is None or sha256 is None or not is_landed(connection, sha256):
        return replace(prepared, control=joined(prepared.control, kept_side(before)))
    return taking_side(prepared, name, kept_delivery(landing_dir, sha256))
