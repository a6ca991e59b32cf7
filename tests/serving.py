"""The product on a port of its own, inside the test's process: same settings, clock and database."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from django.db import connections


@dataclass(frozen=True)
class Live:
    """Where the running product is: `http://127.0.0.1:port` (or https), no slash at the end."""

    url: str

    def __str__(self) -> str:
        return self.url


class Threaded(ThreadingMixIn, WSGIServer):
    """One thread and one connection a request; closing waits for them, so none outlives the test's database."""

    daemon_threads = False
    request_queue_size = 64

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no error, and anything else the browser sees as a failed response."""


class Quiet(WSGIRequestHandler):
    timeout = 10  # seconds: a browser's speculative connection may never ask for anything

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serve(tls: ssl.SSLContext | None = None) -> Iterator[Live]:
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Threaded, handler_class=Quiet)
    if tls:
        # Hands are shaken in the thread of the request: a browser that only opens a connection keeps nobody waiting.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.base_environ["HTTPS"] = "on"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="live")
    thread.start()
    try:
        yield Live(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
