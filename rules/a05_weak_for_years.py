"""A05 连续多年执行率低: a project spent less than half of its budget in two or three finished years in a row."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, movements
from budget.money import rate_bp
from budget.subjects import project_subjects
from rules.judgement import Judgement, build_findings, fences_of, graded, subject_coverage
from rules.rule import MONEY, Rule
from rules.spending import NAMES, PROJECT, execute, projects, with_known_zeros, with_names

YEARS = 3
YEARLY = ("adjusted_appropriation_fen", "payment_fen", "execution_rate_bp")

TEXT = RuleText(
    code="A05",
    family="execution",
    name_zh="连续多年执行率低",
    name_en="Weak execution for years",
    formula_zh="至上一完整年度为止，项目执行率（全年支出÷年末调整后预算）连续低于50%的年数，最多看三年。",
    formula_en="Years in a row, up to the last finished one and three at most, in which a project's payments stayed "
    "under 50% of its adjusted budget.",
    law_zh="《中华人民共和国预算法》第三十二条。",
    law_en="Budget Law, Art. 32.",
    finding_zh="{unit_name}“{project_name}”连续{weak_years}年执行率低于{weak_bp:rate}，最近一年为{rate_1_bp:rate}，"
    "疑似预算安排偏大。",
    finding_en="{project_name} of {unit_name} spent less than {weak_bp:rate} of its budget {weak_years} years in a "
    "row, {rate_1_bp:rate} in the last; its budget may be too large.",
    arithmetic_zh="{year_1}年：预算{budget_1_fen:wan}万元，支出{paid_1_fen:wan}万元，执行率{rate_1_bp:rate}；"
    "{year_2}年：预算{budget_2_fen:wan}万元，支出{paid_2_fen:wan}万元，执行率{rate_2_bp:rate}；"
    "{year_3}年：预算{budget_3_fen:wan}万元，支出{paid_3_fen:wan}万元，执行率{rate_3_bp:rate}。",
    arithmetic_en="{year_1}: {paid_1_fen:yuan} of {budget_1_fen:yuan} yuan = {rate_1_bp:rate}; {year_2}: "
    "{paid_2_fen:yuan} of {budget_2_fen:yuan} yuan = {rate_2_bp:rate}; {year_3}: {paid_3_fen:yuan} of "
    "{budget_3_fen:yuan} yuan = {rate_3_bp:rate}.",
    innocent_zh=("厉行节约形成的结余", "跨年度工程受征拆、审批影响", "上级资金连年到位较晚"),
    innocent_en=("money saved", "works of several years held up by permits", "transfers that arrive late every year"),
    next_step_zh="建议在预算初审时对照前三年执行结果，核实本年安排的必要性。",
    next_step_en="When the next budget is reviewed, hold it against these years.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in weak years in a row; what is weak, and which years of a project are judged."""

    yellow_count: int = 2
    red_count: int = 3
    weak_bp: int = 5_000
    least_budget_fen: int = 20_000_000
    late_from_month: int = 9
    excluded_categories: tuple[str, ...] = ("预留", "质保金")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects of the last finished year that were weak in it and in the years right before it.

    A year before is that of the same code, else of the unit's only project of the same name: a project that got a new
    code goes on. A year breaks the row where R >= weak_bp, nothing says what was paid, B1 lies under the materiality,
    or the money was first released in or after ``late_from_month``.
    """
    last = facts.as_of.year - 1
    years = [_year(facts, year, params) for year in range(last, last - YEARS, -1)]
    chain = _numbered(years[0], 1)
    for place, earlier in enumerate(years[1:], 2):
        chain = _followed(chain, earlier, place)
    weak = [pl.col(f"is_weak_{place}").fill_null(value=False) for place in range(1, YEARS + 1)]
    known = with_names(chain, facts).with_columns(
        subject=project_subjects(),
        weak_years=sum((pl.all_horizontal(weak[:n]).cast(pl.Int64) for n in range(1, YEARS + 1)), pl.lit(0, pl.Int64)),
        weak_bp=pl.lit(params.weak_bp),
        reason=_reason(params),
        **{f"year_{place}": pl.lit(last + 1 - place) for place in range(1, YEARS + 1)},
    )
    flagged = graded(
        known.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("weak_years"), amount_fen=pl.col("budget_1_fen") - pl.col("paid_1_fen")
        ),
        fences_of(params, "count"),
    )
    shown = [f"{name}_{place}{unit}" for place in range(1, YEARS + 1) for name, unit in _SHOWN]
    found = build_findings(
        "A05",
        flagged,
        as_of=facts.as_of,
        period=str(last),
        measure_unit="count",
        evidence=(*NAMES, "project_name", "weak_years", "weak_bp", *shown),
        rows=pl.concat([projects(_whole_year(facts, year)) for year in range(last - YEARS + 1, last + 1)]),
        keys=PROJECT,
    )
    return Judgement(found, subject_coverage("A05", known, str(last)))


_SHOWN = (("year", ""), ("budget", "_fen"), ("paid", "_fen"), ("rate", "_bp"))


def _whole_year(facts: Facts, year: int) -> pl.DataFrame:
    return movements(facts, year, dt.date(year, 12, 31))


def _year(facts: Facts, year: int, params: Params) -> pl.DataFrame:
    """Return the projects of a year: name without years and spaces, money, and whether the year was weak."""
    rows = execute(projects(_whole_year(facts, year)), PROJECT, ["project_name", "project_category"])
    budget, paid = pl.col("adjusted_appropriation_fen"), pl.col("payment_fen")
    is_late = (pl.col("released_on") >= dt.date(year, params.late_from_month, 1)).fill_null(value=False)
    judged = ~is_late & (budget >= max(params.least_budget_fen, 1)) & paid.is_not_null()
    return with_known_zeros(rows, facts, year=year).with_columns(
        plain=pl.col("project_name").str.replace_all(r"\s|[（(]?20\d\d年?度?[)）]?", ""),
        budget_fen=budget,
        paid_fen=paid,
        rate_bp=rate_bp(paid, budget),
        is_late=is_late,
        is_weak=judged & (rate_bp(paid, budget) < params.weak_bp),
    )


def _numbered(rows: pl.DataFrame, place: int) -> pl.DataFrame:
    own = ("budget_fen", "paid_fen", "rate_bp")
    named = {f"{one.rpartition('_')[0]}_{place}_{one.rpartition('_')[2]}": pl.col(one) for one in own}
    kept = ["unit_code", "project_code", "project_name", "project_category", "plain", "division_code", "is_late"]
    return rows.select(*kept, code=pl.col("project_code"), **{f"is_weak_{place}": pl.col("is_weak")}, **named)


def _followed(chain: pl.DataFrame, earlier: pl.DataFrame, place: int) -> pl.DataFrame:
    """Add the year before: by code, else by the name that only one project of the unit had."""
    rows = _numbered(earlier, place).drop(
        "project_code", "project_name", "project_category", "division_code", "is_late"
    )
    by_code = rows.rename({"plain": "plain_then"}).with_columns(code_then=pl.col("code"))
    only = rows.filter(pl.col("plain").is_not_null()).unique(["unit_code", "plain"], keep="none", maintain_order=True)
    by_name = only.rename({"code": "code_then"})
    with_code = chain.join(by_code, on=["unit_code", "code"], how="left", maintain_order="left")
    with_name = with_code.join(by_name, on=["unit_code", "plain"], how="left", suffix="_named", maintain_order="left")
    is_same = pl.col("code_then").is_not_null()
    names = [name for name in rows.columns if name not in ("unit_code", "code", "plain")]
    return with_name.with_columns(
        *(pl.when(is_same).then(name).otherwise(f"{name}_named").alias(name) for name in names),
        code=pl.coalesce("code_then", "code_then_named"),
        plain=pl.coalesce("plain_then", "plain"),
    ).drop("plain_then", "code_then", "code_then_named", *(f"{name}_named" for name in names))


def _reason(params: Params) -> pl.Expr:
    return (
        pl.when(pl.col("budget_1_fen").is_null())
        .then(pl.lit("no_budget"))
        .when(pl.col("budget_1_fen") <= 0)
        .then(pl.lit("recalled"))
        .when(pl.col("budget_1_fen") < params.least_budget_fen)
        .then(pl.lit("immaterial"))
        .when(pl.col("project_category").fill_null("").str.contains_any(list(params.excluded_categories)))
        .then(pl.lit("excluded_category"))
        .when(pl.col("is_late"))
        .then(pl.lit("released_late"))
        .when(pl.col("paid_1_fen").is_null())
        .then(pl.lit("no_payments"))
        .when(pl.col("budget_2_fen").is_null())
        .then(pl.lit("no_history"))
    )


RULE = Rule(TEXT, judge, Params, MONEY)
