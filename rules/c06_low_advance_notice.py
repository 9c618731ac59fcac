"""C06 提前下达比例不足: too little of this year's transfers was told to the level below before the year began."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import written
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, fences_of, graded, subject_coverage
from rules.rule import Rule
from rules.spending import division_names
from rules.time_limits import silent_divisions
from rules.transfer_limits import GENERAL

KEYS = ("division_code", "direction", "kind")
KIND_ZH = {"general": "一般性转移支付（含共同事权）", "special": "专项转移支付"}
KIND_EN = {"general": "general transfers (shared ones included)", "special": "special transfers"}
WAY_ZH = {"in": "上级对本级", "out": "本级对下级"}
WAY_EN = {"in": "from the level above", "out": "to the level below"}
EVIDENCE = (
    *("name", "division_name", "way_zh", "way_en", "kind_zh", "kind_en"),
    *("notice_fen", "expected_fen", "share_bp", "least_bp", "shortfall_bp"),
)

TEXT = RuleText(
    code="C06",
    family="time_limit",
    name_zh="提前下达比例不足",
    name_en="Low advance notice of transfers",
    formula_zh="比例＝上年底前提前下达的本年转移支付÷上年转移支付（据实结算的除外）；差额＝90%（专项70%）－比例。",
    formula_en="Share = transfers of this year told before it began / last year's transfers (prepaid ones left out); "
    "shortfall = 90% (70% for special ones) - share.",
    law_zh="《中华人民共和国预算法实施条例》第四十八条。",
    law_en="Implementing Regulations of the Budget Law, Art. 48.",
    finding_zh="{name}{way_zh}的{kind_zh}提前下达{notice_fen:wan}万元，为上年的{share_bp:rate}，疑似低于{least_bp:rate}的一般要求。",
    finding_en="{name}, {kind_en} {way_en}: {notice_fen:yuan} yuan told in advance, {share_bp:rate} of last "
    "year's, where {least_bp:rate} is usual.",
    arithmetic_zh="提前下达{notice_fen:wan}万元÷上年{expected_fen:wan}万元＝{share_bp:rate}；比{least_bp:rate}低{shortfall_bp:gap}。",
    arithmetic_en="{notice_fen:yuan} yuan told in advance / {expected_fen:yuan} yuan last year = {share_bp:rate}; "
    "usual: {least_bp:rate}.",
    innocent_zh=("据实结算、一次性项目较多，台账未标注", "政策到期，本年不再安排", "上年含一次性增量资金"),
    innocent_en=(
        "many transfers are settled by actual cost or are made once, and not marked so",
        "a policy has ended",
        "last year had money that came once",
    ),
    next_step_zh="建议向财政部门了解提前下达情况及对预算编制完整性的影响。",
    next_step_en="Ask the finance office what was told in advance and what the draft budget lacked.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The usual shares, and the fences of the shortfall in basis points."""

    yellow_bp: int = 1
    orange_bp: int = 1_000
    red_bp: int = 3_000
    general_least_bp: int = 9_000
    special_least_bp: int = 7_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag kinds of transfers of which less than the usual share was told before the year began.

    Compared with last year's of the same division, direction and kind; without last year's nothing is judged.
    """
    year = facts.as_of.year
    rows = _rows(facts, year)
    shares = _shares(rows, params).with_columns(
        subject=written("transfers:{}/{}/{}", *KEYS),
        reason=pl.when(pl.col("share_bp").is_null()).then(pl.lit("no_last_year")),
    )
    flagged = graded(_worded(shares, facts), fences_of(params, "bp"))
    found = build_findings(
        "C06",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=rows,
        keys=KEYS,
    )
    judged = Judgement(found, subject_coverage("C06", shares, str(year)))
    return silent_divisions(
        "C06", facts, judged, binds="levels", reasons=feed_reasons(facts, "transfers"), otherwise="no_last_year"
    )


def _rows(facts: Facts, year: int) -> pl.DataFrame:
    """Return what was told in advance for the year (is_notice) and what last year came to."""
    is_notice = pl.col("is_advance").fill_null(value=False) & (pl.col("advance_year") == year).fill_null(value=False)
    day = pl.min_horizontal("received_on", "released_on")
    is_early = (day < dt.date(year, 1, 1)).fill_null(value=True)
    kind = pl.when(pl.col("transfer_kind").is_in(GENERAL)).then(pl.lit("general")).otherwise("transfer_kind")
    return facts.transfers.filter(
        ~pl.col("is_prepaid").fill_null(value=False),
        pl.col("direction").is_in(list(WAY_ZH)),
        pl.col("transfer_kind").is_in([*GENERAL, "special"]),
        (is_notice & is_early) | ((pl.col("fiscal_year") == year - 1) & ~is_notice),
    ).with_columns(kind=kind, is_notice=is_notice)


def _shares(rows: pl.DataFrame, params: Params) -> pl.DataFrame:
    least = {"general": params.general_least_bp, "special": params.special_least_bp}
    fen, is_notice = pl.col("transfer_fen"), pl.col("is_notice")
    summed = rows.group_by(KEYS, maintain_order=True).agg(
        notice_fen=fen.filter(is_notice).sum(),
        expected_fen=pl.when((~is_notice).any()).then(fen.filter(~is_notice).sum()),
    )
    return (
        summed.sort(KEYS)
        .with_columns(
            share_bp=rate_bp(pl.col("notice_fen"), pl.col("expected_fen")),
            least_bp=pl.col("kind").replace_strict(least, return_dtype=pl.Int64),
        )
        .with_columns(shortfall_bp=pl.col("least_bp") - pl.col("share_bp"))
    )


def _worded(shares: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    short = pl.col("expected_fen").cast(pl.Int128) * pl.col("least_bp") // 10_000 - pl.col("notice_fen")
    words = {"way_zh": WAY_ZH, "way_en": WAY_EN, "kind_zh": KIND_ZH, "kind_en": KIND_EN}
    return shares.with_columns(
        *(
            pl.col("direction" if key[:3] == "way" else "kind").replace_strict(told).alias(key)
            for key, told in words.items()
        ),
        measured=pl.col("shortfall_bp"),
        amount_fen=short.cast(pl.Int64),
        division_name=division_names(facts),
        unit_code=pl.lit(None, pl.String),
        project_code=pl.lit(None, pl.String),
    ).with_columns(name="division_name")


RULE = Rule(TEXT, judge, Params, ("transfers",))
