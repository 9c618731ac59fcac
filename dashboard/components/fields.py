"""Fields of forms: a label over a box, with a hint under it; plain fields that the browser posts."""

from collections.abc import Iterable
from typing import Any

from dash import dcc, html

DAY_PATTERN = r"\d{4}-\d{2}-\d{2}"


def text_field(
    name: str, label: str, *, hint: str = "", value: str = "", is_required: bool = False, pattern: str = ".*"
) -> html.Label:
    """Draw a field of one line; ``hint`` stands in the empty box."""
    box = dcc.Input(
        name=name,
        type="text",
        value=value,
        placeholder=hint,
        required=is_required,
        className="box",
        autoComplete="off",
        pattern=pattern,
    )
    return html.Label([html.Span(label), box], className="field")


def day_field(name: str, label: str, *, value: str = "", is_required: bool = False) -> html.Label:
    """Draw a field for a day."""
    return text_field(name, label, hint="2026-09-30", value=value, is_required=is_required, pattern=DAY_PATTERN)


def choice_field(name: str, label: str, options: Iterable[tuple[str, str]]) -> html.Label:
    """Draw a choice; the first option stands chosen."""
    boxes = [html.Option(text, value=value) for value, text in options]
    return html.Label([html.Span(label), html.Select(boxes, name=name, className="box")], className="field")


def reason_field(label: str, *, name: str = "reason", is_required: bool = True) -> html.Label:
    """Draw the place for a reason, of at most 500 characters."""
    box = html.Textarea(name=name, required=is_required, maxLength="500", rows=2, className="reason")
    return html.Label([html.Span(label), box], className="field whole")


def fieldset(title: str, fields: Iterable[Any], note: str = "") -> html.Fieldset:
    """Draw fields that belong together under their title."""
    told = [html.P(note, className="quiet")] if note else []
    return html.Fieldset([html.Legend(title), *told, html.Div(list(fields), className="fields")])
