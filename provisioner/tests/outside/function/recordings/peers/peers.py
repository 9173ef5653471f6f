"""What others make of the recordings: LiteLLM, the Vercel AI SDK, AG-UI's client, and a call of one's own with boto3.

    make peers

prints a table for function/README.md. An answer is right when its text is what the agent said to the user, no more and
no less, and when it ends as a failure exactly if the agent failed.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
FUNCTION = HERE.parents[1]
OUTSIDE = FUNCTION.parent
REPOSITORY = OUTSIDE.parents[2]
sys.path[:0] = [str(FUNCTION), str(OUTSIDE / "support"), str(HERE.parent)]

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402

from accounts import Account  # noqa: E402
from dialects import ASKED, DIALECTS  # noqa: E402
from functions import deploy  # noqa: E402
from local_dev import local_dev  # noqa: E402
from record import UV  # noqa: E402
from recorded import Recording, RecordedRuntimes, recordings  # noqa: E402

ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/recorded-AbC1234567"
ENVIRONMENT = REPOSITORY / ".tools/record/litellm"


def question(recording: Recording) -> str:
    return f"play {recording.name}"


def in_a_process(command: list, task: dict, cwd: Path) -> Iterator[dict]:
    process = subprocess.run(command, input=json.dumps(task), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                             cwd=cwd, check=True)
    return map(json.loads, process.stdout.splitlines())


def litellm(address: str, played: list[Recording], stream: bool) -> Iterator[dict]:
    python = ENVIRONMENT / "venv/bin/python"
    if not python.exists():
        subprocess.run([UV, "venv", "--quiet", ENVIRONMENT / "venv"], check=True)
        subprocess.run([UV, "pip", "install", "--quiet", "--python", python, "--requirement", HERE / "litellm.txt"], check=True)
    return in_a_process([python, HERE / "ask_litellm.py"], {
        "address": address, "arn": ARN, "stream": stream, "questions": list(map(question, played))}, HERE)


def javascript(client: str) -> Callable[[str, list[Recording]], Iterator[dict]]:
    return lambda address, played: in_a_process(["node", HERE / "clients.mjs"], {
        "client": client, "address": address, "questions": list(map(question, played))}, OUTSIDE)


def called_directly(address: str, played: list[Recording]) -> Iterator[dict]:
    """The loop of AWS's developer guide around `invoke_agent_runtime`."""
    client = boto3.client("bedrock-agentcore", endpoint_url=address, region_name="ap-northeast-1", aws_access_key_id="-",
                          aws_secret_access_key="-", config=Config(retries={"total_max_attempts": 1}))
    for recording in played:
        pieces, failed = [], False
        try:
            answer = client.invoke_agent_runtime(agentRuntimeArn=ARN, runtimeSessionId="s" * 36,
                                                 payload=json.dumps({"prompt": question(recording)}))
            kind = answer.get("contentType", "")
            if "text/event-stream" in kind:
                for line in answer["response"].iter_lines(chunk_size=10):
                    if line.decode().startswith("data: "):
                        pieces.append(line.decode()[6:])
            elif kind == "application/json":
                pieces.append(json.loads(b"".join(answer["response"])))
            else:
                pieces.append(answer["response"].read().decode())
        except (BotoCoreError, ClientError, OSError, ValueError):
            failed = True
        yield {"pieces": [piece if isinstance(piece, str) else json.dumps(piece) for piece in pieces], "failed": failed}


def this_function(dialect: str) -> Callable[[str, list[Recording]], Iterator[dict]]:
    def ask(address: str, played: list[Recording]) -> Iterator[dict]:
        with tempfile.TemporaryDirectory() as home, local_dev(Path(home), "--speed", "0") as line:
            agents = {"default": "recorded", "agents": {"recorded": {"type": "agentcore-runtime", "arn": ARN, "name": ASKED}}}
            gateway = deploy(Account.of_line(line), "peers", {
                "GATEWAY_AGENTS": json.dumps(agents), "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": address})
            for recording in played:
                heard = DIALECTS[dialect]().ask(gateway.url, "recorded", question(recording), "summary", lambda _: None)
                yield {"pieces": heard.text.get(ASKED, []), "failed": heard.end != "complete"}
    return ask


PEERS: dict[str, Callable[[str, list[Recording]], Iterator[dict]]] = {
    "this function": this_function("native"),
    "this function, for OpenAI's clients": this_function("openai"),
    "LiteLLM 1.110.2, `bedrock/agentcore`, streamed": lambda address, played: litellm(address, played, True),
    "LiteLLM 1.110.2, `bedrock/agentcore`, not streamed": lambda address, played: litellm(address, played, False),
    "AG-UI 1.0.0, `HttpAgent`, which CopilotKit's runtime runs": javascript("ag-ui"),
    "Vercel AI SDK 6.0.326, `DefaultChatTransport`": javascript("ai-sdk"),
    "Vercel AI SDK 6.0.326, `TextStreamChatTransport`": javascript("ai-sdk-text"),
    "`boto3` with the loop of AWS's developer guide": called_directly,
}


def text_is_right(recording: Recording, pieces: list[str]) -> bool:
    """Others than the asked agent may be told or not, in one text with it or apart."""
    heard, said = "".join(pieces), "".join(recording.text)
    for member in map("".join, recording.members.values()):
        if member in heard and heard != said:
            heard = heard.replace(member, "", 1)
    return heard == said


def main() -> None:
    played = list(recordings())
    # Some of them can ask in one way only: what they make of the answers is counted.
    runtimes = RecordedRuntimes(played, insist=False)
    # Nobody is waited for.
    runtimes.go_on.set()
    print(f"| {len(played)} answers | right | text right | failures told | tool data told |\n|---|---|---|---|---|")
    failures = [recording for recording in played if recording.end != "complete"]
    for name, ask in PEERS.items():
        heard = list(zip(played, ask(runtimes.endpoint, played), strict=True))
        texts = {recording.name for recording, answer in heard if text_is_right(recording, answer["pieces"])}
        ends = {recording.name for recording, answer in heard if answer["failed"] == (recording.end != "complete")}
        told = sum(answer["failed"] for recording, answer in heard if recording in failures)
        secrets = sum("SECRET" in "".join(answer["pieces"]) for _, answer in heard)
        print(f"| {name} | {len(texts & ends)} | {len(texts)} | {told} of {len(failures)} | {secrets} |", flush=True)
    runtimes.close()


if __name__ == "__main__":
    main()
