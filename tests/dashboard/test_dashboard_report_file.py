"""A kept report is handed out as the very document that was kept, or not at all."""

import dataclasses

import pytest
from dashboard_cast import PASSWORD, House

from dashboard.server import create_server


def refuses(_report_id: int) -> None:
    raise ValueError("report 1: made again it has other bytes")


@pytest.mark.parametrize(("language", "says"), [("", "与原文件不一致"), ("en", "differs from the original")])
def test_a_document_that_cannot_be_made_again_is_refused_in_words(house: House, language: str, says: str) -> None:
    client = create_server(dataclasses.replace(house.services, report_file=refuses)).test_client()
    token = client.get("/login").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"username": "caijing", "password": PASSWORD, "csrf_token": token})
    client.set_cookie("language", language)
    before = len(house.audit)
    answer = client.get("/reports/1/file")
    assert answer.status_code == 409
    assert says in answer.get_data(as_text=True)
    assert "Content-Disposition" not in answer.headers
    assert [entry for entry in house.audit[before:] if entry[1] == "download_report"] == []


def test_a_document_is_handed_out_under_its_own_name(visit) -> None:
    answer = visit("caijing").get("/reports/1/file")
    assert answer.get_data() == b"docx"
    assert "2026" in answer.headers["Content-Disposition"]
