"""One office's digest mail, planned once and written twice: as text and as HTML that say the same. Pure."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, cast

from alerts.digest_html import write_html
from alerts.digest_plan import Brief, Card, OfficeLine, Plan
from alerts.digest_text import write_text
from alerts.news import Bulletin, ClueNews, NewsKind, Point
from budget.catalogue import Catalogue, RuleText
from budget.clues import clue_order, confidence_of
from budget.levels import LOOKS, Level
from budget.money import FEN_PER_WAN, format_wan, format_yuan
from budget.wording import render

FULL_CARDS: Final = 3
BRIEF_LINES: Final = 5
REASONS_SHOWN: Final = 2
LATE_SHOWN: Final = 3
SUBJECT_LIMIT: Final = 120
KIND_WORDS: Final[Mapping[NewsKind, str]] = {
    "opened": "新增",
    "worsened": "加重",
    "resolved": "办结",
    "partly": "部分恢复",
    "stale": "暂停判断",
}


class Digest(NamedTuple):
    """A mail ready to be owed: one line of subject, and two parts of the same content."""

    subject: str
    text: str
    html: str


def build_digest(bulletin: Bulletin, *, catalogue: Catalogue, base_url: str) -> Digest:
    """Build an office's digest: what to look at first in full, the rest in short, unchanged things as a count."""
    plan = build_plan(bulletin, catalogue=catalogue, base_url=base_url.rstrip("/"))
    return Digest(plan.subject, write_text(plan), write_html(plan))


def build_plan(bulletin: Bulletin, *, catalogue: Catalogue, base_url: str) -> Plan:
    """Choose what the mail says, in the order it says it."""
    urgent = sorted(
        (one for one in bulletin.news if one.kind in {"opened", "worsened"}), key=lambda one: _urgency(one, catalogue)
    )
    counts = bulletin.counts
    day = bulletin.as_of.isoformat()
    return Plan(
        subject=subject_line(bulletin),
        office_name=one_line(bulletin.office_name),
        lead=f"截至 {day}，{_summary(bulletin).replace(', ', '，')}。",
        cards=tuple(_card(number, one, catalogue, base_url) for number, one in enumerate(urgent[:FULL_CARDS], start=1)),
        briefs=tuple(_brief(one, catalogue, base_url) for one in urgent[FULL_CARDS : FULL_CARDS + BRIEF_LINES]),
        more_count=max(len(urgent) - FULL_CARDS - BRIEF_LINES, 0),
        ended=_ended(bulletin, catalogue, base_url),
        more_ended_count=max(counts["resolved"] + counts["partly"] - BRIEF_LINES, 0),
        paused=_paused(bulletin),
        rest=_rest(bulletin),
        late=_late(bulletin),
        offices=tuple(
            OfficeLine(one_line(office.division_name), _in_text(office.counts) or "无变化", office.open_count)
            for office in bulletin.offices
        ),
        all_link=f"{base_url}/clues",
    )


def _urgency(one: ClueNews, catalogue: Catalogue) -> tuple[tuple[int, ...], str]:
    """Order as the lists of the screens do."""
    rules = {point.rule_code for point in one.points}
    is_data = {catalogue[code].family for code in rules if code in catalogue} == {"data_quality"}
    order = clue_order(one.level, confidence_of(rules, catalogue), one.amount_fen, is_data=is_data)
    return order, one.clue_id


def subject_line(bulletin: Bulletin) -> str:
    """Return the subject: the division, what is new in numbers, and the date judged; always one line."""
    line = f"【明账】{one_line(bulletin.division_name)}: {_summary(bulletin)}"
    return f"{line[:SUBJECT_LIMIT]} (截至 {bulletin.as_of.isoformat()})"


def one_line(text: str) -> str:
    """Return text from a feed as one line: control characters and line breaks become single spaces."""
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text).strip()


def count_words(counts: Mapping[NewsKind, int]) -> str:
    """Return the kinds that happened with their numbers: 新增 2 条, 办结 1 条; empty where nothing happened."""
    return ", ".join(f"{word} {counts[kind]} 条" for kind, word in KIND_WORDS.items() if counts[kind])


def _in_text(counts: Mapping[NewsKind, int]) -> str:
    return count_words(counts).replace(", ", "，")


def _summary(bulletin: Bulletin) -> str:
    words = count_words(bulletin.counts)
    if words:
        return words.replace(" 条", " 条线索", 1)
    elsewhere: dict[NewsKind, int] = dict.fromkeys(KIND_WORDS, 0)
    for office in bulletin.offices:
        for kind in KIND_WORDS:
            elsewhere[kind] += office.counts[kind]
    return f"各镇街{count_words(elsewhere).replace(' 条', ' 条线索', 1)}"


def _card(number: int, one: ClueNews, catalogue: Catalogue, base_url: str) -> Card:
    shown = [point for point in one.points if point.evidence][:REASONS_SHOWN] or list(one.points[:1])
    rules = [catalogue[point.rule_code] for point in shown if point.rule_code in catalogue]
    more = len(one.points) - len(shown)
    reasons = [_sentence(point, catalogue) for point in shown] + ([f"另有 {more} 项疑点，见线索页。"] if more else [])
    return Card(
        number=number,
        level=cast(Level, one.level),
        tag=_tag(one),
        clue_id=one.clue_id,
        title=one_line(one.title),
        rules="、".join(dict.fromkeys(_rule_name(point, catalogue) for point in shown)),
        amount=_amount(one.amount_fen),
        reasons=tuple(reasons),
        law=" ".join(dict.fromkeys(_law(rule) for rule in rules)) or "—",
        next_step=one_line(rules[0].next_step_zh).removeprefix("建议") if rules else "请核实。",
        link=f"{base_url}/clues/{one.clue_id}",
    )


def _tag(one: ClueNews) -> str:
    return "再次出现" if one.is_reopened else KIND_WORDS[one.kind]


def _amount(fen: int | None) -> str:
    """Write money in 万元; less than a hundred 元 in 元, so that little does not read as nothing."""
    if fen is None:
        return ""
    return f"{format_yuan(fen)} 元" if 0 < abs(fen) < FEN_PER_WAN // 100 else f"{format_wan(fen)} 万元"


def _law(rule: RuleText) -> str:
    return one_line(rule.law_zh)


def _rule_name(point: Point, catalogue: Catalogue) -> str:
    return catalogue[point.rule_code].name_zh if point.rule_code in catalogue else f"规则 {point.rule_code}"


def _sentence(point: Point, catalogue: Catalogue) -> str:
    if point.rule_code not in catalogue or not point.evidence:
        return f"{_rule_name(point, catalogue)}：{point.why}"
    return one_line(render(catalogue[point.rule_code].finding_zh, point.evidence))


def _brief(one: ClueNews, catalogue: Catalogue, base_url: str) -> Brief:
    look = LOOKS[cast(Level, one.level)]
    names = "、".join(dict.fromkeys(_rule_name(point, catalogue) for point in one.points))
    return Brief(
        mark=look.glyph,
        mark_words=look.colour_name,
        colour=look.colour,
        clue_id=one.clue_id,
        words=f"{_tag(one)} {one_line(one.title)}：{names}",
        amount=_amount(one.amount_fen),
        link=f"{base_url}/clues/{one.clue_id}",
    )


def _ended(bulletin: Bulletin, catalogue: Catalogue, base_url: str) -> tuple[Brief, ...]:
    ended = [one for one in bulletin.news if one.kind in {"resolved", "partly"}]
    return tuple(
        Brief(
            mark="✓",
            mark_words=KIND_WORDS[one.kind],
            colour="#2E7D4F",
            clue_id=one.clue_id,
            words=f"{one_line(one.title)}：{_ends(one, catalogue)}",
            amount="",
            link=f"{base_url}/clues/{one.clue_id}",
        )
        for one in ended[:BRIEF_LINES]
    )


def _ends(one: ClueNews, catalogue: Catalogue) -> str:
    over = [point for point in one.points if point.notice == "resolved"]
    told = "；".join(dict.fromkeys(f"{_rule_name(point, catalogue)}（{point.why}）" for point in over))
    return told + ("，其余疑点仍在" if one.kind == "partly" else "")


def _paused(bulletin: Bulletin) -> tuple[str, ...]:
    """Say how many clues each reason put on hold."""
    reasons: dict[str, int] = {}
    for one in bulletin.news:
        for why in {point.why for point in one.points if point.notice == "stale"} if one.kind == "stale" else set():
            words = one_line(why.partition("：")[2] or why).removesuffix("，暂不判断")
            reasons[words] = reasons.get(words, 0) + 1
    return tuple(f"{count} 条线索，{words}" for words, count in sorted(reasons.items()))


def _rest(bulletin: Bulletin) -> str:
    parts = [("未变", bulletin.unchanged_count), ("减轻", bulletin.eased_count)]
    return "，".join(f"{word} {count} 条" for word, count in parts if count) or "没有其他在办线索"


def _late(bulletin: Bulletin) -> tuple[str, ...]:
    shown = [one_line(sentence) for sentence in bulletin.late[:LATE_SHOWN]]
    more = len(bulletin.late) - len(shown)
    return tuple(shown + ([f"另有 {more} 项数据迟到，见系统。"] if more > 0 else []))
