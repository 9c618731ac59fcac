"""What became of a delivery, in figures and sentences."""

from dataclasses import asdict, dataclass
from typing import Any

from ingest.prepared import Prepared
from warehouse.batches import Batch, rejected_rows
from warehouse.deliveries import NewBatch
from warehouse.engine import Connection
from warehouse.scope import Scope

_MOST_TOLD = 20  # rejected rows told one by one; the others are listed on request


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a delivery; ``batch`` is the one that stands for it, also where nothing new was written."""

    batch: int
    feed: str
    file: str
    status: str  # published | held | unchanged
    rows: int
    accepted: int
    rejected: int
    totals: dict[str, int]
    messages: tuple[str, ...] = ()
    distinct_keys: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the outcome as one JSON-able document."""
        return asdict(self) | {"messages": list(self.messages)}


def unchanged(before: Batch) -> Outcome:
    """Return the outcome of a delivery for which a batch stands already."""
    is_held = before.status == "held"
    text = (
        f"{before.file_name} is held as batch {before.batch_id}: {before.reason}"
        if is_held
        else f"{before.file_name} is published as batch {before.batch_id} already; nothing was changed"
    )
    return Outcome(
        batch=before.batch_id,
        feed=before.feed,
        file=before.file_name,
        status="held" if is_held else "unchanged",
        rows=before.row_count,
        accepted=before.accepted_count,
        rejected=before.rejected_count,
        totals=before.totals,
        messages=(text,),
        distinct_keys=before.distinct_keys,
    )


def outcome_of(connection: Connection, batch_id: int, batch: NewBatch, prepared: Prepared) -> Outcome:
    """Return the outcome of a delivery that was just written as a batch."""
    worth_telling = [
        check.detail for check in prepared.checks if check.detail and check.outcome in {"warn", "rounding"}
    ]
    rejected = [str(row["message"]) for row in rejected_rows(connection, Scope.everything(), batch_id)]
    kept = len(rejected)
    if rest := batch.rejected_count - min(kept, _MOST_TOLD):
        first = "them" if kept == batch.rejected_count else f"the first {kept:,}, which are kept"
        rejected[_MOST_TOLD:] = [f"and {rest} more rejected rows: mingzhang rejected {batch_id} lists {first}"]
    held = [f"held as batch {batch_id}: {reason}" for reason in prepared.hold_reasons if batch.status == "held"]
    return Outcome(
        batch=batch_id,
        feed=batch.feed,
        file=batch.file_name,
        status=batch.status,
        rows=batch.row_count,
        accepted=batch.accepted_count,
        rejected=batch.rejected_count,
        totals=prepared.totals,
        messages=(*held, *worth_telling, *rejected),
        distinct_keys=prepared.distinct_keys,
    )
