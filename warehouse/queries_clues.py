"""What the pages ask about findings beside ``warehouse.alerts``; every read takes the reader's scope."""

from collections.abc import Collection

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.bulk import read_frame
from warehouse.schema import table
from warehouse.scope import Scope

EVIDENCE: frames.Schema = {
    "clue_id": frames.TEXT,
    "rule_code": frames.TEXT,
    "level": frames.TEXT,
    "status": frames.TEXT,
    "subject": frames.TEXT,
    "period": frames.TEXT,
    "evidence": frames.TEXT,
}


def list_clue_evidence(connection: sa.Connection, scope: Scope, clue_ids: Collection[str]) -> pl.DataFrame:
    """Return the alerts of some clues with the evidence of the finding that judged each last, open ones first."""
    alert, finding = table("alert"), table("finding")
    judged = sa.and_(finding.c.run_id == alert.c.run_id, finding.c.finding_no == alert.c.finding_no)
    query = (
        sa.select(*(alert.c[name] for name in EVIDENCE if name != "evidence"), finding.c.evidence)
        .join(finding, judged, isouter=True)
        .where(alert.c.clue_id.in_(sorted(clue_ids)), scope.condition(alert.c.division_code))
        .order_by(alert.c.status, alert.c.alert_id)
    )
    return read_frame(connection, query, EVIDENCE)
