"""The web process: gunicorn with one worker and threads around the pages, and three paths that need no log-in."""

import datetime as dt
import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask
from gunicorn.app.base import BaseApplication

from app.address import address_of
from app.children import PARENT_ENV, end_with_parent
from app.fetching import known_sources
from app.freshness import overdue_by_feed
from app.holidays import load_changed_days
from app.metrics import CONTENT_TYPE, WarehouseCollector, exposition, next_report_due
from app.services import build_services
from app.settings import JOB_NAMES
from app.wiring import House, open_house
from dashboard.server import create_server, warm_up
from dashboard.services import Services
from ingest.problems import CalendarError, SourceError
from rules.registry import BY_CODE
from warehouse.engine import StorageError, reading
from warehouse.gauges import Gauges, read_gauges
from warehouse.opening import WarehouseError, require_ready

GRACEFUL_SECONDS = 3
REQUEST_SECONDS = 120


def create_app(house: House) -> flask.Flask:
    """Return the whole web application: the pages, and the paths for those who watch over the service."""
    services = build_services(house)
    server = create_server(services)
    threading.Thread(target=_warm_up, args=(server, services), name="warm-up", daemon=True).start()
    server.register_error_handler(StorageError, _unreachable)
    server.add_url_rule("/healthz", "healthz", _healthz)
    server.add_url_rule("/readyz", "readyz", _readyz(house))
    if house.settings.metrics.enabled:
        server.add_url_rule("/metrics", "metrics", _metrics(house))
    return server


def _warm_up(server: flask.Flask, services: Services) -> None:
    """Bring the newest figures into memory while people log in; a failure is for the log, the pages tell their own."""
    try:
        warm_up(server, services)
    except Exception:
        logging.getLogger(__name__).exception("the newest figures could not be brought into memory beforehand")


def _plain(text: str, status: int = 200) -> flask.Response:
    return flask.Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")


def _healthz() -> flask.Response:
    """Answer that the process is alive."""
    return _plain("ok")


def _readyz(house: House) -> Callable[[], flask.Response]:
    def readyz() -> flask.Response:
        """Answer whether the warehouse can be read and is of this version."""
        try:
            require_ready(house.engine)
        except WarehouseError as error:
            return _plain(str(error), 503)
        return _plain("ok")

    return readyz


def _unreachable(error: StorageError) -> flask.Response:
    """Answer that the database or its disk does not; the log says what it said."""
    logging.getLogger(__name__).error("%s", error)
    return _plain("数据库暂时无法访问，请稍后再试；如持续出现，请告知系统管理员。", 503)


def _metrics(house: House) -> Callable[[], flask.Response]:
    def metrics() -> flask.Response:
        """Answer with the metrics of the whole service."""
        return flask.Response(exposition(collector_of(house)), content_type=CONTENT_TYPE)

    return metrics


def collector_of(house: House) -> WarehouseCollector:
    """Return the metrics of a house's warehouse."""
    changed_days = load_changed_days()

    def gauges() -> Gauges:
        with reading(house.engine) as connection:
            return read_gauges(connection)

    def due_at(now: dt.datetime) -> dt.datetime:
        due = next_report_due(house.settings.today(now), changed_days, house.settings.report.rest_day_rule)
        return dt.datetime.combine(due + dt.timedelta(days=1), dt.time(), house.settings.zone)

    return WarehouseCollector(
        gauges,
        house.clock,
        due_at,
        JOB_NAMES,
        rules=BY_CODE,
        overdue=lambda: _or_nothing(lambda: overdue_by_feed(house)),
        sources=lambda: _or_nothing(lambda: dict.fromkeys(one.name for one in known_sources(house))),
    )


def _or_nothing(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Tell nothing where a file of the site was spoilt while the service runs: the other metrics go on."""
    try:
        return read()
    except (CalendarError, SourceError) as error:
        logging.getLogger(__name__).warning("not told in the metrics: %s", error)
        return {}


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn as a library: the application is built in the worker, the master only watches over it."""

    def __init__(self, host: str, port: int, house: House) -> None:
        self._host, self._port, self._house = host, port, house
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its options."""
        address = f"[{self._host}]" if ":" in self._host else self._host
        options: dict[str, Any] = {
            "bind": f"{address}:{self._port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._house.settings.web.threads,
            "timeout": REQUEST_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "loglevel": "warning",
            # Its control socket would lie in the home folder, where two services would share it.
            "control_socket_disable": True,
            "proc_name": "mingzhang-web",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> flask.Flask:
        """Build the application, in the worker."""
        return create_app(self._house)


def main(arguments: list[str]) -> None:
    """Serve at the host and port given until told to stop."""
    host, port, settings_file, data = arguments
    end_with_parent(int(os.environ[PARENT_ENV]))
    # Mails that a person's act owes lead to where the pages really answer.
    house = replace(open_house(Path(settings_file), Path(data)), served_at=address_of(host, int(port)))
    WebServer(host, int(port), house).run()


if __name__ == "__main__":
    main(sys.argv[1:])
