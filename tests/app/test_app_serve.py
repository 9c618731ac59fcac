"""``serve`` as people start it: one command up, one Ctrl-C down, nothing left behind, nothing loaded twice."""

import json
import re
import signal
import socket
import subprocess
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest
from running_program import READY, Served, Story, mingzhang, wait_until_gone

from app.wiring import open_house
from bench.planted import Planted, clues_of, false_clues
from warehouse.engine import reading
from warehouse.findings import latest_run, read_findings
from warehouse.scope import Scope


def log_in(served: Served, username: str, password: str) -> tuple[int, str, str]:
    """Go through the log-in form; return status, where it leads, and the session cookie."""
    _, page, headers = served.request("GET", "/login")
    cookie = str(headers["Set-Cookie"]).partition(";")[0]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token, page
    body = urlencode({"csrf_token": token[1], "username": username, "password": password})
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    status, _, headers = served.request("POST", "/login", body, form)
    return status, str(headers["Location"]), str(headers["Set-Cookie"]).partition(";")[0]


def test_a_parent_killed_in_the_middle_of_loading_leaves_no_process_behind(story: Story) -> None:
    assert story.killed_family, "the load had helper processes"
    assert story.left_after_kill == []


def test_the_next_start_goes_on_where_the_load_was_cut_off(story: Story) -> None:
    printed = "".join(story.second.printed)
    assert "Loading" in printed
    found = mingzhang("batches", "--json", "--data", story.data)
    batches = json.loads(found.stdout)
    files = [one["file"] for one in batches]
    assert len(files) == len(set(files)), "no file is published twice"
    delivered = {path.name for path in (story.data / "sample").iterdir() if path.suffix != ".json"}
    assert set(files) >= delivered


@pytest.fixture(scope="module")
def told(story: Story) -> Planted:
    """What was planted in the house."""
    return Planted.read(story.data / "sample" / "planted.json")


@pytest.fixture(scope="module")
def findings(story: Story) -> pl.DataFrame:
    """What the latest run found."""
    with reading(open_house(None, story.data).engine) as connection:
        run = latest_run(connection, include_history=False)
        assert run is not None
        return read_findings(connection, Scope.everything(), run.run_id)


def test_what_was_planted_is_found(told: Planted, findings: pl.DataFrame) -> None:
    assert len({rule for rule, _, _ in told.entries}) > 15
    assert told.entries - told.found_in(findings) == set()


def test_no_innocent_look_alike_is_hit_by_its_rule(told: Planted, findings: pl.DataFrame) -> None:
    assert told.innocents
    assert told.innocents_hit(findings) == set()


def test_of_a_hundred_clues_ninety_five_are_about_something_planted(told: Planted, findings: pl.DataFrame) -> None:
    clues = clues_of(findings.filter(pl.col("level") != "blue"))
    false = false_clues(clues, told)
    assert clues
    assert len(false) * 100 <= len(clues) * 5, sorted(false)


def test_the_address_and_a_log_in_for_every_sample_user_are_printed(story: Story) -> None:
    printed = "".join(story.second.printed)
    assert f"http://127.0.0.1:{story.second.port}" in printed
    assert set(story.second.passwords()) == {"caijing", "shiqiao", "nantang", "liuyuan", "bailu", "xitong"}


def test_the_printed_password_lets_in_and_another_does_not(story: Story) -> None:
    served = story.second
    status, place, cookie = log_in(served, "shiqiao", served.passwords()["shiqiao"])
    assert (status, place) == (302, "/")
    assert served.get("/", {"Cookie": cookie})[0] == 200
    status, place, _ = log_in(served, "shiqiao", served.passwords()["caijing"])
    assert place != "/"
    assert served.get("/")[0] == 302, "without log-in the pages send to the log-in"


def test_mails_link_to_the_port_really_served_at_and_the_terminal_says_where_they_are(story: Story) -> None:
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in story.data.glob("mail/*.eml")]
    texts = [mail.get_body(("plain",)).get_content() for mail in mails]
    links = {link for text in texts for link in re.findall(r"http://[^/\s]+", text)}
    assert links == {f"http://127.0.0.1:{story.second.port}"}
    assert f"{len(mails)} digests written to {story.data / 'mail'}\n" in "".join(story.second.printed)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_and_readiness_answer_without_log_in(story: Story, path: str) -> None:
    assert story.second.get(path) == (200, "ok\n")


def test_metrics_answer_without_log_in_and_promtool_is_content(story: Story, promtool: str) -> None:
    status, text = story.second.get("/metrics")
    assert status == 200
    assert "mingzhang_build_info{" in text
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_an_empty_house_starts_says_how_to_make_an_account_and_ends_on_ctrl_c(tmp_path: Path, port: int) -> None:
    served = Served.start(tmp_path / "var", port)
    served.read_until("mingzhang user add")
    served.read_until(READY)
    family = served.family()
    assert len(family) >= 3, "web (master and worker) and scheduler"
    assert served.get("/readyz") == (200, "ok\n")
    assert served.stop(signal.SIGINT) == 0
    assert wait_until_gone(family) == []
    assert "Traceback" not in "".join(served.printed)
    assert oct((tmp_path / "var" / "secret_key").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_children_end_with_their_parent_however_it_ends(tmp_path: Path, port: int, number: signal.Signals) -> None:
    served = Served.start(tmp_path / "var", port)
    served.read_until(READY)
    family = served.family()
    assert len(family) >= 3
    served.stop(number)
    assert wait_until_gone(family) == []


def test_a_taken_port_is_one_line_and_exit_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = mingzhang("serve", "--data", tmp_path / "var", "--port", port)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"mingzhang: cannot listen on 127.0.0.1:{port}")
    assert refused.stderr.count("\n") == 1


def test_a_data_folder_that_cannot_be_made_is_one_line_and_exit_2(tmp_path: Path, port: int) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    refused = mingzhang("serve", "--data", file / "var", "--port", port)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"mingzhang: data folder {file / 'var'} cannot be written to")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("[web]\nprot = 1", "settings.toml [web]: unknown key 'prot'; known keys: host, port", id="a key"),
        pytest.param(
            "[rules.A01]\nyelow_bp = 1",
            "settings.toml [rules.A01]: unknown key 'yelow_bp'; known keys: ",
            id="a rule's key",
        ),
        pytest.param(
            "[rules.Z99]\nyellow_bp = 1",
            "settings.toml [rules]: unknown rule 'Z99'; known rules: ",
            id="no such rule",
        ),
    ],
)
def test_a_wrong_settings_key_is_one_line_and_exit_2(tmp_path: Path, port: int, text: str, says: str) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(text + "\n", encoding="utf-8")
    refused = mingzhang("serve", "--sample", "--data", tmp_path / "var", "--port", port, "--settings", settings)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "var" / "sample").exists(), "refused before anything heavy"
