"""D05 应记未记三公会议培训: purposes speak of receptions, meetings, training, cars or travel under other items."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import unit_subjects
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.paid_lines import all_vouchers, has_word, paid_lines, parts_of
from rules.rule import Rule
from rules.spending import NAMES, divisions_of, with_names

EVIDENCE = (*NAMES, "pieces", "net_fen", "kinds_zh", "kinds_en", "economic_codes", "purpose", "vouchers")
UNIT = ("division_code", "unit_code")
# What a project's own name says when it does that kind of work for others.
STEMS = {"公务接待": "接待", "会议": "会议", "培训": "培训", "公务用车": "用车", "因公出国": "出国"}
KINDS_EN = {
    "公务接待": "receptions",
    "会议": "meetings",
    "培训": "training",
    "公务用车": "official cars",
    "因公出国": "travel abroad",
}

TEXT = RuleText(
    code="D05",
    family="three_public",
    name_zh="“三公”会议培训疑似错记科目",
    name_en="Three-public, meeting or training money under other items",
    formula_zh="用途含接待、会议、培训、加油、签证等字样，但列在其他经济科目的支付笔数，按单位计（已更正、已退回的不计）。",
    formula_en="Number of a unit's payments whose purpose speaks of receptions, meetings, training, cars or travel "
    "abroad "
    "under another economic item; what was corrected or given back does not count.",
    law_zh="《机关事务管理条例》第十二条。",
    law_en="Regulations on the Administration of Government Offices, Art. 12.",
    finding_zh="{unit_name}有{pieces}笔、共{net_fen:wan}万元支付的用途涉及{kinds_zh}，但未列相应科目，疑似错记科目。",
    finding_en="{unit_name} made {pieces} payments ({net_fen:yuan} yuan) that speak of {kinds_en} under other items; "
    "they "
    "may have been booked wrongly.",
    arithmetic_zh="{pieces}笔合计{net_fen:yuan}元；所列科目：{economic_codes}；用途如：{purpose}；凭证：{vouchers}。",
    arithmetic_en="{pieces} payments, {net_fen:yuan} yuan; items {economic_codes}; purpose such as {purpose}; vouchers "
    "{vouchers}.",
    innocent_zh=("食堂、代收代付款项", "会议室维修、培训基地建设等", "面向群众的培训项目"),
    innocent_en=(
        "canteens and money passed on",
        "repairs of meeting rooms and training centres",
        "training for the public",
    ),
    next_step_zh="建议抽查原始凭证，确属错记的办理科目更正，并入“三公”口径统计。",
    next_step_en="Look at the papers; correct the item where it is wrong.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in number of payments; the classes looked at; words and right items of each kind; what words excuse."""

    yellow_count: int = 1
    orange_count: int = 3
    red_count: int = 5
    least_fen: int = 50_000
    looked_at_classes: tuple[str, ...] = ("302", "310", "399")
    reception_words: tuple[str, ...] = ("公务接待", "接待费", "接待用餐", "用餐", "宴请", "招待")
    reception_codes: tuple[str, ...] = ("30217", "30215", "30216", "30211")
    meeting_words: tuple[str, ...] = ("会议费", "会务费", "会议住宿", "会议用餐", "会议场地")
    meeting_codes: tuple[str, ...] = ("30215", "30216")
    training_words: tuple[str, ...] = ("培训费", "培训班", "业务培训", "干部培训")
    training_codes: tuple[str, ...] = ("30216",)
    car_words: tuple[str, ...] = ("加油", "过路费", "过桥费", "停车费", "公务车维修", "公务用车维修")
    car_codes: tuple[str, ...] = ("30231", "30211", "30239")
    abroad_words: tuple[str, ...] = ("因公出国", "因公出境", "签证", "护照")
    abroad_codes: tuple[str, ...] = ("30212",)
    ordinary_words: tuple[str, ...] = (
        *("食堂", "代收", "代付", "会议室", "会议系统", "会议桌", "接待室", "接待大厅", "加油站", "签证机", "出入境"),
        *("培训基地", "培训中心", "群众", "职业技能", "技能培训", "创业培训", "农民", "居民", "学员", "现场签证"),
    )


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units with as many such payments as a fence, each of ``least_fen`` or more after what was taken back.

    A project whose own name speaks of that kind does such work for others and is left out.
    """
    picked = _picked(facts, params)
    parts = parts_of(picked, facts).filter(pl.col("net_fen") >= params.least_fen)
    kinds = picked.group_by("division_code", "unit_code", "voucher").agg(pl.col("kind").unique())
    units = (
        parts.join(kinds, on=[*UNIT, "voucher"], how="left", maintain_order="left")
        .group_by(UNIT)
        .agg(
            pl.col("net_fen").sum(),
            pl.col("purpose").drop_nulls().min(),
            pl.col("kind").explode().unique().sort(),
            pieces=pl.col("voucher").n_unique().cast(pl.Int64),
            economic_codes=pl.col("economic_code").unique().sort().str.join("、"),
            vouchers=all_vouchers(),
        )
        .sort(UNIT)
        .with_columns(
            subject=unit_subjects(),
            project_code=pl.lit(None, pl.String),
            measured=pl.col("pieces"),
            amount_fen=pl.col("net_fen"),
            kinds_zh=pl.col("kind").list.join("、"),
            kinds_en=pl.col("kind")
            .list.eval(pl.element().replace_strict(KINDS_EN, return_dtype=pl.String))
            .list.join(", "),
        )
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "D05",
        graded(with_names(units, facts), fences_of(params, "count")),
        as_of=facts.as_of,
        period=year,
        measure_unit="count",
        evidence=EVIDENCE,
        rows=picked,
        keys=UNIT,
    )
    return Judgement(found, division_coverage("D05", dict.fromkeys(divisions_of(facts)), year))


def _picked(facts: Facts, params: Params) -> pl.DataFrame:
    """Return the lines that speak of a kind under another item, with ``kind``; a line of two kinds is of the first."""
    every = {
        "公务接待": (params.reception_words, params.reception_codes),
        "会议": (params.meeting_words, params.meeting_codes),
        "培训": (params.training_words, params.training_codes),
        "公务用车": (params.car_words, params.car_codes),
        "因公出国": (params.abroad_words, params.abroad_codes),
    }
    of_class = paid_lines(facts).filter(pl.col("economic_class").is_in(list(params.looked_at_classes)))
    looked_at = of_class.filter(
        has_word("text", tuple(word for words, _ in every.values() for word in words)),
        ~has_word("text", params.ordinary_words),
    )
    kind = pl.lit(None, pl.String)
    for name, (words, codes) in reversed(every.items()):
        is_wrong = (
            has_word("text", words)
            & ~has_word("project_name", (STEMS[name],))
            & ~pl.col("economic_code").is_in(list(codes))
        )
        kind = pl.when(is_wrong).then(pl.lit(name)).otherwise(kind)
    return looked_at.with_columns(kind=kind).filter(pl.col("kind").is_not_null())


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
