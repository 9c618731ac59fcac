"""The address the pages are served at."""

import http.client
import socket


class PortTakenError(RuntimeError):
    """The address to listen on cannot be had."""


def check_port(host: str, port: int) -> None:
    """Refuse an address that is in use or not this machine's, before anything is made."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PortTakenError(
            f"cannot listen on {host}:{port} ({reason}); choose another with --host and --port"
        ) from error


def reachable(host: str) -> str:
    """Return the host that a browser on this machine asks for, as it stands in a URL."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104


def address_of(host: str, port: int) -> str:
    """Return the address a browser on this machine opens."""
    return f"http://{reachable(host)}:{port}"


def answers(host: str, port: int) -> bool:
    """Tell whether /healthz answers; proxies of the environment are not asked."""
    connection = http.client.HTTPConnection(reachable(host).strip("[]"), port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
