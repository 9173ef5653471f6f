"""A Runtime API and an agent on raw sockets: just enough to run the function without building anything else."""

import json
import socket
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from voices import Voice

QUESTION = json.dumps({
    "rawPath": "/",
    "headers": {"content-type": "application/json"},
    "requestContext": {"http": {"method": "POST"}},
    "body": json.dumps({"question": "q"}),
}).encode()
#: Under valgrind everything takes fifty times as long.
PATIENCE_SECONDS = 60
PIECE = 16 * 1024


def answer(voice: Voice, chunks: int) -> list[bytes]:
    """An agent's answer: chunks of ~40 bytes of Japanese."""
    return [voice.say(f"賛成します。理由は三つ{number:07}") for number in range(chunks)]


class Agent:
    """Answers each call with `chunks` chunks: as fast as they are read, or `alone`, each after the function has
    passed on the one before."""

    def __init__(self, voice: Voice, chunks: int, alone: bool = False):
        messages = answer(voice, chunks)
        body = b"".join(messages)
        self._voice = voice
        self._pieces = messages if alone else [body[begin:begin + PIECE] for begin in range(0, len(body), PIECE)]
        self._alone = alone
        self._came_out = threading.Semaphore(0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def came_out(self, chunks: int) -> None:
        """Records that the function has passed on so many more chunks."""
        if chunks:
            self._came_out.release(chunks)

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                read_request(connection)
                connection.sendall(self._voice.head() + http_chunk(self._voice.opening))
                for piece in self._pieces:
                    connection.sendall(http_chunk(piece))
                    if self._alone:
                        self._came_out.acquire()
                connection.sendall(http_chunk(self._voice.closing) + b"0\r\n\r\n")
                # A close with unread bytes would reset the connection: the function would lose what it has not read.
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1 << 16):
                    pass


class Function:
    """A function, started as Lambda starts it; `command` may wrap the binary."""

    def __init__(self, command: list[str | Path], agent: Agent, variables: dict[str, str]):
        self._agent = agent
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(PATIENCE_SECONDS)
            self._process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={
                    "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{listener.getsockname()[1]}",
                    "AWS_REGION": "ap-northeast-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                    "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": agent.url,
                    **variables})
            self._connection, _ = listener.accept()
        self._connection.settimeout(PATIENCE_SECONDS)
        read_request(self._connection)  # GET /next: it has started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self._connection.close()
        # Without its Runtime API the function ends by itself; then valgrind writes its figures.
        try:
            self._process.wait(timeout=PATIENCE_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()

    def ask(self) -> bytes:
        """The whole body of an answer that ended with `complete`."""
        deadline = int(time.time() * 1000) + 600_000
        self._connection.sendall(
            b"HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: r\r\nlambda-runtime-deadline-ms: %d\r\n"
            b"content-length: %d\r\n\r\n%b" % (deadline, len(QUESTION), QUESTION))
        body = bytearray(read_request(self._connection))
        known = 0
        while not body.endswith(b"0\r\n\r\n"):
            received = self._connection.recv(1 << 20)
            if not received:
                raise EOFError("the function closed the connection")
            body += received
            # Counted in the whole body: an event may be cut in two.
            now = body.count(b'"type":"chunk"')
            self._agent.came_out(now - known)
            known = now
        if b'"type":"complete"' not in body[-600:]:
            raise RuntimeError(f"the answer is not complete: {bytes(body[-600:])!r}")
        self._connection.sendall(b'HTTP/1.1 202 Accepted\r\ncontent-length: 15\r\n\r\n{"status":"OK"}')
        read_request(self._connection)
        return bytes(body)


def http_chunk(data: bytes) -> bytes:
    """Nothing for no data: an empty chunk would be the last one."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def read_request(connection: socket.socket) -> bytes:
    """Reads a request's head, and returns what came of its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(1 << 20)
        if not received:
            raise EOFError("the function closed the connection")
        data += received
    return data.split(b"\r\n\r\n", 1)[1]
