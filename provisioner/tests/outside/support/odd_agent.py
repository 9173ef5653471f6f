"""A program that speaks as no framework does: what a runtime hosts, or AgentCore with it inside.

It answers every POST with the body that the test has given it, and keeps what it was asked with.
"""

import json

from played_server import PlayedHandler, PlayedServer


class OddAgent(PlayedServer):
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

        class Handler(PlayedHandler):
            def do_POST(self) -> None:
                agent.asked.append(json.loads(self.read_body()))
                agent.paths.append(self.path)
                agent.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.reply(agent.status, agent.body, content_type=agent.content_type)

        super().__init__(Handler)

    def says(self, *messages: object) -> None:
        """Its next answers are these messages, as events."""
        self.body = "".join(f"data: {json.dumps(message, ensure_ascii=False)}\n\n" for message in messages).encode()
