"""Telling the operator of a held delivery: one mail a batch, owed in the transaction that held it."""

from alerts.held import Told, held_message
from alerts.mailing import AlertSettings
from app.wiring import House
from ingest.outcome import Outcome
from warehouse.engine import Connection
from warehouse.held import read_held
from warehouse.outbox import add_messages
from warehouse.scope import Scope


def tell_operator(house: House, connection: Connection, outcome: Outcome, title: str) -> None:
    """Owe the operator a mail about a held batch; nothing where nobody is named, or where it is owed already."""
    mail = house.settings.mail
    if outcome.status != "held" or not mail.operator:
        return
    now = house.clock()
    held = read_held(connection, Scope.everything(), outcome.batch, now)
    if held is None:
        return
    told = Told(
        feed_title=title,
        came_at=held.batch.recorded_at.astimezone(house.settings.zone).strftime("%Y-%m-%d %H:%M"),
        district_code=house.settings.site.district_code,
    )
    settings = AlertSettings(base_url=house.base_url, mail_domain=mail.sender.rpartition("@")[2])
    add_messages(connection, [held_message(held, mail.operator, told, settings)], now)
