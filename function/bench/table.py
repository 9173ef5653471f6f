"""The results as text: what one sees on the terminal, and in Markdown for the README."""

from collections.abc import Callable
from typing import Any

Row = list[str]
def _joined(figures: dict[str, float], keys: tuple[str, ...], shape: str, unit: float = 1) -> str:
    return " / ".join(shape.format(figures[key] / unit) for key in keys)


#: Heading, and how a peer's medians are written under it.
COLUMNS: list[tuple[str, Callable[[dict[str, float]], str]]] = [
    ("start: CPU / wall, ms", lambda it: _joined(it, ("init_cpu_ms", "init_ms"), "{:,.1f}")),
    ("memory, MB", lambda it: _joined(it, ("rss_at_rest_mb", "hwm_10_mb", "hwm_flood_mb", "hwm_floods_mb"), "{:.0f}")),
    ("first byte: cold / warm, ms", lambda it: _joined(it, ("cold_first_byte_ms", "warm_first_byte_ms"), "{:.1f}")),
    ("first chunk: cold / warm, ms", lambda it: _joined(it, ("cold_first_chunk_ms", "warm_first_chunk_ms"), "{:.1f}")),
    ("delay: p50 / p99, ms", lambda it: _joined(it, ("delay_p50_us", "delay_p99_us"), "{:,.1f}", 1000)),
    ("CPU, ms per 100,000 chunks", lambda it: f"{it['cpu_ms_per_flood']:,.0f}"),
    ("chunks/s", lambda it: f"{round(it['chunks_per_s'], -2):,.0f}"),
]
#: The column with the ratio to the floor.
CPU = 5


def data_plane(results: dict[str, Any]) -> list[Row]:
    """A row per peer, medians; behind the CPU time how many times the floor's it is."""
    floor = results.get("floor", {}).get("figures", {}).get("cpu_ms_per_flood", {}).get("median")
    rows = [["", *(heading for heading, _ in COLUMNS), "zip, MB"]]
    for peer in results.values():
        medians = {key: value["median"] for key, value in peer["figures"].items()}
        cells = [write(medians) for _, write in COLUMNS]
        if floor:
            cells[CPU] += f" ({medians['cpu_ms_per_flood'] / floor:,.1f}x)"
        rows.append([peer["label"], *cells, f"{peer['zip_bytes'] / 1e6:.2f}"])
    return rows


def spread(results: dict[str, Any]) -> list[Row]:
    """Lowest and highest of all rounds, and how many times the floor's median the median is."""
    keys = ("init_cpu_ms", "hwm_floods_mb", "warm_first_byte_ms", "warm_first_chunk_ms", "cpu_ms_per_flood",
            "chunks_per_s", "delay_p50_us", "delay_p99_us")
    floor = results.get("floor", {}).get("figures", {})
    rows = [["lowest - highest of the rounds (times the floor)", *keys, "load of the stage"]]
    for peer in results.values():
        cells = []
        for key in keys:
            figure = peer["figures"][key]
            ratio = f" ({_short(figure['median'] / floor[key]['median'])}x)" if floor else ""
            cells.append(f"{_short(figure['min'])} - {_short(figure['max'])}{ratio}")
        rows.append([peer["label"], *cells, f"{peer['figures']['stage_load']['median']:.0%}"])
    return rows


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 1 else f"{value:.1f}"


def several(results: dict[str, Any], numbers: tuple[int, ...]) -> list[Row]:
    """Memory and throughput of so many streams, together."""
    rows = [["streams at once", *(f"{number}: MB, chunks/s" for number in numbers), "in one process"]]
    for peer in results.values():
        middle = {key: value["median"] for key, value in peer["figures"].items()}
        rows.append([peer["label"], *(
            f"{middle[f'streams_{number}_hwm_mb']:,.0f}, {round(middle[f'streams_{number}_chunks_per_s'], -2):,.0f}"
            for number in numbers), "yes" if peer["several_in_one_process"] else "no"])
    return rows


def control_plane(results: dict[str, Any]) -> list[Row]:
    """A row per tool; each step's wall and CPU time and requests."""
    rows = [["", "first: s, CPU s, requests", "no change: the same", "code change: the same", "MB sent", "what is there then"]]
    for tool in results.values():
        steps = tool["steps"]
        sent = sum(step["uploaded_bytes"] for step in steps.values()) / 1e6
        wrong = tool["outcome"]["wrong"]
        verdict = "as asked for" if not wrong else f"{'; '.join(wrong)} ({tool['remark']})"
        rows.append([tool["label"], *(_step(steps.get(step)) for step in ("first", "no change", "code change")),
                     f"{sent:.1f}", verdict])
    return rows


def _step(step: dict[str, Any] | None) -> str:
    if step is None:
        return "-"
    figures = f"{step['wall_s']:.1f}, {step['cpu_s']:.1f}, {step['requests']:.0f}"
    return f"{figures}, FAILED" if step["failed"] else figures


def cost(results: dict[str, Any]) -> list[Row]:
    """What 1,000 answers cost, in the three ways to run them."""
    rows = [["1,000 answers of 5 minutes", "2048 MB", "smallest memory", "Managed Instance"]]
    for peer in results["peers"].values():
        small, managed = peer["smallest"], peer["managed"]
        rows.append([peer["label"], _dollars(peer["configured"]),
                     f"{small['memory_mb']} MB: {_dollars(small)}",
                     f"{managed['streams']} at once: ${managed['dollars']:.2f}"])
    return rows


def _dollars(on_demand: dict[str, float]) -> str:
    return f"{on_demand['gb_s']:,.0f} GB-s, ${on_demand['dollars']:.2f}"


def growth(results: dict[str, Any]) -> list[Row]:
    """The points, and the line through them."""
    rows = [["", "CPU ms", "highest memory, MB", "chunks/s"]]
    for axis, unit in (("chunks", "chunks"), ("streams", f"streams of {results['chunks_per_stream']:,}")):
        for point in results[axis]["points"]:
            rows.append([f"{point['x']:,} {unit}", f"{point['cpu_ms']:,.1f}", f"{point['hwm_mb']:.1f}",
                         f"{round(point['chunks_per_s'], -2):,.0f}"])
        rows.append([f"line through these {axis}", *(
            f"{fit['base']:.3g} + {fit['slope']:.3g} x ({fit['worst_deviation']:+.0%} at {fit['worst_at']:,})"
            for fit in (results[axis]["cpu_ms"], results[axis]["hwm_mb"])), ""])
    return rows


def text(rows: list[Row]) -> str:
    """Columns for a terminal."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(
        cell.ljust(width) if column == 0 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows)


def markdown(rows: list[Row]) -> str:
    head, *body = rows
    lines = [head, ["---", *("---:" for _ in head[1:])], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
