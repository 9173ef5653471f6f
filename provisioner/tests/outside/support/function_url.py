"""A client of the function URL: signs with botocore, reads server-sent events as they arrive."""

import http.client
import json
from dataclasses import dataclass
from typing import Iterator
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from accounts import Account

# Longer than any silence of a healthy stream in these tests.
SILENCE_SECONDS = 120


@dataclass(frozen=True)
class Frame:
    """One block of a stream: a comment, or an event with its id and its JSON."""

    comment: str | None = None
    id: str | None = None
    data: dict | None = None

    @property
    def type(self) -> str | None:
        return self.data["type"] if self.data else None


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


class Stream:
    """An answer under way."""

    def __init__(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse):
        self._connection = connection
        self._response = response
        self.status = response.status
        self.headers = response.headers

    def frames(self) -> Iterator[Frame]:
        """Each frame as soon as its closing blank line has come; ends with the body.

        Strict on purpose: a line that the contract does not know fails.
        """
        fields: dict[str, str] = {}
        # readline() returns what has arrived; it does not wait for a buffer to fill.
        while line := self._response.readline():
            text = line.decode("utf-8")
            assert text.endswith("\n"), f"the stream was cut inside a line: {text!r}"
            text = text[:-1]
            if text:
                name, colon, value = text.partition(":")
                assert colon and name in ("", "id", "data") and name not in fields, repr(text)
                fields[name] = value.removeprefix(" ")
                continue
            yield Frame(fields.get(""), fields.get("id"),
                        json.loads(fields["data"]) if "data" in fields else None)
            fields = {}
        assert not fields, f"the stream was cut inside a frame: {fields}"

    def events(self) -> Iterator[dict]:
        """The data of each event."""
        return (frame.data for frame in self.frames() if frame.data is not None)

    def close(self) -> None:
        """Leaves, as a browser does whose tab is closed."""
        # The response holds a duplicate of the socket, which would keep the connection open.
        self._response.close()
        self._connection.close()


class FunctionUrl:
    """One function URL, called as `account`'s user (or by anybody, when `account` is None)."""

    def __init__(self, url: str, account: Account | None):
        self.url = url
        self._address = urlsplit(url)
        self._account = account

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str],
              silence: float) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        host = self._address.netloc
        assert self._address.hostname == "127.0.0.1", f"{self.url} is not on this machine"
        request = AWSRequest(method, f"http://{host}{path}", headers=headers, data=body)
        if self._account:
            credentials = Credentials(self._account.access_key_id, self._account.secret_access_key,
                                      self._account.session_token)
            SigV4Auth(credentials, "lambda", self._account.region).add_auth(request)
        connection = http.client.HTTPConnection(host, timeout=silence)
        connection.request(method, path, body or None, dict(request.headers.items()))
        return connection, connection.getresponse()

    def request(self, method: str, path: str = "/", body: bytes = b"",
                headers: dict[str, str] | None = None) -> Answer:
        """Any request; reads the whole answer."""
        connection, response = self._send(method, path, body, headers or {}, SILENCE_SECONDS)
        try:
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def post(self, body: bytes | dict, content_type: str = "application/json") -> Answer:
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        return self.request("POST", body=body, headers={"content-type": content_type})

    def ask(self, question: str, *, silence: float = SILENCE_SECONDS, token: str | None = None,
            **fields) -> Stream:
        """Asks; the stream is open when this returns."""
        body = json.dumps({"question": question, **fields}).encode()
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        stream = Stream(*self._send("POST", "/", body, headers, silence))
        assert stream.status == 200, (stream.status, stream._response.read())
        return stream

    def lines(self, path: str, body: dict) -> Iterator[str]:
        """The lines of a streamed answer in any dialect, each as soon as it has come."""
        headers = {"content-type": "application/json"}
        connection, response = self._send("POST", path, json.dumps(body).encode(), headers, SILENCE_SECONDS)
        try:
            while line := response.readline():
                yield line.decode()
        finally:
            connection.close()


def text_of(events: list[dict], agent: str | None = None) -> str:
    """The chunks' text put together, of one agent or of all."""
    return "".join(event["content"] for event in events
                   if event["type"] == "chunk" and agent in (None, event["agent"]))
