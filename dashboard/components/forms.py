"""Forms that are posted to a route: every one carries the token that proves it came from a page of ours."""

from collections.abc import Sequence
from typing import Any

from dash import html
from flask_wtf.csrf import generate_csrf

from dashboard.components.attributes import wild


def post_button(label: str, *, is_primary: bool = False) -> html.Button:
    """Draw the button that sends a form; it carries the form's token, so a form that another site sends has none."""
    look = "button primary" if is_primary else "button"
    return html.Button(label, type="submit", name="csrf_token", value=generate_csrf(), className=look)


def post_form(action: str, children: Sequence[Any], *, takes_files: bool = False, name: str = "") -> html.Form:
    """Draw a form that is posted; the browser sends it once however often the button is pressed."""
    kind = "multipart/form-data" if takes_files else "application/x-www-form-urlencoded"
    return html.Form(children, action=action, method="post", encType=kind, className=f"deed {name}".strip())


def file_field(label: str, none: str, limit_bytes: int, too_large: str) -> html.Div:
    """Draw the place for the choice of files, which behaviour.js fills: Dash has no such field of its own."""
    about = wild(data_label=label, data_none=none, data_limit=str(limit_bytes), data_too_large=too_large)
    return html.Div(className="file-place", **about)
