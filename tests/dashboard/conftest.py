"""A seeded warehouse and the services around it, shared by the dashboard's tests."""

import json

import district
import district_written
import flask
import pytest
from dashboard_cast import CATALOGUE, LETTER, PASSWORD, PEOPLE, House, source_row

from dashboard.desk import open_desk
from dashboard.ledger import LedgerShelf
from dashboard.server import create_server
from dashboard.services import Services, Site
from dashboard.view import Asked
from warehouse.engine import open_engine, sqlite_url
from warehouse.migrations import create


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Return the services over a seeded warehouse; nothing in the tests writes to it."""
    folder = tmp_path_factory.mktemp("dashboard")
    engine = open_engine(sqlite_url(folder / "warehouse.db"))
    with engine.begin() as connection:
        create(connection)
    seed = district_written.write_district(engine, folder / "snapshots")
    audit: list[tuple] = []
    document = folder / "2026Q2.docx"
    document.write_bytes(b"docx")
    services = Services(
        engine=engine,
        snapshots=folder / "snapshots",
        clock=lambda: district.NOW,
        catalogue=CATALOGUE,
        site=Site(district_name="青禾区", district_code=district.DISTRICT),
        secret_key="a secret of the tests",
        authenticate=lambda name, password: PEOPLE.get(name) if password == PASSWORD else None,
        load_account=PEOPLE.get,
        record_audit=lambda *entry: audit.append(entry),
        source_row=source_row,
        list_mails=lambda: [LETTER],
        read_mail=lambda mail_id: LETTER if mail_id == LETTER.mail_id else None,
        report_file=lambda report_id: document,
        login_limit="10 per 15 minutes",
    )
    return House(services, seed, audit)


@pytest.fixture
def server(house: House) -> flask.Flask:
    """Return a fresh server, with its own rate limit, over the shared warehouse."""
    return create_server(house.services)


@pytest.fixture
def visit(server: flask.Flask):
    """Return a function that logs a person in and returns the client of their browser."""

    def log_in(username: str):
        client = server.test_client()
        form = client.get("/login").get_data(as_text=True)
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post("/login", data={"username": username, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return client

    return log_in


@pytest.fixture
def screen():
    """Return a function that asks for a page as the browser does and returns the screen's JSON as text."""

    def ask(client, path: str, search: str = "") -> str:
        body = {
            "output": "screen.children",
            "outputs": {"id": "screen", "property": "children"},
            "inputs": [
                {"id": "url", "property": "pathname", "value": path},
                {"id": "url", "property": "search", "value": search},
            ],
            "changedPropIds": ["url.pathname"],
        }
        answer = client.post("/_dash-update-component", json=body)
        assert answer.status_code == 200, answer.status_code
        return json.dumps(answer.get_json(), ensure_ascii=False)

    return ask


@pytest.fixture(scope="module")
def shelf(house: House) -> LedgerShelf:
    return LedgerShelf(house.services.snapshots, "day")


@pytest.fixture
def desk_of(house: House, shelf: LedgerShelf):
    """Return a function that opens a desk at a URL and reads something from it."""

    def read(what, search: str = "", path: str = "/execution", who: str = "caijing"):
        with open_desk(house.services, shelf, PEOPLE[who], Asked.of(path, search), "zh") as desk:
            return what(desk)

    return read
