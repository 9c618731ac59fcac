"""A real HTTP server on loopback that does as a test says: validators, ranges, cut connections, redirects, silence."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Web:
    """What the server serves and what it was asked; one file at every path unless a test says otherwise."""

    content: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    knows_ranges: bool = True
    tells_length: bool = True
    answers: list[int] = field(default_factory=list)  # statuses given first, without content
    cut_after: list[int] = field(default_factory=list)  # bytes after which each next answer breaks off
    redirects: dict[str, str] = field(default_factory=dict)
    authorization: str | None = None  # what has to be shown
    echo: str = ""  # text of error answers
    wrong_part: str | None = None  # Content-Range that is sent instead of the right one
    silence: threading.Event | None = None  # nothing is answered before it is set
    gate: threading.Event | None = None  # the file is given once it is set
    reached: threading.Event = field(default_factory=threading.Event)  # set by the first request
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        web = self.server.web
        web.asked.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
        web.reached.set()
        if web.gate is not None:
            assert web.gate.wait(60)
        if web.silence is not None:
            web.silence.wait(30)
            self.close_connection = True
            return
        if web.authorization and self.headers.get("Authorization") != web.authorization:
            self._short(401, web.echo + str(self.headers.get("Authorization")))
        elif self.path in web.redirects:
            self._short(302, location=web.redirects[self.path])
        elif web.answers and (status := web.answers.pop(0)) != 200:
            self._short(status, web.echo)
        elif self._is_unchanged():
            self._short(304)
        else:
            self._give()

    def _is_unchanged(self) -> bool:
        web = self.server.web
        if web.etag:
            return self.headers.get("If-None-Match") == web.etag
        return bool(web.last_modified) and self.headers.get("If-Modified-Since") == web.last_modified

    def _short(self, status: int, text: str = "", location: str | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        if location is not None:
            self.send_header("Location", location)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if status != 304 else b"")

    def _give(self) -> None:
        web, first = self.server.web, 0
        asked = self.headers.get("Range", "")
        validator = web.etag or web.last_modified
        if web.knows_ranges and asked and self.headers.get("If-Range") == validator:
            first = int(asked.removeprefix("bytes=").rstrip("-"))
            if first >= len(web.content):
                self._short(416)
                return
        body = web.content[first:]
        self.send_response(206 if first else 200)
        if first:
            right = f"bytes {first}-{len(web.content) - 1}/{len(web.content)}"
            self.send_header("Content-Range", web.wrong_part or right)
        for name, value in (("ETag", web.etag), ("Last-Modified", web.last_modified)):
            if value:
                self.send_header(name, value)
        if web.tells_length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        cut = web.cut_after.pop(0) if web.cut_after else None
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    web: Web


@contextmanager
def serving(web: Web, context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve on a port of its own until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.web, web.port = web, server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        if web.silence is not None:
            web.silence.set()
        server.shutdown()
        server.server_close()
        thread.join()
