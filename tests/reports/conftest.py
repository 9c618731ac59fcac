import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from report_cast import FINDINGS, LATE_STREET, QUARTER, STREET, District, tell_story

from warehouse.engine import open_engine, sqlite_url
from warehouse.migrations import create


@pytest.fixture
def district(sqlite_engine: sa.Engine, tmp_path: Path) -> District:
    """Return an empty district with its offices."""
    district = District(sqlite_engine, tmp_path / "snapshots")
    district.set_up()
    return district


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the warehouse file of the district with three years of facts and one judged quarter end."""
    path = tmp_path_factory.mktemp("story") / "warehouse.db"
    engine = open_engine(sqlite_url(path))
    with engine.begin() as connection:
        create(connection)
    district = District(engine, path.parent / "snapshots")
    district.set_up()
    tell_story(district)
    coverage = [
        ("A01", "unit:601", STREET, True, None),
        ("A01", "unit:601001", STREET, True, None),
        ("E08", f"division:{STREET}", STREET, True, None),
        ("A01", "unit:602", LATE_STREET, False, "late_feed"),
    ]
    district.judge(QUARTER.last_day, FINDINGS, coverage)
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def told(story: Path, tmp_path: Path) -> Iterator[District]:
    """Return the district with its story, in a warehouse of the test's own."""
    path = tmp_path / "story.db"
    shutil.copy(story, path)
    engine = open_engine(sqlite_url(path))
    district = District(engine, tmp_path / "snapshots")
    with engine.connect() as connection:
        district.slices = connection.exec_driver_sql("SELECT max(slice_id) FROM batch_slice").scalar_one()
        district.runs = connection.exec_driver_sql("SELECT max(run_id) FROM evaluation_run").scalar_one()
    yield district
    engine.dispose()
