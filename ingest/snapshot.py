"""The snapshots of a delivery that is being published, from the rows at hand: nothing is read back."""

from pathlib import Path

from ingest.prepared import Prepared
from ingest.store import SLICE_KEY
from warehouse.deliveries import NewBatch
from warehouse.snapshots import Place, save_part, stamp_of_delivery


def save_snapshots(
    snapshots: Path, prepared: Prepared, batch_id: int, batch: NewBatch, slice_ids: dict[str, int]
) -> None:
    """Keep the facts of every slice of a batch; until the batch is committed nobody looks for them."""
    feed = prepared.mapping.feed
    stamp = stamp_of_delivery(feed, batch.landing_sha256, batch.mapping_sha256, batch.recorded_at)
    places = {
        row[SLICE_KEY]: Place(
            slice_id=slice_ids[row[SLICE_KEY]],
            batch_id=batch_id,
            division_code=row["division_code"],
            fiscal_year=row["fiscal_year"],
            row_count=row["row_count"],
            stamp=stamp,
        )
        for row in prepared.slices.iter_rows(named=True)
    }
    for part, key, rows in prepared.store.kept():
        save_part(snapshots, places[key], feed, part, rows)
