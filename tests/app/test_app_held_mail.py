"""The operator is told once of every held delivery, whichever way it came, in words and without personal data."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sa
from handover_ground import NOW, OPERATOR, STREET, delivery, furnish, house_in

from alerts.dispatch import dispatch
from app.channels import open_channel
from app.held_notice import tell_operator
from app.inbox import load_inbox
from app.loading import load_files, release_batch, replay_batch
from app.wiring import House
from ingest.outcome import Outcome
from warehouse.engine import reading, writing
from warehouse.schema import METADATA

JUNE = "pay-990101010-202606.csv"
WRONG = delivery(100, 200, total=400)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished")
    furnish(folder)
    return folder


@pytest.fixture
def house(furnished: Path, tmp_path: Path) -> House:
    shutil.copytree(furnished / "var", tmp_path / "var")
    return house_in(tmp_path)


def owed(house: House) -> list[dict[str, object]]:
    outbox = METADATA.tables["outbox"]
    with reading(house.engine) as connection:
        return [dict(row) for row in connection.execute(sa.select(outbox)).mappings()]


def load(house: House, content: bytes, name: str = JUNE) -> Outcome:
    path = house.data.parent / name
    path.write_bytes(content)
    (done,) = load_files(house, [path], actor="test")
    assert isinstance(done, Outcome)
    return done


def by_inbox(house: House) -> None:
    house.inbox.mkdir()
    (house.inbox / JUNE).write_bytes(WRONG)
    (house.inbox / f"{JUNE}.done").touch()
    load_inbox(house)


def by_replay(house: House) -> None:
    mail = house.settings.mail.model_copy(update={"operator": ""})
    silent = dataclasses.replace(house, settings=house.settings.model_copy(update={"mail": mail}))
    held = load(silent, WRONG)
    assert owed(house) == []
    replay_batch(house, held.batch, actor="test")


@pytest.mark.parametrize(
    "come", [lambda house: load(house, WRONG), by_inbox, by_replay], ids=["file", "inbox", "replay"]
)
def test_a_held_delivery_owes_one_mail_whichever_way_it_came(house: House, come: Callable[[House], object]) -> None:
    come(house)
    (row,) = owed(house)
    assert (row["kind"], row["recipient"], row["division_code"], row["status"]) == ("held", OPERATOR, STREET, "pending")


def test_the_same_delivery_again_owes_nothing_more(house: House) -> None:
    for _ in range(3):
        assert load(house, WRONG).status == "held"
    assert len(owed(house)) == 1


def test_another_held_delivery_owes_another_mail_and_a_release_none(house: House) -> None:
    first = load(house, WRONG)
    load(house, delivery(1, total=2), "pay-990101010-202607.csv")
    assert len({row["message_id"] for row in owed(house)}) == 2
    release_batch(house, first.batch, actor="test", reason="核实过了")
    assert len(owed(house)) == 2


def test_a_published_delivery_owes_nothing(house: House) -> None:
    assert load(house, delivery(100, 200)).status == "published"
    assert owed(house) == []


def test_without_an_operator_nothing_is_owed(house: House) -> None:
    mail = house.settings.mail.model_copy(update={"operator": ""})
    load(dataclasses.replace(house, settings=house.settings.model_copy(update={"mail": mail})), WRONG)
    assert owed(house) == []


def test_mail_and_batch_stand_or_fall_together(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def told_then_lost(*arguments: object) -> None:
        tell_operator(*arguments)  # type: ignore[arg-type]
        raise RuntimeError("the power went")

    monkeypatch.setattr("app.loading.tell_operator", told_then_lost)
    with pytest.raises(RuntimeError, match="the power went"):
        load(house, WRONG)
    assert owed(house) == []
    monkeypatch.undo()
    load(house, WRONG)
    assert len(owed(house)) == 1


def test_the_mail_says_in_both_parts_why_what_stays_and_where(house: House) -> None:
    load(house, delivery(100, 200))
    load(house, delivery(100, 200, 300, total=900, bad=1), "pay-990101010-202606-2.csv")
    with reading(house.engine) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM batch")).scalar() == 2
    dispatch(house.engine, open_channel(house), now=lambda: NOW, worker="test")
    (path,) = house.mail.glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert mail["To"] == OPERATOR
    assert mail["Subject"] == "【明账】数据暂扣待核: 支付凭证, pay-990101010-202606-2.csv (批次 2)"
    parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    for part in parts:
        for words in (
            "2026-07-20 10:00 送来的支付凭证没有发布",
            "3 行中有 1 行读不通, 超过允许的 5%",
            "文件里第 5 行写的支出是 900.00 元, 所含各行相加是 500.00 元, 相差 400.00 元",
            "上一次送来的数据照旧有效",
            "某日",
            "https://mz.example.test/system/batches/2",
        ):
            assert words in part
        assert "王建国" not in part
        assert "http" not in part.replace("https://mz.example.test", "")


def test_a_check_that_counts_rows_is_told_in_words_with_the_rows_it_points_at(house: House) -> None:
    load(house, delivery(100, 200, 300).replace(b",V3,", b",V1,"))
    (row,) = owed(house)
    payload = json.loads(str(row["payload_json"]))
    for part in (payload["text"], payload["html"]):
        assert "3 行中有 1 行的凭证号在这份文件里已经出现过 (首见于第 4 行)" in part
        assert "凭证号 (这份文件之内)" in part
        assert "2 次" in part
        assert "rows" not in part
        assert "within the delivery" not in part


def test_a_slip_of_the_unit_is_told_beside_the_figure_of_before_and_not_as_a_sum_of_the_file(house: House) -> None:
    load(house, delivery(100, 200))
    load(house, delivery(1_000_000, 2_000_000), "pay-990101010-202606-2.csv")
    (row,) = owed(house)
    text = json.loads(str(row["payload_json"]))["text"]
    assert "单位疑错 (元)\n  与什么相比 上一次送来的；指标 支出；当时的数 300.00；这次送来 3,000,000.00\n" in text
    assert "文件所写" not in text
    assert "各行相加" not in text


def test_a_delivery_that_was_only_held_before_is_not_told_as_never_delivered(house: House) -> None:
    load(house, WRONG)
    load(house, delivery(100, 200, total=500))
    for row in owed(house):
        text = json.loads(str(row["payload_json"]))["text"]
        assert "这一份数据此前没有发布过" in text
        assert "没有送来过" not in text


def test_what_a_file_says_is_text_in_the_mail(house: House) -> None:
    load(house, delivery(1, bad=1).replace("某日".encode(), "<script>某日</script>".encode()))
    (row,) = owed(house)
    html = json.loads(str(row["payload_json"]))["html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_file_nobody_could_read_is_told_in_chinese_without_the_programs_own_words(house: House) -> None:
    load(house, b"nothing,of,the\r\nkind,at,all\r\n")
    (row,) = owed(house)
    text = json.loads(str(row["payload_json"]))["text"]
    assert (
        f"“{JUNE}”的前 2 行里没有找到含有 区划, 单位, 凭证, 日期, 金额 的表头; 最接近的是第 1 行: nothing, of, the"
        in text
    )
    assert "原话" not in text
    assert "no header row" not in text
    assert "放行" not in text
    assert "此前没有发布过" not in text
    assert row["division_code"] == house.settings.site.district_code


def test_what_the_header_of_a_refused_file_says_is_masked_in_the_mail(house: House) -> None:
    load(house, "收款账号,6222021234567890123\r\n王,1\r\n".encode())
    (row,) = owed(house)
    assert "6222021234567890123" not in str(row["payload_json"])
    assert "****0123" in json.loads(str(row["payload_json"]))["text"]


def test_a_batch_held_before_refusals_were_kept_is_told_with_the_programs_own_words(house: House) -> None:
    done = load(house, b"nothing,of,the\r\nkind,at,all\r\n")
    batch, outbox = METADATA.tables["batch"], METADATA.tables["outbox"]
    with writing(house.engine) as connection:
        connection.execute(outbox.delete())
        connection.execute(batch.update().values(counts_json=json.dumps({"distinct_keys": None})))
        tell_operator(house, connection, done, "支付凭证")
    (row,) = owed(house)
    text = json.loads(str(row["payload_json"]))["text"]
    assert "文件没能读成“probe”所说的表" in text
    assert "程序记录的原话: " in text


def test_nothing_is_owed_by_a_write_that_tells_twice(house: House) -> None:
    held = load(house, WRONG)
    with writing(house.engine) as connection:
        tell_operator(house, connection, held, "支付凭证")
        tell_operator(house, connection, held, "支付凭证")
    assert len(owed(house)) == 1
