#!/usr/bin/env python3
"""What the function costs: start, memory, CPU and throughput of the built binary, and its zip.

Plays the Runtime API and the agent on loopback with raw sockets, so that nothing of ours measures
itself. Prints medians; CPU and memory are the kernel's own figures (/proc/PID/schedstat, VmHWM).

usage: measure.py target/release/bootstrap
"""

import base64
import io
import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib

CHUNKS = 100_000
ROUNDS = 3
STARTS = 11
QUESTION = json.dumps({
    "rawPath": "/",
    "headers": {"content-type": "application/json"},
    "requestContext": {"http": {"method": "POST"}},
    "body": json.dumps({"question": "q"}),
}).encode()


def frame(payload: bytes) -> bytes:
    """One `chunk` of vnd.amazon.eventstream."""
    headers = b""
    for name, value in ((":message-type", "event"), (":event-type", "chunk"), (":content-type", "application/json")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    prelude += struct.pack(">I", zlib.crc32(prelude))
    message = prelude + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def answer(chunks: int) -> bytes:
    """An agent's answer: chunks of ~40 bytes of Japanese."""
    text = ("賛成します。理由は三つ%05d" % number for number in range(chunks))
    return b"".join(
        frame(json.dumps({"bytes": base64.b64encode(piece.encode()).decode()}).encode()) for piece in text
    )


def listen() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    return listener


def request(connection: socket.socket) -> bytes:
    """Reads a request's head; what came of its body is returned."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(1 << 20)
        if not received:
            raise EOFError("the function closed the connection")
        data += received
    return data.split(b"\r\n\r\n", 1)[1]


class Agent:
    """Answers each call with `self.body`, as fast as it is read."""

    def __init__(self) -> None:
        self.body = b""
        self.listener = listen()
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            with connection:
                request(connection)
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n"
                    b"x-amzn-bedrock-agent-content-type: text/plain\r\nx-amz-bedrock-agent-session-id: s\r\n"
                    b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
                )
                for begin in range(0, len(self.body), 16384):
                    piece = self.body[begin:begin + 16384]
                    connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
                connection.sendall(b"0\r\n\r\n")
                # A close with unread bytes would reset what the function has not read yet.
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1 << 16):
                    pass


class Function:
    """The binary, started as Lambda starts it."""

    def __init__(self, binary: str, agent: Agent) -> None:
        listener = listen()
        environment = {
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % listener.getsockname()[1],
            "AWS_REGION": "ap-northeast-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": agent.url,
            "GATEWAY_AUTH": "none",
            "GATEWAY_AGENTS": json.dumps({"default": "a", "agents": {
                "a": {"type": "bedrock-agent", "agentId": "A", "agentAliasId": "B"}}}),
        }
        self.process = subprocess.Popen([binary], env=environment, stdout=subprocess.DEVNULL)
        self.connection, _ = listener.accept()
        request(self.connection)  # GET /next: it has started

    def cpu_ms(self) -> float:
        with open(f"/proc/{self.process.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e6

    def memory_mb(self, field: str) -> float:
        with open(f"/proc/{self.process.pid}/status") as file:
            line = next(line for line in file if line.startswith(field))
            return int(line.split()[1]) / 1024

    def ask(self) -> tuple[float, float]:
        """Milliseconds to the first byte and to the end."""
        begin = time.perf_counter()
        deadline = int(time.time() * 1000) + 600_000
        self.connection.sendall(
            b"HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: r\r\n"
            b"lambda-runtime-deadline-ms: %d\r\ncontent-length: %d\r\n\r\n%b" % (deadline, len(QUESTION), QUESTION)
        )
        body = request(self.connection)
        first = None
        tail = body[-400:]
        while True:
            if first is None and b": open" in body:
                first = time.perf_counter()
            if tail.endswith(b"0\r\n\r\n"):
                break
            received = self.connection.recv(1 << 20)
            body = received if first else body + received
            tail = (tail + received)[-400:]
        if b'"type":"complete"' not in tail:
            raise RuntimeError(f"the answer is not complete: {tail!r}")
        end = time.perf_counter()
        self.connection.sendall(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
        request(self.connection)
        return (first - begin) * 1e3, (end - begin) * 1e3

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def main() -> None:
    binary = sys.argv[1]
    agent = Agent()

    starts = []
    for _ in range(STARTS):
        function = Function(binary, agent)
        starts.append((function.cpu_ms(), function.memory_mb("VmRSS")))
        function.end()

    function = Function(binary, agent)
    agent.body = answer(10)
    first_bytes = [function.ask()[0] for _ in range(20)]
    after_10 = function.memory_mb("VmHWM")
    agent.body = answer(CHUNKS)
    rounds = []
    for _ in range(ROUNDS):
        before = function.cpu_ms()
        _, total = function.ask()
        rounds.append((function.cpu_ms() - before, CHUNKS / total * 1e3))
    after_flood = function.memory_mb("VmHWM")
    function.end()

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.write(binary, "bootstrap")

    def median(values):
        return statistics.median(values)

    print(f"start, CPU                    {median([cpu for cpu, _ in starts]):8.2f} ms   (goal: <= 4)")
    print(f"memory at rest                {median([rss for _, rss in starts]):8.2f} MB")
    print(f"memory after 10 chunks        {after_10:8.2f} MB")
    print(f"memory after {ROUNDS} x {CHUNKS}     {after_flood:8.2f} MB   (goal: <= 8)")
    print(f"first byte, back to back      {median(first_bytes[1:]):8.2f} ms")
    print(f"CPU for {CHUNKS} chunks        {median([cpu for cpu, _ in rounds]):8.0f} ms")
    print(f"throughput                    {median([rate for _, rate in rounds]):8.0f} chunks/s")
    print(f"zip                           {len(archive.getvalue()) / 1e6:8.2f} MB   (goal: <= 2.2)")
    print(f"{os.cpu_count()} cores; this script, the agent and the function share them")


main()
