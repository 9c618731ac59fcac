from pathlib import Path

import pytest
import sqlalchemy as sa
from report_cast import FINDINGS, LATE_STREET, QUARTER, STREET, District, tell_story


@pytest.fixture
def district(sqlite_engine: sa.Engine, tmp_path: Path) -> District:
    """Return an empty district with its offices."""
    return District(sqlite_engine, tmp_path / "snapshots")


@pytest.fixture
def told(district: District) -> District:
    """Return the district with three years of facts and one judged quarter end."""
    tell_story(district)
    coverage = [
        ("A01", "unit:601", STREET, True, None),
        ("A01", "unit:601001", STREET, True, None),
        ("E08", f"division:{STREET}", STREET, True, None),
        ("A01", "unit:602", LATE_STREET, False, "late_feed"),
    ]
    district.judge(QUARTER.last_day, FINDINGS, coverage)
    return district
