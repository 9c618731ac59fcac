"""``feed draft`` and ``feed try``: what they print, how they end, and that they leave nothing behind."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import cli
from app.cli import main as run_main
from ingest.mapping import load_mapping

HEAD = "业务年度,单位编码,单位名称,支付日期,支付金额（元）,用途\r\n"
ROWS = [f"2026,10100{n},局{n},2026-6-{n},{n}0.50,办公费{n}\r\n" for n in range(1, 9)]
MAPPING = r"""
feed = "payments"
title = "支付"
owner = "区财政局"
file_name = 'pay-(?P<period>\d{6})\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[constants]
division_code = "990101010"
[columns]
fiscal_year = { from = "业务年度" }
unit_code = { from = "单位编码" }
paid_on = { from = "支付日期" }
payment_fen = { from = "支付金额（元）" }
[slice]
key = ["division_code", "period"]
"""


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    path = tmp_path / "pay-202606.csv"
    path.write_text(HEAD + "".join(ROWS), encoding="gb18030", newline="")
    return path


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "zhifu.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def call(*words: object) -> Result:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def told(*words: object) -> Any:
    return json.loads(call(*words, "--json").stdout)


def refusal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object) -> tuple[int, str]:
    """Run the whole command as a terminal does and return its exit code and what it says."""
    monkeypatch.setattr("sys.argv", ["mingzhang", *(str(word) for word in words)])
    with pytest.raises(SystemExit) as ended:
        run_main()
    return int(str(ended.value.code)), capsys.readouterr().err


def test_a_draft_is_written_loaded_tried_and_published(delivered: Path, tmp_path: Path) -> None:
    out, data = tmp_path / "drafted.toml", tmp_path / "data"
    drafted = call("feed", "draft", delivered, "--division", "990101010", "--out", out)
    assert (drafted.exit_code, load_mapping(out).feed) == (0, "payments")
    assert f"feed try {out}" in drafted.stdout
    tried = told("feed", "try", out, delivered, "--data", data)
    assert (tried["would"], tried["accepted"], tried["totals"]) == ("publish", 8, {"payment_fen": 36400})
    assert not data.exists()
    loaded = told("ingest", "--feed", out, delivered, "--data", data)
    assert (loaded["status"], loaded["totals"]) == ("published", tried["totals"])


def test_a_draft_shows_a_table_and_the_mapping(delivered: Path) -> None:
    shown = call("feed", "draft", delivered, "--division", "990101010").stdout
    table, _, text = shown.partition("# Drafted from")
    assert "feed    payments" in table
    assert '"支付日期" is what paid_on is called (100)' in table
    assert "8 of 8 rows become facts" in table
    assert tomllib.loads(f"# Drafted from{text}")["columns"]["paid_on"] == {"from": "支付日期"}


def test_a_draft_that_misses_a_column_ends_with_1_and_says_which(delivered: Path) -> None:
    done = call("feed", "draft", delivered)
    assert done.exit_code == 1
    assert "MISSING: division_code" in done.stdout
    assert "not loadable yet: the feed needs division_code" in done.stdout


def test_a_draft_never_takes_the_place_of_a_file(
    delivered: Path, mapping: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = refusal(capsys, monkeypatch, "feed", "draft", delivered, "--out", mapping)
    assert (code, mapping.read_text(encoding="utf-8")) == (2, MAPPING)
    assert "is there already and was not touched" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--feed", "money"], 2, 'there is no feed "money"'),
        (["--out", "drafted.txt"], 2, "a mapping is a file NAME.toml"),
    ],
)
def test_a_wrong_call_of_draft(  # noqa: PLR0917
    delivered: Path,
    words: list[str],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended, err = refusal(capsys, monkeypatch, "feed", "draft", delivered, *words)
    assert ended == code
    assert said in err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x1f\x8b\x08", b"[{", b"1,2\r\n3,4\r\n", bytes(64)])
def test_a_broken_file_gets_one_sentence(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    code, said = refusal(capsys, monkeypatch, "feed", "draft", path)
    assert code == 1
    assert said.startswith("mingzhang: broken.csv")
    assert said.count("\n") == 1


def test_a_file_that_is_not_there_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (["draft"], ["try", "qinghe-payments"]):
        code, said = refusal(capsys, monkeypatch, "feed", *words, tmp_path / "none.csv")
        assert (code, "none.csv cannot be read" in said) == (1, True)


def test_try_shows_rows_rejections_and_reasons_and_ends_with_1(mapping: Path, tmp_path: Path) -> None:
    path = tmp_path / "pay-202606.csv"
    path.write_text(HEAD + "".join(ROWS[:4]) + "2026,101009,局,2026-6-31,1.00,无\r\n", encoding="utf-8", newline="")
    done = call("feed", "try", mapping, path, "--data", tmp_path / "data")
    assert done.exit_code == 1
    assert "WOULD BE HELD" in done.stdout
    assert 'row 6: 支付日期 "2026-6-31" is not a date like' in done.stdout
    assert "held because: 1 of 5 rows were rejected, more than 5 in 100" in done.stdout
    assert not (tmp_path / "data").exists()


def test_try_says_what_would_be_replaced_and_changes_nothing(mapping: Path, delivered: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    told("ingest", "--feed", mapping, delivered, "--data", data)
    before = told("batches", "--data", data)
    again = told("feed", "try", mapping, delivered, "--data", data)
    assert (again["would"], again["before"]) == ("unchanged", before[0]["batch"])
    delivered.write_text(HEAD + "".join(ROWS[:3]), encoding="utf-8", newline="")
    corrected = told("feed", "try", mapping, delivered, "--data", data)
    assert (corrected["would"], [one["batch"] for one in corrected["replaces"]]) == ("publish", [before[0]["batch"]])
    assert "pay-202606.csv" in call("feed", "try", mapping, delivered, "--data", data).stdout.splitlines()[-1]
    assert told("batches", "--data", data) == before


def test_try_with_an_unknown_mapping_is_a_wrong_call(
    delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = refusal(capsys, monkeypatch, "feed", "try", "nothing", delivered, "--data", tmp_path / "data")
    assert code == 2
    assert 'there is no mapping "nothing"' in said
