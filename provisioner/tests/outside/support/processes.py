"""Processes and ports as the kernel sees them, and waiting without sleeping blindly."""

import itertools
import os
import random
import socket
import threading
import time
from pathlib import Path
from typing import Callable, TextIO, TypeVar

Found = TypeVar("Found")
_ports = itertools.count(random.randrange(20_000, 30_000))


def wait_until(condition: Callable[[], Found], what: str, *, seconds: float = 60) -> Found:
    """Asks again and again until the answer is true; fails with `what` after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := condition():
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


class Lines:
    """What a process says on one stream: read all the time, so that it never has to wait to be heard."""

    def __init__(self, stream: TextIO):
        self._said: list[str] = []
        self._reader = threading.Thread(target=self._read, args=[stream], daemon=True)
        self._reader.start()

    def _read(self, stream: TextIO) -> None:
        for line in stream:
            self._said.append(line)

    def first_with(self, text: str, *, seconds: float) -> str:
        """The first line with `text` in it, as soon as it is there."""
        def found() -> list[str]:
            # In this order: what comes in between is found the next time.
            over = not self._reader.is_alive()
            return [line for line in list(self._said) if text in line] or ([""] if over else [])

        try:
            line = wait_until(found, f"a line with `{text}`", seconds=seconds)[0]
        except TimeoutError:
            line = ""
        if not line:
            raise TimeoutError(f"nobody said `{text}` but:\n{''.join(self._said)}")
        return line


def wait_for_line(stream: TextIO, text: str, *, seconds: float = 120) -> str:
    """The first line with `text` in it; the rest of the stream is read and dropped."""
    return Lines(stream).first_with(text, seconds=seconds)


def environment(pid: int) -> dict[str, str]:
    """The environment a process was started with; empty when it is gone."""
    try:
        entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return {}
    return dict(entry.decode().partition("=")[::2] for entry in entries if entry)


def all_pids() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def with_variable(name: str, value: str) -> list[int]:
    """The processes that were started with this environment variable."""
    return [pid for pid in all_pids() if environment(pid).get(name) == value]


def in_session(session: int) -> list[int]:
    """The living processes of a session: a program and everything it started."""
    found = []
    for pid in all_pids():
        try:
            # The command in brackets may contain anything, so count from its end.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(pid)
    return found


def peak_memory_bytes(pid: int) -> int:
    """The most physical memory a process has used (VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise LookupError(f"process {pid} tells no VmHWM")


def is_open(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port that nobody has, for programs that cannot be given port 0. It is below those that the kernel gives to
    every connection, from 32768 on, and so it stays free."""
    for port in _ports:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
