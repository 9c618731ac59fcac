"""A late correction judges open alerts anew, and never touches what was said before: runs, reports, documents."""

import dataclasses
import datetime as dt
import json

import pytest
import sqlalchemy as sa
from backup_ground import TOWN, judged_town, write_town

from app.judging import judge
from app.loading import load_files
from app.reporting import build, draft_reports, stored_file
from app.shown import stored_alerts, stored_findings
from budget.calendar import Quarter
from warehouse.batches import list_batches
from warehouse.engine import reading, writing
from warehouse.reports import ReportRefusedError, read_reports
from warehouse.schema import table
from warehouse.scope import Scope

UNTIL = dt.date(2026, 10, 31)
THEN = dt.datetime(2026, 11, 1, 4, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
QUARTER = Quarter(2026, 3)
ALL = Scope.everything()


@dataclasses.dataclass
class Story:
    """A town that was judged and has filed a report, then sent a correction, then was judged again."""

    house: object
    alert: dict
    findings_before: list
    filed_before: object
    document: bytes
    known: dt.datetime


def rests_on(house, alert) -> list[tuple[int, int]]:
    run, number = alert["finding"].split("-")
    finding = table("finding")
    query = sa.select(finding.c.evidence).where(finding.c.run_id == int(run), finding.c.finding_no == int(number))
    with reading(house.engine) as connection:
        return [tuple(pair) for pair in json.loads(connection.scalar(query)).get("facts", [])]


def rows_of(house, pairs):
    """Return the delivered file and the row in it of each fact that is a payment of one slice."""
    payment, piece, batch = table("payment"), table("batch_slice"), table("batch")
    query = (
        sa.select(batch.c.file_name, payment.c.slice_id, payment.c.row_no, payment.c.source_row)
        .join(piece, piece.c.slice_id == payment.c.slice_id)
        .join(batch, batch.c.batch_id == piece.c.batch_id)
    )
    with reading(house.engine) as connection:
        found = {(row[1], row[2]): (row[0], row[3]) for row in connection.execute(query)}
    return [found[pair] for pair in pairs if pair in found]


def correction_of(house, files, folder):
    """Choose an alert on payments of one file, and write that file again without the rows the alert rests on."""
    for alert in stored_alerts(house):
        rows = rows_of(house, rests_on(house, alert))
        if alert["rule"].startswith("E") and rows and len({name for name, _ in rows}) == 1:
            name = rows[0][0]
            (path,) = (one for one in files if one.name == name)
            kept = path.read_bytes().split(b"\r\n")
            gone = {row - 1 for _, row in rows}
            again = folder / f"{name.rpartition('-')[0]}-20261115.csv"
            again.write_bytes(b"\r\n".join(line for number, line in enumerate(kept) if number not in gone))
            return alert, again
    pytest.fail("the sample town has no alert on payments of one file")


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two-times")
    files = write_town(folder / "files", UNTIL)
    house = dataclasses.replace(judged_town(folder / "data", files, UNTIL), clock=lambda: THEN)
    judge(house, as_of=UNTIL)
    built = build(house, QUARTER, TOWN, folder / "out")
    report = table("quarterly_report")
    with writing(house.engine) as connection:
        connection.execute(sa.update(report).where(report.c.report_id == built["report"]).values(status="filed"))
    document = stored_file(house, built["report"]).read_bytes()
    before = stored_findings(house, UNTIL, None, THEN)
    alert, again = correction_of(house, files, folder)
    filed = filed_report(house)
    later = dataclasses.replace(house, clock=lambda: LATER)
    assert [one.status for one in load_files(later, [again], actor="test")] == ["published"]
    judge(later, as_of=UNTIL)
    return Story(later, alert, before, filed, document, THEN)


def filed_report(house):
    with reading(house.engine) as connection:
        (one,) = (one for one in read_reports(connection, ALL) if one.status == "filed")
    return one


def identity(one):
    return one["rule"], one["subject"], one["period"]


def test_the_alert_whose_rows_were_taken_back_ends_as_a_correction(story):
    (now,) = (one for one in stored_alerts(story.house) if identity(one) == identity(story.alert))
    assert (story.alert["status"], now["status"]) == ("open", "resolved")
    event, alert = table("alert_event"), table("alert")
    query = (
        sa.select(event.c.notice, event.c.reason)
        .join(alert, alert.c.alert_id == event.c.alert_id)
        .where(alert.c.alert_id == now["alert"])
        .order_by(event.c.event_id.desc())
    )
    with reading(story.house.engine) as connection:
        assert tuple(connection.execute(query).first()) == ("resolved", "数据更正")


def test_alerts_on_other_rows_stay_as_they_are(story):
    others = [one for one in stored_alerts(story.house) if identity(one) != identity(story.alert)]
    assert len(others) > 3
    assert [one["status"] for one in others].count("open") >= len(others) - 3


def test_what_was_found_as_known_before_is_still_what_it_was(story):
    assert story.findings_before
    assert stored_findings(story.house, UNTIL, None, story.known) == story.findings_before
    assert stored_findings(story.house, UNTIL, None) != story.findings_before
    again = judge(story.house, as_of=UNTIL, known_at=story.known, dry_run=True).evaluation.findings
    then = {(one["rule"], one["subject"], one["period"], one["measured"]) for one in story.findings_before}
    assert set(again.select("rule_code", "subject", "period", "measured").rows()) == then


def test_deliveries_are_listed_as_known_at_a_moment(story):
    with reading(story.house.engine) as connection:
        now, before = list_batches(connection, ALL), list_batches(connection, ALL, known_at=story.known)
    assert len(now) == len(before) + 1
    assert now[1:] == before
    assert all(one["known_at"] <= story.known for one in before)


def test_a_filed_report_is_the_same_row_and_the_same_bytes(story):
    for again in range(2):
        if again:
            draft_reports(story.house, QUARTER)
        assert filed_report(story.house) == story.filed_before
        assert stored_file(story.house, story.filed_before.report_id).read_bytes() == story.document


def test_a_filed_report_cannot_be_built_over_and_a_new_one_tells_the_corrected_figures(story, tmp_path):
    with pytest.raises(ReportRefusedError, match="already filed"):
        build(story.house, QUARTER, TOWN, tmp_path, story.filed_before.known_at)
    assert filed_report(story.house) == story.filed_before
    built = build(story.house, QUARTER, TOWN, tmp_path)
    assert built["report"] != story.filed_before.report_id
    assert stored_file(story.house, story.filed_before.report_id).read_bytes() == story.document
