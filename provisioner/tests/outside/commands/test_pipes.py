"""Nobody listens any more: `provision … | true`, a closed stdout, a closed stderr. A panic, which is short. And a line, which is whole."""

import itertools
import os
import resource
import socket
import subprocess
from pathlib import Path

import pytest

from deployment import Deployment
from provision import BOOTSTRAP, PROVISION, Provision

# And in how many ways to try each.
COMMANDS = {("--help",): 1, ("--version",): 1, ("nonsense",): 3, ("completions", "zsh"): 1, ("url",): 3, ("status",): 2,
            ("status", "--json"): 1, ("plan", "--json", "--binary", str(BOOTSTRAP)): 2, ("doctor", "--json"): 1, ("doctor",): 1,
            ("logs", "--json"): 1, ("ask", "x"): 2, ("ask", "x", "--json"): 1, ("ask", "x", "--raw"): 1,
            ("generate", "terraform"): 1, ("generate", "policy"): 1}


def deaf(provision: Provision, *arguments: str, ends: tuple[str, ...] = ("stdout",), closed: bool = False) -> tuple[int, str]:
    """Exit code and stderr of a run whose `ends` lead nowhere: to a pipe that nobody reads, or nowhere at all."""
    reader, writer = os.pipe()
    os.close(reader)
    streams = {end: writer if end in ends else subprocess.PIPE for end in ("stdout", "stderr")}
    numbers = [{"stdout": 1, "stderr": 2}[end] for end in ends]
    process = subprocess.Popen(
        [PROVISION, *arguments], cwd=provision.cwd, env=provision.environment({"RUST_BACKTRACE": "1"}), **streams,
        stdin=subprocess.DEVNULL, preexec_fn=(lambda: [os.close(number) for number in numbers]) if closed else None)
    os.close(writer)
    _, err = process.communicate(timeout=60)
    return process.returncode, (err or b"").decode()


@pytest.fixture
def made(local_deployment: Deployment) -> Provision:
    local_deployment.made()
    return local_deployment.provision


def test_nobody_listens(made: Provision):
    every, two, one = [("stdout",), ("stderr",), ("stdout", "stderr")], [("stdout",), ("stdout", "stderr")], [("stdout",)]
    for closed, (command, ways) in itertools.product((False, True), COMMANDS.items()):
        for ends in {3: every, 2: two, 1: one}[ways] if not closed or ways > 1 else []:
            code, err = deaf(made, *command, ends=ends, closed=closed)
            assert code == (2 if command == ("nonsense",) else 0), f"{command} {ends} {closed}: {code}: {err}"
            assert "failed at" not in err and "panicked" not in err and "Broken pipe" not in err, f"{command}: {err}"


def test_a_panic_is_short_and_asks_to_be_reported(provision: Provision):
    """Without a file descriptor to spare tokio's runtime cannot start, and panics."""
    run = provision("url", environment={"RUST_BACKTRACE": "0"},
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4)))

    assert run.code != 0 and run.out == "", run
    assert "has failed at " in run.err and "report" in run.err and run.err.count("\n") == 2, run
    assert "panicked" not in run.err and "Too many open files" not in run.err, run


def test_a_line_for_people_is_written_whole(provision: Provision, bootstrap: Path):
    """On a terminal the answer on stdout would get into it."""
    # Keeps what is written at once apart from what is written next.
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [provision.program, "dev", "--once", "!one-chunk", "--speed", "0", "--binary", bootstrap], cwd=provision.cwd,
        env=provision.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
    theirs.close()

    written = list(iter(lambda: ours.recv(65536), b""))

    assert process.wait(timeout=60) == 0 and any(b"streamed complete" in text for text in written), written
    assert [text for text in written if not text.endswith(b"\n")] == []
