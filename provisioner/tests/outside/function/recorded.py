"""The recordings of what agents send, and AgentCore played with them."""

import functools
import json
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator

from played_server import PlayedHandler, PlayedServer

RECORDINGS = Path(__file__).with_name("recordings")
# Long enough for a function on a busy machine; what it has not told by then, it holds back.
PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class Pause:
    """What a caller has to have heard when so many pieces of the body have come."""

    pieces: int
    text: str


@dataclass(frozen=True)
class Recording:
    """A body as it came, and what its program says; the fields are those of `Program` in hosting.py."""

    name: str
    about: str
    protocol: str
    status: int
    content_type: str
    body: list[bytes]
    end: str
    text: list[str] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)
    reasoning: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    asks: list[dict] = field(default_factory=list)
    at_pause: Pause | None = None
    #: Whether the connection broke where the body ends.
    breaks_off: bool = False


def manifests() -> dict[str, dict]:
    """What has been recorded, by the framework's folder."""
    return {path.parent.name: json.loads(path.read_text()) for path in sorted(RECORDINGS.glob("*/recordings.json"))}


def recordings() -> Iterator[Recording]:
    for framework, manifest in manifests().items():
        for name, fields in manifest["recordings"].items():
            body = (RECORDINGS / framework / "bodies" / fields.pop("body")).read_bytes()
            yield Recording(
                name=f"{framework}/{name}",
                body=cut(body, fields.pop("pieces")),
                at_pause=Pause(**pause) if (pause := fields.pop("at_pause", None)) else None,
                **fields)


def cut(body: bytes, lengths: list[int]) -> list[bytes]:
    assert sum(lengths) == len(body), "the pieces are those of another body: make record"
    pieces = []
    for length in lengths:
        pieces.append(body[:length])
        body = body[length:]
    return pieces


@functools.cache
def reader_of(protocol: str) -> Callable[[bytes], Any]:
    """What a server of this protocol makes of a request: the protocol's own package reads it, or refuses it.

    The packages take a second to import, which only those who run these tests shall wait for."""
    match protocol:
        case "ag-ui":
            from ag_ui.core import RunAgentInput
            return RunAgentInput.model_validate_json
        case "a2a":
            from a2a.compat.v0_3.types import SendStreamingMessageRequest
            return SendStreamingMessageRequest.model_validate_json
    return lambda body: json.loads(body)["prompt"]


class RecordedRuntimes(PlayedServer):
    """AgentCore's InvokeAgentRuntime, which answers the question `play NAME` with that recording, if it is asked as
    the program of that recording wants to be asked or does not `insist`; and anything else with a word."""

    def __init__(self, recordings: list[Recording], insist: bool = True):
        by_name = {recording.name: recording for recording in recordings}
        #: Set by the caller who has heard what he had to hear at the pause.
        self.go_on = threading.Event()
        #: What came last that was no such question.
        self.other: dict | None = None
        runtimes = self

        class Handler(PlayedHandler):
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                asked = self.read_body()
                name = re.search(r"play ([\w./-]+)", asked.decode())
                if not name:
                    runtimes.other = json.loads(asked)
                    self.reply(200, b'"well"', content_type="application/json")
                    return
                recording = by_name[name[1]]
                try:
                    if insist:
                        reader_of(recording.protocol)(asked)
                except (ValueError, KeyError):
                    self._refuse(422)
                    return
                if recording.status >= 400:
                    self._refuse(recording.status)
                    return
                self.send_response(recording.status)
                if recording.content_type:
                    self.send_header("content-type", recording.content_type)
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for number, piece in enumerate(recording.body):
                    if recording.at_pause and number == recording.at_pause.pieces:
                        runtimes.go_on.wait(PATIENCE_SECONDS)
                    if piece:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                if recording.breaks_off:
                    self.close_connection = True
                else:
                    self.wfile.write(b"0\r\n\r\n")

            def _refuse(self, status: int) -> None:
                """What AgentCore makes of a status of the program's own."""
                message = f"Received error ({status}) from runtime. Please check your CloudWatch logs for more information."
                self.reply(424, json.dumps({"message": message}).encode(), content_type="application/json",
                           x_amzn_errortype="RuntimeClientError")

        super().__init__(Handler)
