"""A09 单月支出异动: a unit paid far more in a month than in the twelve months before."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, movements
from budget.money import rate_bp
from budget.progress import median_down
from budget.subjects import unit_subjects
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import Rule
from rules.spending import NAMES, with_names

WINDOW = 12
MAD_TO_DEVIATION = 14_826  # 1.4826: what makes the median absolute deviation a standard deviation, in ten thousandths
MONTH = ("unit_code", "month_no")
SHOWN = ("month", "month_fen", "usual_fen", "spread_fen", "excess_fen", "excess_bp", "same_month_fen", "averaged_zh")

TEXT = RuleText(
    code="A09",
    family="execution",
    name_zh="单月支出异动",
    name_en="Monthly spike",
    formula_zh="超出部分÷通常波动：超出部分＝本月支出－前12个月的中位数；通常波动＝1.4826×绝对离差中位数（不小于中位数的10%）；"
    "本月支出还须达到中位数的2倍。1月、2月取平均。",
    formula_en="Excess over usual spread: excess = the month's payments - the median of the twelve months before; "
    "spread = 1.4826 x the median absolute deviation, at least 10% of the median; the month must also reach twice the "
    "median. January and February are averaged.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{unit_name}{month:month}支出{month_fen:wan}万元，前12个月中位数{usual_fen:wan}万元，疑似异常增加。",
    finding_en="{unit_name} paid {month_fen:yuan} yuan in {month} against a usual {usual_fen:yuan} yuan a month.",
    arithmetic_zh="{month:month}支出{month_fen:yuan}元{averaged_zh}－中位数{usual_fen:yuan}元＝{excess_fen:yuan}元；"
    "通常波动{spread_fen:yuan}元；相当于通常波动的{excess_bp:rate}；以前年度同月最多{same_month_fen:yuan}元。",
    arithmetic_en="{month}: {month_fen:yuan} - median {usual_fen:yuan} = {excess_fen:yuan} yuan, {excess_bp:rate} of "
    "the usual spread of {spread_fen:yuan} yuan; the same month of earlier years: at most {same_month_fen:yuan} yuan.",
    innocent_zh=("年度奖励、一次性补助集中发放", "工程、采购集中结算", "上级资金到位后集中支付"),
    innocent_en=("yearly bonuses or grants", "settlement of works or purchases", "transfers paid out on arrival"),
    next_step_zh="建议查看当月大额支付，了解集中支出的原因。",
    next_step_en="Look at the large payments of the month and ask for the reason.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the usual spread; how high and how large a month must be, and what recurs."""

    yellow_bp: int = 30_000
    orange_bp: int = 40_000
    red_bp: int = 50_000
    least_ratio_bp: int = 20_000
    least_excess_fen: int = 50_000_000
    least_spread_bp: int = 1_000
    recurring_bp: int = 7_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag finished months of this year in which a unit paid a fence or more above its usual month.

    Payments are net of refunds. Not judged: months without twelve months before them, excesses under the materiality,
    and months whose payments are in line with the same month of an earlier year (recurring_bp of them or more).
    """
    judged = with_names(_judged(facts, params), facts).with_columns(
        subject=unit_subjects(), project_code=pl.lit(None, pl.String), amount_fen=pl.col("excess_fen")
    )
    high = pl.col("month_fen").cast(pl.Int128) * 10_000 >= pl.col("usual_fen").cast(pl.Int128) * params.least_ratio_bp
    flagged = graded(
        judged.filter(pl.col("reason").is_null(), high).with_columns(measured=pl.col("excess_bp")),
        fences_of(params, "bp"),
    )
    found = build_findings(
        "A09",
        flagged,
        as_of=facts.as_of,
        period=pl.col("month"),
        measure_unit="bp",
        evidence=(*NAMES, *SHOWN),
        rows=_payments(facts, facts.as_of.year).with_columns(month_no=_month_no()),
        keys=MONTH,
    )
    coverage = pl.concat(
        [
            subject_coverage("A09", judged, pl.col("month")),
            division_coverage("A09", {k: v for k, v in feed_reasons(facts, "payments").items() if v}, None),
        ]
    )
    return Judgement(found, coverage)


def _payments(facts: Facts, year: int) -> pl.DataFrame:
    paid = movements(facts, year, min(facts.as_of, dt.date(year, 12, 31)))
    return paid.filter(pl.col("feed") == "payments", pl.col("payment_fen").is_not_null())


def _month_no() -> pl.Expr:
    return pl.col("occurs_on").dt.year() * 12 + pl.col("occurs_on").dt.month().cast(pl.Int32) - 1


def _sums(facts: Facts, year: int) -> pl.DataFrame:
    by_day = (
        _payments(facts, year)
        .group_by("unit_code", "occurs_on")
        .agg(pl.col("payment_fen").sum(), pl.col("division_code").min())
    )
    months = by_day.with_columns(month_no=_month_no()).group_by(MONTH)
    return months.agg(pl.col("payment_fen").sum(), pl.col("division_code").min())


def _months(facts: Facts) -> pl.DataFrame:
    """Return what each unit paid in each month of three years up to the last finished one, 0 where it paid nothing.

    From the unit's first payment on; of January and February each has half of both, rounded down.
    """
    year = facts.as_of.year
    finished = year * 12 + facts.as_of.month - (1 if (facts.as_of + dt.timedelta(days=1)).day == 1 else 2)
    sums = pl.concat([_sums(facts, one) for one in (year - 2, year - 1, year)]).filter(pl.col("month_no") <= finished)
    units = sums.group_by("unit_code").agg(pl.col("division_code").min(), first=pl.col("month_no").min())
    grid = units.join(
        pl.DataFrame({"month_no": range((year - 2) * 12, finished + 1)}, schema={"month_no": pl.Int32}), how="cross"
    ).filter(pl.col("month_no") >= pl.col("first"))
    told = grid.join(sums.drop("division_code"), on=list(MONTH), how="left", maintain_order="left").with_columns(
        month_fen=pl.col("payment_fen").fill_null(0)
    )
    both = pl.col("month_fen").sum().over("unit_code", pl.col("month_no") // 12, pl.col("month_no") % 12 < 2) // 2
    return told.with_columns(month_fen=pl.when(pl.col("month_no") % 12 < 2).then(both).otherwise("month_fen"))


def _judged(facts: Facts, params: Params) -> pl.DataFrame:
    months = _months(facts)
    # January is judged with February, of which it is the half.
    own = months.filter(pl.col("month_no") > facts.as_of.year * 12)
    usual = own.join(_usual(own, months), on=list(MONTH), how="left", maintain_order="left").join(
        _same_month(own, months), on=list(MONTH), how="left", maintain_order="left"
    )
    least = (pl.col("usual_fen").cast(pl.Int128) * params.least_spread_bp // 10_000).cast(pl.Int64)
    spread = (pl.col("mad_fen").cast(pl.Int128) * MAD_TO_DEVIATION // 10_000).cast(pl.Int64)
    recurs = (
        pl.col("same_month_fen").cast(pl.Int128) * 10_000 >= pl.col("month_fen").cast(pl.Int128) * params.recurring_bp
    )
    return (
        usual.with_columns(
            month=pl.concat_str(
                pl.col("month_no") // 12, pl.lit("-"), (pl.col("month_no") % 12 + 1).cast(pl.String).str.zfill(2)
            ),
            spread_fen=pl.max_horizontal(spread, least, pl.lit(1, pl.Int64)),
            excess_fen=pl.col("month_fen") - pl.col("usual_fen"),
            averaged_zh=pl.when(pl.col("month_no") % 12 < 2).then(pl.lit("（1月、2月平均）")).otherwise(pl.lit("")),
        )
        .with_columns(excess_bp=rate_bp(pl.col("excess_fen"), pl.col("spread_fen")))
        .with_columns(
            reason=pl.when(pl.col("months_before").fill_null(0) < WINDOW)
            .then(pl.lit("no_history"))
            .when((pl.col("excess_bp") >= params.yellow_bp) & (pl.col("excess_fen") < params.least_excess_fen))
            .then(pl.lit("immaterial"))
            .when((pl.col("excess_bp") >= params.yellow_bp) & recurs.fill_null(value=False))
            .then(pl.lit("exempt"))
        )
    )


def _usual(own: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """Return, per unit and month, the median of the twelve months before it and their median absolute deviation."""
    before = (
        own.select(MONTH)
        .join(pl.DataFrame({"back": range(1, WINDOW + 1)}, schema={"back": pl.Int32}), how="cross")
        .with_columns(at=pl.col("month_no") - pl.col("back"))
        .join(
            months.select("unit_code", at=pl.col("month_no"), fen=pl.col("month_fen")),
            on=["unit_code", "at"],
            how="inner",
        )
    )
    usual = before.group_by(MONTH).agg(usual_fen=median_down("fen"), months_before=pl.len().cast(pl.Int64))
    off = before.join(usual, on=list(MONTH)).with_columns(off_fen=(pl.col("fen") - pl.col("usual_fen")).abs())
    return usual.join(off.group_by(MONTH).agg(mad_fen=median_down("off_fen")), on=list(MONTH))


def _same_month(own: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    then = [months.select("unit_code", month_no=pl.col("month_no") + 12 * back, fen="month_fen") for back in (1, 2)]
    return (
        own.select(MONTH)
        .join(pl.concat(then), on=list(MONTH), how="inner")
        .group_by(MONTH)
        .agg(same_month_fen=pl.col("fen").max())
    )


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes_later_months")
