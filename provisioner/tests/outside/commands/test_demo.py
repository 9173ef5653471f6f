"""`provision dev`: everything on this machine with one command, and nothing left of it afterwards."""

import http.client
import json
import re
import shutil
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
    processes.wait_until(lambda: not processes.in_session(process.pid), "no process is left behind")
    assert not [port for port in ports if processes.is_open(port)]


def test_once_prints_the_answer_and_leaves_nothing_running(provision: Provision, bootstrap: Path):
    port, url_port = processes.free_port(), processes.free_port()
    process = provision.start("dev", "--once", QUESTION, "--binary", str(bootstrap),
                              "--port", str(port), "--url-port", str(url_port))
    out, err = process.communicate("", timeout=300)

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
        line = json.loads(processes.wait_for_line(process.stdout, "{"))
        account = Account.of_line(line)
        url = FunctionUrl(line["functionUrl"], account)
        events = url.ask("!stalls").events()
        assert next(event for event in events if event["type"] == "chunk")
        # `provision` and a `bootstrap` at least.
        assert len(processes.in_session(process.pid)) >= 2

        process.send_signal(stop)
        assert process.wait(timeout=60) in (0, 130, 143)
    finally:
        process.kill()
    assert_nothing_left(process, ports_in(json.dumps(line)))


def test_serves_the_page(provision: Provision, bootstrap: Path):
    process = provision.start("dev", "--json", "--page-port", "0", "--binary", str(bootstrap))
    try:
        line = json.loads(processes.wait_for_line(process.stdout, "{"))
        assert line["pageUrl"].startswith("http://127.0.0.1:")
        page = FunctionUrl(line["pageUrl"], None).request("GET", "/")
        assert page.status == 200 and page.headers["content-type"].startswith("text/html")
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_the_page_answers_this_machine_only_and_no_other_sites_script(
        provision: Provision, bootstrap: Path):
    process = provision.start("dev", "--json", "--page-port", "0", "--binary", str(bootstrap))
    try:
        line = json.loads(processes.wait_for_line(process.stdout, "{"))
        address = line["pageUrl"].removeprefix("http://")

        def status(method: str, path: str, **headers: str) -> int:
            connection = http.client.HTTPConnection(address, timeout=30)
            connection.request(method, path, body='{"question":"q"}', headers=headers)
            return connection.getresponse().status

        # What DNS rebinding looks like from here.
        assert status("GET", "/", host="evil.example") == 403
        assert status("GET", "/", host="localhost:1") == 200
        # What a form or a script of another site can send without a preflight.
        form = {"content-type": "text/plain"}
        assert status("POST", "/ask", **form) == 415
        assert status("POST", "/ask", **{"content-type": "application/json"}) == 200
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_a_new_binary_is_deployed_at_once(provision: Provision, bootstrap: Path, tmp_path: Path):
    binary = tmp_path / "watched" / "bootstrap"
    binary.parent.mkdir()
    shutil.copy(bootstrap, binary)
    process = provision.start("dev", "--json", "--page-port", "0", "--binary", str(binary))
    try:
        processes.wait_for_line(process.stdout, "{")
        # A linker replaces the file; bytes after the program change its hash and nothing else.
        replacement = tmp_path / "replacement"
        replacement.write_bytes(bootstrap.read_bytes() + b"changed")
        replacement.chmod(0o755)
        replacement.rename(binary)

        processes.wait_for_line(process.stderr, "version 2 is live")
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_says_what_is_wrong_with_a_binary_that_cannot_run(provision: Provision, tmp_path: Path):
    script = tmp_path / "bootstrap"
    script.write_text("#!/bin/sh\n")

    run = provision("dev", "--once", QUESTION, "--binary", str(script))

    assert run.code == 1 and "ELF" in run.err, run
