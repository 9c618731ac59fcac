"""The HTML part of a digest: tables and inline styles that old mail programs draw, nothing fetched from anywhere."""

from collections.abc import Iterator
from html import escape
from typing import Final

from alerts import digest_plan as words
from alerts.digest_plan import Brief, Card, Plan
from budget.levels import LOOKS

INK, QUIET, HAIRLINE, ACCENT, PAPER = "#1F2937", "#5B6472", "#E3E7ED", "#1F5FA8", "#F7F8FA"
FONT: Final = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"
_TABLE: Final = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'


def write_html(plan: Plan) -> str:
    """Write a digest as one HTML document; every word from a feed is escaped."""
    rows = "\n".join(_rows(plan))
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(plan.subject)}</title></head>\n"
        f'<body style="margin:0;padding:0;background:{PAPER}">\n'
        f'{_TABLE} style="background:{PAPER}"><tr><td align="center" style="padding:16px 8px">\n'
        f'<table role="presentation" width="680" cellpadding="0" cellspacing="0" border="0" '
        f'style="width:100%;max-width:680px;background:#FFFFFF;border:1px solid {HAIRLINE};border-radius:6px;'
        f'font-family:{FONT};font-size:14px;line-height:1.6;color:{INK}">\n'
        f"{rows}\n</table>\n</td></tr></table>\n</body></html>\n"
    )


def _rows(plan: Plan) -> Iterator[str]:
    yield _row(
        f'<div style="font-size:12px;color:{QUIET}">{words.SIGNATURE} · {escape(plan.office_name)}</div>'
        f'<div style="font-size:16px;font-weight:bold">{escape(plan.lead)}</div>',
        "padding:16px 20px 8px",
    )
    if plan.cards:
        yield _heading(words.TODAY)
        yield from (_row(_card(card), "padding:2px 20px 6px") for card in plan.cards)
    yield from _briefs(words.ALSO, plan.briefs, plan.more_count)
    yield from _briefs(words.ENDED, plan.ended, plan.more_ended_count)
    yield from _offices(plan)
    yield _row(_foot(plan), f"padding:12px 20px 16px;border-top:1px solid {HAIRLINE};font-size:13px")


def _row(content: str, style: str) -> str:
    return f'<tr><td style="{style}">{content}</td></tr>'


def _heading(text: str) -> str:
    return _row(f'<b style="font-size:14px;color:{QUIET}">{escape(text)}</b>', "padding:8px 20px 2px")


def _card(card: Card) -> str:
    look = LOOKS[card.level]
    reasons = "".join(f"<div>{escape(reason)}</div>" for reason in card.reasons)
    mark = f"{look.glyph} {look.colour_name}·{look.action} {card.tag} · {card.rules}"
    return (
        f'{_TABLE} style="border:1px solid {HAIRLINE};border-left:4px solid {look.colour}">'
        f'<tr><td style="padding:6px 12px 8px">{_TABLE}>'
        f'<tr><td style="font-size:15px;font-weight:bold">{card.number}. {escape(card.title)}</td>'
        f'<td align="right" valign="top" style="white-space:nowrap;font-weight:bold;padding-left:12px">'
        f"{escape(card.amount)}</td></tr>"
        f'<tr><td style="color:{look.colour};font-weight:bold">{escape(mark)}</td>'
        f'<td align="right" valign="top" style="padding-left:12px">{_link(card.link, card.clue_id)}</td></tr></table>'
        f"{reasons}"
        f"<div><b>建议：</b>{escape(card.next_step)}</div>"
        f'<div style="color:{QUIET};font-size:12px">依据：{escape(card.law)}</div>'
        f"</td></tr></table>"
    )


def _link(url: str, text: str) -> str:
    return f'<a href="{escape(url)}" style="color:{ACCENT};white-space:nowrap">{escape(text)}</a>'


def _briefs(heading: str, briefs: tuple[Brief, ...], more: int) -> Iterator[str]:
    if not briefs:
        return
    yield _heading(heading)
    lines = "".join(_brief(brief) for brief in briefs)
    if more:
        lines += f'<tr><td colspan="4" style="padding:4px 0;color:{QUIET}">{escape(words.more_line(more))}</td></tr>'
    yield _row(f"{_TABLE}>{lines}</table>", "padding:0 20px 8px")


def _brief(brief: Brief) -> str:
    cell = f"padding:3px 0;border-bottom:1px solid {HAIRLINE};vertical-align:top"
    return (
        f'<tr><td style="{cell};color:{brief.colour};white-space:nowrap;font-weight:bold;padding-right:8px">'
        f"{brief.mark} {escape(brief.mark_words)}</td>"
        f'<td style="{cell}">{escape(brief.words)}</td>'
        f'<td align="right" style="{cell};white-space:nowrap;padding-left:8px">{escape(brief.amount)}</td>'
        f'<td align="right" style="{cell};padding-left:8px">{_link(brief.link, brief.clue_id)}</td></tr>'
    )


def _offices(plan: Plan) -> Iterator[str]:
    if not plan.offices:
        return
    yield _heading(words.OFFICES)
    cell = f"padding:4px 0;border-bottom:1px solid {HAIRLINE}"
    lines = "".join(
        f'<tr><td style="{cell}">{escape(one.division_name)}</td><td style="{cell}">{escape(one.words)}</td>'
        f'<td align="right" style="{cell};color:{QUIET}">在办 {one.open_count} 条</td></tr>'
        for one in plan.offices
    )
    yield _row(f"{_TABLE}>{lines}</table>", "padding:0 20px 8px")


def _foot(plan: Plan) -> str:
    lines = [f"∅ {words.PAUSED}：{line}" for line in plan.paused]
    lines += [f"{words.REST}：{plan.rest}"]
    lines += [f"∅ {words.LATE}：{line}" for line in plan.late]
    told = "".join(f"<div>{escape(line)}</div>" for line in lines)
    note = f'<div style="padding-top:8px;font-size:12px;color:{QUIET}">{escape(words.NOTE)}</div>'
    return f"{told}<div>{_link(plan.all_link, '看全部线索')}</div>{note}"
