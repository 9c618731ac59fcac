"""Statutory time limits: from the day one counts from to the day something was done, or to as_of while it is owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, departments
from budget.subjects import written
from rules.acts import recorders
from rules.judgement import LINEAGE, Judgement, build_findings, fences_of, graded, subject_coverage
from rules.spending import division_names

Binds = Literal["any", "levels", "county"]
EVIDENCE: Final = (
    *("name", "unit_name", "division_name", "act_zh", "act_en", "title", "base_on", "due_on", "event_on"),
    *("days_late", "state_zh", "state_en"),
)


@dataclass(frozen=True, kw_only=True)
class LateDays:
    """Fences in days late: 1 to 5 days, 6 to 20 days, more; an act still owed is as late as the day judged."""

    yellow_days: int = 1
    orange_days: int = 6
    red_days: int = 21


def limit_text(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    formula_zh: str,
    formula_en: str,
    law_zh: str,
    law_en: str,
    innocent_zh: tuple[str, ...],
    innocent_en: tuple[str, ...],
    next_step_zh: str,
    next_step_en: str,
    days_zh: str = "天",
    days_en: str = "days",
) -> RuleText:
    """Return the words of a time limit: all of them say what was done when, what was due when, and the days between."""
    return RuleText(
        code=code,
        family="time_limit",
        name_zh=name_zh,
        name_en=name_en,
        formula_zh=formula_zh,
        formula_en=formula_en,
        law_zh=law_zh,
        law_en=law_en,
        finding_zh="{name}{act_zh}：{state_zh}。",
        finding_en="{act_en}, {name}: {state_en}.",
        arithmetic_zh="起算日{base_on:day}，期限至{due_on:day}，办理日{event_on:day}，截至{as_of:day}；"
        f"超过{{days_late}}{days_zh}。",
        arithmetic_en="Counted from {base_on}, due by {due_on}, done on {event_on}, judged as of {as_of}: "
        f"{{days_late}} {days_en} late.",
        innocent_zh=innocent_zh,
        innocent_en=innocent_en,
        next_step_zh=next_step_zh,
        next_step_en=next_step_en,
        confidence="certain",
    )


def is_bound(binds: Binds) -> pl.Expr:
    """Tell whether a division is bound: a street is no budget level, and a town is none of county rank and above."""
    code = pl.col("division_code")
    is_below = code.str.contains(r"^\d{9}(?:000)?$") & (code.str.slice(6, 3) != "000")
    is_street = is_below & code.str.slice(6, 3).cast(pl.Int32, strict=False).is_between(1, 99)
    return {"any": pl.lit(value=True), "levels": ~is_street, "county": ~is_below}[binds]


def due_after(days: int) -> pl.Expr:
    """Return the last day of a limit in calendar days after base_on, the day itself not counted."""
    return pl.col("base_on") + pl.duration(days=days)


def judged_acts(
    code: str,
    facts: Facts,
    params: LateDays,
    acts: pl.DataFrame,
    *,
    binds: Binds = "any",
    is_exempt: pl.Expr | None = None,
    is_secret_exempt: bool = False,
) -> Judgement:
    """Judge acts that have subject, period, base_on, due_on and event_on; divisions without acts are told why.

    Exempt are acts of divisions that are not bound, those that ``is_exempt``, and secret ones where secrecy frees.
    """
    free = ~is_bound(binds)
    if is_exempt is not None:
        free = free | is_exempt
    if is_secret_exempt:
        free = free | pl.col("is_secret").fill_null(value=False)
    judged = judged_days(code, facts, params, acts.with_columns(is_free=free))
    return silent_divisions(code, facts, judged, binds=binds, reasons=recorders(facts), otherwise="no_documents")


def judged_days(
    code: str,
    facts: Facts,
    params: LateDays,
    rows: pl.DataFrame,
    *,
    behind: pl.DataFrame | None = None,
    unit: tuple[str, str] = ("天", "days"),
) -> Judgement:
    """Judge rows with subject, period, division_code, unit_code, base_on, due_on, event_on and is_free.

    Looked at is what belongs to this fiscal year, and what fell due, was done, or is still owed this year. Optional
    columns: days_late where it is not counted in calendar days (``unit`` names them), ``lacking`` with the reason why
    base_on is null, unit_name, title, project_code, amount_fen. ``behind`` names the facts by subject and period
    where a row is no single fact.
    """
    late = rows if "days_late" in rows.columns else _late(facts, rows)
    held = _with_place(late, facts).filter(_is_of_this_year(facts)).with_columns(reason=_reason(facts))
    kept = held.with_columns(measured=pl.when(pl.col("reason").is_null()).then("days_late"))
    flagged = graded(kept, fences_of(params, "days")).with_columns(**_states(*unit))
    found = build_findings(
        code,
        flagged,
        as_of=facts.as_of,
        period=pl.col("period"),
        measure_unit="days",
        evidence=EVIDENCE,
        rows=_known(held if behind is None else behind),
        keys=["subject", "period"],
    )
    return Judgement(found, subject_coverage(code, held, pl.col("period")))


def _known(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep what is a row of a feed; an act that nobody recorded is none."""
    return rows.filter(pl.all_horizontal(pl.col(one).is_not_null() for one in LINEAGE))


def _late(facts: Facts, rows: pl.DataFrame) -> pl.DataFrame:
    done = pl.col("event_on").fill_null(facts.as_of)
    return rows.with_columns(days_late=(done - pl.col("due_on")).dt.total_days())


def _is_of_this_year(facts: Facts) -> pl.Expr:
    """Tell what is looked at: this fiscal year's, and of earlier ones what fell due, was done, or is owed this year.

    What is owed without a due date is looked at for two years.
    """
    first, year = pl.lit(facts.as_of).dt.truncate("1y"), pl.col("period").cast(pl.Int32, strict=False)
    is_recent = year >= facts.as_of.year - 1
    is_now = (pl.max_horizontal("due_on", "event_on") >= first) | (year == facts.as_of.year)
    is_owed = pl.col("event_on").is_null() & (pl.col("due_on").is_not_null() | is_recent)
    return (is_now | is_owed).fill_null(value=False)


def _reason(facts: Facts) -> pl.Expr:
    is_open = pl.col("event_on").is_null() & (pl.col("due_on") >= facts.as_of)
    return (
        pl.when(pl.col("is_free"))
        .then(pl.lit("exempt"))
        .when(pl.col("due_on").is_null())
        .then(pl.col("lacking").fill_null("incomplete_record"))
        .when(is_open)
        .then(pl.lit("not_due"))
    )


def _with_place(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add what the sentences and the finding need; a unit's name is that of the unit table, else the row's own."""
    units = facts.once("unit_names", lambda: _unit_names(facts))
    nothing = {
        "lacking": pl.String,
        "project_code": pl.String,
        "amount_fen": pl.Int64,
        "title": pl.String,
        "unit_name": pl.String,
    }
    lacking = [pl.lit(None, kind()).alias(name) for name, kind in nothing.items() if name not in rows.columns]
    return (
        rows.with_columns(lacking)
        .with_columns(
            unit_name=pl.coalesce(
                pl.col("unit_code").replace_strict(units, default=None, return_dtype=pl.String),
                "unit_name",
                "unit_code",
            ),
            division_name=division_names(facts),
        )
        .with_columns(name=pl.coalesce("unit_name", "division_name"))
    )


def _unit_names(facts: Facts) -> dict[str, str]:
    return dict(departments(facts.units).select("unit_code", "unit_name").iter_rows())


def _states(unit_zh: str, unit_en: str) -> dict[str, pl.Expr]:
    zh = {name: pl.col(name).dt.to_string("%Y年%-m月%-d日") for name in ("event_on", "due_on")}
    en = {name: pl.col(name).dt.to_string("%Y-%m-%d") for name in ("event_on", "due_on")}
    late = pl.col("days_late").cast(pl.String)
    is_done = pl.col("event_on").is_not_null()
    return {
        "state_zh": pl.when(is_done)
        .then(written("于{}办理，期限为{}，疑似超期{}" + unit_zh, zh["event_on"], zh["due_on"], late))
        .otherwise(written("期限为{}，未见办理记录，疑似超期{}" + unit_zh, zh["due_on"], late)),
        "state_en": pl.when(is_done)
        .then(written("done on {}, due by {}, {} " + unit_en + " late", en["event_on"], en["due_on"], late))
        .otherwise(written("no record of it, due by {}, {} " + unit_en + " late", en["due_on"], late)),
    }


def silent_divisions(
    code: str,
    facts: Facts,
    judged: Judgement,
    *,
    binds: Binds,
    reasons: Mapping[str, str | None],
    otherwise: str,
) -> Judgement:
    """Add a coverage row for each division of which nothing was looked at: not bound, its reason, or ``otherwise``."""
    told = set(judged.coverage["division_code"].unique())
    left = sorted(set(reasons) - told)
    rows = pl.DataFrame(
        {"division_code": left, "known": [reasons[one] for one in left]},
        schema={"division_code": pl.String, "known": pl.String},
    ).with_columns(
        subject=written("division:{}", "division_code"),
        reason=pl.when(~is_bound(binds)).then(pl.lit("exempt")).otherwise(pl.col("known").fill_null(otherwise)),
    )
    silent = subject_coverage(code, rows, str(facts.as_of.year))
    return Judgement(judged.findings, pl.concat([judged.coverage, silent]))
