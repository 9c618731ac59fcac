"""The web process brings figures into memory beforehand, and stands where that fails."""

import logging

import flask
import pytest

from app.web import _warm_up


def test_a_failure_to_fetch_beforehand_is_logged_and_nothing_more(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        _warm_up(flask.Flask("no pages at all"), None)  # type: ignore[arg-type]
    assert "could not be brought into memory" in caplog.text
