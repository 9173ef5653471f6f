"""The goals of this function, and whether it has met them in this run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Medians of a peer, its zip in MB among them.
Medians = dict[str, float]


@dataclass(frozen=True)
class Goal:
    """A figure, its limit (which may depend on the floor's figures), and whether more is better."""

    name: str
    figure: str
    limit: Callable[[Medians], float]
    shape: str
    at_least: bool = False

    def told(self, ours: Medians, floor: Medians) -> str:
        value, limit = ours[self.figure], self.limit(floor)
        met = value >= limit if self.at_least else value <= limit
        sign, values = ">=" if self.at_least else "<=", (self.shape.format(value), self.shape.format(limit))
        return f"{self.name} {values[0]} ({sign} {values[1]}: {'met' if met else 'MISSED'})"


GOALS = [
    Goal("start, CPU ms", "init_cpu_ms", lambda _: 4, "{:.1f}"),
    Goal("memory after 3 x 100,000 chunks, MB", "hwm_floods_mb", lambda _: 8, "{:.1f}"),
    Goal("first byte back to back, ms", "warm_first_byte_ms", lambda floor: floor["warm_first_byte_ms"] + 0.5, "{:.2f}"),
    Goal("CPU ms per 100,000 chunks", "cpu_ms_per_flood", lambda floor: 1.2 * floor["cpu_ms_per_flood"], "{:,.0f}"),
    Goal("chunks/s", "chunks_per_s", lambda floor: floor["chunks_per_s"], "{:,.0f}", at_least=True),
    Goal("zip, MB", "zip_mb", lambda _: 2.2, "{:.2f}"),
]


def told(peers: dict[str, Any]) -> str:
    """One line: every goal, the measured value, and whether the goal was met."""
    if not {"ours", "floor"} <= peers.keys():
        return ""
    ours, floor = _medians(peers["ours"]), _medians(peers["floor"])
    return "; ".join(goal.told(ours, floor) for goal in GOALS)


def _medians(peer: dict[str, Any]) -> Medians:
    return {**{key: figure["median"] for key, figure in peer["figures"].items()}, "zip_mb": peer["zip_bytes"] / 1e6}
