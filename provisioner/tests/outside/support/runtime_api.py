"""Lambda's Runtime API, played by the test: as many events at once as it likes, a limit on memory as Lambda's, and readers
that stop reading. `bootstrap` runs as it is built, without a sandbox around it."""

import json
import queue
import resource
import subprocess
import threading
import time
from pathlib import Path
from typing import Self

from played_server import PlayedHandler, PlayedServer
from processes import peak_memory_bytes, wait_until

# Longer than anything that these tests wait for.
SILENCE_SECONDS = 120
AGENTS = json.dumps({"default": "magi", "agents": {
    "magi": {"type": "bedrock-agent", "agentId": "MAGICOUNCL", "agentAliasId": "LIVE", "name": "SOLOMON"}}})


def event(body: str | bytes, path: str = "/", method: str = "POST", **more) -> bytes:
    """What Lambda makes of a request to a function URL."""
    text = body if isinstance(body, str) else body.decode()
    return json.dumps({
        "version": "2.0", "rawPath": path, "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": method}}, "body": text, "isBase64Encoded": False, **more},
        ensure_ascii=False).encode()


class Answer:
    """What comes back for one event. It is read as it comes, unless the test holds the reader."""

    def __init__(self, timeout: float):
        self.deadline_ms = int((time.time() + timeout) * 1000)
        self._may_read = threading.Event()
        self._may_read.set()
        self._changed = threading.Condition()
        self._body = bytearray()
        self._is_over = False

    def hold(self) -> None:
        """Stops reading, as somebody whose machine sleeps."""
        self._may_read.clear()

    def release(self) -> None:
        self._may_read.set()

    def read(self, chunks) -> None:
        try:
            for chunk in chunks:
                with self._changed:
                    self._body += chunk
                    self._changed.notify_all()
                self._may_read.wait()
        finally:
            self._over()

    def _over(self) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def until(self, text: str) -> str:
        """All that has come, as soon as `text` is in it."""
        sought = text.encode()
        with self._changed:
            assert self._changed.wait_for(lambda: sought in self._body or self._is_over, SILENCE_SECONDS), text
            assert sought in self._body, bytes(self._body[-1000:])
        return self.so_far()

    def whole(self) -> str:
        with self._changed:
            assert self._changed.wait_for(lambda: self._is_over, SILENCE_SECONDS), bytes(self._body[-1000:])
        return self.so_far()

    def so_far(self) -> str:
        return bytes(self._body).decode()

    @property
    def status(self) -> int:
        return json.loads(self.whole().partition("\0" * 8)[0])["statusCode"]

    @property
    def headers(self) -> dict[str, str]:
        return json.loads(self.whole().partition("\0" * 8)[0])["headers"]

    @property
    def text(self) -> str:
        return self.whole().partition("\0" * 8)[2]


class RuntimeApi:
    """A Runtime API and the `bootstrap` that works for it."""

    def __init__(self, command: list[str | Path], environment: dict[str, str], *, memory_mb: int | None = None):
        self._events: queue.Queue[tuple[str, bytes, Answer] | None] = queue.Queue()
        self._answers: dict[str, Answer] = {}
        self._idle = threading.Semaphore(0)
        self._count = 0
        api = self

        class Handler(PlayedHandler):
            # Bytes that nobody wants yet stay on the other side.
            rbufsize = 4096

            def do_GET(self) -> None:
                api._idle.release()
                work = api._events.get()
                if work is None:
                    self.close_connection = True
                    return
                request_id, payload, answer = work
                self.reply(200, payload, lambda_runtime_aws_request_id=request_id,
                           lambda_runtime_deadline_ms=str(answer.deadline_ms))

            def do_POST(self) -> None:
                answer = api._answers[self.path.split("/")[4]]
                answer.read(self._chunks())
                self.reply(202, b"")

            def _chunks(self):
                while line := self.rfile.readline():
                    length = int(line, 16)
                    chunk = self.rfile.read(length)
                    self.rfile.readline()
                    if not length:
                        return
                    yield chunk
                self.close_connection = True

        self._server = PlayedServer(Handler)
        limit = memory_mb and memory_mb * 1024 * 1024
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=limit and (lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))),
            env={"AWS_LAMBDA_RUNTIME_API": self._server.endpoint.removeprefix("http://"),
                 "AWS_REGION": "ap-northeast-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
                 "GATEWAY_AUTH": "none", "GATEWAY_AGENTS": AGENTS, **environment})
        self.log: list[str] = []
        threading.Thread(target=lambda: self.log.extend(self.process.stdout), daemon=True).start()
        self.wait_until_idle()

    def end(self) -> None:
        """Lets the function end by itself, as it does without a Runtime API."""
        for _ in range(64):
            self._events.put(None)
        self.process.wait(timeout=SILENCE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for _ in range(64):
            self._events.put(None)
        self._server.close()

    def wait_until_idle(self) -> None:
        """Waits until the function asks for an event: it has started, or is done with the one before."""
        assert self._idle.acquire(timeout=SILENCE_SECONDS), self.log

    def send(self, payload: bytes, timeout: float = 600) -> Answer:
        self._count += 1
        request_id = f"r-{self._count}"
        answer = self._answers[request_id] = Answer(timeout)
        self._events.put((request_id, payload, answer))
        return answer

    def ask(self, body: object, path: str = "/", *, timeout: float = 600, **more) -> Answer:
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.send(event(text, path, **more), timeout)

    def lines(self) -> list[dict]:
        """The log so far."""
        return [json.loads(line) for line in self.log if line.startswith("{")]

    def line(self, text: str) -> dict:
        """The first line of the log that has this in it, as soon as it is there."""
        return json.loads(wait_until(lambda: next((it for it in self.log if text in it), None), f"{text} in the log"))

    @property
    def peak_bytes(self) -> int:
        return peak_memory_bytes(self.process.pid)
