"""The sample alert rules and the sample dashboard speak of metrics that are there."""

import datetime as dt
import json
import re
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.metrics import WarehouseCollector, exposition
from app.settings import JOB_NAMES
from rules.registry import BY_CODE
from warehouse.engine import reading
from warehouse.gauges import Gauges, read_gauges

MONITORING = Path(__file__).parents[2] / "docs" / "monitoring"
NOW = dt.datetime(2026, 7, 8, 8, 0, tzinfo=dt.UTC)
# Told only once there is something to tell: missing is not zero.
NOT_YET = {"mingzhang_feed_age_seconds", "mingzhang_evaluation_age_seconds", "mingzhang_source_failures"}


def known_metrics(engine: sa.Engine) -> set[str]:
    def gauges() -> Gauges:
        with reading(engine) as connection:
            return read_gauges(connection)

    text = exposition(WarehouseCollector(gauges, lambda: NOW, lambda _: NOW, JOB_NAMES, rules=BY_CODE)).decode()
    return set(re.findall(r"^(mingzhang_\w+)", text, flags=re.MULTILINE)) | NOT_YET


@pytest.mark.parametrize("name", ["alerts.yml", "grafana.json"])
def test_every_metric_named_is_one_of_ours(sqlite_engine: sa.Engine, name: str) -> None:
    named = set(re.findall(r"mingzhang_\w+", (MONITORING / name).read_text(encoding="utf-8")))
    assert named, f"{name} names no metric"
    assert named - known_metrics(sqlite_engine) == set()


def test_every_panel_has_a_title_a_place_and_a_query() -> None:
    panels = json.loads((MONITORING / "grafana.json").read_text(encoding="utf-8"))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["title"] and panel["gridPos"]["w"] and panel["targets"][0]["expr"] for panel in panels)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)


def test_promtool_takes_the_alert_rules(promtool: str) -> None:
    checked = subprocess.run(
        [promtool, "check", "rules", str(MONITORING / "alerts.yml")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
