"""Beside a code stands the name that the tables valid in the year give it."""

import district
import pytest


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (f"?division={district.STREET}&unit=801002&project=P801002", "2130305 水利工程建设"),
        (f"?division={district.STREET}&unit=801002&project=P801002", "30213 维修(护)费"),
        (f"?division={district.DISTRICT}&unit=105003&project=P105003", "2050201 (属 教育支出)"),
    ],
)
def test_a_project_names_its_codes(visit, screen, query: str, says: str) -> None:
    text = screen(visit("caijing"), "/execution", query)
    assert says in text
    assert "旧称" not in text


def test_a_voucher_names_its_codes_and_keeps_what_has_no_name(visit, screen, house) -> None:
    slice_id, row_no = house.seed.facts["V2026E05"]
    text = screen(visit("caijing"), f"/source/{slice_id}/{row_no}")
    assert "2050201 (属 教育支出)" in text
    assert "11 一般公共预算资金" in text
