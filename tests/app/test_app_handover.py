"""Handing deliveries over on the pages: by right, with proof, once; and a held one goes no other way."""

import datetime as dt
import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from handover_ground import HANDS_OVER, PEOPLE, STREET, TOWN, Place, delivery, furnish

from ingest.aside import KEPT
from warehouse.audit import verify_audit
from warehouse.batches import read_batches
from warehouse.engine import reading
from warehouse.schema import METADATA
from warehouse.scope import Scope

JUNE = "pay-990101010-202606.csv"
GOOD, WRONG = delivery(100, 200), delivery(100, 200, total=400)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished")
    furnish(folder)
    return folder


@pytest.fixture
def place(furnished: Path, tmp_path: Path) -> Place:
    shutil.copytree(furnished / "var", tmp_path / "var")
    return Place(tmp_path)


def batches(place: Place) -> list[tuple[int, str, str | None]]:
    with reading(place.house.engine) as connection:
        found = read_batches(connection, Scope.everything())
    return [(one.batch_id, one.status, one.recorded_by) for one in found]


def everything(place: Place) -> tuple[dict[str, list[tuple[object, ...]]], list[str]]:
    """Return every row of every table but the audit of log-ins, and every file of the landing folder."""
    with reading(place.house.engine) as connection:
        rows = {
            name: [tuple(row) for row in connection.execute(sa.select(one))]
            for name, one in METADATA.tables.items()
            if name != "audit_entry"
        }
    return rows, sorted(path.name for path in place.house.landing.rglob("*"))


def audited(place: Place) -> list[tuple[str, str, str]]:
    entry = METADATA.tables["audit_entry"]
    query = sa.select(entry.c.actor, entry.c.action, entry.c.object).order_by(entry.c.entry_no)
    with reading(place.house.engine) as connection:
        assert verify_audit(connection).broken_at is None
        return [tuple(row) for row in connection.execute(query) if row.action in {"upload", "release", "replay"}]


@pytest.mark.parametrize("name", [name for name, _role, _division in PEOPLE])
def test_only_those_who_may_hand_over_see_the_page_and_are_taken_from(place: Place, name: str) -> None:
    someone = place.reader(name)
    may = name in HANDS_OVER
    assert ("上传送来的文件" in someone.screen("/system/upload")) == may
    assert ("/system/upload" in someone.screen("/system")) == may
    assert someone.upload(JUNE, GOOD).status_code == (303 if may else 404)
    assert bool(list(place.house.uploads.glob("*"))) == may


@pytest.mark.parametrize("name", [name for name, _role, _division in PEOPLE])
def test_only_those_who_may_act_release_and_read_again(place: Place, name: str) -> None:
    held = place.reader("caijing").deliver(JUNE, WRONG)
    someone = place.reader(name)
    may = name in {"caijing", "xitong", "shiqiao"}
    assert ("/release" in someone.screen(f"/system/batches/{held}")) == may
    assert ("理由" in someone.screen(f"/system/batches/{held}/release")) == may
    before = everything(place)
    answers = [
        someone.post(f"/system/batches/{held}/release", reason="核实过了"),
        someone.post(f"/system/batches/{held}/replay"),
    ]
    assert [one.status_code for one in answers] == ([303, 303] if may else [404, 404])
    assert (everything(place) == before) == (not may)


def test_publishing_goes_the_way_of_the_commands_and_is_audited(place: Place) -> None:
    batch = place.reader("shiqiao").deliver(JUNE, GOOD)
    assert batches(place) == [(batch, "published", "shiqiao")]
    assert audited(place) == [("shiqiao", "upload", f"batch {batch}")]
    assert [path.read_bytes() for path in place.house.landing.rglob("*") if path.is_file()] == [GOOD]


@pytest.mark.parametrize("content", [GOOD, WRONG, delivery(1, 2, 3, bad=2), b"nothing,of,the\r\nkind,at,all\r\n"])
def test_looking_changes_nothing(place: Place, content: bytes) -> None:
    someone = place.reader("caijing")
    someone.deliver("pay-990101010-202605.csv", delivery(5))
    token = someone.token(JUNE, content)
    before = everything(place)
    someone.screen("/system/upload")
    someone.screen(f"/system/upload/{token}")
    someone.screen(f"/system/upload/{token}", "?mapping=qinghe-payments")
    for name in ("rejected", "compared"):
        assert someone.client.get(f"/export/upload-{name}-{token}.csv").status_code == 200
    assert someone.client.get(f"/system/upload/{token}/publish").status_code == 200  # a page, not a deed
    assert everything(place) == before


def test_the_dry_run_shows_the_rows_every_rejection_and_both_sides_of_a_check(place: Place) -> None:
    someone = place.reader("caijing")
    someone.deliver(JUNE, GOOD)
    token = someone.token("pay-990101010-202606-2.csv", delivery(100, 200, 300, total=900, bad=1))
    screen = someone.screen(f"/system/upload/{token}")
    for words in ("某日", "3 行中有 1 行读不通", "第 5 行写的支出是 900.00 元", "相差 400.00 元", "王*", "V2", "#1"):
        assert words in screen
    assert "王建国" not in screen
    export = someone.client.get(f"/export/upload-rejected-{token}.csv").get_data(as_text=True)
    assert "某日" in export


def test_the_same_file_again_leads_to_the_batch_it_became(place: Place) -> None:
    someone = place.reader("caijing")
    held = someone.deliver(JUNE, WRONG)
    done = someone.deliver("pay-990101010-202605.csv", delivery(5))
    for name, content, said in (
        (JUNE, WRONG, f"同一份文件已暂扣为批次 #{held}"),
        ("pay-990101010-202605.csv", delivery(5), f"同一份文件已发布为批次 #{done}"),
    ):
        token = someone.token(name, content)
        assert said in someone.screen(f"/system/upload/{token}")
        assert someone.publish(token).location in {f"/system/batches/{held}", f"/system/batches/{done}"}
    assert len(batches(place)) == 2


def test_an_older_delivery_is_told_to_stay_on_record(place: Place) -> None:
    someone = place.reader("caijing")
    mapping = place.house.data / "feeds" / "probe.toml"
    dated = mapping.read_text("utf-8").replace(r"(?:-\d+)?", r"-(?P<sent>\d{8})") + '[delivery]\non = "sent"\n'
    mapping.write_text(dated, encoding="utf-8")
    someone.deliver("pay-990101010-202606-20260710.csv", GOOD)
    token = someone.token("pay-990101010-202606-20260705.csv", delivery(7))
    screen = someone.screen(f"/system/upload/{token}")
    assert "已有更新的数据, 这些发布后只留作记录: 202606" in screen
    assert "#1" in screen


def test_an_office_is_refused_what_is_not_its_own(place: Place) -> None:
    someone = place.reader("bailu")
    token = someone.token(JUNE, GOOD)
    screen = someone.screen(f"/system/upload/{token}")
    assert "镇街人大只能处理本区划的数据" in screen
    assert "V1" not in screen
    assert someone.client.get(f"/export/upload-rejected-{token}.csv").status_code == 404
    answer = someone.publish(token)
    assert (answer.status_code, batches(place)) == (403, [])
    assert "镇街人大只能处理本区划的数据" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (GOOD[:-1] + b"", "a row of the file belongs to another division"),
        (b"nothing,of,the\r\nkind,at,all\r\n", "it does not tell whose data it is"),
    ],
)
def test_an_office_cannot_hand_in_what_is_not_wholly_its_own(place: Place, content: bytes, why: str) -> None:
    if content.startswith(GOOD[:10]):
        content = content.replace(f"{STREET},301001,V2".encode(), f"{TOWN},301001,V2".encode())
    someone = place.reader("bailu")
    assert someone.publish(someone.token("pay-990101100-202606.csv", content)).status_code == 403, why
    assert batches(place) == []


def test_an_office_cannot_take_the_place_of_another_divisions_data(place: Place) -> None:
    # The feed's slice is the month alone: the town's own file would push the street's aside.
    street = place.reader("caijing").deliver(JUNE, GOOD)
    town = place.reader("bailu")
    token = town.token("pay-990101100-202606.csv", delivery(7, division=TOWN))
    assert "300.00" not in town.screen(f"/system/upload/{token}")
    assert town.publish(token).status_code == 403
    assert batches(place) == [(street, "published", "caijing")]


def test_without_its_token_nothing_is_done(place: Place) -> None:
    someone = place.reader("caijing")
    held, token = someone.deliver(JUNE, WRONG), someone.token(JUNE, GOOD)
    before = everything(place)
    paths = ["/system/upload", f"/system/upload/{token}/publish?mapping=probe", f"/system/upload/{token}/drop"]
    paths += [f"/system/batches/{held}/release", f"/system/batches/{held}/replay"]
    for path in paths:
        assert someone.client.post(path, data={"reason": "x"}).status_code == 400
        assert someone.client.post(path, data={"reason": "x", "csrf_token": "made-up"}).status_code == 400
        assert place.server.test_client().post(path, data={"reason": "x"}).status_code == 401
    assert everything(place) == before
    assert someone.publish(token).status_code == 303


@pytest.mark.parametrize("token", ["of another", "made-up", "..%2f..%2fsecret_key", "a" * 32])
def test_a_token_serves_its_owner_only(place: Place, token: str) -> None:
    owner, thief = place.reader("caijing"), place.reader("xitong")
    own = owner.token(JUNE, GOOD)
    wanted = own if token == "of another" else token
    assert "V1" not in thief.screen(f"/system/upload/{wanted}")
    assert thief.client.get(f"/export/upload-first-{wanted}.csv").status_code in {200, 404}
    assert "V1" not in thief.client.get(f"/export/upload-first-{wanted}.csv").get_data(as_text=True)
    assert thief.publish(wanted).status_code in {303, 405}
    assert batches(place) == []
    thief.post(f"/system/upload/{wanted}/drop")
    assert "V1" in owner.screen(f"/system/upload/{own}")


def test_pressing_twice_publishes_once(place: Place) -> None:
    someone = place.reader("caijing")
    token = someone.token(JUNE, GOOD)
    answers = [someone.publish(token) for _ in range(3)]
    assert {(one.status_code, one.location) for one in answers} == {(303, "/system/batches/1")}
    assert (len(batches(place)), len(audited(place))) == (1, 1)


def test_two_at_the_same_moment_publish_once(place: Place) -> None:
    someone = place.reader("caijing")
    token, proof = someone.token(JUNE, GOOD), someone.csrf
    cookies = someone.client.get_cookie("session").value

    def press(_n: int) -> str | None:
        client = place.server.test_client()
        client.set_cookie("session", cookies)
        path = f"/system/upload/{token}/publish?mapping=probe"
        return client.post(path, data={"csrf_token": proof}).location

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(press, range(4))) == {"/system/batches/1"}
    assert (len(batches(place)), len(audited(place))) == (1, 1)


def test_what_waits_longer_than_an_hour_is_gone(place: Place) -> None:
    someone = place.reader("caijing")
    token = someone.token(JUNE, GOOD)
    place.now += KEPT - dt.timedelta(seconds=1)
    assert "V1" in someone.screen(f"/system/upload/{token}")
    place.now += dt.timedelta(seconds=1)
    assert "V1" not in someone.screen(f"/system/upload/{token}")
    assert someone.publish(token).location == "/system/upload?problem=gone"
    someone.token("pay-990101010-202605.csv", delivery(5))
    assert len(list(place.house.uploads.iterdir())) == 1
    assert batches(place) == []


def test_what_is_dropped_is_gone_at_once(place: Place) -> None:
    someone = place.reader("caijing")
    token = someone.token(JUNE, GOOD)
    assert someone.post(f"/system/upload/{token}/drop").location == "/system/upload"
    assert list(place.house.uploads.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("pay\x1b[2J.csv", GOOD, "name"),
        ("pay\u202e.csv", GOOD, "name"),
        ("/", GOOD, "name"),
        ("x" * 256, GOOD, "name"),
        (JUNE, b"", "size"),
        ("", GOOD, "none"),
    ],
)
def test_a_bad_name_or_an_empty_file_is_refused_with_a_sentence(
    place: Place, name: str, content: bytes, problem: str
) -> None:
    someone = place.reader("caijing")
    assert someone.upload(name, content).location == f"/system/upload?problem={problem}"
    assert '"role": "alert"' in someone.screen("/system/upload", f"?problem={problem}")


def test_the_folders_before_a_name_are_cut_and_a_name_is_shown_as_text(place: Place) -> None:
    someone = place.reader("caijing")
    token = someone.token(r"C:\fakepath\..\<img src=x onerror=alert(1)>.csv", GOOD)
    assert "<img src=x onerror=alert(1)>.csv" in someone.screen(f"/system/upload/{token}")
    assert someone.publish(token).status_code == 303
    assert sorted(path.name for path in place.house.data.iterdir()) == [
        "feeds", "landing", "secret_key", "uploads", "warehouse.db", "warehouse.db-shm", "warehouse.db-wal",
    ]  # fmt: skip


def test_too_much_at_once_is_refused(place: Place) -> None:
    place.server.config["MAX_CONTENT_LENGTH"] = 1_000_000
    someone = place.reader("daibiao")
    answer = someone.upload(JUNE, b"x" * 1_100_000)
    assert answer.status_code == 413
    assert "文件太大" in answer.get_data(as_text=True)
    assert place.reader("caijing").upload(JUNE, b"x" * 1_100_000).status_code == 303


def test_several_files_wait_side_by_side(place: Place) -> None:
    someone = place.reader("caijing")
    files = [(io.BytesIO(GOOD), JUNE), (io.BytesIO(WRONG), "pay-990101010-202607.csv")]
    assert someone.post("/system/upload", file=files).location == "/system/upload"
    screen = someone.screen("/system/upload")
    assert JUNE in screen
    assert "pay-990101010-202607.csv" in screen


def test_a_name_no_mapping_knows_asks_which(place: Place) -> None:
    someone = place.reader("caijing")
    token = someone.token("六月支付.csv", GOOD)
    assert "请先选择按哪份映射读" in someone.screen(f"/system/upload/{token}")
    assert someone.publish(token, mapping="").status_code == 409
    assert batches(place) == []


def test_a_held_delivery_is_released_for_a_reason_and_says_so(place: Place) -> None:
    someone = place.reader("shiqiao")
    first = someone.deliver(JUNE, GOOD)
    held = someone.deliver("pay-990101010-202606-2.csv", WRONG)
    screen = someone.screen(f"/system/batches/{held}")
    assert "第 4 行写的支出是 400.00 元, 所含各行相加是 300.00 元" in screen
    assert f"/system/batches/{first}" in screen
    assert someone.post(f"/system/batches/{held}/release", reason=" ").location.endswith("release?problem=reason")
    assert len(batches(place)) == 2
    answer = someone.post(f"/system/batches/{held}/release", reason="已与财政所电话核实")
    again = someone.post(f"/system/batches/{held}/release", reason="再按一次")
    assert (answer.location, again.location) == ("/system/batches/3", "/system/batches/3")
    assert batches(place)[0] == (3, "published", "shiqiao")
    assert "shiqiao 于 2026-07-20 10:00 放行, 理由: 已与财政所电话核实" in someone.screen("/system/batches/3")
    assert "放行, 见批次 #3" in someone.screen(f"/system/batches/{held}")
    assert audited(place)[-1] == ("shiqiao", "release", f"batch {held}")


def test_a_difference_of_a_few_yuan_is_seen_side_by_side_on_the_page_of_a_held_delivery(place: Place) -> None:
    someone = place.reader("shiqiao")
    someone.deliver(JUNE, delivery(100, 200))
    held = someone.deliver("pay-990101010-202606-2.csv", delivery(101, 200, total=303))
    screen = someone.screen(f"/system/batches/{held}")
    for told in ("文件所写 (元)", "303.00", "301.00", "−2.00", "现在有效 (元)", "300.00", "1.00"):
        assert f'"{told}"' in screen


def test_what_nobody_could_read_is_not_offered_for_release(place: Place) -> None:
    someone = place.reader("caijing")
    held = someone.deliver(JUNE, b"nothing,of,the\r\nkind,at,all\r\n")
    screen = someone.screen(f"/system/batches/{held}")
    assert "里没有找到含有 区划, 单位, 凭证, 日期, 金额 的表头" in screen
    assert "重读" in screen
    assert "放行" not in screen
    assert someone.post(f"/system/batches/{held}/release", reason="核实过了").status_code == 409
    assert batches(place) == [(held, "held", "caijing")]


def test_a_held_delivery_is_read_again_once(place: Place) -> None:
    someone = place.reader("caijing")
    held = someone.deliver(JUNE, WRONG)
    mapping = place.house.data / "feeds" / "probe.toml"
    mapping.write_text(mapping.read_text("utf-8").replace('"hold"', '"warn"'), encoding="utf-8")
    answers = [someone.post(f"/system/batches/{held}/replay") for _ in range(2)]
    assert [one.location for one in answers] == ["/system/batches/2", "/system/batches/2"]
    assert batches(place)[0] == (2, "published", "caijing")
    assert audited(place)[-1] == ("caijing", "replay", f"batch {held}")


def test_the_menu_counts_what_waits_for_those_who_may_act(place: Place) -> None:
    def count(name: str) -> bool:
        return '["系统管理", {"props": {"children": "1", "className": "count"}' in place.reader(name).screen("/system")

    place.reader("caijing").deliver(JUNE, WRONG)
    assert {name: count(name) for name in ("caijing", "shiqiao", "bailu", "daibiao")} == {
        "caijing": True,
        "shiqiao": True,
        "bailu": False,
        "daibiao": False,
    }


def test_a_batch_page_shows_a_delivered_row_without_the_person(place: Place) -> None:
    someone = place.reader("caijing")
    held = someone.deliver(JUNE, WRONG)
    screen = someone.screen(f"/system/batches/{held}/rows/2")
    assert "王*" in screen
    assert "王建国" not in screen
    assert "原始文件读不出来" in someone.screen(f"/system/batches/{held}/rows/99")
    assert "没有这个页面" in place.reader("bailu").screen(f"/system/batches/{held}/rows/2")
