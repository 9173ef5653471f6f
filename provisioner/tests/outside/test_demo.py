"""`provision dev`: everything on this machine with one command, and nothing left of it afterwards."""

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

import processes
from accounts import Account
from function_url import FunctionUrl
from provision import Provision

QUESTION = "東京に新しい公園を作るべきか"
COUNCIL = ("MELCHIOR", "BALTHASAR", "CASPAR", "SOLOMON")


def ports_in(text: str) -> set[int]:
    return {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", text)}


def assert_nothing_left(process: subprocess.Popen, ports: set[int]) -> None:
    assert not processes.in_session(process.pid)
    assert not [port for port in ports if processes.is_open(port)]


def test_once_prints_the_answer_and_leaves_nothing_running(provision: Provision, bootstrap: Path):
    port, url_port = processes.free_port(), processes.free_port()
    process = provision.start("dev", "--once", QUESTION, "--binary", str(bootstrap),
                              "--port", str(port), "--url-port", str(url_port))
    out, err = process.communicate("", timeout=120)

    assert process.returncode == 0, err
    for name in COUNCIL:
        assert name in out
    assert_nothing_left(process, {port, url_port})


def test_once_as_json_prints_one_event_a_line(provision: Provision, bootstrap: Path):
    run = provision.done("dev", "--once", QUESTION, "--json", "--speed", "0",
                         "--binary", str(bootstrap))

    events = [json.loads(line) for line in run.out.splitlines()]
    assert [event["type"] for event in events][::len(events) - 1] == ["start", "complete"]
    assert {event["agent"] for event in events if event["type"] == "chunk"} == set(COUNCIL)


def test_once_fails_when_the_answer_does(provision: Provision, bootstrap: Path):
    run = provision("dev", "--once", "!throttled-midway", "--speed", "0",
                    "--binary", str(bootstrap))

    assert run.code == 1, run


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_stopped_in_the_middle_of_an_answer_it_leaves_nothing_running(
        provision: Provision, bootstrap: Path, stop):
    process = provision.start("dev", "--json", "--page-port", "0", "--binary", str(bootstrap))
    try:
        line = json.loads(processes.wait_for_line(process, process.stdout, "{", seconds=60))
        account = Account.of_line(line)
        url = FunctionUrl(line["functionUrl"], account)
        events = url.ask("!stalls").events()
        assert next(event for event in events if event["type"] == "chunk")
        # `provision` and a `bootstrap` at least.
        assert len(processes.in_session(process.pid)) >= 2

        process.send_signal(stop)
        assert process.wait(timeout=15) in (0, 130, 143)
    finally:
        process.kill()
    assert_nothing_left(process, ports_in(json.dumps(line)))


def test_serves_the_page(provision: Provision, bootstrap: Path):
    process = provision.start("dev", "--json", "--page-port", "0", "--binary", str(bootstrap))
    try:
        line = json.loads(processes.wait_for_line(process, process.stdout, "{", seconds=60))
        assert line["pageUrl"].startswith("http://127.0.0.1:")
        page = FunctionUrl(line["pageUrl"], None).request("GET", "/")
        assert page.status == 200 and page.headers["content-type"].startswith("text/html")
    finally:
        process.terminate()
        process.wait(timeout=15)


def test_says_what_is_wrong_with_a_binary_that_cannot_run(provision: Provision, tmp_path: Path):
    script = tmp_path / "bootstrap"
    script.write_text("#!/bin/sh\n")

    run = provision("dev", "--once", QUESTION, "--binary", str(script))

    assert run.code == 1 and "ELF" in run.err, run
