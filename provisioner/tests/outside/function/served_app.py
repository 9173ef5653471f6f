"""A program of ASGI behind a real socket, as AgentCore runs it."""

import threading

import uvicorn


class ServedApp:
    """Serves `app` on a free port."""

    def __init__(self, app) -> None:
        config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> str:
        ready = threading.Event()
        startup = self._server.startup

        async def started(*arguments: object, **named: object) -> None:
            await startup(*arguments, **named)
            ready.set()

        self._server.startup = started
        self._thread.start()
        ready.wait()
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
