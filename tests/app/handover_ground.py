"""A small house with people and a feed of its own, and what their browsers would send: real routes, real warehouse."""

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask

from app.people import add_person
from app.services import build_services
from app.settings import Settings
from app.wiring import House
from dashboard.server import create_server
from warehouse.accounts import Account
from warehouse.engine import writing
from warehouse.migrations import create

NOW = dt.datetime(2026, 7, 20, 2, 0, tzinfo=dt.UTC)
STREET, TOWN = "990101010", "990101100"
PASSWORD = "qinghe-mingzhang-2026"
OPERATOR = "shuju@qinghe.example.test"
PEOPLE = (
    ("caijing", "committee", None),
    ("xitong", "system_admin", None),
    ("shiqiao", "office", STREET),
    ("bailu", "office", TOWN),
    ("daibiao", "deputy", None),
    ("anquan", "security_admin", None),
    ("shenji", "audit_admin", None),
    ("danwei", "unit", STREET),
)
HANDS_OVER = ("caijing", "xitong", "shiqiao", "bailu")
# Payments of a division and month; the total row must be right.
MAPPING = r"""
feed = "payments"
title = "支付凭证"
owner = "区财政局"
file_name = 'pay-(?P<division_code>\d{9})-(?P<period>\d{6})(?:-\d+)?\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[columns]
fiscal_year = { group = "period", extract = '^(\d{4})' }
division_code = { from = "区划" }
unit_code = { from = "单位" }
voucher_no = { from = "凭证" }
paid_on = { from = "日期" }
payment_fen = { from = "金额" }
payee_name = { from = "收款人", optional = true }
[[subtotals]]
where = [{ column = "单位", is = "合计" }]
parts = "all"
on_mismatch = "hold"
[slice]
key = ["period"]
"""
HEADER = "区划,单位,凭证,日期,金额,收款人"


def delivery(*amounts: int, total: int | None = None, division: str = STREET, bad: int = 0) -> bytes:
    """Return a file of payments in whole yuan; some of its dates may be none."""
    lines = [HEADER]
    for n, amount in enumerate(amounts, start=1):
        day = "某日" if n <= bad else f"2026-6-{n}"
        lines.append(f"{division},301001,V{n},{day},{amount}.00,王建国")
    lines.append(f",合计,,,{sum(amounts[bad:]) if total is None else total}.00,")
    return ("\r\n".join(lines) + "\r\n").encode()


@dataclass
class Reader:
    """One person's browser."""

    client: Any

    @property
    def csrf(self) -> str:
        """Return a token of this session, as a page's form carries it."""
        screen = self.screen("/system/upload")
        found = re.search(
            r'"name": "csrf_token"[^}]*"value": "([^"]+)"|"value": "([^"]+)"[^}]*"name": "csrf_token"', screen
        )
        found = found or re.search(r'"data-csrf": "([^"]+)"', screen)
        assert found, screen[:2000]
        return next(one for one in found.groups() if one)

    def screen(self, path: str, search: str = "") -> str:
        """Return a page as the one callback draws it."""
        wanted = [("pathname", path), ("search", search)]
        body = {
            "output": "screen.children",
            "outputs": {"id": "screen", "property": "children"},
            "inputs": [{"id": "url", "property": name, "value": value} for name, value in wanted],
            "changedPropIds": ["url.pathname"],
        }
        answer = self.client.post("/_dash-update-component", json=body)
        assert answer.status_code == 200, answer.status_code
        return str(flask.json.dumps(answer.get_json(), ensure_ascii=False))

    def post(self, path: str, **fields: Any) -> Any:
        """Post a form with the session's token."""
        return self.client.post(path, data={"csrf_token": self.csrf} | fields)

    def upload(self, name: str, content: bytes) -> Any:
        """Hand one file over."""
        return self.post("/system/upload", file=(io.BytesIO(content), name))

    def token(self, name: str, content: bytes) -> str:
        """Hand one file over and return the token it waits under."""
        answer = self.upload(name, content)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return str(answer.location.rpartition("/")[2])

    def publish(self, token: str, mapping: str = "probe") -> Any:
        """Press 发布."""
        return self.post(f"/system/upload/{token}/publish?mapping={mapping}")

    def deliver(self, name: str, content: bytes) -> int:
        """Hand a file over, publish or hold it, and return its batch."""
        answer = self.publish(self.token(name, content))
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return int(answer.location.rpartition("/")[2])


def furnish(folder: Path) -> None:
    """Make the data folder of the house: an empty warehouse, people, and the feed's mapping."""
    house = house_in(folder)
    feeds = house.data / "feeds"
    feeds.mkdir(parents=True)
    (feeds / "probe.toml").write_text(MAPPING, encoding="utf-8")
    with writing(house.engine) as connection:
        create(connection)
    for name, role, division in PEOPLE:
        account = Account(name, name, role, division, is_disabled=False, is_sample=False)
        add_person(house, account, PASSWORD)
    house.engine.dispose()


def house_in(folder: Path, clock: Callable[[], dt.datetime] = lambda: NOW, settings: Settings | None = None) -> House:
    """Return the house in a folder."""
    if settings is None:
        settings = Settings.model_validate({"mail": {"operator": OPERATOR, "base_url": "https://mz.example.test"}})
    return House(settings=settings, settings_file=folder / "settings.toml", data=folder / "var", clock=clock)


class Place:
    """A furnished house whose clock stands, and its web server."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.now = NOW
        self.house = house_in(folder, lambda: self.now, settings)
        self.server = create_server(build_services(self.house))

    def reader(self, name: str) -> Reader:
        """Log somebody in."""
        client = self.server.test_client()
        form = client.get("/login").get_data(as_text=True)
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post("/login", data={"username": name, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return Reader(client)
