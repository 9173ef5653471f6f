"""The functions that are compared: how each is started, and what of it is uploaded."""

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from voices import BEDROCK_AGENT

REPOSITORY = Path(__file__).resolve().parents[2]
BENCH = REPOSITORY / "function/bench"
TOOLS = REPOSITORY / ".tools/bench"
RUST = REPOSITORY / "target/bench/release"
STAGE = RUST / "stage"
OURS = REPOSITORY / "target/release/bootstrap"
NODE = TOOLS / "node"
FASTAPI = TOOLS / "fastapi"
ADAPTER = TOOLS / "adapter-thin/bin/lambda-adapter"

#: Workers of the Runtime Interface Client on a Managed Instance, each with many questions: its default for two vCPUs.
NODE_WORKERS = 16

#: The settings of this function.
SETTINGS = BEDROCK_AGENT.settings()


@dataclass(frozen=True)
class Peer:
    """One function that does the job."""

    name: str
    label: str
    commands: list[list[str]]
    #: The files in the zip: archive name and file or directory.
    parts: dict[str, Path]
    variables: dict[str, str] = field(default_factory=dict)
    #: Settings of its own for a Managed Instance, and how many requests for the next event it makes there when it is
    #: idle: one for each question that it takes at once, if not this number.
    managed_variables: dict[str, str] = field(default_factory=dict)
    managed_pollers: int | None = None
    #: Whether the client sees the first chunk before the agent has sent the last.
    streaming: bool = True
    listens: bool = False
    #: Chunks of a flood: fewer for a peer that would need too long for 100,000. Figures are scaled to 100,000.
    flood: int = 100_000

    def environment(self) -> dict[str, str]:
        """What Lambda would set, and the peer's own settings."""
        # The stage gives each process a port of its own.
        own_port = {"PORT": ""} if self.listens else {}
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": ":UTC",
            "AWS_REGION": "ap-northeast-1", "AWS_DEFAULT_REGION": "ap-northeast-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
            "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "2048", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
            "AWS_LAMBDA_LOG_STREAM_NAME": "s", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AGENT_ID": "A", "AGENT_ALIAS_ID": "B",
            **own_port, **self.variables}

    def zip_bytes(self) -> int:
        """The size of what would be uploaded."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
            for name, path in self.parts.items():
                if path.is_dir():
                    for part in sorted(path.rglob("*")):
                        if part.is_file() and "__pycache__" not in part.parts:
                            file.write(part, name + str(part.relative_to(path)))
                else:
                    file.write(path, name)
        return len(archive.getvalue())


def all_peers() -> list[Peer]:
    """Every peer, the floor first."""
    return [
        Peer("floor", "bare relay, no SDK (the floor)", [[str(RUST / "floor")]], {"bootstrap": RUST / "floor"}),
        Peer("joining", "bare relay that joins chunks", [[str(RUST / "floor")]], {"bootstrap": RUST / "floor"},
             {"FLOOR_JOINS": "1"}),
        Peer("ours", "this function", [[str(OURS)]], {"bootstrap": OURS},
             SETTINGS),
        Peer("rust", "Rust, the obvious way", [[str(RUST / "obvious")]], {"bootstrap": RUST / "obvious"}),
        _node("node", "Node.js, streamifyResponse", "streaming"),
        _node("buffered", "Node.js, buffered", "buffered"),
        Peer("fastapi", "FastAPI + boto3 + web adapter",
             [[str(ADAPTER)], [str(BENCH / "peers/fastapi/run.sh")]],
             {"": _site_packages(), "main.py": BENCH / "peers/fastapi/main.py",
              "run.sh": BENCH / "peers/fastapi/run.sh", "lambda-adapter": ADAPTER},
             {"AWS_LWA_INVOKE_MODE": "response_stream", "PATH": f"{FASTAPI / 'bin'}:/usr/bin:/bin"},
             listens=True, flood=20_000),
    ]


def _node(name: str, label: str, bundle: str) -> Peer:
    modules = NODE / "node_modules"
    return Peer(
        name, label,
        [[str(modules / "node/bin/node"), str(modules / "aws-lambda-ric/index.mjs"), f"{bundle}.handler"]],
        {f"{bundle}.mjs": NODE / f"bundle/{bundle}.mjs"},
        {"LAMBDA_TASK_ROOT": str(NODE / "bundle"), "_HANDLER": f"{bundle}.handler"},
        # Each worker waits for its next event in a thread of libuv, which has four if nothing else is said.
        managed_variables={"AWS_LAMBDA_NODEJS_WORKER_COUNT": str(NODE_WORKERS),
                           "UV_THREADPOOL_SIZE": str(NODE_WORKERS + 4)},
        managed_pollers=NODE_WORKERS,
        streaming=bundle == "streaming")


def _site_packages() -> Path:
    return next(FASTAPI.glob("lib/python*/site-packages"), FASTAPI)
