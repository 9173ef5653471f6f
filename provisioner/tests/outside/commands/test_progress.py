"""What is being done and for how long: on a terminal, without one, and as JSON."""

import json
import os
import re
import socket
import threading
from urllib.parse import urlsplit

import pytest

from binaries import never_run
from deployment import Deployment
from faults import FaultyAws, Unrecorded
from provision import Provision
from terminal import Terminal

CLEAR = "\r\x1b[2K"
SPINNER = "⠋⠙⠸⠴⠦⠇⠏⠹"
# More than the system keeps on the way to somebody who does not read.
PAYLOAD = 16 << 20
CREATE = b"POST /2015-03-31/functions HTTP"


class Gate:
    """A proxy that, from the creation of the function on, reads no more until it is opened."""

    def __init__(self, upstream: str):
        address = urlsplit(upstream)
        self._upstream = (address.hostname, address.port)
        self._open = threading.Event()
        self._listener = socket.socket()
        # Set by hand, it does not grow.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def open(self) -> None:
        self._open.set()

    def close(self) -> None:
        self._open.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._upstream)
            for ends in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._forward, args=ends, daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, gated: bool) -> None:
        try:
            while piece := source.recv(65536):
                if gated and CREATE in piece:
                    self._open.wait()
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.fixture
def faulty(tmp_path):
    aws = FaultyAws(tmp_path)
    yield aws
    aws.close()


def up(faulty: FaultyAws, home, project, endpoint: str, *arguments: str) -> Terminal:
    """`up` on a terminal, whose function takes a while to be made."""
    Deployment(faulty.account, Unrecorded(endpoint), home, project, "shown")
    binary = never_run(project / "bootstrap")
    with open(binary, "ab") as file:
        file.write(os.urandom(PAYLOAD))
    faulty.rules({"operation": "lambda:CreateFunction", "fault": {"kind": "slow", "milliseconds": 500}})
    provision = Provision(faulty.account, home, project, endpoint=endpoint)
    return Terminal(provision, "up", "--yes", "--probe", "none", "--binary", str(binary), *arguments,
                    TERM="xterm")


def test_a_terminal_shows_what_is_done_and_how_far_it_is(faulty, home, project):
    gate = Gate(faulty.account.endpoint)
    try:
        terminal = up(faulty, home, project, gate.endpoint)
        terminal.shows(" % ")
        gate.open()
        code = terminal.ends()
    finally:
        gate.close()

    rest = terminal.seen
    # Each is cleared before anything else is said.
    drawn = re.findall(rf"(  [{SPINNER}] [^\r\n]*){re.escape(CLEAR)}", rest)
    assert code == 0, rest
    assert drawn and len(drawn) == len(re.findall(f"[{SPINNER}]", rest)), rest
    # One row each: what is wider than the terminal would stay.
    assert {len(frame) for frame in drawn} == {terminal.COLUMNS}, drawn
    shown = [re.sub(" +", " ", frame) for frame in drawn]
    assert any("reading what there is" in frame for frame in shown), shown
    assert any(re.fullmatch(r" \S creating function shown █*░+ \d+ % \d+\.\d s", frame) for frame in shown), shown
    assert any(re.fullmatch(r" \S creating function shown uploaded \d+\.\d s", frame) for frame in shown), shown
    for created in ("role shown-role", "function shown"):
        assert re.search(rf"  created {created}.* \(\d+\.\d s\)\r?\n", rest), rest
    assert re.search(r"version 1 is live \(\d+ writes, \d+ reads, \d+\.\d s\)", rest), rest


def test_a_version_that_is_tried_out_is_named(faulty, home, project):
    deployment = Deployment(faulty.account, Unrecorded(faulty.account.endpoint), home, project, "tried")
    faulty.rules({"operation": "lambda:Invoke", "fault": {"kind": "slow", "milliseconds": 500}})

    terminal = Terminal(deployment.provision, "up", "--yes", "--binary", str(deployment.binary), TERM="xterm")

    terminal.shows("trying out version 1 ")
    assert terminal.ends() == 0, terminal.seen


def test_among_the_lines_of_verbose_there_is_no_such_line(faulty, home, project):
    terminal = up(faulty, home, project, faulty.account.endpoint, "--verbose")

    assert terminal.ends() == 0, terminal.seen
    assert CLEAR not in terminal.seen and not set(SPINNER) & set(terminal.seen)
    assert "-> Lambda CreateFunction" in terminal.seen and "created function shown" in terminal.seen


def test_without_a_terminal_there_are_lines_and_nothing_else(local_deployment: Deployment):
    run = local_deployment.up()

    assert run.code == 0 and "\x1b" not in run.err and "\r" not in run.err, run
    lines = run.err.splitlines()
    assert any(re.fullmatch(r"  created function \S+.* \(\d+\.\d s\)", line) for line in lines), run
    assert any(re.search(r" is live \(\d+ writes, \d+ reads, \d+\.\d s\)$", line) for line in lines), run


@pytest.mark.parametrize("command", [["up", "--yes"], ["down", "--yes"]], ids=["up", "down"])
def test_the_requests_are_counted_right(local_deployment: Deployment, command):
    if command[0] == "down":
        local_deployment.made()
    more = ["--binary", str(local_deployment.binary)] if command[0] == "up" else []
    local_deployment.recorder.clear()

    run = local_deployment.provision.done(*command, *more, "--json")

    counted = json.loads(run.out)["requests"]
    assert sum(counted.values()) == len(local_deployment.recorder.requests), counted
