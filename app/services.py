"""What the pages are given: every service of the dashboard, bound to one house."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from alerts.channels.files.read import list_mails, read_mail
from app.freshness import read_board
from app.handover import Deliveries
from app.holidays import load_changed_days
from app.people import authenticate, load_person
from app.rule_desk import RuleChanges
from app.wiring import House, secret_key
from dashboard.services import Services, Site
from ingest.mapping import load_mappings, named
from ingest.source_row import SourceRow, read_source_row
from rules.registry import CATALOGUE
from warehouse.audit import record_audit
from warehouse.engine import reading, writing
from warehouse.notes import SAMPLE_UNTIL, read_note
from warehouse.scope import Scope

# The pages show mails to readers of the whole district only.
EVERYTHING: Final = Scope.everything()


def build_services(house: House) -> Services:
    """Return the services of a house."""

    def note(actor: str, action: str, target: str, detail: Mapping[str, Any]) -> None:
        with writing(house.engine) as connection:
            record_audit(connection, at=house.clock(), actor=actor, action=action, target=target, detail=detail)

    def source_row(mapping_name: str, sha256: str, file_name: str, sheet: str | None, row: int) -> SourceRow:
        mapping = named(load_mappings(house.mapping_folders), mapping_name)
        return read_source_row(house.landing, mapping, sha256, file_name, sheet, row)

    def report_file(report_id: int) -> Path | None:
        # Imported here: documents need heavy libraries, and few requests ask for one.
        from app.reporting import stored_file  # noqa: PLC0415

        return stored_file(house, report_id)

    return Services(
        engine=house.engine,
        snapshots=house.snapshots,
        clock=house.clock,
        catalogue=CATALOGUE,
        site=site_of(house),
        secret_key=secret_key(house),
        authenticate=lambda username, password: authenticate(house, username, password),
        load_account=lambda username: load_person(house, username),
        record_audit=note,
        source_row=source_row,
        list_mails=lambda: list_mails(house.mail, EVERYTHING),
        read_mail=lambda mail_id: read_mail(house.mail, mail_id, EVERYTHING),
        report_file=report_file,
        handover=Deliveries(house),
        rule_desk=RuleChanges(house),
        freshness=lambda connection, scope, moment: read_board(house, connection, scope, moment),
        session_hours=house.settings.web.session_hours,
        secure_cookies=house.settings.web.secure_cookies,
    )


def site_of(house: House) -> Site:
    """Return the district as the pages name it."""
    settings = house.settings
    with reading(house.engine) as connection:
        holds_sample = read_note(connection, SAMPLE_UNTIL) is not None
    return Site(
        district_name=settings.site.district_name,
        district_code=settings.site.district_code,
        timezone=settings.site.timezone,
        time_progress_by=settings.site.time_progress_by,
        rest_day_rule=settings.report.rest_day_rule,
        changed_days=load_changed_days(),
        holds_sample=holds_sample,
        level_codes=settings.levels.codes.model_dump(),
    )
