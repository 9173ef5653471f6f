"""What the played models say, in every framework the same.

The pieces are tokens as models make them: blanks, numbers and line breaks of their own, Japanese, a character beyond
16 bits. A model pauses once, in the middle of its last words, so that a recording shows what of them had come by then.
"""

import asyncio
import json
import os
import sys
import threading
import time

QUESTION = "東京の今日の天気は？"

PIECES = ["It ", "is", " ", "2026", "\n\n", "晴れ", "です。", "\n", "- ", "21", ".", "5", " 度", " 🌤"]
ANSWER = "".join(PIECES)
#: So many of the pieces come before the pause.
BEFORE_PAUSE = 7
# As models do, and so that a framework that keeps its state in its events shows the state of that piece.
SECONDS_A_PIECE = 0.05
# After the last words the agent's state changes, and events of before show it that are written too late.
SECONDS_AFTER_ALL = 0.4

#: What a model says before it calls the tool.
LOOKING = ["Let me ", "look", ".\n"]
#: What a model thinks before it answers.
THOUGHT = ["Which ", "city", "? ", "東京。"]

# Nobody but the agent may see these.
SECRET_INPUT = "SECRET-INPUT-東京"
SECRET_RESULT = "SECRET-RESULT 21.5"
SECRET_FAILURE = "SECRET-FAILURE"
TOOL = "get_weather"
TOOL_INPUT = {"city": SECRET_INPUT}

# What an agent asks its client about: the client sees it.
ASKED_INPUT = {"city": "東京"}
WHICH_DAY = "何日の天気ですか？"

USAGE = {"input": 10, "output": 5}


class AgentBroke(RuntimeError):
    """The agent's own failure."""

    def __init__(self) -> None:
        super().__init__(SECRET_FAILURE)


async def spoken(pieces: list[str] = PIECES):
    """The pieces as a model says them; among those of the answer is the pause."""
    for number, piece in enumerate(pieces):
        if pieces is PIECES and number == BEFORE_PAUSE:
            await asyncio.to_thread(RECORDER.pause)
        yield piece
        await asyncio.sleep(seconds_after(number, pieces))


def spoken_in_a_thread(pieces: list[str] = PIECES):
    """The same for frameworks that are not asynchronous."""
    for number, piece in enumerate(pieces):
        if pieces is PIECES and number == BEFORE_PAUSE:
            RECORDER.pause()
        yield piece
        time.sleep(seconds_after(number, pieces))


def seconds_after(number: int, pieces: list[str]) -> float:
    return SECONDS_A_PIECE if number + 1 < len(pieces) else SECONDS_AFTER_ALL


class Recorder:
    """`record.py` at the other end of this process's pipes."""

    def __init__(self) -> None:
        # What frameworks print is not for it.
        self._told = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self._go_on = threading.Semaphore(0)
        self.gone = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, message: dict) -> None:
        print(json.dumps(message), file=self._told, flush=True)

    def pause(self) -> None:
        """Waits until the recorder has read everything that was sent so far."""
        self.tell({"paused": True})
        self._go_on.acquire()

    def _listen(self) -> None:
        for _ in sys.stdin:
            self._go_on.release()
        self.gone.set()


RECORDER = Recorder()
