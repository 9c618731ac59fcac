"""Shared ground of the alert tests: runs written as the rules write them, offices, and the words of a few rules."""

import datetime as dt
import json

import sqlalchemy as sa

from alerts.apply import apply_run
from alerts.mailing import AlertSettings
from budget.catalogue import RuleText
from warehouse.engine import writing
from warehouse.offices import Office, save_offices
from warehouse.schema import table

NOW = dt.datetime(2026, 10, 1, 1, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 10, 1)
AS_OF = dt.date(2026, 9, 30)
SETTINGS = AlertSettings(base_url="https://mz.example.test", mail_domain="mz.example.test")
DISTRICT, STREET, TOWN = "990101000", "990101010", "990101100"
OFFICES = (
    Office(
        division_code=DISTRICT,
        division_name="青禾区",
        office_name="区人大财经工委",
        division_kind="district",
        mail_to="caijing@qinghe.example.test",
    ),
    Office(
        division_code=STREET,
        division_name="石桥街道",
        office_name="石桥街道人大工委",
        division_kind="street",
        mail_to="shiqiao@qinghe.example.test, shiqiao2@qinghe.example.test",
    ),
    Office(
        division_code=TOWN,
        division_name="白鹭镇",
        office_name="白鹭镇人大主席团",
        division_kind="town",
        mail_to="bailu@qinghe.example.test",
    ),
)


def rule_text(
    code, name, finding, law="《中华人民共和国预算法实施条例》第六十条", next_step="建议向单位发问询单，请其说明原因。"
):
    return RuleText(
        code=code,
        family="execution",
        name_zh=name,
        name_en=code,
        formula_zh="",
        formula_en="",
        law_zh=law,
        law_en="",
        finding_zh=finding,
        finding_en="",
        arithmetic_zh="",
        arithmetic_en="",
        innocent_zh=(),
        innocent_en=(),
        next_step_zh=next_step,
        next_step_en="",
    )


CATALOGUE = {
    "A01": rule_text(
        "A01",
        "部门支出进度滞后",
        "{unit_name}本年支出进度疑似滞后：执行率{execution_rate_bp:rate}，低于历史同期进度{expected_progress_bp:rate}，"
        "相差{gap_bp:points}。",
    ),
    "A02": rule_text(
        "A02",
        "项目支出进度滞后",
        "{project_name}疑似支出进度滞后：执行率{execution_rate_bp:rate}，同类项目历史同期{expected_progress_bp:rate}，"
        "低{gap_bp:points}。",
    ),
    "A03": rule_text(
        "A03", "项目资金未支出", "{project_name}疑似资金闲置：下达已{days}天，支出{payment_fen:wan}万元。"
    ),
    "A06": rule_text("A06", "超指标支付", "支出超出指标{excess_fen:wan}万元。"),
    "E05": rule_text(
        "E05",
        "大额支付个人",
        "向个人{payee_name}（账号{payee_account}）支付{payment_fen:yuan}元，用途“{purpose}”。",
        law="《现金管理暂行条例》第五条",
    ),
    "H01": rule_text(
        "H01", "数据迟到", "{division_name}支付数据疑似迟到：最后一笔为{last_on:day}，已{days}天没有新数据。"
    ),
}
CODES = ",".join(CATALOGUE)


def finding(
    rule="A02", subject="project:U1/P1", period="2026", level="orange", *, amount=None, division=STREET, **more
):
    given = {"unit": "U1", "project": "P1", "evidence": {}, "measured": 2_600, "limit": 2_500, "unit_of": "bp"} | more
    return {
        "rule_code": rule,
        "subject": subject,
        "period": period,
        "level": level,
        "measured": given["measured"],
        "limit": given["limit"],
        "measure_unit": given["unit_of"],
        "amount_fen": amount,
        "division_code": division,
        "unit_code": given["unit"],
        "project_code": given["project"],
        "evidence": json.dumps({"facts": []} | given["evidence"], ensure_ascii=False),
    }


def judged(rule="A02", scope="project:U1/P1", period="2026", division=STREET, reason=None):
    return {
        "rule_code": rule,
        "scope": scope,
        "period": period,
        "division_code": division,
        "is_judged": reason is None,
        "reason": reason,
    }


def save_run(connection, run_id, findings=(), coverage=(), *, as_of=AS_OF, is_history=False, codes=CODES, known_at=NOW):
    connection.execute(
        sa.insert(table("evaluation_run")),
        {
            "run_id": run_id,
            "as_of_on": as_of,
            "known_at": known_at,
            "started_at": known_at,
            "facts_stamp": "stamp",
            "code_version": "test",
            "params_json": "{}",
            "rule_codes": codes,
            "is_history": is_history,
        },
    )
    rows = [{"run_id": run_id, "finding_no": number, **row} for number, row in enumerate(findings, start=1)]
    covered = [{"run_id": run_id, "coverage_no": number, **row} for number, row in enumerate(coverage, start=1)]
    for name, told in (("finding", rows), ("coverage", covered)):
        if told:
            connection.execute(sa.insert(table(name)), told)


def apply(connection, run_id, *, now=NOW, today=TODAY, catalogue=CATALOGUE):
    return apply_run(connection, run_id, now=now, today=today, catalogue=catalogue, settings=SETTINGS)


def evaluate(engine, run_id, findings=(), coverage=(), *, now=NOW, today=TODAY, **more):
    """Save a run and apply it in one transaction, as the evaluation job does."""
    with writing(engine) as connection:
        save_run(connection, run_id, findings, coverage, **more)
        return apply(connection, run_id, now=now, today=today)


def register(engine, offices=OFFICES):
    with writing(engine) as connection:
        save_offices(connection, offices)


def rows_of(engine, name, *columns):
    """Return a table's rows as tuples of some columns, in the order of its primary key."""
    one = table(name)
    with engine.connect() as connection:
        query = sa.select(*(one.c[column] for column in columns)).order_by(*one.primary_key)
        return [tuple(row) for row in connection.execute(query)]
