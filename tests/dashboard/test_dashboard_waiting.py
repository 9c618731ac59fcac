"""While figures are fetched the page says so, and the front page's figures can be fetched beforehand."""

import json

import pytest
from dashboard_cast import House

from dashboard import ledger
from dashboard.server import create_server, warm_up


@pytest.mark.parametrize(("language", "words"), [("", "正在取数, 请稍候…"), ("en", "Fetching figures, one moment…")])
def test_the_page_says_that_it_is_on_its_way_before_any_script_has_run(visit, language: str, words: str) -> None:
    client = visit("caijing")
    client.set_cookie("language", language)
    assert words in client.get("/").get_data(as_text=True)
    assert words in json.dumps(client.get("/_dash-layout").get_json(), ensure_ascii=False)


def test_the_first_reader_finds_the_figures_in_memory(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    server = create_server(house.services)
    warm_up(server, house.services)

    def fails(*_arguments: object) -> None:
        raise AssertionError("read the facts again")

    monkeypatch.setattr(ledger, "load_facts", fails)
    warm_up(server, house.services)
