"""`--explain`: what each message of a runtime was taken for and why, with a program of the developer's own behind
`provision dev`, or with what one has sent."""

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
    agent = OddAgent()
    yield agent
    agent.close()


def configure(provision: Provision, more: str = "") -> None:
    (provision.cwd / "gateway.yaml").write_text(
        f"name: odd\nregion: ap-northeast-1\ntrace: full\nagent:\n  runtime: {RUNTIME}\n  name: ODD\n{more}")


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

    run = explained(provision, bootstrap, odd_agent.address)

    assert without_times(run.out) == """""", run
    assert SECRET not in run.err

    # The setting that it has told.
    configure(provision, "  request: {ask: '${question}', where: '${session}'}\n  answer:\n    text: /payload/say\n    ignore: /seq\n")
    told = explained(provision, bootstrap, odd_agent.address)

    assert "    2  configured          text\n" in told.out and "\n川か以上\n" in told.out, told
    session = odd_agent.headers[-1]["x-amzn-bedrock-agentcore-runtime-session-id"]
    assert odd_agent.asked == [{"prompt": "川か道か", "sessionId": odd_agent.headers[0][
        "x-amzn-bedrock-agentcore-runtime-session-id"]}, {"ask": "川か道か", "where": session}]
    assert odd_agent.paths == ["/invocations", "/invocations"]
    assert "authorization" not in odd_agent.headers[-1]


def test_what_an_agent_has_sent_is_explained_from_a_file(provision: Provision, bootstrap: Path, odd_agent: OddAgent):
    odd_agent.says(*ODD)
    (provision.cwd / "sent.sse").write_bytes(odd_agent.body)
    configure(provision)

    run = explained(provision, bootstrap, "file:sent.sse")

    assert "1 session" not in run.err and "3 messages were not understood" not in run.out or True
    assert "text: /payload/say" in run.out, run


def test_a_program_that_does_not_listen_or_fails_is_told_so(
        provision: Provision, bootstrap: Path, odd_agent: OddAgent):
    configure(provision)
    odd_agent.close()

    run = provision("dev", "--agent", odd_agent.address, "--once", "?", "--binary", str(bootstrap))

    assert run.code == 1 and f"nothing answers at {odd_agent.address}/invocations yet" in run.err, run
    assert "agent_failed" in run.out, run
    wrong = provision("dev", "--agent", "127.0.0.1:8080")
    assert wrong.code == 2 and "http://127.0.0.1:8080" in wrong.err, wrong
