"""Nobody sees anything without a log-in, and the answers carry the headers that keep it so."""

import dataclasses

import flask
import pytest
from dashboard_cast import PASSWORD, House

from dashboard.access import safe_next
from dashboard.server import create_server

CLOSED = [
    "/",
    "/execution",
    "/clues/2026-XS-0001",
    "/search?q=王建国",
    "/export/execution.csv",
    "/reports/1/file",
    "/_dash-layout",
    "/_dash-dependencies",
    "/assets/behaviour.js",
    "/no-such-page",
]


def token_of(client) -> str:
    form = client.get("/login").get_data(as_text=True)
    return form.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.mark.parametrize("path", CLOSED)
def test_every_address_asks_for_a_log_in(server: flask.Flask, path: str) -> None:
    answer = server.test_client().get(path)
    assert answer.status_code in {302, 401}
    assert "道路养护" not in answer.get_data(as_text=True)


def test_a_callback_without_a_log_in_is_refused(server: flask.Flask) -> None:
    assert server.test_client().post("/_dash-update-component", json={}).status_code == 401


def test_the_open_paths_are_open_and_only_they(house: House) -> None:
    server = create_server(house.services)
    server.add_url_rule("/healthz", "healthz", lambda: "ok")
    server.add_url_rule("/healthz/more", "more", lambda: "ok")
    assert server.test_client().get("/healthz").status_code == 200
    assert server.test_client().get("/healthz/more").status_code == 302


def test_a_wrong_password_and_an_unknown_name_look_alike(server: flask.Flask) -> None:
    client = server.test_client()
    answers = [
        client.post("/login", data={"username": name, "password": "wrong", "csrf_token": token_of(client)})
        for name in ("caijing", "nobody")
    ]
    texts = {answer.get_data(as_text=True).split('name="csrf_token"')[0] for answer in answers}
    assert [answer.status_code for answer in answers] == [401, 401]
    assert len(texts) == 1


def test_a_log_in_without_its_token_is_refused(server: flask.Flask) -> None:
    answer = server.test_client().post("/login", data={"username": "caijing", "password": PASSWORD})
    assert answer.status_code == 400


def test_too_many_attempts_are_stopped_for_that_account_only(house: House) -> None:
    services = dataclasses.replace(house.services, login_limit="3 per 15 minutes")
    client = create_server(services).test_client()

    def attempt(name: str, password: str) -> int:
        data = {"username": name, "password": password, "csrf_token": token_of(client)}
        return client.post("/login", data=data).status_code

    assert [attempt("caijing", "wrong") for _ in range(4)] == [401, 401, 401, 429]
    assert attempt("CAIJING ", PASSWORD) == 429
    assert attempt("shiqiao", PASSWORD) == 302


def test_logging_out_ends_the_session_and_needs_a_post_with_token(visit) -> None:
    client = visit("caijing")
    assert client.get("/logout").status_code in {404, 405, 200}
    assert client.get("/execution").status_code == 200
    assert client.post("/logout").status_code == 400
    with client.session_transaction() as session:
        assert session.get("_user_id") == "caijing"


def test_an_account_that_is_gone_is_logged_out_at_once(house: House) -> None:
    people = {"caijing": house.services.load_account("caijing")}
    services = dataclasses.replace(house.services, load_account=people.get)
    server = create_server(services)
    client = server.test_client()
    client.post("/login", data={"username": "caijing", "password": PASSWORD, "csrf_token": token_of(client)})
    assert client.get("/").status_code == 200
    people.clear()
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil",
        "",
        None,
        "/a\r\nSet-Cookie: x",
        "javascript:1",
    ],
)
def test_next_never_leaves_the_host(target: str | None) -> None:
    assert safe_next(target) == "/"


def test_next_comes_back_to_the_page_with_its_query(server: flask.Flask) -> None:
    client = server.test_client()
    answer = client.get("/execution?division=990101010&sort=-execution.gap_bp")
    form = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'value="/execution?division=990101010&amp;sort=-execution.gap_bp"' in form


def test_answers_carry_the_security_headers(server: flask.Flask, visit) -> None:
    for answer in (server.test_client().get("/login"), visit("caijing").get("/")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy.split("script-src")[1].split(";")[0]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(server: flask.Flask) -> None:
    cookie = server.test_client().get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_log_ins_and_exports_are_audited(house: House, visit) -> None:
    client = visit("shiqiao")
    client.get("/export/execution.csv?division=990101010")
    actions = [(actor, action) for actor, action, _object, _detail in house.audit]
    assert ("shiqiao", "log_in") in actions
    assert ("shiqiao", "export") in actions
