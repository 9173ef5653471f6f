"""Measures functions: start, memory, CPU, first chunk, delay, throughput, several streams at once."""

import time
from statistics import median
from typing import Any

from peers import STAGE, Peer
from stage import Stage

STARTS = 3
WARM = 20
FLOOD = 100_000
FLOODS = 3
#: Five minutes at 50 chunks a second.
LONG_ANSWER = 15_000
PACE_US = 20_000
#: Two seconds of chunks; their 99th percentile is the second slowest.
PACED = 100
#: Questions with a pause between them, as people ask.
SPACED = 5
PAUSE_SECONDS = 0.1
AT_ONCE = (1, 10, 50)
#: The part of a flood's chunks that all streams share.
SHARE = 0.4

Figures = dict[str, float]


def measure(peers: list[Peer], rounds: int) -> dict[str, Any]:
    """Each round measures every peer once, so that a busy minute of the machine hits all of them."""
    taken: dict[str, list[Figures]] = {peer.name: [] for peer in peers}
    for number in range(rounds):
        # Every second round in reverse order, so that no peer always comes after the same one.
        for peer in peers if number % 2 == 0 else peers[::-1]:
            print(f"bench: round {number + 1} of {rounds}: {peer.label}", flush=True)
            # Several at once in the first round only: their memory hardly differs, and it takes a minute.
            taken[peer.name].append(one_round(peer, several=number == 0))
    return {
        peer.name: {
            "label": peer.label,
            "zip_bytes": peer.zip_bytes(),
            "flood": peer.flood,
            "figures": summary(taken[peer.name]),
        } for peer in peers}


def summary(rounds: list[Figures]) -> dict[str, dict[str, float]]:
    """Median, lowest and highest of each figure."""
    return {key: spread([figures[key] for figures in rounds if key in figures]) for key in rounds[0]}


def spread(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "min": min(values), "max": max(values)}


def one_round(peer: Peer, several: bool) -> Figures:
    with Stage(STAGE, peer) as stage:
        figures = {**_start(stage), **_warm(stage), **_flood(stage, peer.flood), **_paced(stage)}
        return {**figures, **_several(stage, peer.flood)} if several else figures


def _start(stage: Stage) -> Figures:
    """Starts the function several times and asks it each time; the last process stays."""
    starts, colds = [], []
    for _ in range(STARTS):
        starts.append(stage.start())
        colds.append(stage.ask(10)["streams"][0])
    return {
        "init_ms": median(start["init_ms"] for start in starts),
        "init_cpu_ms": median(start["init_cpu_ms"] for start in starts),
        "rss_at_rest_mb": median(start["memory"]["rss_kb"] for start in starts) / 1024,
        "cold_first_byte_ms": median(cold["first_byte_ms"] for cold in colds),
        "cold_first_chunk_ms": median(cold["first_chunk_ms"] for cold in colds),
    }


def _warm(stage: Stage) -> Figures:
    asked = [stage.ask(10) for _ in range(WARM)]
    spaced = [_after_a_pause(stage) for _ in range(SPACED)]
    return {
        "warm_first_byte_ms": median(ask["streams"][0]["first_byte_ms"] for ask in asked),
        "warm_first_chunk_ms": median(ask["streams"][0]["first_chunk_ms"] for ask in asked),
        "spaced_first_byte_ms": median(ask["streams"][0]["first_byte_ms"] for ask in spaced),
        "spaced_first_chunk_ms": median(ask["streams"][0]["first_chunk_ms"] for ask in spaced),
        **_memory("10", asked[-1]),
        **_memory("long", stage.ask(LONG_ANSWER)),
    }


def _after_a_pause(stage: Stage) -> dict[str, Any]:
    time.sleep(PAUSE_SECONDS)
    return stage.ask(10)


def _flood(stage: Stage, chunks: int) -> Figures:
    """Chunks as fast as they are taken; figures are for 100,000 chunks."""
    asked = [stage.ask(chunks) for _ in range(FLOODS)]
    per = FLOOD / chunks
    return {
        **_memory("flood", asked[0]),
        **_memory("floods", asked[-1]),
        "cpu_ms_per_flood": median(ask["cpu_ms"] for ask in asked) * per,
        "chunks_per_s": median(chunks / ask["streams"][0]["total_ms"] * 1e3 for ask in asked),
        # The stage's share of the time: the stage must not be the bottleneck.
        "stage_load": median(ask["stage_cpu_ms"] / ask["wall_ms"] for ask in asked),
    }


def _paced(stage: Stage) -> Figures:
    """50 chunks a second, as a fast model speaks."""
    asked = stage.ask(PACED, interval_us=PACE_US)
    return {
        "delay_p50_us": asked["delay_p50_us"],
        "delay_p99_us": asked["delay_p99_us"],
        "paced_cpu_us_per_chunk": asked["cpu_ms"] * 1e3 / PACED,
    }


def _several(stage: Stage, flood: int) -> Figures:
    figures: Figures = {}
    for number in AT_ONCE:
        stage.start(number)
        # The first answer warms the function up: a JIT compiles, pools and heaps grow.
        _, asked = (stage.ask(int(flood * SHARE) // number, streams=number) for _ in range(2))
        figures |= {
            **_memory(f"at_once_{number}", asked),
            f"chunks_per_s_at_once_{number}": flood * SHARE / asked["wall_ms"] * 1e3,
        }
    return figures


def _memory(after: str, asked: dict[str, Any]) -> Figures:
    return {f"hwm_{after}_mb": asked["memory"]["hwm_kb"] / 1024}
