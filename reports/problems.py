"""Parts three to six of the report: problems found, last quarter's rectification, advice, and what to watch next."""

from typing import Any

from budget.calendar import Quarter
from reports.blocks import Block, Heading, Paragraph
from reports.comparison import FAR_BEHIND_BP, comparable_rows, yardstick
from reports.words import GROUP_TITLES, LEVEL_NAMES, NUMERALS, handling_state, join_list, levels_of, points, rate

Snapshot = dict[str, Any]
ITEMS_A_GROUP = 3  # the body is read in a meeting; annex 2 holds every one


def problems(snapshot: Snapshot) -> list[Block]:
    """Write part three: one paragraph an item, worst first, a few of each kind; the rest stands in annex 2."""
    blocks: list[Block] = [Heading(1, "三、发现的主要问题")]
    if not snapshot["items"]:
        return [*blocks, Paragraph("截至判断日未发现达到预警标准的事项。")]
    blocks.append(
        Paragraph(
            "以下事项由数据比对产生，除注明已核实的外均为疑似线索，不作为定性结论；"
            "所列数据可凭附件3的校验码复核，全部预警见附件2。"
        )
    )
    groups = [group for group in GROUP_TITLES if snapshot["groups"][group]]
    grounded: set[str] = set()
    for number, group in zip(NUMERALS, groups, strict=False):
        own = [item for item in snapshot["items"] if item["group"] == group]
        blocks.append(Heading(2, f"（{number}）{GROUP_TITLES[group]}"))
        blocks += [_problem(place, item, grounded) for place, item in enumerate(own[:ITEMS_A_GROUP], start=1)]
        if len(own) > ITEMS_A_GROUP:
            blocks.append(Paragraph(f"其余{len(own) - ITEMS_A_GROUP}条见附件2。"))
    return blocks


def _problem(number: int, item: dict[str, Any], grounded: set[str]) -> Paragraph:
    """Write one item; the law a rule rests on is cited with the first of its items, the others name the rule."""
    ground = "" if item["rule"] in grounded else _ground(item["law"])
    grounded.add(item["rule"])
    return Paragraph(
        f"{_sentence(item['text'])}适用规则{item['rule']}{ground}。"
        f"{LEVEL_NAMES[item['level']]}，{handling_state(item)}。",
        lead=f"{number}.{_whom(item)}{item['rule_name']}。",
    )


def _whom(item: dict[str, Any]) -> str:
    """Name whom an item is about, unless its sentence begins with that name itself."""
    told = (
        item["unit_name"] and item["text"].startswith(item["unit_name"]) and item["who"].startswith(item["unit_name"])
    )
    return "" if told else f"{item['who']}："


def _ground(law: str) -> str:
    """Write the law an item rests on; a check of data quality rests on none and says so."""
    told = law.rstrip("。")
    if "《" in told:
        return f"，依据{told}"
    return f"（{told.rpartition('：')[2]}）" if told else ""


def _sentence(text: str) -> str:
    """Close a sentence with a full stop unless it has one."""
    return text if not text or text.endswith("。") else f"{text}。"


def rectified(snapshot: Snapshot) -> list[Block]:
    """Write part four: how last quarter's warnings fared, by identity and only where they were judged again."""
    previous = Quarter.parse(snapshot["previous"]["quarter"]).chinese
    told = snapshot["previous"]["rectification"]
    heading = Heading(1, "四、上季度问题整改情况")
    if told is None:
        return [heading, Paragraph(f"{previous}末没有留存的判断结果，无可比对的整改事项。")]
    if not told["total"]:
        return [heading, Paragraph(f"{previous}末没有预警事项，无整改事项。{_new(told)}")]
    fates = [
        f"{label}{told[fate]}条"
        for fate, label in (
            ("cleared", "经再次判断已消除"),
            ("remaining", "仍然存在"),
            ("unjudged", "因数据不足暂不能判断"),
            ("earlier_year", "属上一年度、转入年度跟踪"),
        )
        if told[fate]
    ]
    worse = f"仍然存在的事项中，等级上升的{told['worsened']}条。" if told["worsened"] else ""
    return [
        heading,
        Paragraph(
            f"{previous}末预警{told['total']}条，{'，'.join(fates)}。{worse}{_new(told)}{_longest(snapshot, told)}"
        ),
    ]


def _new(told: dict[str, Any]) -> str:
    return f"本季度新增{told['new']}条。" if told["new"] else "本季度没有新增预警。"


def _longest(snapshot: Snapshot, told: dict[str, Any]) -> str:
    """Name the worst of what is still there, each with its kind."""
    items = {item["finding"]: item for item in snapshot["items"]}
    named = dict.fromkeys(f"{items[one]['who']}（{items[one]['rule_name']}）" for one in told["longest"])
    return f"跨季度仍未消除、需重点督办的有：{'；'.join(named)}。" if named else ""


def advice(snapshot: Snapshot) -> list[Block]:
    """Write part five: advice that follows from what was found, to the government watched and to the district."""
    kind, name = snapshot["division"]["division_kind"], snapshot["division"]["division_name"]
    whom = {"street": f"{name}办事处", "town": f"{name}人民政府", "district": "区人民政府及其财政部门"}[kind]
    points_made = [text for group, text in _advice(snapshot).items() if snapshot["groups"][group]]
    blocks: list[Block] = [Heading(1, "五、意见建议")]
    if not points_made:
        calm = "本季度未发现达到预警标准的事项"
        return [*blocks, Paragraph(f"{calm}，建议{whom}继续按预算和项目计划安排支出，按时完整报送数据。")]
    if len(points_made) == 1:
        return [*blocks, Paragraph(f"建议{whom}{points_made[0]}"), *_red(snapshot, kind)]
    blocks.append(Paragraph(f"建议{whom}："))
    blocks += [Paragraph(text, lead=f"{place}.") for place, text in enumerate(points_made, start=1)]
    return blocks + _red(snapshot, kind)


def _red(snapshot: Snapshot, kind: str) -> list[Block]:
    """Say what follows a red warning: the office cannot summon by itself, it asks the district's committee."""
    count = snapshot["levels"]["red"]
    if not count or kind == "district":
        return []
    return [Paragraph(f"其中红色预警{count}条，核实后仍未说明原因的，拟提请区人大财经工委研究约谈。")]


def _advice(snapshot: Snapshot) -> dict[str, str]:
    groups, rules = snapshot["groups"], [item["rule"] for item in snapshot["items"]]
    over = "，对超预算、无预算支出疑点逐笔说明并按规定纠正" if {"A06", "A07"} & set(rules) else ""
    idle = f"，其中零支出项目{rules.count('A03')}个应逐个说明原因" if "A03" in rules else ""
    return {
        "execution": f"督促支出进度滞后的单位合理安排支出进度，按月说明原因和措施{over}。",
        "project": f"逐项梳理{groups['project']}条项目预警，区分按节点付款、资金下达较晚等正常情形"
        f"与推进缓慢{idle}；确实无法支出的按程序调整收回。",
        "three_public": "严格按批准的预算控制“三公”经费，对达到或超过预算的单位要求书面说明，一般不再新增支出。",
        "payment": f"对{groups['payment']}条支付疑点逐笔核对合同、发票和审批材料，"
        "属重复支付、拆分支付的限期追回或纠正。",
        "time_limit": "对超过法定时限的批复、下达、公开和报告事项逐项补办，说明原因，并明确今后的办理时限。",
        "district": "对收入、债务、库款等异常变动核实成因，必要时请财政部门作专题说明。",
        "data_quality": "按时、完整报送支付和执行数据，对勾稽不符、单位疑错的数据限期核对并重新报送。",
    }


def next_quarter(snapshot: Snapshot) -> list[Block]:
    """Write part six: what the calendar of the next quarter and this quarter's figures call for."""
    following = Quarter.parse(snapshot["quarter"]).next
    texts = [text for text in (_lagging(snapshot), _open(snapshot), SEASON[following.number]) if text]
    if len(texts) == 1:
        return [Heading(1, "六、下季度监督重点"), Paragraph(f"{following.chinese}拟重点关注{texts[0]}")]
    blocks: list[Block] = [Heading(1, "六、下季度监督重点"), Paragraph(f"{following.chinese}拟重点关注以下事项：")]
    return blocks + [Paragraph(text, lead=f"{place}.") for place, text in enumerate(texts, start=1)]


SEASON = {
    1: (
        "新一年度预算批复是否在批准后二十日内下达部门、是否按时公开（《预算法》第十四条、第五十二条），"
        "预算批准前的支出是否在规定范围内（《预算法》第五十四条）。"
    ),
    2: "转移支付是否按时下达（《预算法》第五十二条），重点项目是否开工、指标下达后是否长期未支出。",
    3: (
        "上半年预算执行情况报告和上年决算草案的审查准备，上年结转资金的使用，"
        "年中预算调整事项（《预算法》第六十七条、第六十九条、第八十六条）。"
    ),
    4: (
        "年底集中支出和预付款，年末追加与调剂，全年可能形成的结转结余，"
        "以及下一年度预算草案初步审查的准备（《预算法》第四十二条、第四十四条）。"
    ),
}


def _lagging(snapshot: Snapshot) -> str:
    behind = [row for row in comparable_rows(snapshot) if row["gap_bp"] <= -FAR_BEHIND_BP]
    rows = sorted(behind, key=lambda row: int(row["gap_bp"]))
    named = [f"{row['name']}（执行率{rate(row['execution_rate_bp'])}，低{points(row['gap_bp'])}）" for row in rows[:3]]
    return f"低于{yardstick(rows)}10个百分点以上的{join_list(named)}等的支出进度。" if named else ""


def _open(snapshot: Snapshot) -> str:
    count = len(snapshot["items"])
    return f"现有{count}条预警的核实、答复和整改（{levels_of(snapshot['levels'])}）。" if count else ""
