"""TLS, STARTTLS and log-in against a real server; the secret is nowhere but on the wire."""

import base64
import ssl

import pytest
import trustme
from aiosmtpd.smtp import AuthResult
from smtp_ground import NOW, Post, channel, message, owe, serving, state

from alerts.channels.smtp import SmtpSettings
from alerts.dispatch import Dispatched, dispatch

A = "a@example.test"
SECRET = "right-horse-battery"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def server_context(authority, name="127.0.0.1"):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


def options(authority, security, name="127.0.0.1"):
    if security == "tls":
        return {"ssl_context": server_context(authority, name)}
    return {"tls_context": server_context(authority, name), "require_starttls": True}


def send(engine, port, **more):
    return dispatch(engine, channel(port, **more), now=lambda: NOW, worker="w")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_over_a_secured_line_to_a_server_whose_certificate_is_known(
    sqlite_engine, authority, ca_file, security
):
    post = Post()
    owe(sqlite_engine, A)
    with serving(post, **options(authority, security)) as port:
        assert send(sqlite_engine, port, security=security, ca_file=ca_file) == Dispatched(sent=1)
    assert [to for to, _ in post.taken] == [A]


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("case", [("127.0.0.1", "unknown authority"), ("other.example.test", "known authority")])
def test_a_certificate_that_is_unknown_or_of_another_name_gets_no_mail(
    sqlite_engine, authority, ca_file, security, case
):
    post = Post()
    name, trust = case
    known = {"ca_file": ca_file} if trust == "known authority" else {}
    owe(sqlite_engine, A)
    with serving(post, **options(authority, security, name)) as port:
        assert send(sqlite_engine, port, security=security, **known) == Dispatched(deferred=1)
    assert post.taken == []
    assert "CERTIFICATE_VERIFY_FAILED" in state(sqlite_engine, "last_response")[A]


def test_a_server_that_offers_no_starttls_gets_no_mail_in_the_clear(sqlite_engine):
    post = Post()
    owe(sqlite_engine, A)
    with serving(post) as port:
        assert send(sqlite_engine, port, security="starttls") == Dispatched(deferred=1)
    assert post.taken == []
    assert "STARTTLS" in state(sqlite_engine, "last_response")[A]


def checking(answers):
    """Let one user with one secret in; answer others with words that give the secret away."""

    def check(_server, _session, _envelope, _mechanism, given):
        answers.append((given.login.decode(), given.password.decode()))
        if answers[-1] == ("mingzhang", SECRET):
            return AuthResult(success=True)
        plain = base64.b64encode(b"\0mingzhang\0" + given.password).decode()
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 bad: {plain} {given.password.decode()}")

    return check


def with_log_in(authority, answers):
    return options(authority, "starttls") | {
        "authenticator": checking(answers),
        "auth_required": True,
        "auth_exclude_mechanism": ["LOGIN"],
    }


def test_the_log_in_is_given_over_the_secured_line_and_the_mail_follows(sqlite_engine, authority, ca_file):
    post, answers = Post(), []
    owe(sqlite_engine, A)
    who = {"user": "mingzhang", "secret": SECRET}
    with serving(post, **with_log_in(authority, answers)) as port:
        assert send(sqlite_engine, port, ca_file=ca_file, security="starttls", **who) == Dispatched(sent=1)
    assert answers == [("mingzhang", SECRET)]
    assert [to for to, _ in post.taken] == [A]


def test_a_refused_log_in_is_the_houses_trouble_the_mail_waits_and_the_secret_stays_hidden(
    sqlite_engine, authority, ca_file, caplog
):
    owe(sqlite_engine, A)
    who = {"user": "mingzhang", "secret": "wrong-horse-battery"}
    with serving(Post(), **with_log_in(authority, [])) as port:
        assert send(sqlite_engine, port, ca_file=ca_file, security="starttls", **who) == Dispatched(deferred=1)
    words = state(sqlite_engine, "last_response")[A]
    assert words.startswith("535 5.7.8")
    hidden = ("wrong-horse-battery", base64.b64encode(b"\0mingzhang\0wrong-horse-battery").decode())
    assert not [secret for secret in hidden if secret in words + caplog.text]
    assert message(A).message_id in caplog.text


def test_the_secret_is_in_no_representation():
    settings = SmtpSettings(host="h", port=25, sender="s@example.test", user="u", secret="hidden-one")
    shown = f"{settings!r} {settings} {channel(25, user='u', secret='hidden-one')!r}"
    assert "hidden-one" not in shown
    assert "user='u'" in shown
