"""One scoped query layer: every public read of the warehouse takes the reader's scope, or says here why it need not."""

import datetime as dt
import importlib
import inspect
import pkgutil
import re
from dataclasses import fields, is_dataclass

import polars as pl
import pytest
import sqlalchemy as sa
from test_warehouse_diff import JUNE, NOW, STREET, TOWN, deliver

import warehouse
from budget.thresholds import Aim
from warehouse.diff import DiffError
from warehouse.engine import reading, writing
from warehouse.rule_changes import Proposal, add_change
from warehouse.schema import table
from warehouse.scope import Scope

# Functions that write; what they return is the number of what was written.
WRITES = re.compile(
    "(abandon|add|apply|bury|change|claim|close|create|decide|defer|delete|disable|finish|insert|load|mark|move|prepare|rebuild"
    "|record|release|renew|reset|revive|save|set|take|update|upgrade)(_|$)"
)
INSIDE = "called by reads that were given a scope, with slices or rows found through it"
SERVICE = "the service's own running: jobs, leases, outbox, counts without content; only the committee's pages show it"
PUBLISHING = "ingest asks before publishing, for nobody's eyes"
JUDGING = "a run judges the whole district; its findings are read with a scope"
WHOLE = "the whole warehouse, for the operator at the command line"
PUBLIC = "says nothing about any division"
LOG_IN = "asked before it is known who reads"
WITHOUT_SCOPE = {
    "accounts.find_login": LOG_IN,
    "accounts.list_accounts": WHOLE,
    "accounts.load_account": LOG_IN,
    "aims.divisions_of_aim": "finds whose a proposed change would be; who may not propose there is refused by it",
    "alert_changes.latest_applied_run": JUDGING,
    "alert_changes.next_alert_id": JUDGING,
    "alert_changes.next_clue_number": JUDGING,
    "alert_state.read_alert_rows": JUDGING,
    "alert_state.read_clue_rows": JUDGING,
    "alert_state.read_evidence": JUDGING,
    "alert_state.read_names": JUDGING,
    "alert_state.read_run_findings": JUDGING,
    "alerts.count_open_alerts": SERVICE,
    "audit.verify_audit": WHOLE,
    "batches.batches_of_landing": PUBLISHING,
    "batches.is_in_force": PUBLISHING,
    "batches.newest_batch": "the number of the latest batch, by which a dry run knows that it is out of date",
    "batches.newest_delivery": PUBLISHING,
    "batches.released_as": PUBLISHING,
    "batches.slice_sums": PUBLISHING,
    "bulk.read_frame": "runs a query that its caller has scoped",
    "corrections.changed_facts": JUDGING,
    "deliveries.is_landed": PUBLISHING,
    "deliveries.landed": WHOLE,
    "deliveries.next_slice_id": PUBLISHING,
    "dump.count_in_force": WHOLE,
    "dump.count_tables": WHOLE,
    "dump.dump_table": WHOLE,
    "fact_check.check_facts": WHOLE,
    "facts.read_slices": INSIDE,
    "findings.find_run": JUDGING,
    "findings.full_run": JUDGING,
    "findings.latest_run": JUDGING,
    "findings.list_runs": JUDGING,
    "findings.read_durations": SERVICE,
    "findings.read_errors": SERVICE,
    "freshness.read_held": "names of held files; the board leaves out those of divisions the reader may not see",
    "gauges.read_gauges": SERVICE,
    "jobs.job_results": SERVICE,
    "known.paid_on_vouchers": PUBLISHING,
    "known.read_columns": PUBLISHING,
    "known.releases_of": PUBLISHING,
    "known.sums_by": PUBLISHING,
    "known.totals_of_slices": PUBLISHING,
    "known.vouchers_of": PUBLISHING,
    "migrations.is_empty": SERVICE,
    "migrations.is_known_revision": SERVICE,
    "migrations.pending": SERVICE,
    "migrations.revision_of": SERVICE,
    "notes.read_note": SERVICE,
    "opening.holds_deliveries": SERVICE,
    "outbox.count_messages": SERVICE,
    "outbox.due_messages": SERVICE,
    "outbox.oldest_unsent_at": SERVICE,
    "queries.last_delivered_on": "one date of the whole district, which every page names as its own",
    "queries.list_job_runs": SERVICE,
    "queries_facts.classification_names": PUBLIC,
    "rule_changes.approved_changes": JUDGING,
    "facts.places_of": "file names of slices that a scoped read has chosen",
    "held.batch_checks": INSIDE,
    "held.count_warnings": INSIDE,
    "held.followers": INSIDE,
    "held.held_slices": INSIDE,
    "in_force.every_slice": WHOLE,
    "run_rules.read_run_rules": SERVICE,
    "snapshot_check.check_snapshots": WHOLE,
    "sources.read_failures": SERVICE,
    "sources.read_marks": SERVICE,
    "sources.read_state": SERVICE,
    "sources.require_claim": SERVICE,
    "staging.database_file": SERVICE,
    "staging.drop_staged": SERVICE,
    "standing.divisions_of": PUBLISHING,
    "standing.standing_slices": INSIDE,
}


def public_functions():
    """Yield every public function of the warehouse's modules that is given a connection."""
    for found in pkgutil.iter_modules(warehouse.__path__):
        module = importlib.import_module(f"warehouse.{found.name}")
        for name, one in inspect.getmembers(module, inspect.isfunction):
            if one.__module__ != module.__name__ or name.startswith("_"):
                continue
            parameters = inspect.signature(one).parameters
            if "connection" in parameters:
                yield f"{found.name}.{name}", parameters


def is_write(name):
    return WRITES.match(name) and name not in {"load_facts", "load_account"}


READS = {name: given for name, given in public_functions() if not is_write(name.partition(".")[2])}


def test_every_read_takes_a_scope_or_says_why_not():
    unscoped = {name for name, given in READS.items() if "scope" not in given}
    assert unscoped - set(WITHOUT_SCOPE) == set(), "give these a scope, or a reason in this file"


def test_no_reason_outlives_its_function():
    assert {name for name in WITHOUT_SCOPE if name not in READS or "scope" in READS[name]} == set()


def test_a_scope_is_never_left_out_by_default():
    with_default = [
        name
        for name, given in READS.items()
        if "scope" in given and given["scope"].default is not inspect.Parameter.empty
    ]
    assert with_default == [], "a forgotten scope would be the whole district"


# What a scoped read may need beside its scope, by name, as it stands in the warehouse of `delivered`.
GIVEN = {
    "after": NOW - dt.timedelta(days=1),
    "as_of": dt.date(2026, 12, 31),
    "batch_id": 1,
    "before_id": 1,
    "after_id": 2,
    "change_id": 1,
    "clue_id": "2026-XS-0001",
    "clue_ids": ["2026-XS-0001"],
    "feed": "payments",
    "finding_no": 1,
    "known_at": NOW + dt.timedelta(days=9),
    "pairs": [(10, 1), (20, 1)],
    "row_no": 1,
    "run_id": 1,
    "slice_id": 10,
    "slice_key": JUNE,
    "until": NOW + dt.timedelta(days=9),
    "zone": dt.UTC,
}


HELD = 3
CHANGE = Proposal(
    kind="exemption",
    rule_code="A01",
    aim=Aim(division_code=STREET),
    from_on=dt.date(2026, 7, 1),
    to_on=None,
    values={},
    reason="works go on next year",
    proposed_by="li",
    home=STREET,
)
# Where a read wants something else than its namesakes.
GIVEN_TO = {"held.read_held": {"batch_id": HELD}}


@pytest.fixture
def delivered(sqlite_engine):
    """Return a warehouse with two deliveries, a held one, an office and all that was judged and asked of one street."""
    deliver(sqlite_engine, 1, {JUNE: [("V1", 100)]})
    deliver(sqlite_engine, 2, {JUNE: [("V1", 200)]}, days=1)
    deliver(sqlite_engine, HELD, {}, status="held", days=2)
    stamp = {"known_at": NOW, "started_at": NOW, "opened_at": NOW, "built_at": NOW}
    days = {"as_of_on": dt.date(2026, 6, 30), "opened_on": dt.date(2026, 6, 30)}
    named = {"division_code": STREET, "division_name": "石桥街道", "office_name": "石桥", "division_kind": "street"}
    told = {"mail_to": "a@example.org", "clue_id": "2026-XS-0001", "clue_key": "k", "period": "2026", "level": "red"}
    judged = {
        "run_id": 1,
        "finding_no": 1,
        "coverage_no": 1,
        "rule_code": "A01",
        "subject": "unit:U1",
        "scope": "unit:U1",
    }
    rest = {"facts_stamp": "s", "code_version": "1", "params_json": "{}", "rule_codes": "A01", "is_history": False}
    more = {"measure_unit": "bp", "evidence": "{}", "is_judged": True, "alert_id": 1, "is_stale": False}
    report = {"report_id": 1, "quarter": "2026Q2", "snapshot_json": "{}"}
    row = stamp | days | named | told | judged | rest | more | report
    states = {"clue": "open", "alert": "open", "quarterly_report": "draft"}
    with writing(sqlite_engine) as connection:
        for name in ("evaluation_run", "finding", "coverage", "office", "clue", "alert", "quarterly_report"):
            own = {key: value for key, value in row.items() if key in table(name).c}
            own |= {"status": states[name]} if name in states else {}
            connection.execute(sa.insert(table(name)), own)
        add_change(connection, CHANGE, NOW)
        held = {"batch_id": 1, "reject_no": 1, "source_row": 3, "expected": "an amount", "raw_json": "{}"}
        connection.execute(sa.insert(table("rejected_row")), held)
        piece = {"batch_id": HELD, "slice_no": 1, "slice_key": JUNE, "division_code": STREET, "row_count": 0}
        connection.execute(sa.insert(table("held_slice")), piece | {"totals_json": "{}"})
        connection.execute(sa.update(table("batch")).where(table("batch").c.batch_id == HELD).values(file_name="h.csv"))
        connection.execute(sa.update(table("batch_slice")).values(fiscal_year=2026))
    return sqlite_engine


def ask(name, engine, scope, folder):
    module, _, function = name.partition(".")
    wanted = GIVEN | {"snapshots": folder} | GIVEN_TO.get(name, {})
    needed = [key for key, one in READS[name].items() if one.default is inspect.Parameter.empty]
    assert set(needed) - {"connection", "scope"} <= set(wanted), "say in GIVEN what this read may be asked"
    given = {key: wanted[key] for key in needed if key in wanted}
    with reading(engine) as connection:
        try:
            return getattr(importlib.import_module(f"warehouse.{module}"), function)(
                connection=connection, scope=scope, **given
            )
        except DiffError:
            return None


def is_nothing(found):
    """Tell whether an answer holds no row, whatever it is made of."""
    if isinstance(found, pl.DataFrame):
        return found.is_empty()
    if is_dataclass(found):
        return all(
            is_nothing(getattr(found, one.name))
            for one in fields(found)
            if one.name not in {"as_of", "known_at", "stamp", "time_progress_by", "memo"}
        )
    if isinstance(found, tuple | list | dict):
        return all(is_nothing(one) for one in (found.values() if isinstance(found, dict) else found))
    return found is None or found == 0


@pytest.mark.parametrize("name", sorted(name for name, given in READS.items() if "scope" in given))
def test_the_whole_district_sees_what_another_street_and_nobody_do_not(name, delivered, tmp_path):
    assert not is_nothing(ask(name, delivered, Scope.everything(), tmp_path)), "the test has nothing to hide"
    assert not is_nothing(ask(name, delivered, Scope.of({STREET}), tmp_path)), "a reader sees its own"
    for scope in (Scope.of({TOWN}), Scope.of(())):
        assert is_nothing(ask(name, delivered, scope, tmp_path)), scope


def test_the_scope_itself_fails_closed():
    column = sa.column("division_code")
    assert "1 = 1" in str(Scope.everything().condition(column).compile()) or "true" in str(
        Scope.everything().condition(column)
    )
    nobody = Scope.of(())
    assert not nobody.allows("990101010")
    assert not nobody.allows(None)
    assert "IN" in str(nobody.condition(column))
