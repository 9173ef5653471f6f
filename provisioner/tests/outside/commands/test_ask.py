"""`provision ask`: the deployment is asked as its clients do, and the answer's end decides."""

import json
import os
import re
import signal
import socket

import pytest

import processes

from accounts import AGENT_ALIAS, AGENT_ID
from deployment import Deployment
from played_server import PlayedHandler, PlayedServer
from processes import Lines, wait_until
from provision import Provision
from recorder import Recorder
from terminal import Terminal


@pytest.fixture(scope="module")
def asked(tmp_path_factory, local_account) -> Deployment:
    """A deployment to ask, on the local AWS."""
    home, project = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("project")
    recorder = Recorder(local_account.endpoint)
    deployment = Deployment(local_account, recorder, home, project, f"asked-{os.getpid()}")
    deployment.configure(agent=None, default_agent="magi", agents={
        "magi": {"id": AGENT_ID, "alias": AGENT_ALIAS, "name": "SOLOMON"},
        "other": {"id": AGENT_ID, "alias": AGENT_ALIAS, "name": "OTHER"}},
        members={"CASPAR": {"name": "カスパー", "role": "sage"}})
    deployment.made()
    yield deployment
    recorder.close()


def events(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


def test_shows_who_says_what(asked: Deployment):
    run = asked.provision.done("ask", "可決すべきか?")

    # Agents go by the names that people know them by.
    lines = run.out.splitlines()
    assert {"カスパー", "MELCHIOR", "SOLOMON"} <= set(lines) and "CASPAR" not in lines, run
    assert lines[-1].startswith("complete in "), run
    assert run.err == "", run


@pytest.mark.parametrize("dialect", ["magi", "ai-sdk", "ag-ui", "openai"])
def test_every_kind_of_client_reads_the_same_answer(asked: Deployment, dialect):
    answer = events(asked.provision.done("ask", "可決すべきか?", "--json").out)
    ruling = "".join(event["content"] for event in answer
                     if event["type"] == "chunk" and event["agent"] == "SOLOMON")

    run = asked.provision.done("ask", "可決すべきか?", "--dialect", dialect)

    assert len(ruling) > 300 and ruling in run.out, run
    assert run.out.splitlines()[-1].startswith("complete"), run
    assert "\x1b" not in run.out


@pytest.mark.parametrize("dialect", ["magi", "ai-sdk", "ag-ui", "openai"])
def test_files_come_with_a_question(asked: Deployment, dialect):
    for name, content in [("図.png", b"\x89PNG"), ("a.csv", b"a,b")]:
        (asked.project / name).write_bytes(content)

    files = ("--file", "図.png", "--file", "a.csv")
    run = asked.provision.done("ask", "可決すべきか?", "--dialect", dialect, *files)
    assert run.out.splitlines()[-1].startswith("complete"), run
    # What a Bedrock agent does not take is told by the gateway, whose reason is shown.
    for refused, reason in [(files * 3, "5 files at most"), (("--file", "missing.png"), "`missing.png`")]:
        run = asked.provision("ask", "可決すべきか?", "--dialect", dialect, *refused)
        assert run.code == 1 and reason in run.err, run
    run = asked.provision("ask", "", "--dialect", dialect, *files)
    assert run.code == 1 and "without a question" in run.err, run


def test_an_agent_whose_messages_are_awss_has_nothing_to_explain(asked: Deployment):
    run = asked.provision.done("ask", "可決すべきか?", "--explain")

    lines = run.out.splitlines()
    assert {"カスパー", "MELCHIOR", "SOLOMON"} <= set(lines), run
    assert lines[-1].startswith("Nothing to explain"), run
    too_much = asked.provision("ask", "可決すべきか?", "--explain", "--trace", "full")
    assert too_much.code == 1 and "`trace` in gateway.yaml" in too_much.err, too_much
    assert asked.provision("ask", "?", "--explain", "--dialect", "openai").code == 2


def test_a_terminal_shows_the_session_to_go_on_with(asked: Deployment):
    terminal = Terminal(asked.provision, "ask", "可決すべきか?")
    assert terminal.ends() == 0, terminal.seen

    (session,) = re.findall(r"continue with --session (\S+)", terminal.seen)
    goes_on = events(asked.provision.done("ask", "続けて", "--session", session, "--json").out)
    assert goes_on[0]["sessionId"] == session


@pytest.mark.parametrize(("status", "hint"), [(404, "--agent"), (429, "reserved_concurrency"), (None, "HTTPS_PROXY")])
def test_a_refusal_says_what_to_do_next(home, project, status, hint):
    """By a function URL that refuses, or that nobody serves."""
    class Refuses(PlayedHandler):
        def do_GET(self):
            body = json.dumps({"FunctionUrl": url, "AuthType": "NONE", "FunctionArn": "arn", "CreationTime": "",
                               "InvokeMode": "RESPONSE_STREAM"}).encode()
            self.reply(200, body)

        def do_POST(self):
            self.read_body()
            self.reply(status, b'{"message":"no"}')

    with socket.socket() as unserved, PlayedServer(Refuses) as server:
        unserved.bind(("127.0.0.1", 0))
        url = f"{server.endpoint}/" if status else f"http://127.0.0.1:{unserved.getsockname()[1]}/"
        run = Provision(None, home, project)(
            "ask", "?", "--name", "x", "--region", "eu-west-1", "--endpoint-url", server.endpoint,
            environment={"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})

    assert run.code == 1 and hint in run.err.partition("hint:")[2], run


def test_json_is_one_event_a_line(asked: Deployment):
    answer = events(asked.provision.done("ask", "可決すべきか?", "--json").out)

    assert (answer[0]["type"], answer[-1]["type"]) == ("start", "complete")
    assert sum(event["type"] == "chunk" for event in answer) == answer[-1]["chunkCount"]


def test_raw_is_what_comes_over_the_wire(asked: Deployment):
    run = asked.provision.done("ask", "可決すべきか?", "--raw")

    assert run.out.startswith(": open\n\nid: 1\ndata: {"), run
    assert run.out.endswith("}\n\n") and '"type":"complete"' in run.out


def test_a_session_goes_on(asked: Deployment):
    answer = events(asked.provision.done("ask", "続けて", "--session", "my-own-session-of-33-characters-ok",
                                         "--json").out)

    assert answer[0]["sessionId"] == "my-own-session-of-33-characters-ok"


def test_another_agent_can_be_asked_by_its_name(asked: Deployment):
    answer = events(asked.provision.done("ask", "可決すべきか?", "--agent", "other", "--json").out)

    assert "OTHER" in {event["agent"] for event in answer if event["type"] == "chunk"}

    run = asked.provision("ask", "可決すべきか?", "--agent", "nobody")
    assert run.code == 1 and "nobody" in run.err and run.out == "", run


def test_the_question_may_come_from_stdin(asked: Deployment):
    run = asked.provision.done("ask", "-", input="可決すべきか?\n")

    assert "complete in " in run.out


def test_a_failed_answer_is_a_failure(asked: Deployment):
    run = asked.provision("ask", "!throttled-midway")

    assert run.code == 1, run
    assert "failed: " in run.out and "(throttled)" in run.out, run
    assert "provision logs" in run.err, run


def test_a_stream_that_breaks_off_is_a_failure(asked: Deployment):
    run = asked.provision("ask", "!closes", "--json")

    assert run.code == 1, run
    assert events(run.out)[-1]["type"] == "error", run


def test_a_stream_that_is_cut_is_a_failure_although_it_was_a_good_answer_so_far(asked: Deployment):
    process = asked.provision.start("ask", "!stalls", "--raw")
    read = b""
    while b'"type":"chunk"' not in read:
        read += (piece := os.read(process.stdout.fileno(), 65536))
        assert piece, read
    # The function's process is gone, and nobody is left to say `error`.
    for pid in processes.with_variable("AWS_LAMBDA_FUNCTION_NAME", asked.name):
        os.kill(pid, signal.SIGKILL)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 1 and "broke off" in err and '"type":"error"' not in out, err


def test_nobody_who_may_not_call_gets_an_answer(asked: Deployment):
    run = asked.provision("ask", "可決すべきか?", "--token", "abc")

    # No token opens a URL that checks signatures; it must not even be sent.
    assert run.code == 1 and "signature" in run.err and "abc" not in run.err, run


def test_a_deployment_that_is_not_there_is_told_as_such(asked: Deployment):
    run = asked.provision("ask", "x", "--name", "nowhere")

    assert run.code == 1 and "no function URL" in run.err and "provision up" in run.err, run


def test_an_open_url_is_asked_without_a_signature(local_deployment: Deployment):
    local_deployment.configure(auth="none")
    local_deployment.made()

    run = local_deployment.provision.done("ask", "可決すべきか?", "--token", "")

    assert "complete in " in run.out, run


def test_logs_tell_how_it_went_and_nothing_of_what_was_said(asked: Deployment):
    asked.provision("ask", "!throttled-midway の秘密")

    def logged() -> str:
        return asked.provision.done("logs", "--since", "5m").out

    wait_until(lambda: "ERROR streamed throttled" in logged(), "the failure is logged")
    text = logged()
    assert "秘密" not in text
    # Lambda's lines about starts and good ends drown what the function has to say.
    assert "platform.start" not in text and '"status":"success"' not in text
    line = next(line for line in text.splitlines() if "streamed throttled" in line)
    assert "agent=magi" in line and "requestId=" in line

    # Lambda's own line about an invocation comes last.
    wait_until(lambda: "platform.report" in asked.provision.done("logs", "--since", "5m", "--json").out,
               "Lambda's lines are there, too")
    parsed = [json.loads(line) for line in
              asked.provision.done("logs", "--since", "5m", "--json").out.splitlines()]
    assert any(event["message"].get("outcome") == "throttled" for event in parsed
               if isinstance(event["message"], dict))


def test_logs_follow_what_comes(asked: Deployment):
    def request_id() -> str:
        return events(asked.provision.done("ask", "続けて", "--json").out)[0]["requestId"]

    process = asked.provision.start("logs", "--follow", "--since", "5m")
    try:
        lines = Lines(process.stdout)
        # The second comes when it certainly follows.
        for _ in range(2):
            line = lines.first_with(f"requestId={request_id()}", seconds=60)
            assert "INFO" in line and "streamed complete" in line
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "elvish"])
def test_completions_need_no_account(provision, shell):
    run = provision.done("completions", shell)

    assert "provision" in run.out and "detailed-exitcode" in run.out
