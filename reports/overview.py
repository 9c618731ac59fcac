"""Parts one and two of the report: the overall picture, and the supervision work done, written from the figures."""

from typing import Any

from budget.calendar import Quarter
from budget.coverage import REASONS as WHY_NOT
from budget.money import rate_bp_of
from reports.blocks import Bar, Block, Heading, Paragraph, ProgressChart
from reports.comparison import FAR_BEHIND_BP, comparable_rows, yardstick
from reports.words import (
    GROUP_TITLES,
    REASONS,
    SOURCES,
    against,
    day,
    fund_name,
    join_list,
    levels_of,
    money,
    month_day,
    points,
    rate,
    source_name,
)

Snapshot = dict[str, Any]
NAMED_UNITS = 5
CHART_BARS = 10
KIND_WORDS = {"unit": "预算单位", "department": "部门"}


def overall(snapshot: Snapshot) -> list[Block]:
    """Write part one: basis, totals, funds, sources, units, chart, and what is late."""
    texts = [basis(snapshot), totals(snapshot), *parts(snapshot), units(snapshot), late(snapshot)]
    blocks: list[Block] = [Heading(1, "一、总体情况"), *(Paragraph(text) for text in texts if text)]
    drawn = chart(snapshot)
    return [*blocks, drawn] if drawn else blocks


def basis(snapshot: Snapshot) -> str:
    """Say what the figures are, as of when, and what level of budget they belong to."""
    name, kind = snapshot["division"]["division_name"], snapshot["division"]["division_kind"]
    level = {
        "street": f"{name}不作为一级预算，其收支纳入区本级预算。",
        "town": f"{name}为一级预算，以下为镇级预算口径。",
        "district": "街道收支纳入区本级预算，镇为一级预算，以下合计数同时分列。",
    }[kind]
    quarter = Quarter.parse(snapshot["quarter"])
    running = "" if snapshot["as_of"] == quarter.last_day.isoformat() else "本季度尚未结束，所列为季中情况。"
    return (
        f"本报告数据截至{day(snapshot['as_of'])}，来源为财政部门报送并经校验入库的预算指标、指标调整和国库集中支付数据。"
        "调整预算为年初预算加本年指标调整，支出已冲减退款和更正、剔除作废凭证，执行率为支出占调整预算的比重。"
        f"{level}{running}"
    )


def totals(snapshot: Snapshot) -> str:
    """Write the totals with last year's same day, the ruler and the division's own history."""
    figures = snapshot["figures"]
    total = figures["total"]
    name = snapshot["division"]["division_name"]
    if total["adjusted_appropriation_fen"] is None:
        paid = f"累计支出{money(total['payment_fen'])}" if total["payment_fen"] is not None else "支出无数据"
        return f"截至{month_day(snapshot['as_of'])}，未收到{name}本年预算指标数据，{paid}，执行率无法计算。"
    budget = (
        f"截至{month_day(snapshot['as_of'])}，{name}年初预算{money(total['appropriation_fen'])}，"
        f"{_adjusted(total['adjustment_fen'])}，调整预算{money(total['adjusted_appropriation_fen'])}；"
    )
    if total["payment_fen"] is None:
        return f"{budget}支出无数据，不作执行率判断。"
    paid = f"累计支出{money(total['payment_fen'])}，执行率{rate(total['execution_rate_bp'])}"
    if [snapshot["division"]["division_code"]] == snapshot["late_divisions"]:
        return f"{budget}已到数据{paid}，因支付数据未到齐，不与上年、序时和历史同期比较。"
    return f"{budget}{paid}{_last_year(total, figures['last_year'])}。{_marks(figures)}"


def _adjusted(fen: int | None) -> str:
    if fen is None:
        return "本年指标调整无数据（按未调整计算）"
    if fen == 0:
        return "本年调整净额为零"
    return f"本年净{'增加' if fen > 0 else '减少'}{money(abs(fen))}"


def _last_year(total: dict[str, int | None], last: dict[str, int | None]) -> str:
    now_rate, last_rate = total["execution_rate_bp"], last["execution_rate_bp"]
    if now_rate is None or last_rate is None:
        return "，上年同期无可比数据"
    told = f"，上年同期执行率{rate(last_rate)}，同比{against(now_rate - last_rate, more='提高', less='下降')}"
    paid, before = total["payment_fen"], last["payment_fen"]
    if paid is None or not before or before < 0:
        return told
    growth = rate_bp_of(abs(paid - before), before)
    return f"{told}；支出同比{'增长' if paid >= before else '下降'}{rate(growth)}"


def _marks(figures: dict[str, Any]) -> str:
    now, ruler, own = (
        figures["total"]["execution_rate_bp"],
        figures["time_progress_bp"],
        figures["expected_progress_bp"],
    )
    if now is None:
        return ""
    told = f"同日序时进度为{rate(ruler)}，执行率比序时进度{against(now - ruler)}；"
    if own is None:
        return f"{told}历史数据不足两年，不作历史同期比较。"
    years = figures["history_years"]
    return f"{told}近{years}年历史同期进度（中位数）为{rate(own)}，执行率比历史同期{against(now - own)}。"


def parts(snapshot: Snapshot) -> list[str]:
    """Split the total by budget level (district), by fund type and by budget source; never mix them silently."""
    figures = snapshot["figures"]
    found = []
    if len(figures["levels"]) > 1:
        told = [f"{_level_name(snapshot, one['code'])}{_execution(one)}" for one in figures["levels"]]
        found.append(f"分预算级次看：{'；'.join(told)}。")
    funds = [f"{fund_name(one['code'])}{_execution(one)}" for one in figures["funds"]]
    if funds:
        found.append(f"分资金性质看：{'；'.join(funds)}。")
    sources = [
        f"{source_name(one['code'])}{money(one['adjusted_appropriation_fen'])}"
        for one in sorted(figures["sources"], key=lambda one: (*SOURCES, one["code"]).index(one["code"]))
        if one["adjusted_appropriation_fen"] is not None
    ]
    if len(sources) > 1:
        found[-1] += f"调整预算中，{join_list(sources)}。"
    return found


def _level_name(snapshot: Snapshot, code: str) -> str:
    return "区本级（含街道）" if code == "district" else f"{snapshot['division_names'].get(code, code)}（镇级）"


def _execution(one: dict[str, Any]) -> str:
    return (
        f"调整预算{money(one['adjusted_appropriation_fen'])}，支出{money(one['payment_fen'])}，"
        f"执行率{rate(one['execution_rate_bp'])}"
    )


def units(snapshot: Snapshot) -> str:
    """Count the units ahead of and behind their own history and name those furthest behind."""
    rows = [row for row in snapshot["figures"]["rows"] if row["kind"] in KIND_WORDS]
    judged = [row for row in comparable_rows(snapshot) if row["kind"] in KIND_WORDS]
    if not rows:
        return ""
    word = KIND_WORDS[rows[0]["kind"]]
    if not judged:
        return f"{len(rows)}个{word}的数据不足，不作进度比较，已有数据见附件1。"
    mark, behind = yardstick(judged), [row for row in judged if row["gap_bp"] < 0]
    far = [row for row in behind if row["gap_bp"] <= -FAR_BEHIND_BP]
    told = f"有数据的{len(judged)}个{word}中，执行率不低于{mark}的{len(judged) - len(behind)}个，低于的{len(behind)}个"
    if not far:
        return f"{told}，没有{word}低于{mark}10个百分点以上。各{word}情况见附件1。"
    named = [
        f"{row['name']}（{rate(row['execution_rate_bp'])}，低{points(row['gap_bp'])}）" for row in far[:NAMED_UNITS]
    ]
    more = "差距较大的有" if len(far) > NAMED_UNITS else "为"
    return f"{told}，其中低10个百分点以上的{len(far)}个，{more}{join_list(named)}。各{word}情况见附件1。"


def late(snapshot: Snapshot) -> str:
    """Name the divisions whose payments stop before the report's day, because their figures are too low."""
    names = snapshot["division_names"]
    until = snapshot["figures"]["payments_until"]
    told = [
        f"{names.get(code, code)}本年支付数据{f'仅到{month_day(until[code])}' if until.get(code) else '未到'}"
        for code in snapshot["late_divisions"]
    ]
    if not told:
        return ""
    return f"需要说明的是，{'；'.join(told)}，其后支出未计入，相应支出数和执行率偏低，有关支出类规则暂停判断。"


def chart(snapshot: Snapshot) -> ProgressChart | None:
    """Choose the rows furthest behind their own history; the title says the finding."""
    rows = comparable_rows(snapshot)
    if not rows:
        return None
    shown = sorted(rows, key=lambda row: row["gap_bp"])[:CHART_BARS]
    figures, name = snapshot["figures"], snapshot["division"]["division_name"]
    now, own = figures["total"]["execution_rate_bp"], figures["expected_progress_bp"]
    behind = sum(row["gap_bp"] < 0 for row in rows)
    word = "部门和镇街" if snapshot["division"]["division_kind"] == "district" else "单位"
    mark = yardstick(rows)
    finding = f"{len(rows)}个{word}中{behind}个低于{mark}" if behind else f"各{word}均不低于{mark}"
    against_own = f"，比历史同期{against(now - own)}" if now is not None and own is not None else ""
    few = f"，列差距最大的{len(shown)}个" if len(shown) < len(rows) else ""
    return ProgressChart(
        title=f"{name}执行率{rate(now)}{against_own}；{finding}",
        subtitle=f"执行率 = 支出 ÷ 调整预算，截至 {snapshot['as_of']}{few}",
        caption="图1 单位执行率与历史同期、序时进度比较",
        bars=tuple(Bar(row["name"], row["execution_rate_bp"], row["expected_progress_bp"]) for row in shown),
        time_progress_bp=figures["time_progress_bp"],
    )


def work_done(snapshot: Snapshot) -> list[Block]:
    """Write part two: data received, rules run, warnings by level and kind, clues, and what was not judged."""
    texts = [_received(snapshot), _warnings(snapshot), _unjudged(snapshot)]
    return [Heading(1, "二、开展监督情况"), *(Paragraph(text) for text in texts if text)]


def _received(snapshot: Snapshot) -> str:
    received, quarter = snapshot["received"], Quarter.parse(snapshot["quarter"]).chinese
    if not received["deliveries"]:
        return f"{quarter}未收到财政部门新报送的数据，以下比对使用此前已入库的数据。"
    return (
        f"{quarter}共接收财政部门报送并校验入库的数据{received['deliveries']:,}份、明细{received['rows']:,}行，"
        "每条数据均可追溯到报送文件的原始行。"
    )


def _warnings(snapshot: Snapshot) -> str:
    coverage, count = snapshot["coverage"], len(snapshot["items"])
    units_judged = f"对{coverage['units_judged']}个预算单位的支出进度作了判断，" if coverage["units_judged"] else ""
    head = f"以{day(snapshot['as_of'])}为判断日，运行监督规则{coverage['rules']}条，{units_judged}"
    if not count:
        return f"{head}未形成预警。"
    groups = snapshot["groups"]
    kinds = [f"{title.removesuffix('方面')}{groups[one]}条" for one, title in GROUP_TITLES.items() if groups[one]]
    clues = len({item["clue"] for item in snapshot["items"] if item["clue"]})
    told = f"上述预警已归并为线索{clues}条跟踪办理。" if clues else "上述预警尚未立为线索，待核实。"
    return f"{head}形成预警{count}条，其中{levels_of(snapshot['levels'])}。按类别分，{join_list(kinds)}。{told}"


def _unjudged(snapshot: Snapshot) -> str:
    counted: dict[str, int] = {}
    for one in snapshot["coverage"]["reasons"]:
        name = REASONS.get(one["reason"]) or (known.zh if (known := WHY_NOT.get(one["reason"])) else "其他原因")
        counted[name] = counted.get(name, 0) + one["count"]
    reasons = [f"{name}{count}项" for name, count in counted.items()]
    failed = snapshot["rule_errors"]
    told = (
        f"另有{snapshot['coverage']['unjudged']}项未作判断（{join_list(reasons)}），不视为没有问题。" if reasons else ""
    )
    return told + (f"规则{join_list(failed)}本次运行失败，未作判断。" if failed else "")
