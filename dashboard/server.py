"""The web server of the pages: Flask around one Dash application whose single callback draws the whole screen."""

import io
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import dash
import flask
from dash import Input, Output, dcc, html
from flask_wtf.csrf import generate_csrf

from dashboard.access import reader, request_language, set_up_access
from dashboard.components.attributes import wild
from dashboard.components.marks import error_state
from dashboard.delivery_routes import add_delivery_routes
from dashboard.desk import NotShownError, open_desk, sees_anything
from dashboard.export import to_csv, to_xlsx, with_level_codes
from dashboard.ledger import LedgerShelf
from dashboard.routes import find_table, framed, notes
from dashboard.rule_routes import add_rule_routes
from dashboard.services import Services
from dashboard.view import Asked
from dashboard.words import words
from warehouse import queries
from warehouse.engine import reading
from warehouse.scope import Scope

MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
INDEX = """<!DOCTYPE html>
<html lang="zh-CN">
<head>{%metas%}<title>{%title%}</title>
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


SHELF = "ledgers"


@dataclass(frozen=True)
class ServiceItself:
    """The reader for whom nobody logged in: the service, which keeps what it reads to itself."""

    username: str = "mingzhang"
    display_name: str = "mingzhang"
    role: str = "system_admin"
    division_code: str | None = None
    scope: Scope = field(default_factory=Scope.everything)


class Pages(dash.Dash):
    """Dash, saying in words that a page is on its way where it would say Loading."""

    def interpolate_index(self, *, app_entry: str = "", **parts: Any) -> str:  # type: ignore[override]
        """Return the page that carries the scripts; Dash gives every part by name."""
        entry = app_entry.replace("Loading...", waiting_words())
        return str(super().interpolate_index(app_entry=entry, **parts))  # type: ignore[no-untyped-call]


class Ids(StrEnum):
    """The ids that callbacks speak of."""

    URL = "url"
    SCREEN = "screen"


def create_server(services: Services) -> flask.Flask:
    """Return the WSGI application of the dashboard."""
    server = flask.Flask("dashboard", template_folder="templates", static_folder=None)
    shelf = LedgerShelf(services.snapshots, services.site.time_progress_by)
    set_up_access(server, services)
    _add_files(server, services, shelf)
    add_delivery_routes(server, services)
    add_rule_routes(server, services)
    app = Pages(
        "dashboard",
        server=server,  # type: ignore[arg-type]  # any Flask application is taken
        title="明账",
        update_title="",
        index_string=INDEX,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        serve_locally=True,
        enable_mcp=False,
        add_log_handler=False,
        suppress_callback_exceptions=True,
        on_error=broken,
    )
    app.layout = layout
    app.callback(Output(Ids.SCREEN, "children"), Input(Ids.URL, "pathname"), Input(Ids.URL, "search"))(
        lambda path, search: draw(services, shelf, Asked.of(path, search))
    )
    server.config["SCRIPT_HASHES"] = app.csp_hashes()
    server.extensions[SHELF] = shelf
    return server


def layout() -> html.Div:
    """Return what stands before the first page is drawn: the place for it, and words that it is on its way."""
    wait = html.Div(waiting_words(), className="wait", role="status")
    return html.Div(
        [dcc.Location(id=Ids.URL, refresh=False), html.Div(id=Ids.SCREEN, className="screen"), wait], className="whole"
    )


def waiting_words() -> str:
    """Return what is said while figures are fetched, in the reader's language where a reader asks."""
    t = words(request_language() if flask.has_request_context() else "zh")
    return t("正在取数, 请稍候…")


def warm_up(server: flask.Flask, services: Services) -> None:
    """Draw the front page of the whole district once, so that the first reader finds its figures in memory."""
    with server.test_request_context("/"):
        shelf: LedgerShelf = server.extensions[SHELF]
        with open_desk(services, shelf, ServiceItself(), Asked("/"), "zh") as desk:
            framed(desk, "")


def draw(services: Services, shelf: LedgerShelf, asked: Asked) -> Any:
    """Return the screen of a URL for the reader of the request."""
    if not sees_anything(reader()):
        return closed()
    try:
        return _drawn(services, shelf, asked)
    except NotShownError:
        return _drawn(services, shelf, Asked("/not-shown"))


def _drawn(services: Services, shelf: LedgerShelf, asked: Asked) -> Any:
    is_large = flask.request.cookies.get("large") == "1"
    with open_desk(services, shelf, reader(), asked, request_language(), is_large=is_large) as desk:
        return framed(desk, generate_csrf())


def closed() -> Any:
    """Draw the one page of an account for which no pages are built: it says so and shows no figure."""
    t = words(request_language())
    shut = html.Button(t("退出"), id="log-out", className="button", **wild(data_csrf=generate_csrf()))
    told = html.P(t("这个账号还没有可以查看的数据 (预算单位的页面还没有开通); 需要时请与区人大财经工委联系"))
    lang = "zh-CN" if request_language() == "zh" else "en"
    state = html.Div([html.H1(t("{name}, 您好", name=reader().display_name)), told, shut], className="state")
    return html.Div(html.Main(state, id="main"), className="frame", lang=lang, **wild(data_title=t("账号")))


def broken(error: Exception) -> Any:
    """Write down what went wrong and draw a page that says so, instead of leaving the old one standing."""
    flask.current_app.logger.error("a page could not be drawn: %s", flask.request.path, exc_info=error)
    t = words(request_language())
    return error_state(t("这个页面现在画不出来"), t("问题已记入日志; 请稍后再试, 或告诉系统管理员"), "/", t("回总览"))


def _add_files(server: flask.Flask, services: Services, shelf: LedgerShelf) -> None:
    """Add the routes that answer with a file; each one is read through the reader's scope and audited."""

    @server.get("/export/<name>.<any(csv, xlsx):kind>")
    def export(name: str, kind: str) -> Any:
        return _export(services, shelf, name, kind)

    @server.get("/reports/<int:report_id>/file")
    def report_file(report_id: int) -> Any:
        return _report_file(services, report_id)


def _export(services: Services, shelf: LedgerShelf, name: str, kind: str) -> Any:
    # The table's own page is the place whose query this is: filters and drill keys read the same.
    asked = Asked.of(flask.request.path, flask.request.query_string.decode())
    language = request_language()
    t = words(language)
    try:
        with open_desk(services, shelf, reader(), asked, language) as desk:
            table = with_level_codes(find_table(desk, name), services.site.level_codes)
            content = to_csv(table, t) if kind == "csv" else to_xlsx(table, t, notes(desk))
            file_name = f"{table.title}-{desk.view.as_of.isoformat()}.{kind}".replace("/", " ")
    except NotShownError:
        flask.abort(404)
    services.record_audit(reader().username, "export", name, {"query": flask.request.query_string.decode()[:500]})
    return flask.send_file(io.BytesIO(content), mimetype=MIME[kind], as_attachment=True, download_name=file_name)


def _report_file(services: Services, report_id: int) -> Any:
    with reading(services.engine) as connection:
        found = queries.list_reports(connection, reader().scope)
    names = dict(found.select("report_id", "file_name").iter_rows())
    if report_id not in names:
        flask.abort(404)
    try:
        path = services.report_file(report_id)
    except ValueError as error:
        flask.current_app.logger.warning("a report cannot be handed out: %s", error)
        return refused_file(), 409
    if path is None or not path.is_file():
        flask.abort(404)
    services.record_audit(reader().username, "download_report", str(report_id), {})
    return flask.send_file(path, mimetype=DOCX, as_attachment=True, download_name=names[report_id] or path.name)


def refused_file() -> str:
    """Return the page that says why a kept report is not handed out, with the way back."""
    language = request_language()
    t = words(language)
    return flask.render_template("refused.html", t=t, language=language)
