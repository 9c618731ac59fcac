"""Who gets which digest: bulletins by office, and the outbox rows made of them. Pure."""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alerts.digest import Digest, build_digest
from alerts.news import Bulletin, ClueNews, OfficeCount, count_kinds, read_evidence_text
from budget.catalogue import Catalogue
from budget.subjects import feed_subject
from budget.wording import render
from warehouse.alert_state import FindingRow
from warehouse.offices import Office
from warehouse.outbox import NewMessage

LATE_RULE = "H01"
PAYMENTS = feed_subject("payments", "")


@dataclass(frozen=True, kw_only=True)
class AlertSettings:
    """Where links in mail lead, and the domain that Message-IDs are formed under."""

    base_url: str
    mail_domain: str = "mingzhang.localdomain"


class LateFeed(NamedTuple):
    """One feed that is late, in words; payments weigh more than monthly reports, and older gaps more than younger."""

    is_minor: bool
    days: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Everything mail is made from: news and open clues by division, and late feeds."""

    as_of: dt.date
    news: Mapping[str, Sequence[ClueNews]]
    open_clues: Mapping[str, int]
    eased_clues: Mapping[str, int]
    late: Mapping[str, Sequence[LateFeed]]


def late_feeds(
    findings: Iterable[FindingRow], paused: Mapping[str, int], catalogue: Catalogue, district_code: str
) -> dict[str, list[LateFeed]]:
    """Return, by division, what is late, the gravest first.

    ``paused`` counts by division the clues that late payments put on hold; it is told with the payments.
    """
    late: dict[str, list[LateFeed]] = defaultdict(list)
    for finding in findings:
        if finding.rule_code == LATE_RULE and LATE_RULE in catalogue:
            division = finding.division_code or district_code
            sentence = render(catalogue[LATE_RULE].finding_zh, read_evidence_text(finding.evidence))
            is_minor = not finding.subject.startswith(PAYMENTS)
            if not is_minor and paused.get(division):
                sentence = f"{sentence.removesuffix('。')}，{paused[division]} 条线索暂停判断。"
            late[division].append(LateFeed(is_minor, finding.measured or 0, sentence))
    for feeds in late.values():
        feeds.sort(key=_weight)
    return dict(late)


def _weight(feed: LateFeed) -> tuple[bool, int, str]:
    return (feed.is_minor, -feed.days, feed.sentence)


def bulletins(situation: Situation, offices: Sequence[Office]) -> list[tuple[Office, Bulletin]]:
    """Return a bulletin for every office that has something new.

    The district's committee is told of its own departments in full and of every other division in numbers, also of
    those no office receives; news anywhere is news to it.
    """
    told = [(office, _bulletin(office, situation, offices)) for office in offices]
    return [(office, one) for office, one in told if one.news or any(any(o.counts.values()) for o in one.offices)]


def _bulletin(office: Office, situation: Situation, offices: Sequence[Office]) -> Bulletin:
    code = office.division_code
    news = tuple(situation.news.get(code, ()))
    is_district = office.division_kind == "district"
    late = situation.late.values() if is_district else [situation.late.get(code, ())]
    return Bulletin(
        division_name=office.division_name,
        office_name=office.office_name,
        as_of=situation.as_of,
        news=news,
        unchanged_count=_unchanged(code, news, situation),
        eased_count=situation.eased_clues.get(code, 0),
        late=tuple(feed.sentence for feed in sorted((feed for feeds in late for feed in feeds), key=_weight)),
        offices=_others(office, situation, offices) if is_district else (),
    )


def _unchanged(code: str, news: Sequence[ClueNews], situation: Situation) -> int:
    still_open = sum(one.kind != "resolved" for one in news)
    return situation.open_clues.get(code, 0) - still_open - situation.eased_clues.get(code, 0)


def _others(district: Office, situation: Situation, offices: Sequence[Office]) -> tuple[OfficeCount, ...]:
    names = {office.division_code: office.division_name for office in offices}
    codes = sorted({*names, *situation.news} - {district.division_code})
    return tuple(
        OfficeCount(
            division_name=names.get(code, f"区划 {code}（未设收件机构）"),
            counts=count_kinds(situation.news.get(code, ())),
            open_count=situation.open_clues.get(code, 0),
        )
        for code in codes
    )


def unreached(situation: Situation, offices: Sequence[Office]) -> list[str]:
    """Name the divisions whose news reaches nobody, each with what to do."""
    known = {office.division_code: office for office in offices}
    warnings = []
    for code, news in sorted(situation.news.items()):
        office = known.get(code)
        if office is None:
            warnings.append(
                f"区划 {code or '（空）'} 有 {len(news)} 条线索变动，但没有登记收件机构；请登记该区划的机构。"
            )
        elif not office.recipients:
            warnings.append(f"{office.office_name} 有 {len(news)} 条线索变动，但没有登记收件地址；请补充地址。")
    return warnings


def messages(
    told: Iterable[tuple[Office, Bulletin]],
    *,
    run_id: int,
    now: dt.datetime,
    catalogue: Catalogue,
    settings: AlertSettings,
) -> list[NewMessage]:
    """Return one outbox row per recipient of every bulletin."""
    rows = []
    for office, bulletin in told:
        digest = build_digest(bulletin, catalogue=catalogue, base_url=settings.base_url)
        payload = _payload(office, bulletin, digest)
        rows += [
            NewMessage(
                message_id=message_id(run_id, office.division_code, recipient, now, settings.mail_domain),
                kind="digest",
                division_code=office.division_code,
                recipient=recipient,
                run_id=run_id,
                subject=digest.subject,
                payload_json=payload,
            )
            for recipient in office.recipients
        ]
    return rows


def _payload(office: Office, bulletin: Bulletin, digest: Digest) -> str:
    content = {
        "text": digest.text,
        "html": digest.html,
        "office_name": office.office_name,
        "as_of": bulletin.as_of.isoformat(),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def message_id(run_id: int, division_code: str, recipient: str, now: dt.datetime, domain: str) -> str:
    """Return the Message-ID of one digest to one recipient; it is stored, so every attempt carries the same."""
    name = f"{run_id}/{division_code}/{recipient}/{now.isoformat()}"
    return f"<digest.{run_id}.{hashlib.sha256(name.encode()).hexdigest()[:24]}@{domain}>"
