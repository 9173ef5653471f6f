"""A program that speaks as no framework does: what a runtime hosts, or AgentCore with it inside.

It answers every POST with the body that the test has given it, and keeps what it was asked with.
"""

import http.server
import json
import threading
from typing import Self


class OddAgent:
    """Listens on a free port, as a developer's own program does."""

    def __init__(self):
        self.body = b""
        self.content_type = "text/event-stream"
        self.status = 200
        #: The payload, path and headers of each call.
        self.asked: list[dict] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        agent = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers.get("content-length", 0)))
                agent.asked.append(json.loads(asked))
                agent.paths.append(self.path)
                agent.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(agent.status)
                if agent.content_type:
                    self.send_header("content-type", agent.content_type)
                self.send_header("content-length", str(len(agent.body)))
                self.end_headers()
                self.wfile.write(agent.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        # A caller who has heard enough leaves.
        self._server.handle_error = lambda *_: None
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def says(self, *messages: object) -> None:
        """Its next answers are these messages, as events."""
        self.body = "".join(f"data: {json.dumps(message, ensure_ascii=False)}\n\n" for message in messages).encode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
