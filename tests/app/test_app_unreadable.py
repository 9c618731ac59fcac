"""What cannot be read is told in the reader's language on every page of a delivery; of very many rows the first."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from handover_ground import OPERATOR, Place, delivery, furnish
from typer.testing import CliRunner

from app.cli import cli
from app.settings import read_settings
from warehouse.engine import reading
from warehouse.schema import METADATA

JUNE = "pay-990101010-202606.csv"
GOOD = delivery(100, 200)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished")
    furnish(folder)
    return folder


@pytest.fixture
def place(furnished: Path, tmp_path: Path) -> Place:
    shutil.copytree(furnished / "var", tmp_path / "var")
    return Place(tmp_path)


UNREADABLE = [
    (b"nothing,of,the\r\nkind,at,all\r\n", "里没有找到含有 区划, 单位, 凭证, 日期, 金额 的表头", "has no header with"),
    (b"PK\x03\x04 no archive", "已损坏, 打不开, 请送数据的单位重新送来", "is damaged and cannot be opened"),
    (b"Rar!\x1a\x07\x00", "是 rar 压缩包, 这里解不开", "is a rar archive"),
    (b"\xff\xfe\x00\xd8", "的文字编码不是", "is in none of"),
    (f"单位：万元\r\n{delivery(1).decode()}".encode(), "文件里写着“单位：万元”, 而映射按元读金额", "The file says"),
]


@pytest.mark.parametrize(("content", "chinese", "english"), UNREADABLE)
def test_why_a_file_cannot_be_read_is_said_in_the_readers_language_before_and_after(
    place: Place, content: bytes, chinese: str, english: str
) -> None:
    someone = place.reader("caijing")
    token = someone.token(JUNE, content)
    tried = someone.screen(f"/system/upload/{token}")
    held = int(someone.publish(token).location.rpartition("/")[2])
    pages = [tried, *(someone.screen(f"/system/batches/{held}{more}") for more in ("", "/release"))]
    for page in (*pages, someone.screen("/system")):
        assert chinese in page
    someone.client.set_cookie("language", "en")
    translated = someone.screen(f"/system/batches/{held}")
    assert english in translated
    assert chinese not in translated


def test_of_very_many_rejected_rows_pages_command_and_mail_tell_the_count_and_that_the_first_are_kept(
    furnished: Path, tmp_path: Path
) -> None:
    shutil.copytree(furnished / "var", tmp_path / "var")
    (tmp_path / "settings.toml").write_text(f'[ingest]\nmost_rejected_kept = 8\n[mail]\noperator = "{OPERATOR}"\n')
    place = Place(tmp_path, read_settings(tmp_path / "settings.toml"))
    someone = place.reader("caijing")
    token = someone.token(JUNE, delivery(*range(1, 31), bad=25))
    tried = someone.screen(f"/system/upload/{token}")
    held = int(someone.publish(token).location.rpartition("/")[2])
    for page in (tried, someone.screen(f"/system/batches/{held}")):
        assert "共退回 25 行, 这里只列前 8 行; 送来的文件整份保存着" in page
        assert "30 行中有 25 行读不通" in page
        assert ('"V8"' in page, '"V9"' in page) == (False, False)
    export = someone.client.get(f"/export/rejected-{held}.csv").get_data(as_text=True)
    assert export.count("某日") == 8
    with reading(place.house.engine) as connection:
        (mail,) = connection.execute(sa.select(METADATA.tables["outbox"].c.payload_json)).scalars()
    assert "读不通的行 (共 25 行)" in mail
    assert "另有 20 行，见系统" in mail
    told = CliRunner().invoke(
        cli, ["rejected", str(held), "--settings", str(tmp_path / "settings.toml"), "--data", str(tmp_path / "var")]
    )
    assert told.exit_code == 0, told.output
    assert "the first 8 of 25 rejected rows are kept" in told.stderr
    assert told.stdout.count("某日") == 8


def test_a_row_that_is_not_there_is_told_in_chinese(place: Place) -> None:
    someone = place.reader("caijing")
    batch = someone.deliver(JUNE, GOOD)
    assert "的表头下面没有第 99 行" in someone.screen(f"/system/batches/{batch}/rows/99")


def test_a_file_that_cannot_be_taken_in_at_all_is_told_in_chinese(place: Place) -> None:
    someone = place.reader("caijing")
    token = someone.token(JUNE, GOOD)
    (place.house.uploads / token / "content").unlink()
    screen = someone.screen(f"/system/upload/{token}")
    assert f"这份文件不能收: “{JUNE}”已不在等待区, 请重新上传" in screen
    answer = someone.publish(token)
    assert answer.status_code == 409
    assert f"“{JUNE}”已不在等待区, 请重新上传" in answer.get_data(as_text=True)
