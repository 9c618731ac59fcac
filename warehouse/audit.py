"""Who did what, when: entries are only ever added, and each is hashed over the one before it.

Changing, removing or reordering an entry breaks the chain at that place. Cutting off the newest entries leaves a
whole chain; it is found by keeping the head that ``verify`` printed earlier and giving it back.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from warehouse.schema import table

GENESIS = "0" * 64


class AuditProof(NamedTuple):
    """What ``verify`` found: how many entries hold together, and where and why the chain breaks, if it does."""

    entries: int
    head: str
    broken_at: int | None
    reason: str | None


def record_audit(
    connection: sa.Connection, *, at: dt.datetime, actor: str, action: str, target: str, detail: Mapping[str, Any]
) -> int:
    """Append one entry in the caller's transaction and return its number.

    Call it inside ``warehouse.engine.writing``: writers queue there, so two entries never follow the same one.
    """
    entry = table("audit_entry")
    last = connection.execute(
        sa.select(entry.c.entry_no, entry.c.entry_hash).order_by(entry.c.entry_no.desc()).limit(1)
    ).first()
    number, previous = (last.entry_no + 1, last.entry_hash) if last else (1, GENESIS)
    told = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    values = {
        "entry_no": number,
        "happened_at": at,
        "actor": actor,
        "action": action,
        "object": target,
        "detail_json": told,
        "previous_hash": previous,
    }
    connection.execute(sa.insert(entry).values(**values, entry_hash=_hash(values)))
    return number


def verify_audit(connection: sa.Connection, head: str | None = None) -> AuditProof:
    """Follow the chain from its start; ``head`` is a hash an earlier proof ended in and must still be found."""
    entry = table("audit_entry")
    previous, count, seen_head = GENESIS, 0, head in {None, GENESIS}
    for row in connection.execute(sa.select(entry).order_by(entry.c.entry_no)).mappings():
        count += 1
        if row["entry_no"] != count:
            return AuditProof(count - 1, previous, count, f"entry {count} is missing; {row['entry_no']} stands there")
        if row["previous_hash"] != previous:
            return AuditProof(count - 1, previous, count, f"entry {count} does not follow entry {count - 1}")
        if row["entry_hash"] != _hash({name: row[name] for name in row if name != "entry_hash"}):
            return AuditProof(count - 1, previous, count, f"entry {count} was changed after it was written")
        previous = row["entry_hash"]
        seen_head = seen_head or previous == head
    if not seen_head:
        return AuditProof(
            count, previous, count + 1, f"no entry ends in {head}: newer entries were cut off or rewritten"
        )
    return AuditProof(count, previous, None, None)


def _hash(fields: Mapping[str, Any]) -> str:
    # Microseconds in UTC and sorted keys: the same bytes from SQLite and from PostgreSQL.
    moment = fields["happened_at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    text = json.dumps({**fields, "happened_at": moment}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
