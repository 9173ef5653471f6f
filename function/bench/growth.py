"""Whether cost grows in a straight line: one stream of 10^2 to 10^6 chunks, and 1 to 200 streams at once."""

from statistics import median
from typing import Any

from peers import STAGE, Peer
from stage import Stage

CHUNKS = (100, 1_000, 10_000, 100_000, 1_000_000)
STREAMS = (1, 2, 5, 10, 20, 50, 100, 200)
CHUNKS_PER_STREAM = 2_000
REPETITIONS = 3

Point = dict[str, float]


def measure(peer: Peer) -> dict[str, Any]:
    with Stage(STAGE, peer) as stage:
        chunks = [_point(stage, number, 1, number) for number in CHUNKS]
        streams = [_point(stage, number, number, CHUNKS_PER_STREAM) for number in STREAMS]
    return {
        "chunks": {"points": chunks, "cpu_ms": line(chunks, "cpu_ms"), "hwm_mb": line(chunks, "hwm_mb")},
        "streams": {"points": streams, "cpu_ms": line(streams, "cpu_ms"), "hwm_mb": line(streams, "hwm_mb")},
        "chunks_per_stream": CHUNKS_PER_STREAM,
    }


def _point(stage: Stage, x: int, streams: int, chunks: int) -> Point:
    """Medians of fresh processes, each warmed up by one short answer."""
    print(f"bench: growth: {streams} x {chunks} chunks", flush=True)
    asked = []
    for _ in range(REPETITIONS):
        stage.start(streams)
        stage.ask(10)
        asked.append(stage.ask(chunks, streams=streams))
    return {
        "x": x,
        "cpu_ms": median(ask["cpu_ms"] for ask in asked),
        "hwm_mb": median(ask["memory"]["hwm_kb"] for ask in asked) / 1024,
        "chunks_per_s": median(streams * chunks / ask["wall_ms"] for ask in asked) * 1e3,
    }


def line(points: list[Point], key: str) -> dict[str, float]:
    """The line `base + slope * x` with the smallest relative errors, and the worst of them."""
    # Least squares, each point weighted by 1 / y: 10 % off counts the same at 100 and at 1,000,000.
    rows = [(1 / point[key], point["x"] / point[key]) for point in points]
    aa = sum(a * a for a, _ in rows)
    ab = sum(a * b for a, b in rows)
    bb = sum(b * b for _, b in rows)
    a1, b1 = sum(a for a, _ in rows), sum(b for _, b in rows)
    determinant = aa * bb - ab * ab
    base, slope = (a1 * bb - b1 * ab) / determinant, (aa * b1 - ab * a1) / determinant
    errors = {point["x"]: (base + slope * point["x"]) / point[key] - 1 for point in points}
    worst = max(errors, key=lambda x: abs(errors[x]))
    return {"base": base, "slope": slope, "worst_deviation": errors[worst], "worst_at": worst}
