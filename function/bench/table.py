"""The results as text: for the terminal, and in Markdown for the README."""

from collections.abc import Callable
from typing import Any

Row = list[str]
Medians = dict[str, float]
Column = tuple[str, Callable[[Medians, Medians], str]]


def _joined(keys: str, shape: str, unit: float = 1) -> Callable[[Medians, Medians], str]:
    """Figures in a row; a dash for one that was not measured."""
    return lambda it, _: " / ".join(
        shape.format(it[key] / unit) if key in it else "-" for key in keys.split())


def _to_floor(key: str) -> Callable[[Medians, Medians], str]:
    """A figure, and how many times the floor's it is."""
    return lambda it, floor: f"{it[key]:,.0f}" + (f" ({it[key] / floor[key]:,.1f}x)" if floor else "")


#: Heading, and how a peer's medians are written under it beside the floor's.
COLUMNS: list[Column] = [
    ("start: CPU / wall, ms", _joined("init_cpu_ms init_ms", "{:,.1f}")),
    ("memory, MB", _joined("rss_at_rest_mb hwm_10_mb hwm_flood_mb hwm_floods_mb", "{:.0f}")),
    ("first byte: cold / back to back / spaced, ms",
     _joined("cold_first_byte_ms warm_first_byte_ms spaced_first_byte_ms", "{:.1f}")),
    ("first chunk: the same, ms",
     _joined("cold_first_chunk_ms warm_first_chunk_ms spaced_first_chunk_ms", "{:.1f}")),
    ("delay at 50/s: p50 / p99, ms", _joined("delay_p50_us delay_p99_us", "{:,.1f}", 1000)),
    ("CPU µs per chunk at 50/s (x floor)", _to_floor("paced_cpu_us_per_chunk")),
    ("CPU ms per 100,000 chunks (x floor)", _to_floor("cpu_ms_per_flood")),
    ("chunks/s", lambda it, _: f"{round(it['chunks_per_s'], -2):,.0f}"),
]


def data_plane(peers: dict[str, Any]) -> list[Row]:
    """A row per peer, medians."""
    floor = _medians(peers["floor"]) if "floor" in peers else {}
    rows = [["", *(heading for heading, _ in COLUMNS), "zip, MB"]]
    for peer in peers.values():
        rows.append([peer["label"], *(write(_medians(peer), floor) for _, write in COLUMNS),
                     f"{peer['zip_bytes'] / 1e6:.2f}"])
    return rows


def _medians(peer: dict[str, Any]) -> Medians:
    return {key: value["median"] for key, value in peer["figures"].items()}


#: What the table of spreads shows: heading, figure.
SPREADS = [
    ("start, CPU ms", "init_cpu_ms"), ("memory, MB", "hwm_floods_mb"), ("first byte, ms", "warm_first_byte_ms"),
    ("first chunk, ms", "warm_first_chunk_ms"), ("CPU ms per 100,000", "cpu_ms_per_flood"),
    ("chunks/s", "chunks_per_s"), ("p50, µs", "delay_p50_us"), ("p99, µs", "delay_p99_us"),
    ("CPU µs at 50/s", "paced_cpu_us_per_chunk"),
]


def spread(peers: dict[str, Any]) -> list[Row]:
    """Lowest and highest of all rounds."""
    rows = [["lowest - highest of the rounds", *(heading for heading, _ in SPREADS), "CPU of the stage"]]
    for peer in peers.values():
        figures = peer["figures"]
        cells = [f"{_short(figures[key]['min'])} - {_short(figures[key]['max'])}" for _, key in SPREADS]
        rows.append([peer["label"], *cells, f"{figures['stage_load']['median']:.0%}"])
    return rows


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 1 else f"{value:.1f}"


def several(peers: dict[str, Any], numbers: tuple[int, ...]) -> list[Row]:
    """Memory and throughput of so many streams in one process."""
    rows = [["streams at once", *(f"{number}: MB, chunks/s" for number in numbers)]]
    for peer in peers.values():
        it = _medians(peer)
        rows.append([peer["label"], *(
            f"{it[f'hwm_at_once_{number}_mb']:,.0f}, {round(it[f'chunks_per_s_at_once_{number}'], -2):,.0f}"
            for number in numbers)])
    return rows


def chunk(peers: dict[str, Any]) -> list[Row]:
    """What callgrind counts of a start and of one more chunk."""
    rows = [["instructions, code lines, system calls", "start", "a chunk among many", "a chunk alone"]]
    for peer in peers.values():
        rows.append([peer["label"], f"{peer['start']:,}", *(
            f"{taken['instructions']:,}, {taken['lines']:,}, {taken['calls']:g}"
            for taken in (peer["flood"], peer["alone"]))])
    return rows


def paired(figures: dict[str, dict[str, float]]) -> list[Row]:
    """CPU time of this function beside that of the relays."""
    return [["", "among many, times the joining relay's", "alone, times the joining relay's", "alone, µs above the floor's"],
            ["CPU of this function", *(_ranged(figures[name]) for name in (
                "flood_to_joining", "alone_to_joining", "alone_above_floor_us"))]]


def control_plane(tools: dict[str, Any]) -> list[Row]:
    """A row per tool; each step's wall and CPU time and requests."""
    steps = ("first", "no change", "code change")
    rows = [["", *(f"{step}: s, CPU s, requests" for step in steps), "MB sent", "outcome"]]
    for tool in tools.values():
        sent = sum(step["uploaded_bytes"] for step in tool["steps"].values()) / 1e6
        rows.append([tool["label"], *(_step(tool["steps"].get(step)) for step in steps), f"{sent:.1f}", _verdict(tool)])
    return rows


def _step(step: dict[str, Any] | None) -> str:
    if step is None:
        return "-"
    if step["failed"]:
        return "FAILED"
    return f"{step['wall_s']:.1f}, {step['cpu_s']:.1f}, {step['requests']}"


def _ranged(figure: dict[str, float]) -> str:
    """A median, and its lowest and highest value where they are known."""
    known = f" ({figure['min']:,.1f} - {figure['max']:,.1f})" if "min" in figure else ""
    return f"{figure['median']:,.1f}{known}"


def _verdict(tool: dict[str, Any]) -> str:
    """What was found. A remark explains what is missing, but never a command that failed."""
    if failed := [name for name, step in tool["steps"].items() if step["failed"]]:
        return f"FAILED: {failed[0]}"
    where, wrong = tool["outcome"]["where"], tool["outcome"]["wrong"]
    if not wrong:
        return f"{where}: as asked for"
    remark = f" ({tool['remark']})" if tool["remark"] else ""
    return f"{where}: {'; '.join(wrong)}{remark}"


def cost(results: dict[str, Any]) -> list[Row]:
    """What 1,000 answers cost, in the three ways to run them."""
    rows = [["1,000 answers of 5 minutes", "2048 MB", "smallest memory (an estimate)", "Managed Instance (an estimate)"]]
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
    rows = [["", "CPU ms", "CPU µs per chunk", "highest memory, MB", "chunks/s"]]
    for axis, unit in (("chunks", "chunks"), ("streams", f"streams of {results['chunks_per_stream']:,}")):
        for point in results[axis]["points"]:
            rows.append([f"{point['x']:,} {unit}", _ranged(point["cpu_ms"]),
                         f"{point['cpu_ms']['median'] / point['all_chunks'] * 1e3:.1f}", _ranged(point["hwm_mb"]),
                         f"{round(point['chunks_per_s']['median'], -2):,.0f}"])
        cpu, memory = (
            f"{fit['base']:.3g} + {fit['slope']:.3g} x ({fit['worst_deviation']:+.0%} at {fit['worst_at']:,})"
            for fit in (results[axis]["cpu_ms"], results[axis]["hwm_mb"]))
        rows.append([f"line through these {axis}", cpu, "", memory, ""])
    return rows


def instructions(results: dict[str, Any]) -> str:
    """What callgrind counts for a chunk of a short answer and of a long one."""
    counted = results.get("instructions_per_chunk", {})
    return "; ".join(f"{int(chunks):,} chunks: {figure:,} instructions each" for chunks, figure in counted.items())


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
