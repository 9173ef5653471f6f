"""`provision dev`: everything on this machine with one command, and nothing left of it afterwards."""

import json
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

import processes
from accounts import Account
from doors import REBOUND, knock
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


def test_it_runs_where_the_system_does_not_say_whose_a_connection_is(provision: Provision, bootstrap: Path, tmp_path: Path):
    """As macOS does not. There is no `/proc` there at all."""
    script = tmp_path / "without-proc"
    script.write_text(f"""#!/bin/sh
mount -t tmpfs none /proc && exec {provision.program} "$@"
""")
    script.chmod(0o755)

    run = provision.done("dev", "--once", "!one-chunk", "--speed", "0", "--binary", str(bootstrap),
                         within=["unshare", "--map-root-user", "--mount", str(script)])

    assert "complete in" in run.out, run


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


@pytest.fixture
def page(provision: Provision, bootstrap: Path) -> Iterator[str]:
    """The address of the page of a running `provision dev`, as it is printed."""
    process = provision.start("dev", "--json", "--page-port", "0", "--speed", "0", "--binary", str(bootstrap))
    try:
        yield json.loads(processes.wait_for_line(process.stdout, "{"))["pageUrl"]
    finally:
        process.terminate()
        process.wait(timeout=60)


ASKED = b'{"question":"q"}'
AS_JSON = {"content-type": "application/json"}


def test_serves_the_page_and_lets_nobody_do_more_with_it_than_show_it(page: str):
    assert page.startswith("http://127.0.0.1:")
    for path, content_type in [("", "text/html"), ("page.js", "text/javascript"), ("info", "application/json")]:
        answer = knock(page + path)
        assert answer.status == 200 and answer.headers["content-type"].startswith(content_type), path
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["access-control-allow-origin"] is None
    assert knock(page + "ask", "POST", ASKED, headers=AS_JSON).status == 200


def test_the_page_is_for_who_was_told_its_address(page: str):
    anywhere = page[:page.index("/", len("http://"))]

    for path in ("/", "/info", "/ask", "/page.js", "/0123456789abcdef0123456789abcdef/", "/%2e/"):
        for answer in (knock(anywhere + path), knock(anywhere + path, "POST", ASKED, headers=AS_JSON)):
            assert answer.status == 403, path
    # One that was left open in a run before says what to do.
    assert b"`provision dev` has printed" in knock(anywhere).read()


def test_the_page_answers_this_machine_only_and_no_other_sites_script(page: str):
    # What DNS rebinding looks like from here.
    assert knock(page, host=REBOUND).status == 403
    assert knock(page, host="localhost").status == 200
    # What a form or a script of another site can send without a preflight.
    assert knock(page + "ask", "POST", ASKED, headers={"content-type": "text/plain"}).status == 415
    # And what it sends after one that was never granted.
    for origin in ("http://evil.example", "http://127.0.0.1:1", "null"):
        assert knock(page + "ask", "POST", ASKED, headers={**AS_JSON, "origin": origin}).status == 403, origin
    own = page[:page.index("/", len("http://"))]
    assert knock(page + "ask", "POST", ASKED, headers={**AS_JSON, "origin": own}).status == 200


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


def test_only_the_binary_is_watched_whatever_else_changes_beside_it(
        provision: Provision, bootstrap: Path, project: Path):
    binary, log = project / "bootstrap", project / "dev.log"
    shutil.copy(bootstrap, binary)
    # Its own log, as in `provision dev --binary ./bootstrap > dev.log 2>&1`.
    with open(log, "w") as out:
        process = subprocess.Popen(
            [provision.program, "dev", "--page-port", "0", "--binary", "./bootstrap"], cwd=project,
            env=provision.environment(), stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        processes.wait_until(lambda: "Ctrl-C ends it" in log.read_text(), "`dev` is ready")
        (project / ".env.local").write_text("A=b")
        # The sages take their time, and the function logs that it was asked: long enough to deploy twice.
        page = re.search(r"^page +(\S+)$", log.read_text(), re.M)[1]
        assert b"complete" in knock(page.rstrip("/") + "/ask", "POST", ASKED, headers=AS_JSON).read()
        replacement = project / "bootstrap.new"
        replacement.write_bytes(bootstrap.read_bytes() + b"changed")
        replacement.chmod(0o755)
        replacement.rename(binary)
        processes.wait_until(lambda: "version 2 is live" in log.read_text(), "the binary is deployed")
    finally:
        process.terminate()
        process.wait(timeout=60)
    assert "nothing to change" not in log.read_text()


def test_a_binary_behind_a_symbolic_link_is_watched_where_it_is(provision: Provision, bootstrap: Path, project: Path):
    built = project / "target" / "bootstrap"
    built.parent.mkdir()
    shutil.copy(bootstrap, built)
    (project / "bootstrap").symlink_to("target/bootstrap")
    process = provision.start("dev", "--json", "--page-port", "0", "--binary", "bootstrap")
    try:
        processes.wait_for_line(process.stdout, "{")
        with open(built, "ab") as file:
            file.write(b"changed")

        processes.wait_for_line(process.stderr, "version 2 is live")
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_new_settings_are_deployed_at_once_and_wrong_ones_are_told(
        provision: Provision, bootstrap: Path, project: Path):
    settings = project / "gateway.yaml"
    settings.write_text("name: magi\nregion: ap-northeast-1\nmemory_mb: 1024\n")
    process = provision.start("dev", "--json", "--page-port", "0", "--binary", str(bootstrap))
    try:
        page = json.loads(processes.wait_for_line(process.stdout, "{"))["pageUrl"]
        said = processes.Lines(process.stderr)

        def memory_mb() -> int:
            return json.loads(knock(page + "info").read())["memoryMb"]

        settings.write_text("name: magi\nregion: ap-northeast-1\nmemory_mb: 512\n")
        said.first_with("version 2 is live", seconds=60)
        processes.wait_until(lambda: memory_mb() == 512, "the page shows what is live")
        settings.write_text("name: magi\nregion: ap-northeast-1\nmemory_mb: lots\n")
        said.first_with("expected a whole number from 128 to 10240", seconds=60)
        settings.write_text("name: another\nregion: ap-northeast-1\n")
        said.first_with("another deployment", seconds=60)
        assert memory_mb() == 512
        assert knock(page + "ask", "POST", b'{"question":"!one-chunk"}', headers=AS_JSON).status == 200
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_says_what_is_wrong_with_a_binary_that_cannot_run(provision: Provision, tmp_path: Path):
    script = tmp_path / "bootstrap"
    script.write_text("#!/bin/sh\n")

    run = provision("dev", "--once", QUESTION, "--binary", str(script))

    assert run.code == 1 and "ELF" in run.err, run
