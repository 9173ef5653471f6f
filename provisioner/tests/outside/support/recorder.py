"""A TCP proxy that writes down every HTTP request that passes, and can strike at one of them.

Bytes pass untouched: SigV4 signs the Host header, which stays the proxy's own address as the client
wrote it, and the server verifies the signature against the header that it received.
"""

import re
import socket
import threading
from dataclasses import dataclass, field
from typing import Callable
from urllib.parse import parse_qs, urlsplit

# Longer than any client needs for a request that it does not have to wait for.
HELD_SECONDS = 60
READ_ACTIONS = ("Get", "List", "Describe", "Filter", "Head", "Simulate")


@dataclass(frozen=True)
class Request:
    """One HTTP request as it went over the wire."""

    number: int
    method: str
    path: str
    service: str
    action: str
    body: bytes
    raw: bytes = field(repr=False)

    @property
    def writes(self) -> bool:
        """Whether it asks for a change: by the action's verb, or by the HTTP method in REST."""
        if self.action:
            return not self.action.startswith(READ_ACTIONS)
        return self.method not in ("GET", "HEAD")

    def __str__(self) -> str:
        return f"{self.number}. {self.service} {self.action or self.method + ' ' + self.path}"


class Recorder:
    """Listens on a free port of 127.0.0.1 and forwards to `upstream` (`http://host:port`)."""

    def __init__(self, upstream: str):
        address = urlsplit(upstream)
        self._upstream = (address.hostname, address.port)
        self._lock = threading.Lock()
        self._strike: tuple[int, bool, bool, Callable[[], None]] | None = None
        self._group: threading.Barrier | None = None
        self._groups: list[int] = []
        self.requests: list[Request] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        # close() alone does not wake accept().
        _shut(self._listener, socket.SHUT_RDWR)
        self._listener.close()

    def clear(self) -> None:
        with self._lock:
            self.requests.clear()
            self._strike = None
            self._group, self._groups = None, []

    def strike_at_write(self, number: int, *, answered: bool, blow: Callable[[], None]) -> None:
        """Calls `blow` when the `number`-th write has come (`answered=False`: the server does not
        see it) or has been answered (`answered=True`: the client does not see the answer)."""
        with self._lock:
            self._strike = (number, answered, True, blow)

    def strike_at_request(self, number: int, *, answered: bool, blow: Callable[[], None]) -> None:
        """The same at the `number`-th request, whether it reads or writes."""
        with self._lock:
            self._strike = (number, answered, False, blow)

    def hold(self, *sizes: int) -> None:
        """Passes no request of a group on before all of the group have come, for groups of these sizes; what comes
        then passes at once. A client that first wants the answer to one of them never gets it."""
        with self._lock:
            self._groups = list(sizes)

    @property
    def writes(self) -> list[Request]:
        return [request for request in self.requests if request.writes]

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._upstream)
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The last request of this connection; there is no pipelining.
        under_way: list[Request] = []
        back = threading.Thread(target=self._answers, args=(server, client, under_way), daemon=True)
        back.start()
        try:
            self._questions(client, server, under_way)
        except OSError:
            pass
        finally:
            _shut(server, socket.SHUT_WR)
            back.join()
            client.close()
            server.close()

    def _questions(self, client: socket.socket, server: socket.socket, under_way: list) -> None:
        buffer = b""
        while True:
            while (whole := _request_length(buffer)) is None:
                received = client.recv(65536)
                if not received:
                    return
                buffer += received
            request, buffer = self._record(buffer[:whole]), buffer[whole:]
            under_way[:] = [request]
            if self._struck(request, answered=False) or not self._all_have_come():
                return
            server.sendall(request.raw)

    def _answers(self, server: socket.socket, client: socket.socket, under_way: list) -> None:
        try:
            while received := server.recv(65536):
                if under_way and self._struck(under_way[0], answered=True):
                    break
                client.sendall(received)
        except OSError:
            pass
        _shut(client, socket.SHUT_RDWR)

    def _all_have_come(self) -> bool:
        """Waits for the rest of a request's group; False when they do not come."""
        with self._lock:
            if self._group is None and self._groups:
                self._group = threading.Barrier(self._groups.pop(0), action=self._group_is_whole)
            group = self._group
        try:
            return group is None or group.wait(HELD_SECONDS) >= 0
        except threading.BrokenBarrierError:
            return False

    def _group_is_whole(self) -> None:
        with self._lock:
            self._group = None

    def _struck(self, request: Request, *, answered: bool) -> bool:
        with self._lock:
            if self._strike is None:
                return False
            number, when, writes_only, blow = self._strike
            if writes_only and not request.writes:
                return False
            so_far = sum(earlier.writes or not writes_only for earlier in self.requests[:request.number])
            if (so_far, answered) != (number, when):
                return False
            self._strike = None
        blow()
        return True

    def _record(self, raw: bytes) -> Request:
        head, _, body = raw.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        method, path, _ = line.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, value in
                   (field.split(":", 1) for field in fields)}
        scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", headers.get("authorization", ""))
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if "x-www-form-urlencoded" in headers.get("content-type", ""):
            action = parse_qs(body.decode()).get("Action", [""])[0]
        with self._lock:
            request = Request(len(self.requests) + 1, method, path,
                              scope.group(1) if scope else "unsigned", action, body, raw)
            self.requests.append(request)
        return request


def _request_length(buffer: bytes) -> int | None:
    """The length of the first request in `buffer`, once all of it is there."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = buffer[:end].lower()
    if b"transfer-encoding:" in head:
        raise NotImplementedError("the recorder knows bodies with a Content-Length only")
    length = re.search(rb"content-length:\s*(\d+)", head)
    whole = end + 4 + (int(length.group(1)) if length else 0)
    return whole if len(buffer) >= whole else None


def _shut(end: socket.socket, how: int) -> None:
    try:
        end.shutdown(how)
    except OSError:
        pass
