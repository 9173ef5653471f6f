"""An agent whose every move the test decides: Bedrock's InvokeAgent, played by hand.

It proves order by events instead of by clocks: it says the next word only after the test has seen
the one before.
"""

import base64
import json
import queue
import struct
import threading
import zlib
from pathlib import Path

from played_server import PlayedHandler, PlayedServer


class HandAgent(PlayedServer):
    """Serves `InvokeAgent` on a free port; what it says comes from `say`, `fail` and `end`."""

    def __init__(self, certificate: Path | None = None):
        self._moves: queue.Queue[bytes | None] = queue.Queue()
        # Held by the call that the moves are for. Without it the next call could take the end of one that was told all else.
        self._turn = threading.Lock()
        self._refusal: tuple[int, str, bytes] | None = None
        self.asked = threading.Event()
        # Set when a caller has broken off a call.
        self.left = threading.Event()
        # The path of each call: agent, alias and session are in it.
        self.paths: list[str] = []
        # What the last call has asked, and the headers it came with.
        self.body: dict = {}
        self.headers: dict[str, str] = {}
        agent = self

        class Handler(PlayedHandler):
            # Each word in a packet of its own, at once.
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.read_body()
                agent.paths.append(self.path)
                agent.body = json.loads(body or "{}")
                agent.headers = {name.lower(): value for name, value in self.headers.items()}
                agent.asked.set()
                if agent._refusal:
                    status, code, payload = agent._refusal
                    self.reply(status, payload, content_type="application/json", x_amzn_errortype=code)
                    return
                with agent._turn:
                    self._answer()

            def _answer(self) -> None:
                move = agent._moves.get()
                self.send_response(200)
                self.send_header("content-type", "application/vnd.amazon.eventstream")
                self.send_header("x-amzn-requestid", "hand")
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                try:
                    while move is not None:
                        # An empty HTTP chunk would be the last one.
                        if move:
                            self.wfile.write(b"%x\r\n%s\r\n" % (len(move), move))
                        move = agent._moves.get()
                    self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    agent.left.set()
                    self.close_connection = True

        super().__init__(Handler, certificate)

    @property
    def environment(self) -> dict[str, str]:
        """Points the function's Bedrock client here, whatever else it is pointed at."""
        return {"AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME": self.endpoint}

    def say(self, content: bytes) -> None:
        """Sends one `chunk` message, complete as it is."""
        payload = json.dumps({"bytes": base64.b64encode(content).decode()}).encode()
        self._moves.put(message({":message-type": "event", ":event-type": "chunk",
                                 ":content-type": "application/json"}, payload))

    def raw(self, content: bytes) -> None:
        """Sends bytes that need not be a whole message."""
        self._moves.put(content)

    def tell(self, member: str, payload: dict) -> None:
        """Sends one message of any kind."""
        self._moves.put(message({":message-type": "event", ":event-type": member,
                                 ":content-type": "application/json"}, json.dumps(payload).encode()))

    def fail(self, exception: str, payload: dict | None = None) -> None:
        """Sends an exception in the middle of the stream."""
        payload = json.dumps(payload or {"message": "by hand"}).encode()
        self._moves.put(message({":message-type": "exception", ":exception-type": exception,
                                 ":content-type": "application/json"}, payload))

    def refuse(self, status: int, exception: str, payload: dict | None = None) -> None:
        """Answers every call from now on with an error instead of a stream."""
        self._refusal = (status, exception, json.dumps(payload or {"message": "by hand"}).encode())

    def end(self) -> None:
        """Ends the answer properly."""
        self._moves.put(None)

    def close(self) -> None:
        self.end()
        super().close()


def message(headers: dict[str, str], payload: bytes) -> bytes:
    """One event stream message: lengths, CRC, headers, payload, CRC (smithy.io, amazon-eventstream)."""
    block = b"".join(
        struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
        for name, value in headers.items())
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    head = prelude + struct.pack(">I", zlib.crc32(prelude)) + block + payload
    return head + struct.pack(">I", zlib.crc32(head))
