"""Who may see anything at all: log-in, session, CSRF, rate limit, and the headers of every answer."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode, urlsplit

import flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect

from dashboard.handover import may_hand_over
from dashboard.services import Account, Services
from dashboard.words import Language, language_of, words

LOGIN, LOGOUT = "/login", "/logout"
# The log-in page's own style sheet; every other asset waits for the log-in.
PUBLIC_ASSETS = ("/assets/mingzhang.css", "/assets/frame.css", "/assets/login.css", "/assets/favicon.svg")
DASH_CALLBACK = "/_dash-update-component"
UPLOAD = "/system/upload"
FORM_BYTES = 1_000_000  # what a form may hold beside files


class SignedIn(UserMixin):  # type: ignore[misc]
    """The account behind a session."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        """Return what the session cookie names."""
        return self.account.username


def reader() -> Account:
    """Return the account of the request; the guard has seen to it that there is one."""
    account: Account = current_user.account
    return account


def safe_next(target: str | None) -> str:
    """Return a place on this host to go to after the log-in; anything else becomes the front page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in target):
        return "/"
    return target


def set_up_access(server: flask.Flask, services: Services) -> None:
    """Put log-in, guard, CSRF, rate limit and headers on a server."""
    server.config.update(
        SECRET_KEY=services.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=services.secure_cookies,
        PERMANENT_SESSION_LIFETIME=dt.timedelta(hours=services.session_hours),
        SESSION_REFRESH_EACH_REQUEST=True,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=FORM_BYTES,
    )
    csrf = CSRFProtect(server)
    manager = LoginManager(server)
    manager.session_protection = "strong"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _load(username: str) -> SignedIn | None:
        account = services.load_account(username)
        return None if account is None or getattr(account, "is_disabled", False) else SignedIn(account)

    limiter = Limiter(_visitor, app=server, storage_uri="memory://", default_limits=[])
    server.before_request(lambda: _guard(services, csrf))
    server.after_request(_harden)
    server.add_url_rule(LOGIN, "login_form", _login_form, methods=["GET"])
    server.add_url_rule(
        LOGIN,
        "log_in",
        limiter.limit(services.login_limit, deduct_when=_failed)(lambda: _log_in(services)),
        methods=["POST"],
    )
    server.add_url_rule(LOGOUT, "log_out", lambda: _log_out(services), methods=["POST"])
    server.register_error_handler(429, lambda _error: _login_form("too_many", 429))


def _visitor() -> str:
    """Name who is counted for the rate limit: address and account together."""
    return f"{get_remote_address()}|{flask.request.form.get('username', '').strip().lower()[:64]}"


def _failed(response: flask.Response) -> bool:
    """Tell whether a log-in counts against the limit: only those that failed do."""
    return response.status_code != 302


def _guard(services: Services, csrf: CSRFProtect) -> Any:
    """Let through the open paths and the log-in; send everybody else to it; check CSRF on every other POST."""
    path = flask.request.path
    if path in services.open_paths or path in PUBLIC_ASSETS:
        return None
    if path != LOGIN and not current_user.is_authenticated:
        return _refused(path)
    if path == UPLOAD and may_hand_over(reader()):
        flask.request.max_content_length = services.upload_bytes + FORM_BYTES
    if flask.request.method != "GET" and path != DASH_CALLBACK:
        csrf.protect()
    return None


def _refused(path: str) -> Any:
    if path.startswith("/_dash") or flask.request.method != "GET":
        return flask.make_response("", 401)
    wanted = flask.request.full_path.rstrip("?")
    return flask.redirect(f"{LOGIN}?" + urlencode({"next": wanted}))


def request_language() -> Language:
    """Return the language the reader chose."""
    return language_of(flask.request.cookies.get("language"))


def _login_form(problem: str = "", status: int = 200) -> Any:
    language = request_language()
    t = words(language)
    problems = {
        "": "",
        "wrong": t("用户名或密码不对, 或账号已停用、锁定"),
        "too_many": t("试的次数太多了, 请 15 分钟后再试"),
    }
    target = safe_next(flask.request.values.get("next"))
    page = flask.render_template("login.html", t=t, problem=problems[problem], target=target, language=language)
    return flask.make_response(page, status)


def _log_in(services: Services) -> Any:
    username = flask.request.form.get("username", "").strip()
    account = services.authenticate(username, flask.request.form.get("password", ""))
    if account is None:
        services.record_audit(username[:64] or "-", "log_in_failed", "session", {"address": flask.request.remote_addr})
        return _login_form("wrong", 401)
    flask.session.clear()
    flask.session.permanent = True
    login_user(SignedIn(account))
    services.record_audit(account.username, "log_in", "session", {"address": flask.request.remote_addr})
    return flask.redirect(safe_next(flask.request.form.get("next")))


def _log_out(services: Services) -> Any:
    services.record_audit(reader().username, "log_out", "session", {})
    logout_user()
    flask.session.clear()
    return flask.redirect(LOGIN)


def _harden(response: flask.Response) -> flask.Response:
    """Put the security headers on every answer; nothing but our own host may be asked for anything."""
    policy = {
        "default-src": "'self'",
        "script-src": "'self' " + " ".join(flask.current_app.config.get("SCRIPT_HASHES", [])),
        "style-src": "'self' 'unsafe-inline'",  # Dash and Plotly set styles on elements
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    response.headers["Content-Security-Policy"] = "; ".join(f"{key} {value}".strip() for key, value in policy.items())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    if not flask.request.path.startswith(("/assets/", "/_dash-component-suites/")):
        response.headers["Cache-Control"] = "no-store"
    return response
