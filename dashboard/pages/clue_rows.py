"""Rows of clues with the sentence of their gravest alert."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from budget.levels import rank
from dashboard.clue_words import finding_sentence, read_evidence, rule_name
from dashboard.desk import Desk
from dashboard.tables import Column, Table
from warehouse import queries_clues

STATUSES = ("open", "closed")


def present_note(desk: Desk) -> list[Any]:
    """Say, where the view is of an earlier moment, that clues are shown as they stand now."""
    if desk.view.is_latest:
        return []
    return [html.P(desk.view.t("线索与办理情况按现在的状态显示, 不随已知时点变化"), className="quiet")]


def clue_sentences(desk: Desk, clues: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return, per clue, what its gravest alert says."""
    found = queries_clues.list_clue_evidence(desk.connection, desk.scope, [row["clue_id"] for row in clues])
    worst: dict[str, Mapping[str, Any]] = {}
    for row in found.iter_rows(named=True):
        held = worst.get(row["clue_id"])
        if held is None or (row["status"] == held["status"] and rank(row["level"]) > rank(held["level"])):
            worst[row["clue_id"]] = row
    return {row["clue_id"]: _sentence(desk, row, worst.get(row["clue_id"])) for row in clues}


def _sentence(desk: Desk, clue: Mapping[str, Any], alert: Mapping[str, Any] | None) -> str:
    if alert is None:
        return ""
    rule = desk.services.catalogue.get(alert["rule_code"])
    return finding_sentence(rule, read_evidence(alert["evidence"], names_of(clue)), desk.view)


def led_sentence(desk: Desk, clue: Mapping[str, Any], said: str) -> str:
    """Lead a clue's sentence by whom it is about, unless it names the unit itself."""
    division = desk.division_names.get(clue["division_code"], clue["division_code"])
    lead = division if clue["unit_name"] and clue["unit_name"] in said else about_words(desk, clue)
    return f"{lead}: {said}" if said else lead


def names_of(clue: Mapping[str, Any]) -> dict[str, Any]:
    """Return a clue's names as evidence that sentences may use."""
    return {
        "unit_name": clue["unit_name"] or clue["unit_code"],
        "project_name": clue["project_name"] or clue["project_code"],
        "project_code": clue["project_code"],
    }


def about_words(desk: Desk, clue: Mapping[str, Any]) -> str:
    """Say whom a clue is about: division, unit and project, as far as it names them."""
    division = desk.division_names.get(clue["division_code"], clue["division_code"])
    unit = clue["unit_name"] or clue["unit_code"]
    project = clue["project_name"] or clue["project_code"]
    return " · ".join(part for part in (division, unit, project) if part)


def status_words(status: str, desk: Desk) -> str:
    """Name a clue's status."""
    t = desk.view.t
    return {"open": t("待核实"), "closed": t("办结")}.get(status, status)


def confidence_words(confidence: str, desk: Desk) -> str:
    """Say how much a clue's evidence proves."""
    t = desk.view.t
    return {"certain": t("高"), "likely": t("中"), "hint": t("低")}[confidence]


def clue_table(desk: Desk, clues: Sequence[Mapping[str, Any]], sentences: Mapping[str, str]) -> Table:
    """Return the list of clues, what to look at first at the top."""
    view, t = desk.view, desk.view.t
    rows = []
    for clue in clues:
        rules = (clue["rule_codes"] or "").split(",")
        stale = t("数据迟到, 暂停判断") if clue["stale_count"] else None
        rows.append(
            {
                "level": clue["level"],
                "clue_id": clue["clue_id"],
                "clue_id:href": view.href(f"/clues/{clue['clue_id']}"),
                "about": about_words(desk, clue),
                "about:note": sentences.get(clue["clue_id"]),
                "rules": t("、").join(rule_name(desk.services.catalogue, code, view) for code in rules if code),
                "period": clue["period"],
                "confidence": confidence_words(clue["confidence"], desk),
                "amount_fen": clue["amount_fen"],
                "opened_on": clue["opened_on"],
                "status": status_words(clue["status"], desk),
                "status:note": stale,
            }
        )
    columns = [
        Column("level", t("级别"), "level"),
        Column("clue_id", t("线索编号")),
        Column("about", t("单位、项目与情况"), wraps=True),
        Column("rules", t("规则"), wraps=True),
        Column("period", t("期间")),
        Column("confidence", t("可信度")),
        Column("amount_fen", t("涉及金额 (万元)"), "wan"),
        Column("opened_on", t("发现日期"), "day"),
        Column("status", t("状态")),
    ]
    # The money of clues may overlap (a unit and its project), so it is not added up.
    total = {"clue_id": t("共 {count} 条", count=len(rows)), "amount_fen": ""}
    return Table("clues", t("线索清单"), columns, rows, total, empty=t("这个范围内没有线索"))
