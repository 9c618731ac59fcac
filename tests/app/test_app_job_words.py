"""Every job of the schedule and every way it ends has words on the page of job runs."""

import shutil
from pathlib import Path

import pytest
from handover_ground import NOW, Place, furnish

from app.settings import JOB_NAMES
from warehouse.engine import writing
from warehouse.jobs import OUTCOMES, claim_run, finish_run


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished")
    furnish(folder)
    return folder


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_job_and_no_outcome_is_shown_by_its_raw_name(furnished: Path, tmp_path: Path, language: str) -> None:
    shutil.copytree(furnished / "var", tmp_path / "var")
    place = Place(tmp_path)
    ends = [*OUTCOMES, *[OUTCOMES[0]] * (len(JOB_NAMES) - len(OUTCOMES))]
    with writing(place.house.engine) as connection:
        for job, outcome in zip(JOB_NAMES, ends, strict=True):
            claim_run(connection, job, NOW, "somebody", NOW)
            finish_run(connection, job, NOW, outcome=outcome, message="m", now=NOW)
    reader = place.reader("xitong")
    reader.client.set_cookie("language", language)
    screen = reader.screen("/system/jobs")
    assert [name for name in (*JOB_NAMES, *OUTCOMES) if language == "zh" and f'"{name}"' in screen] == []
    assert "quarterly_draft" not in screen
    for words in ("季度报告起草", "中断") if language == "zh" else ("quarterly draft", "broken off"):
        assert words in screen
