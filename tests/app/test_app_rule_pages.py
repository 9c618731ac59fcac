"""规则与阈值 on the pages: who sees and does what, by POST with a token only, and what is said otherwise."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from handover_ground import PASSWORD, Reader
from thresholds_ground import STREET, TOWN, asked, made_house

from app.judging import judge
from app.people import reset_person
from app.services import build_services
from app.shown import stored_alerts
from app.thresholds import propose
from app.wiring import House
from budget.thresholds import Aim
from dashboard.server import create_server
from warehouse.engine import reading, sqlite_url
from warehouse.rule_changes import list_changes
from warehouse.scope import Scope

RULES = "/system/rules"
DAY = dt.date(2026, 11, 1)
FORM = {"value.red_bp": "90", "unit": "101001", "from": "2026-01-01", "reason": "按学期用款"}
Visit = Callable[[str], Reader]


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = made_house(sqlite_url(tmp_path / "warehouse.db"), tmp_path)[0]
    judge(made)
    return made


@pytest.fixture
def visit(house: House) -> Visit:
    server = create_server(build_services(house))

    def log_in(name: str) -> Reader:
        reset_person(house, name, PASSWORD)
        client = server.test_client()
        token = client.get("/login").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post("/login", data={"username": name, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code == 302
        return Reader(client)

    return log_in


def kept(house: House):
    with reading(house.engine) as connection:
        return list_changes(connection, Scope.everything())


def test_a_change_goes_from_the_form_to_the_findings_by_two_people(house: House, visit: Visit) -> None:
    li, wang = visit("li"), visit("wang")
    made = li.post(f"{RULES}/A01/propose", **FORM)
    assert (made.status_code, made.location) == (303, f"{RULES}/changes/1")
    assert "要由另一个人批准" in li.screen(f"{RULES}/changes/1")
    refused = li.post(f"{RULES}/changes/1/approve")
    assert refused.status_code == 409
    assert "变更 #1 是 li 自己提出的, 要由另一个人批准" in refused.get_data(as_text=True)
    shown = wang.screen(f"{RULES}/changes/1")
    assert "按 2026-11-01 的数据试算" in shown
    assert re.search(r'"级别改变".{0,200}?"1"', shown), "one finding changes its level"
    assert wang.post(f"{RULES}/changes/1/approve", because="已核实").status_code == 303
    (one,) = kept(house)
    assert (one.status, one.decided_by, one.decided_because) == ("approved", "wang", "已核实")
    assert (one.asked.values, one.asked.aim, one.asked.home) == ({"red_bp": 9_000}, Aim(unit_code="101001"), STREET)
    judge(house)
    clues = {one["subject"]: one["clue"] for one in stored_alerts(house) if one["rule"] == "A01"}
    named = {subject: f"{RULES}/changes/1" in wang.screen(f"/clues/{clue}") for subject, clue in clues.items()}
    assert named == {"unit:101001": True, "unit:201001": False}, "the clue names the version and leads to it"


def test_an_exemption_and_its_lifting_go_the_same_way(house: House, visit: Visit) -> None:
    li, anquan = visit("li"), visit("anquan")
    form = {"rule": "all", "unit": "101001", "from": "2026-11-01", "to": "2026-12-31", "reason": "机构改革"}
    assert li.post(f"{RULES}/A01/exempt", **form).status_code == 303
    assert anquan.post(f"{RULES}/changes/1/approve").status_code == 303
    assert "机构改革" in anquan.screen(RULES), "the page lists exemptions in force with their end"
    assert "提前结束" in li.screen(f"{RULES}/changes/1")
    assert "提前结束" not in anquan.screen(f"{RULES}/changes/1"), "who may not propose is not offered it"
    lifted = li.post(f"{RULES}/changes/1/lift", **{"from": "2026-12-01", "reason": "改革完成"})
    assert lifted.location == f"{RULES}/changes/2"
    assert anquan.post(f"{RULES}/changes/2/approve").status_code == 303
    assert [(one.asked.kind, one.asked.rule_code, one.status) for one in kept(house)] == [
        ("lift", None, "approved"),
        ("exemption", None, "approved"),
    ]


SEES = [("li", "提出新的阈值", True), ("shiqiao", "提出新的阈值", True), ("daibiao", "提出新的阈值", False),
        ("anquan", "提出新的阈值", False), ("shenji", "提出新的阈值", False)]  # fmt: skip


def test_who_is_offered_what(house: House, visit: Visit) -> None:
    propose(house, asked(), through="test")
    for name, words, is_there in SEES:
        screen = visit(name).screen(f"{RULES}/A01")
        assert (name, words in screen, "部门支出进度滞后" in screen) == (name, is_there, True)
    deciding = {
        name: "不批准的理由" in visit(name).screen(f"{RULES}/changes/1") for name in ("wang", "anquan", "xitong")
    }
    assert deciding == {"wang": True, "anquan": True, "xitong": False}


def test_what_somebody_may_not_do_is_not_there_for_them(house: House, visit: Visit) -> None:
    propose(house, asked(aim=Aim(unit_code="201001")), through="test")
    for name in ("daibiao", "anquan", "shenji", "xitong"):
        assert visit(name).post(f"{RULES}/A01/propose", **FORM).status_code == 404
    for name in ("daibiao", "shenji", "xitong", "shiqiao", "bailu"):
        assert visit(name).post(f"{RULES}/changes/1/approve").status_code == 404
    street = visit("shiqiao")
    assert "没有这个页面" in street.screen(f"{RULES}/changes/1"), "another division's change is not seen"
    assert street.post(f"{RULES}/A01/propose", **FORM | {"unit": "201001"}).status_code == 403
    assert street.post(f"{RULES}/A01/propose", **FORM).status_code == 303
    assert [one.asked.home for one in kept(house)] == [STREET, TOWN]


def test_nothing_is_changed_by_a_get_or_without_the_token(house: House, visit: Visit) -> None:
    propose(house, asked(), through="test")
    li = visit("wang")
    for path in (
        f"{RULES}/A01/propose",
        f"{RULES}/A01/exempt",
        f"{RULES}/changes/1/approve",
        f"{RULES}/changes/1/lift",
    ):
        assert li.client.post(path, data=FORM).status_code == 400, path
        # Any address answers a GET with the frame of the pages, which only reads.
        assert li.client.get(path).status_code == 200, path
    assert [one.status for one in kept(house)] == ["pending"]


WRONG = [
    ({"value.red_bp": "ninety"}, "“红线”填的不是数"),
    ({"value.red_bp": "0.001"}, "“红线”填的不是数"),
    ({"value.red_bp": ""}, "请至少改一个参数"),
    ({"value.red_bp": "5"}, "各级界限要逐级升高"),
    ({"from": "2026-13-01"}, "日期请写成 2026-09-30 的样子"),
    ({"from": ""}, "日期请写成 2026-09-30 的样子"),
    ({"to": "2025-01-01"}, "止日早于起日"),
    ({"reason": " "}, "请写明理由"),
    ({"unit": "999"}, "数据里没有 999"),
]


def test_what_is_wrong_is_said_in_words_and_nothing_is_kept(house: House, visit: Visit) -> None:
    li = visit("li")
    for more, says in WRONG:
        answer = li.post(f"{RULES}/A01/propose", **FORM | more)
        assert (answer.status_code, says in answer.get_data(as_text=True)) == (409, True), more
    li.client.set_cookie("language", "en")
    told = li.post(f"{RULES}/A01/propose", **FORM | {"to": "2025-01-01"}).get_data(as_text=True)
    assert "the last day lies before the first" in told
    assert kept(house) == []


def test_an_export_carries_the_sites_number_of_each_level(house: House, visit: Visit) -> None:
    text = visit("li").client.get("/export/clues.csv").get_data().decode("utf-8-sig")
    head, *rows = [line.split(",") for line in text.splitlines()]
    at = head.index("level_code")
    assert head[at - 1] == "级别"
    assert {(row[at - 1], row[at]) for row in rows[:-1]} == {("红", "1")}


def test_the_catalogue_and_a_rules_history_are_taken_along_as_files(house: House, visit: Visit) -> None:
    propose(house, asked(), through="test")
    li = visit("li")
    assert "A01 部门支出进度滞后" in li.client.get("/export/rules.csv").get_data().decode("utf-8-sig")
    assert "按学期用款" in li.client.get("/export/changes-A01.csv").get_data().decode("utf-8-sig")
    assert visit("bailu").client.get("/export/changes-A01.csv").get_data().decode("utf-8-sig").count("按学期用款") == 0
