"""A server on a free port of this machine that answers as a test wants: what all of the played ones share."""

import http.server
import ssl
import threading
from pathlib import Path
from typing import Self


class PlayedHandler(http.server.BaseHTTPRequestHandler):
    """One connection; silent about what it serves."""

    protocol_version = "HTTP/1.1"

    def read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def reply(self, status: int, body: bytes, **headers: str | None) -> None:
        """A whole answer; `content_type="text/xml"` is a header, and one that is `None` is left out."""
        self.send_response(status)
        for name, value in {**headers, "content_length": str(len(body))}.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class PlayedServer:
    """Serves with a handler of its own in threads of this process until it is closed."""

    def __init__(self, handler: type[PlayedHandler], certificate: Path | None = None):
        """Plain HTTP, or HTTPS with a PEM file of a key and its certificate."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        # A caller who has heard enough leaves.
        self._server.handle_error = lambda *_: None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.endpoint = f"{'https' if certificate else 'http'}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
