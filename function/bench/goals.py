"""The goals of this function, and whether it has met them in this run. None depends on the processor."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Goal:
    """A figure and the most that it may be."""

    name: str
    figure: float
    limit: float
    shape: str

    def told(self) -> str:
        value, limit = self.shape.format(self.figure), self.shape.format(self.limit)
        return f"{self.name} {value} (<= {limit}: {'met' if self.figure <= self.limit else 'MISSED'})"


def goals(results: dict[str, Any]) -> list[Goal]:
    """Those for which there are figures; the zip's is in budget.py."""
    found = []
    if "chunk" in results:
        peers, paired = results["chunk"]["peers"], results["chunk"]["paired"]
        ours, floor = peers["ours"], peers["floor"]
        found += [
            Goal("instructions at the start", ours["start"], 1_900_000, "{:,}"),
            Goal("instructions per chunk", ours["flood"]["instructions"], 4_800, "{:,}"),
            Goal("instructions per lone chunk", ours["alone"]["instructions"], 22_500, "{:,}"),
            Goal("code lines per lone chunk", ours["alone"]["lines"], 800, "{:,}"),
            Goal("system calls per lone chunk", ours["alone"]["calls"], floor["alone"]["calls"], "{:g}"),
            Goal("CPU per chunk, to the joining relay's", paired["flood_to_joining"]["median"], 3, "{:.1f}"),
            Goal("CPU per lone chunk, to the joining relay's", paired["alone_to_joining"]["median"], 1.5, "{:.1f}"),
        ]
    peers = results.get("function", {}).get("peers", {})
    if {"ours", "floor"} <= peers.keys():
        ours, floor = (
            {key: figure["median"] for key, figure in peers[name]["figures"].items()} for name in ("ours", "floor"))
        found += [
            Goal("memory after 3 x 100,000 chunks, MB", ours["hwm_floods_mb"], 7, "{:.1f}"),
            Goal("first byte back to back, ms", ours["warm_first_byte_ms"], floor["warm_first_byte_ms"] + 0.5, "{:.2f}"),
        ]
    return found


def told(results: dict[str, Any]) -> str:
    """One line: every goal, the measured value, and whether the goal was met."""
    return "; ".join(goal.told() for goal in goals(results))
