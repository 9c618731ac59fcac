"""Writers queue, readers see one state, and what fails leaves nothing behind."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from warehouse.engine import StorageError, open_engine, reading, sqlite_url, writing
from warehouse.notes import read_note, save_note


def count_on(engine: sa.Engine, rounds: int, start: threading.Barrier, failed: list[BaseException]) -> None:
    try:
        start.wait()
        for _ in range(rounds):
            with writing(engine) as connection:
                save_note(connection, "count", str(int(read_note(connection, "count") or 0) + 1))
    except BaseException as error:  # noqa: BLE001  a thread's failure has to reach the test
        failed.append(error)


def test_writers_queue_and_no_count_is_lost(warehouse_engine: sa.Engine) -> None:
    start, failed = threading.Barrier(4), []
    threads = [threading.Thread(target=count_on, args=(warehouse_engine, 10, start, failed)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with reading(warehouse_engine) as connection:
        assert read_note(connection, "count") == "40"


def test_a_reader_sees_the_state_it_began_with(warehouse_engine: sa.Engine) -> None:
    with writing(warehouse_engine) as connection:
        save_note(connection, "district", "before")
    with reading(warehouse_engine) as reader:
        assert read_note(reader, "district") == "before"
        with writing(warehouse_engine) as connection:
            save_note(connection, "district", "after")
        assert read_note(reader, "district") == "before"
    with reading(warehouse_engine) as reader:
        assert read_note(reader, "district") == "after"


def test_an_error_in_the_middle_leaves_nothing_behind(warehouse_engine: sa.Engine) -> None:
    def write_half(engine: sa.Engine) -> None:
        with writing(engine) as connection:
            save_note(connection, "half", "written")
            raise LookupError("the other half is missing")

    with pytest.raises(LookupError):
        write_half(warehouse_engine)
    with reading(warehouse_engine) as connection:
        assert read_note(connection, "half") is None


def test_a_server_or_file_that_cannot_be_reached_is_told_in_a_sentence(tmp_path: Path) -> None:
    for url in ("postgresql+psycopg://nobody:secret@127.0.0.1:9/none", sqlite_url(tmp_path / "none" / "warehouse.db")):
        engine = open_engine(url)
        with pytest.raises(StorageError, match=r"^warehouse ") as told, reading(engine):
            pass
        assert "secret" not in str(told.value)
        assert "\n" not in str(told.value)
        engine.dispose()
