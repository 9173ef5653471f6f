"""What one function costs and how fast it is: start, memory, CPU, first chunk, delay, throughput, several at once."""

from statistics import median
from typing import Any

from peers import STAGE, Peer
from stage import Stage

STARTS = 5
WARM = 20
FLOOD = 100_000
FLOODS = 3
#: Five minutes at 50 chunks a second.
LONG_ANSWER = 15_000
PACE_US = 20_000
PACED = 200
AT_ONCE = (1, 10, 50)
#: Chunks of all streams together.
SHARED = 40_000

Figures = dict[str, float]


def measure(peers: list[Peer], rounds: int) -> dict[str, Any]:
    """Every peer once in each round, so that a busy minute of the machine hits all of them."""
    taken: dict[str, list[Figures]] = {peer.name: [] for peer in peers}
    for number in range(rounds):
        # The other way round every second time: nobody always comes after the same neighbour.
        for peer in peers if number % 2 == 0 else peers[::-1]:
            print(f"bench: round {number + 1} of {rounds}: {peer.label}", flush=True)
            # Several at once in the first round only: what 50 processes take does not vary, and takes a minute.
            taken[peer.name].append(one_round(peer, several=number == 0))
    return {
        peer.name: {
            "label": peer.label,
            "zip_bytes": peer.zip_bytes(),
            "several_in_one_process": peer.several_in_one_process,
            "flood": peer.flood,
            "figures": summary(taken[peer.name]),
        } for peer in peers}


def summary(rounds: list[Figures]) -> dict[str, dict[str, float]]:
    """Median, lowest and highest of each figure."""
    return {key: {"median": median(values), "min": min(values), "max": max(values)}
            for key in rounds[0] if (values := [figures[key] for figures in rounds if key in figures])}


def one_round(peer: Peer, several: bool) -> Figures:
    with Stage(STAGE, peer) as stage:
        figures = {**_start(stage), **_warm(stage), **_flood(stage, peer.flood), **_paced(stage)}
        return {**figures, **_several(stage)} if several else figures


def _start(stage: Stage) -> Figures:
    """Starts it several times, and asks each time: the last one stays."""
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
    return {
        "warm_first_byte_ms": median(ask["streams"][0]["first_byte_ms"] for ask in asked),
        "warm_first_chunk_ms": median(ask["streams"][0]["first_chunk_ms"] for ask in asked),
        **_memory("10", asked[-1]),
        **_memory("long", stage.ask(LONG_ANSWER)),
    }


def _flood(stage: Stage, chunks: int) -> Figures:
    """As fast as it goes; figures are for 100,000 chunks."""
    asked = [stage.ask(chunks) for _ in range(FLOODS)]
    per = FLOOD / chunks
    return {
        **_memory("flood", asked[0]),
        **_memory("floods", asked[-1]),
        "cpu_ms_per_flood": median(ask["cpu_ms"] for ask in asked) * per,
        "chunks_per_s": median(chunks / ask["streams"][0]["total_ms"] * 1e3 for ask in asked),
        # The stage must not be what limits: its share of the time.
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


def _several(stage: Stage) -> Figures:
    figures: Figures = {}
    for number in AT_ONCE:
        stage.start(number)
        asked = stage.ask(SHARED // number, streams=number)
        figures |= {
            f"streams_{number}_hwm_mb": asked["memory"]["hwm_kb"] / 1024,
            f"streams_{number}_cpu_ms": asked["cpu_ms"],
            f"streams_{number}_chunks_per_s": SHARED / asked["wall_ms"] * 1e3,
        }
    return figures


def _memory(after: str, asked: dict[str, Any]) -> Figures:
    return {f"rss_{after}_mb": asked["memory"]["rss_kb"] / 1024,
            f"hwm_{after}_mb": asked["memory"]["hwm_kb"] / 1024}
