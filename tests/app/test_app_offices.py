"""Offices are written and read by commands; what would lose a digest is refused."""

import json
from pathlib import Path

import pytest
from running_program import mingzhang

OFFICE = {"--division": "石桥街道", "--name": "石桥街道人大工委", "--kind": "street", "--mail": "a@x.example"}


def set_office(data: Path, code: str = "990101010", **changed: str):
    options = OFFICE | {f"--{name}": text for name, text in changed.items()}
    return mingzhang(
        "office", "set", code, "--data", data, *(part for pair in options.items() for part in pair), "--json"
    )


def offices(data: Path) -> list[dict[str, str]]:
    return json.loads(mingzhang("office", "list", "--data", data, "--json").stdout)


def test_setting_an_office_again_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    assert set_office(tmp_path).returncode == 0
    assert set_office(tmp_path, mail="b@x.example, c@x.example").returncode == 0
    assert offices(tmp_path) == [
        {
            "division_code": "990101010",
            "division_name": "石桥街道",
            "office_name": "石桥街道人大工委",
            "division_kind": "street",
            "mail_to": "b@x.example, c@x.example",
        }
    ]


@pytest.mark.parametrize(
    ("code", "changed", "why"),
    [
        ("99010101", {}, "nine digits"),
        ("990101010", {"mail": " , "}, "at least one mail address"),
        ("990101010", {"mail": "a@x.example, shiqiao"}, '"shiqiao" is not a mail address'),
        ("990101010", {"mail": "a@x.example\nBcc: b@x.example"}, '"Bcc:" is not a mail address'),
    ],
)
def test_an_office_whose_digest_could_not_arrive_is_refused(
    tmp_path: Path, code: str, changed: dict[str, str], why: str
) -> None:
    refused = set_office(tmp_path, code, **changed)
    assert refused.returncode == 1
    assert why in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert offices(tmp_path) == []


def test_a_kind_that_is_none_is_a_wrong_call(tmp_path: Path) -> None:
    assert set_office(tmp_path, kind="village").returncode == 2
