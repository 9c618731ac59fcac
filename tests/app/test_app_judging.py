"""What the settings say reaches the judgement and the mails."""

import json
from pathlib import Path

import pytest

from app.judging import judge
from app.settings import Settings
from app.wiring import House, open_house

WEB = {"host": "0.0.0.0", "port": 9001}  # every address of this machine


@pytest.mark.parametrize(
    ("mail", "served_at", "leads_to"),
    [
        # nothing said, no service: where the settings would serve, as a browser on this machine reaches it
        ({}, "", "http://127.0.0.1:9001"),
        # the service knows where it really answers
        ({}, "http://127.0.0.1:8055", "http://127.0.0.1:8055"),
        # what the settings say counts before both
        ({"base_url": "https://mz.example.test"}, "http://127.0.0.1:8055", "https://mz.example.test"),
    ],
)
def test_links_lead_where_people_reach_the_pages(
    tmp_path: Path, mail: dict[str, str], served_at: str, leads_to: str
) -> None:
    settings = Settings.model_validate({"web": WEB, "mail": mail})
    house = House(settings=settings, settings_file=tmp_path / "s.toml", data=tmp_path, served_at=served_at)
    assert house.base_url == leads_to


@pytest.mark.parametrize(("by", "ruler"), [("day", 10_000 * 181 // 365), ("month", 5_000)])
def test_progress_by_day_or_by_month_is_what_rules_compare_with(
    small_house: Path, tmp_path: Path, by: str, ruler: int
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'[site]\ntime_progress_by = "{by}"\n[rules.A01]\nyellow_bp = 0\n', encoding="utf-8")
    found = judge(open_house(file, small_house), dry_run=True).evaluation.findings
    assert {json.loads(text)["time_progress_bp"] for text in found["evidence"]} == {ruler}
