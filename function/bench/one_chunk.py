"""What one chunk takes, in figures that hold on any machine: of this function, and of the relays that do nothing else.

callgrind counts; CPU time is compared in pairs, in turns and in one run: the ratio to a relay that makes as few system calls
is about the two programs, and not about the processor. Other programs disturb both of a pair alike.
"""

from contextlib import ExitStack
from typing import Any

import callgrind
from data_plane import FLOOD, PACE_US, PACED, spread
from peers import STAGE, Peer
from stage import Stage

#: Who is measured, the floor first.
PEERS = ("floor", "joining", "ours")
PAIRS = 9
WARM = 20


def measure(peers: list[Peer]) -> dict[str, Any]:
    chosen = {peer.name: peer for peer in peers if peer.name in PEERS}
    print("bench: chunk: instructions, lines and system calls", flush=True)
    return {"peers": {name: _counts(peer) for name, peer in chosen.items()}, "paired": _paired(chosen)}


def _counts(peer: Peer) -> dict[str, Any]:
    [[program]] = peer.commands
    return {
        "label": peer.label,
        "start": callgrind.counted(program, peer.variables, 0).instructions,
        "flood": callgrind.per_chunk(program, peer.variables).figures(),
        "alone": callgrind.per_chunk(program, peer.variables, alone=True).figures(),
    }


def _paired(peers: dict[str, Peer]) -> dict[str, dict[str, float]]:
    with ExitStack() as stack:
        stages = {name: stack.enter_context(Stage(STAGE, peer)) for name, peer in peers.items()}
        for stage in stages.values():
            stage.start()
            for _ in range(WARM):
                stage.ask(10)
        rounds = []
        for number in range(PAIRS):
            print(f"bench: chunk: pair {number + 1} of {PAIRS}", flush=True)
            floods = {name: stage.ask(FLOOD)["cpu_ms"] for name, stage in stages.items()}
            alones = {name: stage.ask(PACED, interval_us=PACE_US)["cpu_ms"] * 1e3 / PACED
                      for name, stage in stages.items()}
            rounds.append(compared(floods, alones))
    return {figure: spread([one[figure] for one in rounds]) for figure in rounds[0]}


def compared(floods: dict[str, float], alones: dict[str, float]) -> dict[str, float]:
    """One pair: CPU ms of 100,000 chunks, and µs of a chunk alone."""
    return {
        "flood_to_joining": floods["ours"] / floods["joining"],
        "alone_to_joining": alones["ours"] / alones["joining"],
        "alone_above_floor_us": alones["ours"] - alones["floor"],
    }
