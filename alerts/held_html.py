"""The HTML part of the mail about a held delivery: inline styles that old mail programs draw, nothing fetched."""

from html import escape
from typing import Final

from alerts.digest_html import ACCENT, FONT, HAIRLINE, INK, PAPER, QUIET
from alerts.held_plan import HeldPlan, Table

_HELD: Final = "#C2570C"
_SHORT: Final = 18  # characters
_TABLE: Final = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'


def write_held_html(plan: HeldPlan) -> str:
    """Write the mail as one HTML document; every word from the delivery is escaped."""
    rows = "\n".join(_row(content, style) for content, style in _rows(plan))
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(plan.subject)}</title></head>\n"
        f'<body style="margin:0;padding:0;background:{PAPER}">\n'
        f'{_TABLE} style="background:{PAPER}"><tr><td align="center" style="padding:16px 8px">\n'
        f'<table role="presentation" width="720" cellpadding="0" cellspacing="0" border="0" '
        f'style="width:100%;max-width:720px;background:#FFFFFF;border:1px solid {HAIRLINE};border-radius:6px;'
        f'font-family:{FONT};font-size:14px;line-height:1.6;color:{INK}">\n'
        f"{rows}\n</table>\n</td></tr></table>\n</body></html>\n"
    )


def _rows(plan: HeldPlan) -> list[tuple[str, str]]:
    lead = (
        f'<div style="font-size:12px;color:{QUIET}">{escape(plan.signature)}</div>'
        f'<div style="font-size:16px;font-weight:bold">{escape(plan.lead)}</div>'
        f'<div style="color:{QUIET};word-break:break-all">{escape(plan.file)}</div>'
    )
    causes = "".join(f'<li style="padding:1px 0">{escape(cause)}</li>' for cause in plan.causes)
    raw = f'<div style="font-size:12px;color:{QUIET}">程序记录的原话：{escape(plan.raw)}</div>' if plan.raw else ""
    box = (
        f'<div style="border:1px solid {HAIRLINE};border-left:4px solid {_HELD};padding:6px 12px">'
        f'<b style="color:{_HELD}">▲ 为什么暂扣</b><ul style="margin:2px 0;padding-left:20px">{causes}</ul>{raw}</div>'
    )
    button = (
        f'<a href="{escape(plan.link)}" style="display:inline-block;background:{ACCENT};color:#FFFFFF;'
        f'text-decoration:none;padding:6px 16px;border-radius:6px">去核对</a>'
    )
    foot = f'<div style="font-size:12px;color:{QUIET}">{escape(plan.note)}</div>'
    return [
        (lead, "padding:16px 20px 8px"),
        (box, "padding:2px 20px 6px"),
        (escape(plan.meanwhile), "padding:2px 20px 6px"),
        *((_table(table), "padding:6px 20px") for table in plan.tables),
        (f"{escape(plan.next_step)}<div style='padding:8px 0 4px'>{button}</div>{foot}", "padding:8px 20px 16px"),
    ]


def _row(content: str, style: str) -> str:
    return f'<tr><td style="{style}">{content}</td></tr>'


def _table(table: Table) -> str:
    line = f"border-bottom:1px solid {HAIRLINE};padding:3px 8px 3px 0;vertical-align:top"
    heads = "".join(_cell("th", head, n, table, f"{line};color:{QUIET};font-weight:normal;font-size:12px")
                    for n, head in enumerate(table.heads))  # fmt: skip
    body = "".join(
        "<tr>" + "".join(_cell("td", cell, n, table, line) for n, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    more = f'<div style="font-size:12px;color:{QUIET}">{escape(table.more)}</div>' if table.more else ""
    title = f'<b style="color:{QUIET}">{escape(table.title)}</b>'
    inner = f'<table width="100%" cellpadding="0" cellspacing="0" border="0"><tr>{heads}</tr>{body}</table>'
    return f'{title}<div style="overflow-x:auto">{inner}</div>{more}'


def _cell(tag: str, text: str, place: int, table: Table, style: str) -> str:
    is_figure = place >= table.first_figure
    # On a narrow screen the table is pushed sideways rather than short cells broken into pieces.
    breaks = "white-space:nowrap" if is_figure or len(text) <= _SHORT else "word-break:break-all"
    look = f"text-align:{'right' if is_figure else 'left'};{breaks}"
    return f'<{tag} style="{style};{look}">{escape(text)}</{tag}>'
