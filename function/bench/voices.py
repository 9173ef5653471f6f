"""How each kind of agent says the same words: `InvokeAgent`, a program on AgentCore, a harness."""

import base64
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012"
EVENT_STREAM = "application/vnd.amazon.eventstream"


@dataclass(frozen=True)
class Voice:
    """An agent and its answer, message by message."""

    #: The agent in GATEWAY_AGENTS.
    agent: dict[str, Any]
    content_type: str
    #: The message with a piece of text.
    say: Callable[[str], bytes]
    headers: dict[str, str] = field(default_factory=dict)
    opening: bytes = b""
    closing: bytes = b""

    def settings(self) -> dict[str, str]:
        """The function's, with this agent as its only one."""
        return {"GATEWAY_AUTH": "none",
                "GATEWAY_AGENTS": json.dumps({"default": "a", "agents": {"a": self.agent}})}

    def head(self) -> bytes:
        """Of an answer that ends with its connection."""
        headers = {"content-type": self.content_type, **self.headers,
                   "transfer-encoding": "chunked", "connection": "close"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode()


def event(kind: str, payload: bytes) -> bytes:
    """One message of vnd.amazon.eventstream."""
    headers = b""
    for name, value in ((":message-type", "event"), (":event-type", kind), (":content-type", "application/json")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    prelude += struct.pack(">I", zlib.crc32(prelude))
    message = prelude + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def compact(value: Any) -> bytes:
    """JSON without blanks, as AWS writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def delta(text: str) -> dict[str, Any]:
    return {"contentBlockIndex": 0, "delta": {"text": text}}


def spoken(value: Any) -> bytes:
    """One server-sent event, as `BedrockAgentCoreApp` writes it."""
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


BEDROCK_AGENT = Voice(
    {"type": "bedrock-agent", "agentId": "A", "agentAliasId": "B"}, EVENT_STREAM,
    lambda text: event("chunk", compact({"bytes": base64.b64encode(text.encode()).decode()})),
    {"x-amzn-bedrock-agent-content-type": "text/plain", "x-amz-bedrock-agent-session-id": "s"})

#: Strands' own events, as its samples pass them on: the most frequent program on AgentCore.
RUNTIME = Voice(
    {"type": "agentcore-runtime", "arn": f"{ARN}:runtime/a-0123456789"}, "text/event-stream",
    lambda text: spoken({"event": {"contentBlockDelta": delta(text)}}),
    opening=spoken({"event": {"messageStart": {"role": "assistant"}}}),
    closing=(spoken({"event": {"contentBlockStop": {"contentBlockIndex": 0}}})
             + spoken({"event": {"messageStop": {"stopReason": "end_turn"}}})))

HARNESS = Voice(
    {"type": "harness", "arn": f"{ARN}:harness/a-0123456789"}, EVENT_STREAM,
    lambda text: event("contentBlockDelta", compact(delta(text))),
    opening=event("messageStart", b'{"role":"assistant"}'),
    closing=(event("contentBlockStop", b'{"contentBlockIndex":0}')
             + event("messageStop", b'{"stopReason":"end_turn"}')))
