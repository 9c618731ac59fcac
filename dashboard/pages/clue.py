"""One clue: what is said, by which rule and law, the arithmetic, the rows behind it, what happened, what next."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from budget.levels import rank
from dashboard.clue_words import arithmetic, finding_sentence, in_rule_language, read_evidence, rule_name
from dashboard.components.marks import level_tag, section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.formats import count_text, points_text, rate_text, wan_text, yuan_text
from dashboard.formula import formula_lines
from dashboard.page import Page
from dashboard.pages.clue_history import history, level_words
from dashboard.pages.clue_rows import about_words, names_of, present_note, status_words
from dashboard.pages.facts_behind import BEHIND, facts_behind
from dashboard.pages.system import RULES
from dashboard.tables import Table
from warehouse import alerts

PATH = "/clues"
FEN_A_WAN = 1_000_000


def page(desk: Desk, clue_id: str) -> Page:
    """Show one clue."""
    found = alerts.clue_detail(desk.connection, desk.scope, clue_id)
    if found is None:
        raise NotShownError(clue_id)
    clue = found[0].row(0, named=True)
    rows = found[1].to_dicts()
    names = events_names(rows)
    t = desk.view.t
    behind = facts_behind(desk, rows)
    body = [head(desk, clue, rows), *present_note(desk)]
    body += [alert_section(desk, clue, row) for row in rows]
    body.append(section(t("经过"), history(desk, found[2].to_dicts(), names)))
    shown = html.Div(table_view(behind.table, desk.view), id=BEHIND)
    body.append(section(t("背后的原始行"), shown, aside=behind.told(desk)))
    crumbs = [(t("预警防控"), desk.view.href(PATH)), (clue_id, None)]
    return Page(f"{clue_id} {about_words(desk, clue)}", body, crumbs, export=f"facts-{clue_id}", menu=PATH)


def events_names(rows: list[dict[str, Any]]) -> dict[int, str]:
    """Return alert number -> rule code."""
    return {row["alert_id"]: row["rule_code"] for row in rows}


def head(desk: Desk, clue: Mapping[str, Any], rows: list[dict[str, Any]]) -> html.Section:
    """Draw the clue's head: level, number, whom it is about, status, money, the time allowed and what to do next."""
    view, t = desk.view, desk.view.t
    money = (
        f"{wan_text(clue['amount_fen'], view.language)} {t('万元')}" if clue["amount_fen"] is not None else t("无数据")
    )
    title = html.H1(
        [
            level_tag(clue["level"], view),
            " ",
            html.Span(clue["clue_id"], className="clue-id"),
            " ",
            about_words(desk, clue),
        ]
    )
    told = [
        (t("期间"), clue["period"]),
        (t("状态"), status_words(clue["status"], desk)),
        (t("涉及金额"), money),
        (t("发现日期"), str(clue["opened_on"])),
        (t("期限"), t("发出问询单后起算, 尚未发出") if clue["status"] == "open" else t("已办结")),
    ]
    link = []
    if clue["unit_code"]:
        target = {"division": clue["division_code"], "unit": clue["unit_code"], "project": clue["project_code"]}
        link = [dcc.Link(t("看预算执行"), href=view.href("/execution", **target), className="button")]
    pairs = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in told]
    pairs.append(html.Div([html.Dt(t("下一步")), html.Dd(next_step(desk, clue, rows))], className="wide"))
    return html.Section([title, html.Dl(pairs, className="pairs"), *link], className="card section clue-head")


def next_step(desk: Desk, clue: Mapping[str, Any], rows: list[dict[str, Any]]) -> str:
    """Say what to do next: what the rule of the gravest open alert advises."""
    standing = [row for row in rows if row["status"] != "resolved"]
    if clue["status"] != "open" or not standing:
        return desk.view.t("无需处理")
    rule = desk.services.catalogue.get(max(standing, key=lambda row: rank(row["level"]))["rule_code"])
    return in_rule_language(rule, "next_step", desk.view) if rule else desk.view.t("请向单位了解情况")


def alert_section(desk: Desk, clue: Mapping[str, Any], alert: Mapping[str, Any]) -> html.Section:
    """Draw one alert of a clue: sentence, ground, arithmetic, innocent cases, next step."""
    view, t = desk.view, desk.view.t
    rule = desk.services.catalogue.get(alert["rule_code"])
    evidence = read_evidence(alert["evidence"], names_of(clue))
    parts: list[tuple[str, Any]] = []
    if rule is not None:
        ground = t(
            "{code} {name} ({fence})",
            code=rule.code,
            name=rule_name(desk.services.catalogue, rule.code, view),
            fence=fence(alert, desk),
        )
        parts = [
            (t("依据"), [ground, html.Br(), in_rule_language(rule, "law", view)]),
            (t("公式"), in_rule_language(rule, "formula", view)),
            (t("算法"), worked_out(desk, alert, evidence)),
            (t("阈值版本"), version_words(desk, evidence)),
            (t("可能的正常情形"), html.Ul([html.Li(text) for text in in_rule_language(rule, "innocent", view)])),
            (t("建议"), in_rule_language(rule, "next_step", view)),
        ]
    states = [t("数据迟到, 暂停判断")] if alert["is_stale"] else []
    if alert["status"] == "resolved":
        states.append(t("{day} 已不再成立", day=alert["resolved_on"]))
    says = html.P(finding_sentence(rule, evidence, view), className="says")
    pairs = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in parts]
    title = [
        level_tag(alert["level"], view),
        " ",
        f"{alert['rule_code']} {rule_name(desk.services.catalogue, alert['rule_code'], view)}",
    ]
    return section(title, says, html.Dl(pairs, className="grounds"), aside=" · ".join(states))


def version_words(desk: Desk, evidence: Mapping[str, Any]) -> Any:
    """Say by which threshold changes it was judged, each with the way to it."""
    t, told = desk.view.t, evidence.get("threshold")
    if not told:
        return t("设置文件")
    ways = [html.A(f"#{number}", href=desk.view.href(f"{RULES}/changes/{number}")) for number in str(told).split("+")]
    return html.Span(ways, className="links")


def worked_out(desk: Desk, alert: Mapping[str, Any], evidence: Mapping[str, Any]) -> html.Div:
    """Draw the arithmetic: formulas with their figures, the fence they reached, and the way to the rows behind."""
    view, t = desk.view, desk.view.t
    rule = desk.services.catalogue.get(alert["rule_code"])
    lines = formula_lines(alert["rule_code"], evidence, view)
    drawn: list[Any] = [
        html.Div([html.Div(figures, className="arithmetic"), html.Div(words, className="quiet")], className="step")
        for words, figures in lines
    ]
    if lines and alert["limit"] is not None:
        drawn.append(html.Div(t("达到界限: {fence}", fence=fence(alert, desk)), className="step"))
    said = html.Div(arithmetic(rule, evidence, view), className="quiet" if lines else "arithmetic")
    behind = facts_behind(desk, [alert])
    link = [html.A(behind.way(desk), href=f"#{BEHIND}", className="to-rows")] if behind.listed else []
    return html.Div([*drawn, said, *link])


def fence(alert: Mapping[str, Any], desk: Desk) -> str:
    """Say which fence was reached, with its unit."""
    view, t = desk.view, desk.view.t
    value = alert["limit"]
    if value is None:
        return t("无界限")
    write = {
        "bp": lambda: (
            rate_text(value, view.language)
            if alert["rule_code"] in _SHARES
            else f"{points_text(value, view.language).lstrip('+')} {t('个百分点')}"
        ),
        "fen": lambda: (
            yuan_text(value, view.language) if value < FEN_A_WAN else f"{wan_text(value, view.language)} {t('万元')}"
        ),
        "days": lambda: t("{count} 天", count=value),
        "count": lambda: counted(alert["rule_code"], value, desk),
    }
    level = level_words(alert["level"], desk)
    return t("{level} ≥ {limit}", level=level, limit=write[alert["measure_unit"]]())


# Rules whose measure is a share of a whole, not a distance between two shares.
_SHARES = frozenset({"A08", "D01"})


def counted(rule_code: str, value: int, desk: Desk) -> str:
    """Write a count with what is counted."""
    t = desk.view.t
    number = count_text(value, desk.view.language)
    return {
        "E07": t("{count} 笔", count=number),
        "E08": t("{count} 笔", count=number),
        "B02": t("{count} 次", count=number),
        "H04": t("{count} 倍", count=number),
    }.get(rule_code, number)


def table(desk: Desk, clue_id: str) -> Table:
    """Return the delivered rows behind a clue's alerts."""
    found = alerts.clue_detail(desk.connection, desk.scope, clue_id)
    if found is None:
        raise NotShownError(clue_id)
    return facts_behind(desk, found[1].to_dicts()).table
