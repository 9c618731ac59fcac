"""The text part of a digest: short lines, numbers after words."""

from collections.abc import Iterator

from alerts import digest_plan as words
from alerts.digest_plan import Brief, Card, Plan
from budget.levels import LOOKS


def write_text(plan: Plan) -> str:
    """Write a digest as plain text that ends in a line break."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    yield f"{plan.office_name}："
    yield plan.lead
    if plan.cards:
        yield from ("", words.TODAY)
        for card in plan.cards:
            yield from _card(card)
    yield from _briefs(words.ALSO, plan.briefs, plan.more_count)
    yield from _briefs(words.ENDED, plan.ended, plan.more_ended_count)
    if plan.offices:
        yield from ("", words.OFFICES)
        yield from (f"  {one.division_name}：{one.words}（在办 {one.open_count} 条）" for one in plan.offices)
    yield ""
    yield from (f"{words.PAUSED}: {line}" for line in plan.paused)
    yield f"{words.REST}: {plan.rest}"
    yield from (f"{words.LATE}: {line}" for line in plan.late)
    yield f"全部线索: {plan.all_link}"
    yield from ("", words.NOTE, words.SIGNATURE)


def _card(card: Card) -> Iterator[str]:
    look = LOOKS[card.level]
    yield f"{card.number}. {look.glyph} {look.colour_name}·{look.action}  {card.tag}  {card.title}"
    yield f"   {card.rules}" + (f"，涉及 {card.amount}" if card.amount else "")
    yield from (f"   {reason}" for reason in card.reasons)
    yield f"   依据: {card.law}"
    yield f"   建议: {card.next_step}"
    yield f"   {card.clue_id}: {card.link}"


def _briefs(heading: str, briefs: tuple[Brief, ...], more: int) -> Iterator[str]:
    if not briefs:
        return
    yield from ("", heading)
    for brief in briefs:
        yield f"  {brief.mark} {brief.mark_words} {brief.words}" + (f"，涉及 {brief.amount}" if brief.amount else "")
        yield f"    {brief.clue_id}: {brief.link}"
    if more:
        yield f"  {words.more_line(more)}"
