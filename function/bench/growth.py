"""Does cost grow in a straight line? One stream of 10^2 to 10^6 chunks, and 1 to 200 streams at once."""

from typing import Any

import callgrind
from data_plane import spread
from peers import OURS, SETTINGS, STAGE, Peer
from stage import Stage

CHUNKS = (100, 1_000, 10_000, 100_000, 1_000_000)
STREAMS = (1, 2, 5, 10, 20, 50, 100, 200)
CHUNKS_PER_STREAM = 2_000
REPETITIONS = 3
#: Lengths of answers whose instructions callgrind counts and compares with those of the shortest.
COUNTED = (1_000, 20_000)

Point = dict[str, Any]


def measure(peer: Peer) -> dict[str, Any]:
    with Stage(STAGE, peer) as stage:
        chunks = [_point(stage, number, 1, number) for number in CHUNKS]
        streams = [_point(stage, number, number, CHUNKS_PER_STREAM) for number in STREAMS]
    return {
        "chunks": {"points": chunks, "cpu_ms": line(chunks, "cpu_ms"), "hwm_mb": line(chunks, "hwm_mb")},
        "streams": {"points": streams, "cpu_ms": line(streams, "cpu_ms"), "hwm_mb": line(streams, "hwm_mb")},
        "chunks_per_stream": CHUNKS_PER_STREAM,
        "instructions_per_chunk": _instructions(),
    }


def _point(stage: Stage, x: int, streams: int, chunks: int) -> Point:
    """Fresh processes, each warmed up by one short answer."""
    print(f"bench: growth: {streams} x {chunks} chunks", flush=True)
    asked = []
    for _ in range(REPETITIONS):
        stage.start(streams)
        stage.ask(10)
        asked.append(stage.ask(chunks, streams=streams))
    return {
        "x": x, "all_chunks": streams * chunks,
        "cpu_ms": spread([ask["cpu_ms"] for ask in asked]),
        "hwm_mb": spread([ask["memory"]["hwm_kb"] / 1024 for ask in asked]),
        "chunks_per_s": spread([streams * chunks / ask["wall_ms"] * 1e3 for ask in asked]),
    }


def _instructions() -> dict[str, int]:
    """The instructions of one more chunk, in answers of so many chunks."""
    print("bench: growth: instructions per chunk", flush=True)
    shortest = callgrind.counted(OURS, SETTINGS, CHUNKS[0]).instructions
    return {str(chunks): round((callgrind.counted(OURS, SETTINGS, chunks).instructions - shortest) / (chunks - CHUNKS[0]))
            for chunks in COUNTED}


def line(points: list[Point], key: str) -> dict[str, float]:
    """The line `base + slope * x` through the medians with the smallest relative errors, and the largest error."""
    # Least squares, each point weighted by 1 / y: 10 % off counts the same at 100 and at 1,000,000.
    middle = {point["x"]: point[key]["median"] for point in points}
    rows = [(1 / y, x / y) for x, y in middle.items()]
    aa = sum(a * a for a, _ in rows)
    ab = sum(a * b for a, b in rows)
    bb = sum(b * b for _, b in rows)
    a1, b1 = sum(a for a, _ in rows), sum(b for _, b in rows)
    determinant = aa * bb - ab * ab
    base, slope = (a1 * bb - b1 * ab) / determinant, (aa * b1 - ab * a1) / determinant
    errors = {x: (base + slope * x) / y - 1 for x, y in middle.items()}
    worst = max(errors, key=lambda x: abs(errors[x]))
    return {"base": base, "slope": slope, "worst_deviation": errors[worst], "worst_at": worst}
