"""Hosts a framework's programs for `record.py`: each entrypoint in a `BedrockAgentCoreApp` of its own, on one port.

A program says beside its entrypoint what it says to the user; `record.py` keeps that with what was recorded.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version

import uvicorn

import played


@dataclass(frozen=True)
class Program:
    """What a program says and how it ends, as its author knows it."""

    #: One sentence about the program.
    about: str
    #: What the user has to see of the asked agent, piece by piece as the framework passes it on.
    text: Sequence[str] = ()
    #: The same of other agents, by their names.
    members: dict[str, Sequence[str]] = field(default_factory=dict)
    reasoning: Sequence[str] = ()
    #: The names of the tools that it calls.
    tools: Sequence[str] = ()
    #: What it asks its client back, in the words of the native dialect's `inquiries`, without their ids.
    asks: Sequence[dict] = ()
    #: `complete`, or the code of the failure.
    end: str = "complete"
    #: What the user has to have seen when the model pauses; None where the program does not stream.
    at_pause: str | None = None
    #: How the runtime is asked: `http`, `ag-ui` or `a2a`.
    protocol: str = "http"
    #: How it is asked for the recording where its protocol does not say that.
    asked: str | None = None


def answer(about: str, *, before: Sequence[str] = (), streams: bool = True, lag: int = 0, **more) -> Program:
    """A program that says the played answer, after what it has said `before`.

    `lag` is the number of pieces that the framework itself holds back.
    """
    if not streams:
        return Program(about, [*before, played.ANSWER], **more)
    heard = [*before, *played.PIECES[:played.BEFORE_PAUSE - lag]]
    return Program(about, [*before, *played.PIECES], at_pause="".join(heard), **more)


class Hosting:
    """All programs of one framework."""

    def __init__(self) -> None:
        self._apps: dict[str, Callable] = {}
        self._programs: dict[str, Program] = {}

    def entrypoint(self, program: Program) -> Callable:
        """Decorates an entrypoint as people write it for Amazon's package."""
        from bedrock_agentcore.runtime import BedrockAgentCoreApp

        def host(function: Callable) -> Callable:
            app = BedrockAgentCoreApp()
            app.entrypoint(function)
            self.app(function.__name__, app, program)
            return function
        return host

    def app(self, name: str, app: Callable, program: Program) -> None:
        """Hosts a whole ASGI application, which answers at `/invocations` or, where it speaks A2A, at `/`."""
        self._apps[name] = app
        self._programs[name] = program

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] == "http":
            name, _, path = scope["path"].removeprefix("/").partition("/")
            await self._apps[name]({**scope, "path": f"/{path}", "raw_path": f"/{path}".encode()}, receive, send)

    def serve(self, framework: str, *packages: str) -> None:
        """Tells the recorder where everything is, and serves until the recorder is gone."""
        config = uvicorn.Config(self, port=0, log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        startup = server.startup

        async def started(*arguments: object, **named: object) -> None:
            await startup(*arguments, **named)
            port = server.servers[0].sockets[0].getsockname()[1]
            played.RECORDER.tell({
                "framework": framework,
                "packages": {package: version(package) for package in packages},
                "programs": {name: {**asdict(program), "url": self._url(port, name, program)}
                             for name, program in self._programs.items()},
            })

        server.startup = started
        threading.Thread(target=self._until_gone, args=[server], daemon=True).start()
        server.run()

    @staticmethod
    def _url(port: int, name: str, program: Program) -> str:
        return f"http://127.0.0.1:{port}/{name}/{'' if program.protocol == 'a2a' else 'invocations'}"

    @staticmethod
    def _until_gone(server: uvicorn.Server) -> None:
        played.RECORDER.gone.wait()
        server.should_exit = True
