"""Records what agents on AgentCore send: `make record`, or for some frameworks `make record FRAMEWORKS="langgraph"`.

For each framework it installs the pinned packages into a folder of their own, starts the framework's programs with a
played model (`agents.py` or `agents.mjs`), asks each one and writes down the bodies, chunk by chunk as they came, and
beside them in `recordings.json` what the program says to the user. Ids and times are replaced, so that only a package
that speaks differently changes a recording.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from normalise import Normaliser
from requests_of import request_of

HERE = Path(__file__).parent
ENVIRONMENTS = Path(__file__).resolve().parents[5] / ".tools/record"
UV = Path(__file__).resolve().parents[5] / ".tools/python/bin/uv"
# A machine under load holds up for less than this what a framework has to pass on.
SILENCE_SECONDS = 0.4
KINDS = {"text/event-stream": "sse", "application/json": "json", "application/x-ndjson": "ndjson",
         "application/jsonl": "ndjson", "text/plain": "txt"}


@dataclass
class Answer:
    """An HTTP answer, in the pieces in which its body came."""

    status: int
    content_type: str
    pieces: list[bytes]
    #: Whether the body ended as HTTP ends one.
    ended: bool


def frameworks() -> list[Path]:
    return sorted(path.parent for path in HERE.glob("*/agents.*"))


def install(framework: Path) -> list[str]:
    """Installs what the framework needs, unless it is there; the command that runs its programs."""
    environment = ENVIRONMENTS / framework.name
    environment.mkdir(parents=True, exist_ok=True)
    wanted = framework / ("requirements.txt" if (framework / "agents.py").is_file() else "package.json")
    stamp = environment / "installed"
    if not stamp.is_file() or stamp.read_bytes() != wanted.read_bytes():
        shutil.rmtree(environment)
        environment.mkdir()
        if wanted.suffix == ".txt":
            subprocess.run([UV, "venv", "--quiet", environment / "venv"], check=True)
            subprocess.run([UV, "pip", "install", "--quiet", "--python", environment / "venv/bin/python",
                            "--requirement", wanted], check=True)
        else:
            shutil.copy(wanted, environment)
            subprocess.run(["npm", "install", "--prefix", environment, "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund",
                            "--loglevel=error"], check=True)
        shutil.copy(wanted, stamp)
    if wanted.suffix == ".txt":
        return [str(environment / "venv/bin/python"), str(framework / "agents.py")]
    # Node.js looks for packages beside the file, wherever it is started.
    for file in [HERE / "hosting.mjs", framework / "agents.mjs"]:
        shutil.copy(file, environment)
    return ["node", str(environment / "agents.mjs")]


class Programs:
    """A framework's programs in a process of their own."""

    def __init__(self, command: list[str], log: Path):
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONPATH": str(HERE),
                       "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "OTEL_SDK_DISABLED": "true",
                       "AWS_REGION": "ap-northeast-1"}
        with open(log, "w") as said:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
                                             env=environment, text=True)
        first = self._process.stdout.readline()
        if not first:
            sys.exit(f"{' '.join(command)} did not start:\n{log.read_text()}")
        #: The packages, and what each program says and where it is.
        self.told: dict = json.loads(first)
        self._paused = threading.Semaphore(0)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for _ in self._process.stdout:
            self._paused.release()

    def paused(self) -> bool:
        """Whether the model pauses, as it does once for each question."""
        return self._paused.acquire(blocking=False)

    def go_on(self) -> None:
        self._process.stdin.write("go on\n")
        self._process.stdin.flush()

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=60)


class Reader:
    """Reads one answer from the socket itself, so that no client joins what came apart."""

    def __init__(self, url: str, protocol: str):
        address = urlsplit(url)
        body = json.dumps(request_of(protocol), ensure_ascii=False).encode()
        self._connection = socket.create_connection((address.hostname, address.port), timeout=120)
        self._connection.sendall(
            f"POST {address.path} HTTP/1.1\r\nhost: {address.netloc}\r\ncontent-type: application/json\r\n"
            "accept: text/event-stream, application/json\r\nconnection: close\r\n"
            f"x-amzn-bedrock-agentcore-runtime-session-id: {'s' * 36}\r\n"
            f"content-length: {len(body)}\r\n\r\n".encode() + body)
        self._pieces: list[bytes] = []
        self._last = time.monotonic()
        self._answer: Answer | None = None
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.closing(self._connection):
            self._answer = self._read_answer(self._connection.makefile("rb"))

    def _read_answer(self, file) -> Answer:
        status = int(file.readline().split()[1])
        headers = {}
        while line := file.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        ended = True
        try:
            if headers.get("transfer-encoding") == "chunked":
                while size := int(file.readline(), 16):
                    self._came(file.read(size))
                    file.readline()
            else:
                self._came(file.read(int(headers["content-length"])))
        except (ValueError, ConnectionError):
            ended = False
        return Answer(status, headers.get("content-type", ""), self._pieces, ended)

    def _came(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._last = time.monotonic()

    def came_before_silence(self) -> int:
        """The number of pieces that have come when nothing more comes for a while."""
        while time.monotonic() - self._last < SILENCE_SECONDS:
            time.sleep(0.05)
        return len(self._pieces)

    def answer(self) -> Answer | None:
        """The whole answer, once it is there."""
        self._thread.join(timeout=0.02)
        if not self._thread.is_alive() and not self._answer:
            sys.exit("the program did not answer")
        return self._answer


def ask(programs: Programs, program: dict) -> tuple[Answer, int | None]:
    """The answer, and how many of its pieces came before the model's pause."""
    reader, before_pause = Reader(program["url"], program["asked"] or program["protocol"]), None
    while not (answer := reader.answer()):
        if programs.paused():
            before_pause = reader.came_before_silence()
            programs.go_on()
    return answer, before_pause


def recording(name: str, program: dict, answer: Answer, before_pause: int | None, folder: Path) -> dict:
    """Writes the body; what the manifest says of it."""
    pieces = list(map(Normaliser(), answer.pieces))
    body = f"{name}.{KINDS.get(answer.content_type.partition(';')[0].strip(), 'bin')}"
    (folder / body).write_bytes(b"".join(pieces))
    told = {
        "about": program["about"],
        "protocol": program["protocol"],
        "status": answer.status,
        "content_type": answer.content_type,
        "body": body,
        "pieces": [len(piece) for piece in pieces],
        "text": program["text"],
        "members": program["members"],
        "reasoning": program["reasoning"],
        "tools": program["tools"],
        "asks": program["asks"],
        "end": program["end"],
    }
    if not answer.ended:
        told["breaks_off"] = True
    if program["at_pause"] is not None:
        if not before_pause:
            sys.exit(f"{name} streams nothing: nothing had come when the model paused, of\n{answer}")
        told["at_pause"] = {"pieces": before_pause, "text": program["at_pause"]}
    return {key: value for key, value in told.items() if value not in ([], {})}


def record(framework: Path) -> None:
    command = install(framework)
    programs = Programs(command, ENVIRONMENTS / framework.name / "log")
    # Whoever reads the recordings meanwhile finds those of before.
    bodies = ENVIRONMENTS / framework.name / "bodies"
    shutil.rmtree(bodies, ignore_errors=True)
    bodies.mkdir()
    recordings = {}
    for name, program in sorted(programs.told["programs"].items()):
        print(f"{framework.name}/{name}", file=sys.stderr)
        answer, before_pause = ask(programs, program)
        recordings[name] = recording(name, program, answer, before_pause, bodies)
    programs.close()
    shutil.rmtree(framework / "bodies", ignore_errors=True)
    shutil.copytree(bodies, framework / "bodies")
    (framework / "recordings.json").write_text(readable(programs.told, recordings))
    print(f"{framework.name}: {len(recordings)} recordings")


def readable(told: dict, recordings: dict[str, dict]) -> str:
    """JSON with one line for each field of a recording."""
    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    fields = ",\n".join(
        f"  {line(name)}: {{\n" + ",\n".join(f"   {line(key)}: {line(value)}" for key, value in recording.items()) + "\n  }"
        for name, recording in recordings.items())
    return (f'{{\n "framework": {line(told["framework"])},\n "packages": {line(told["packages"])},\n'
            f' "recordings": {{\n{fields}\n }}\n}}\n')


if __name__ == "__main__":
    chosen = set(sys.argv[1:])
    unknown = chosen - {framework.name for framework in frameworks()}
    if unknown:
        sys.exit(f"there is no {', '.join(sorted(unknown))} here; there is {', '.join(f.name for f in frameworks())}")
    for framework in frameworks():
        if not chosen or framework.name in chosen:
            record(framework)
