"""Why a delivery is held: a list of sentences, and below them the program's own words."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from budget.holding import find_causes, told_cause
from budget.refusals import Refusal
from dashboard.words import Words

MOST_CAUSES = 6


def cause_list(
    reason: str | None,
    checks: Sequence[Mapping[str, Any]],
    mapping: str,
    t: Words,
    refusals: Sequence[Refusal] = (),
) -> list[Any]:
    """Draw the causes; the program's own words are folded away unless they alone say what could not be read."""
    found = find_causes(reason, checks, mapping, refusals)
    more = len(found) - MOST_CAUSES
    lines = [told_cause(one, t) for one in found[:MOST_CAUSES]]
    lines += [t("另有 {count} 处, 见下面的检查", count=more)] if more > 0 else []
    is_unread = any(one.kind == "unread" for one in found)
    own_words = html.Details(
        [html.Summary(t("程序记录的原话")), html.P(reason or "—")], open=is_unread, className="quiet"
    )
    return [html.Ul([html.Li(line) for line in lines], className="causes"), own_words]
