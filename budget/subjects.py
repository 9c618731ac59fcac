"""Names of what a finding is about: one string that is the same in findings, alerts and planted.json.

A subject never contains the date of judgement, so the same trouble keeps the same name from run to run.
"""

from itertools import zip_longest

import polars as pl


def written(template: str, *parts: str | pl.Expr) -> pl.Expr:
    """Fill the ``{}`` of a template with columns or expressions; null where any of them is null.

    Stands in for ``pl.format``, which in Polars 2.1 panics on text columns of several chunks, such as a parallel
    group_by leaves behind.
    """
    pieces: list[pl.Expr] = []
    for text, part in zip_longest(template.split("{}"), parts):
        pieces.extend([pl.lit(text)] if text else [])
        if part is not None:
            pieces.append(pl.col(part) if isinstance(part, str) else part)
    return pl.concat_str(pieces)


def unit_subject(unit_code: str) -> str:
    """Name a budget unit (预算单位), departments included."""
    return f"unit:{unit_code}"


def project_subject(unit_code: str, project_code: str) -> str:
    """Name one unit's part of a project."""
    return f"project:{unit_code}/{project_code}"


def line_subject(unit_code: str, project_code: str | None, function_code: str | None) -> str:
    """Name a control line: unit, project and functional item; a missing part is written as a hyphen."""
    return f"line:{unit_code}/{project_code or '-'}/{function_code or '-'}"


def payment_subject(voucher_no: str) -> str:
    """Name one payment voucher."""
    return f"payment:{voucher_no}"


def payee_subject(unit_code: str, payee_name: str, economic_class: str | None) -> str:
    """Name a run of payments from one unit to one payee under one economic 类 (three digits)."""
    return f"payee:{unit_code}/{payee_name}/{economic_class or '-'}"


def feed_subject(feed: str, code: str) -> str:
    """Name what a division (nine digits) or a unit delivers under one feed."""
    return f"feed:{feed}/{code}"


def check_subject(feed: str, slice_key: str, part: str) -> str:
    """Name one control total of a delivered slice; part is ``total`` or the code of a subtotal's group."""
    return f"check:{feed}/{slice_key}/{part}"


def revenue_subject(division_code: str, fund_code: str, head_code: str) -> str:
    """Name revenue of a division and fund: one class or item of it, or ``-`` for all of it."""
    return f"revenue:{division_code}/{fund_code}/{head_code}"


def division_scope(division_code: str) -> str:
    """Name a whole division, as the scope of rules that judge events."""
    return f"division:{division_code}"


def unit_subjects() -> pl.Expr:
    """Build ``unit:`` subjects from column unit_code."""
    return written("unit:{}", pl.col("unit_code"))


def project_subjects() -> pl.Expr:
    """Build ``project:`` subjects from columns unit_code and project_code."""
    return written("project:{}/{}", pl.col("unit_code"), pl.col("project_code"))


def line_subjects() -> pl.Expr:
    """Build ``line:`` subjects from columns unit_code, project_code and function_code."""
    return written(
        "line:{}/{}/{}",
        pl.col("unit_code"),
        pl.col("project_code").fill_null("-"),
        pl.col("function_code").fill_null("-"),
    )


def revenue_subjects() -> pl.Expr:
    """Build ``revenue:`` subjects from columns division_code, fund_code and head_code."""
    return written("revenue:{}/{}/{}", pl.col("division_code"), pl.col("fund_code"), pl.col("head_code"))
