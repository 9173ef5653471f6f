"""`--explain`: what each message of a runtime was taken for and why, with a program of the developer's own behind
`provision dev`, or with what one has sent."""

import json
from pathlib import Path
from typing import Iterator

import pytest

from odd_agent import OddAgent
from provision import Provision, Run

SECRET = "SECRET-カササギの合言葉"
RUNTIME = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/odd-AbC1234567"
# An agent that nobody knows, except for its end.
ODD = [{"kind": "session", "n": 1}, *({"payload": {"say": piece}, "seq": 1} for piece in ["川", "か"]),
       {"type": "progress", "text": SECRET}, {"text": "以上"}]


@pytest.fixture
def odd_agent() -> Iterator[OddAgent]:
    with OddAgent() as agent:
        yield agent


def configure(provision: Provision, more: str = "", trace: str = "full") -> None:
    (provision.cwd / "gateway.yaml").write_text(
        f"name: odd\nregion: ap-northeast-1\ntrace: {trace}\nagent:\n  runtime: {RUNTIME}\n  name: ODD\n{more}")


def explained(provision: Provision, bootstrap: Path, agent: str, *flags: str) -> Run:
    return provision.done("dev", "--agent", agent, "--once", "川か道か", "--explain", "--binary", str(bootstrap), *flags)


def without_times(text: str) -> str:
    """The transcript up to the figures, which differ from run to run."""
    return "".join(line.split(" in ")[0] + "\n" if line.startswith("complete in ") else line
                   for line in text.splitlines(keepends=True))


def test_somebody_with_an_odd_agent_sees_what_is_not_understood_and_what_helps(
        provision: Provision, bootstrap: Path, odd_agent: OddAgent):
    configure(provision)
    odd_agent.says(*ODD)

    run = explained(provision, bootstrap, odd_agent.endpoint)

    assert without_times(run.out) == """\
content type `text/event-stream`; read as event stream, by the content type

    1  unknown             data, not understood: a type, an event, a status or the like in it says that it is no answer
       {"kind": "session", "n": 1}
    2  unknown             data, not understood: no member that is known to hold an answer has text
       {"payload": {"say": "川"}, "seq": 1}
       … and 1 more like it, up to message 3
    4  unknown             data, not understood: a type, an event, a status or the like in it says that it is no answer
       {"type": "progress", "text": "SECRET-カササギの合言葉"}
    5  own                 text
       {"text": "以上"}

ODD answering

ODD
以上
ODD done

complete

5 messages: 4 not understood, 1 text

4 messages were not understood (1, 2, 3, 4). If they have words for the user, `answer` in
gateway.yaml, beside the agent's `runtime`, says where they are:

  answer:
    text: /payload/say
""", run

    # The setting that it has told.
    configure(provision, "  request: {ask: '${question}', where: '${session}'}\n  answer:\n    text: /payload/say\n    ignore: /seq\n")
    told = explained(provision, bootstrap, odd_agent.endpoint)

    assert "    2  configured          text\n" in told.out and "\n川か以上\n" in told.out, told
    session = odd_agent.headers[-1]["x-amzn-bedrock-agentcore-runtime-session-id"]
    assert odd_agent.asked == [{"prompt": "川か道か", "sessionId": odd_agent.headers[0][
        "x-amzn-bedrock-agentcore-runtime-session-id"]}, {"ask": "川か道か", "where": session}]
    assert odd_agent.paths == ["/invocations", "/invocations"]
    assert "authorization" not in odd_agent.headers[-1]


def test_what_an_agent_has_sent_is_explained_from_a_file(provision: Provision, bootstrap: Path):
    """JSON lines, which no name of a file gives away; and a deployment that shows no word of a message."""
    (provision.cwd / "sent").write_text("".join(json.dumps(message) + "\n" for message in ODD))
    configure(provision, trace="summary")

    out = explained(provision, bootstrap, "file:sent").out

    assert out.startswith("no content type; read as JSON lines, by the first bytes\n"), out
    assert "text: /payload/say\n" in out and "`--trace full` shows how each message begins" in out, out
    assert SECRET not in out


def test_what_came_of_a_failed_answer_is_explained_too(provision: Provision, bootstrap: Path, odd_agent: OddAgent):
    configure(provision, "  answer: {text: /say, error: /fault}\n")
    odd_agent.says({"say": "川か"}, {"fault": "quota"})

    run = provision("dev", "--agent", odd_agent.endpoint, "--once", "?", "--explain", "--binary", str(bootstrap))

    assert run.code == 1, run
    assert "    2  configured          failure\n" in run.out and "\n川か\n" in run.out, run
    assert "2 messages: 1 text, 1 failure\n" in run.out, run


def test_a_program_that_does_not_listen_or_fails_is_told_so(
        provision: Provision, bootstrap: Path, odd_agent: OddAgent):
    configure(provision)
    odd_agent.close()

    run = provision("dev", "--agent", odd_agent.endpoint, "--once", "?", "--binary", str(bootstrap))

    assert run.code == 1 and f"nothing answers at {odd_agent.endpoint}/invocations yet" in run.err, run
    assert "agent_failed" in run.out, run
    wrong = provision("dev", "--agent", "127.0.0.1:8080")
    assert wrong.code == 2 and "http://127.0.0.1:8080" in wrong.err, wrong
