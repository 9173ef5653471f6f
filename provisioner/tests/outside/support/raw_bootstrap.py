#!/usr/bin/env python3
"""A function without any library: it speaks the Runtime API byte by byte, as the path asks for.

It is packed as `bootstrap`; it is no part of the tests' own process.
"""

import base64
import http.client
import json
import os
import select
import signal
import socket
import sys
import time

HOST, _, PORT = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
INTEGRATION = "application/vnd.awslambda.http-integration-response"
NULS = bytes(8)


class Response:
    """An answer, chunk by chunk as told; nothing is coalesced or added."""

    def __init__(self, event, *, mode="streaming", content_type=INTEGRATION, trailers=(),
                 request_id=None, headers=()):
        self._socket = socket.create_connection((HOST, int(PORT)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [
            f"POST /2018-06-01/runtime/invocation/{request_id or event.request_id}/response HTTP/1.1",
            f"Host: {HOST}:{PORT}", "Transfer-Encoding: chunked", *headers,
            *(f"Trailer: {name}" for name, _ in trailers)]
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        if mode:
            lines.append(f"Lambda-Runtime-Function-Response-Mode: {mode}")
        self._trailers = trailers
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def chunk(self, data):
        self._socket.sendall(b"%x\r\n%s\r\n" % (len(data), data))

    def head(self, status=200, **more):
        headers = more.pop("headers", {"content-type": "text/plain"})
        self.chunk(json.dumps({"statusCode": status, "headers": headers, **more}).encode() + NULS)

    def answered_early(self):
        """Whether the Runtime API has said something before the answer is complete."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def end(self):
        """Completes the answer; tells what the Runtime API says to it."""
        trailers = "".join(f"{name}: {value}\r\n" for name, value in self._trailers)
        self._socket.sendall(b"0\r\n" + trailers.encode() + b"\r\n")
        response = http.client.HTTPResponse(self._socket)
        response.begin()
        return response.status, json.loads(response.read())


class Event:
    def __init__(self):
        connection = http.client.HTTPConnection(HOST, int(PORT))
        connection.request("GET", "/2018-06-01/runtime/invocation/next")
        response = connection.getresponse()
        self.runtime = {name.lower(): value for name, value in response.getheaders()}
        self.request_id = self.runtime["lambda-runtime-aws-request-id"]
        self.json = json.loads(response.read())
        connection.close()

    @property
    def path(self):
        return self.json.get("rawPath", "/")

    def parameter(self, name):
        return self.json["queryStringParameters"][name]


def post(path, body, headers=None):
    connection = http.client.HTTPConnection(HOST, int(PORT))
    connection.request("POST", path, body, headers or {})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def wait_for_file(path):
    while not os.path.exists(path):
        time.sleep(0.005)


def text(event, *chunks):
    response = Response(event)
    response.head()
    for chunk in chunks:
        response.chunk(chunk)
    return response.end()


def joined(event):
    response = Response(event)
    response.chunk(b'{"statusCode":200,"headers":{"content-type":"text/plain"}}' + NULS + b"body")
    response.end()


def bytewise(event):
    response = Response(event)
    for byte in b'{"statusCode":202,"headers":{"x-a":"b"}}' + NULS + b"body":
        response.chunk(bytes([byte]))
    response.end()


def nuls(event):
    text(event, NULS + b"\0after", NULS)


def headers(event):
    response = Response(event)
    response.head(201, headers={"content-type": "text/plain", "x-multi": ["a", "b"], "server": "me"},
                  multiValueHeaders={"x-more": ["c"]}, cookies=["a=1", "b=2; Path=/"])
    response.chunk(b"ok")
    response.end()


def empty(event):
    text(event)


def paced(event):
    """Says the next word only when the test has created the file of that number."""
    response = Response(event)
    response.head()
    for number in range(1, 6):
        response.chunk(b"word%d\n" % number)
        wait_for_file(f"{event.parameter('files')}.{number}")
    response.end()


def ticking(event):
    """Says small things, one after the other."""
    response = Response(event)
    response.head()
    for _ in range(5):
        response.chunk(b"tick\n")
        time.sleep(0.003)
    response.end()


def trailers(event):
    body = base64.b64encode(b'{"errorMessage":"gone"}').decode()
    response = Response(event, trailers=[("Lambda-Runtime-Function-Error-Type", "Function.AgentGone"),
                                         ("Lambda-Runtime-Function-Error-Body", body)])
    response.head()
    response.chunk(b"partial")
    response.end()


def crash_midway(event):
    """Crashes when the test has read what came before."""
    response = Response(event)
    response.head()
    response.chunk(b"partial")
    wait_for_file(event.parameter("read"))
    os._exit(3)


def crash_behind_a_chunk(event):
    response = Response(event)
    response.head()
    response.chunk(b"x" * 100_000)
    os._exit(3)


def crash(event):
    os._exit(4)


def answer_and_exit(event):
    response = Response(event)
    response.head()
    response.chunk(b"whole")
    response._socket.sendall(b"0\r\n\r\n")
    os._exit(0)


def hang(event):
    signal.pause()


def hang_midway(event):
    response = Response(event)
    response.head()
    response.chunk(b"partial")
    signal.pause()


def break_midway(event):
    """Breaks its connection, but lives."""
    response = Response(event)
    response.head()
    response.chunk(b"partial")
    response._socket.shutdown(socket.SHUT_WR)
    # Who asks for more before the break is noticed is told the same event again.
    response._socket.recv(1)
    response._socket.close()


def error(event):
    post(f"/2018-06-01/runtime/invocation/{event.request_id}/error",
         json.dumps({"errorType": "AgentError", "errorMessage": "no"}),
         {"Lambda-Runtime-Function-Error-Type": "unhandled"})


def no_prelude(event):
    response = Response(event)
    response.chunk(b"this is not a prelude")
    response.end()


def opaque(event):
    response = Response(event, content_type="text/csv")
    response.chunk(b"a,b\n")
    response.end()


def buffered(event):
    envelope = {"statusCode": 418, "headers": {"x-a": "b"}, "cookies": ["c=1"], "body": "tea"}
    post(f"/2018-06-01/runtime/invocation/{event.request_id}/response", json.dumps(envelope),
         {"content-type": "application/json"})


def buffered_too_long(event):
    outcome = post(f"/2018-06-01/runtime/invocation/{event.request_id}/response",
                   b'"' + b"x" * (6 * 1024 * 1024 + 200) + b'"')
    record(event, outcome)


def until_the_end(event):
    """Goes on when the test has gone, and tells in a file how it went."""
    response = Response(event)
    response.head()
    response.chunk(b"x" * 1000)
    wait_for_file(event.parameter("gone"))
    for _ in range(200):
        response.chunk(b"x" * 1000)
    record(event, response.end())


def acknowledged(event):
    """Looks for an acknowledgement when the test has read the first chunk."""
    response = Response(event)
    response.head()
    response.chunk(b"x")
    wait_for_file(event.parameter("read"))
    early = response.answered_early()
    record(event, {"early": early, "end": response.end()})


def record(event, value):
    path = event.parameter("file")
    with open(path + ".new", "w") as file:
        json.dump(value, file)
    os.rename(path + ".new", path)


def wrong_calls(event):
    """Everything that a runtime must not do, and what it is told."""
    told = {
        "other request": Response(event, request_id="other").end(),
        "other invocation": Response(
            event, headers=["Lambda-Runtime-Invocation-Id: stale"]).end(),
        "init error now": post("/2018-06-01/runtime/init/error", "{}"),
        "unknown": post("/2020-01-01/extension/register", "{}"),
    }
    response = Response(event)
    response.head()
    response.chunk(b"ok")
    told["whole"] = response.end()
    told["second answer"] = Response(event).end()
    told["error behind the answer"] = post(
        f"/2018-06-01/runtime/invocation/{event.request_id}/error", "{}")
    record(event, told)


def bad_mode(event):
    record(event, Response(event, mode="quickly").end())


def megabytes(event):
    response = Response(event)
    response.head()
    for _ in range(int(event.parameter("count"))):
        response.chunk(b"x" * 1024 * 1024)
    response.end()


def meet(event):
    """Answers when so many are at work."""
    place = event.parameter("at")
    open(os.path.join(place, str(os.getpid())), "w").close()
    while len(os.listdir(place)) < int(event.parameter("count")):
        time.sleep(0.01)
    text(event, str(os.getpid()).encode())


def pid(event):
    text(event, str(os.getpid()).encode())


def echo(event):
    event_and_context = {"event": event.json, "runtime": event.runtime,
                         "environment": dict(os.environ), "now": time.time(), "cwd": os.getcwd()}
    text(event, json.dumps(event_and_context).encode())


def log(event):
    print("a line on stdout", flush=True)
    print("a line on stderr", file=sys.stderr, flush=True)
    text(event, b"ok")


def child(event):
    """Starts a process of its own that would outlive it."""
    if os.fork() == 0:
        signal.pause()
        os._exit(0)
    text(event, b"ok")


def capture(event):
    echo(event)


def main():
    start = os.environ.get("START")
    if start == "exit":
        sys.exit(7)
    if start == "error":
        post("/2018-06-01/runtime/init/error",
             json.dumps({"errorType": "Config.Missing", "errorMessage": "no agent"}))
        sys.exit(1)
    if start == "slow":
        time.sleep(12)
    while True:
        event = Event()
        globals()[event.path.split("/")[1].replace("-", "_") or "pid"](event)


if __name__ == "__main__":
    main()
