"""The comparison as one SVG: bars on logarithmic scales, on a page of its own: legible whatever GitHub's theme and the system's are."""

import math
import textwrap
from html import escape
from typing import Any

WIDTH, MARGIN, LEFT, ROW, GAP, TOP, LINE = 860, 12, 250, 19, 44, 50, 15
#: How many small letters fit into a line.
LETTERS = 135
#: The charts: title, figure, its format, whether less is better.
CHARTS = [
    ("start, CPU ms", "init_cpu_ms", "{:,.1f}", True),
    ("memory after 3 x 100,000 chunks, MB", "hwm_floods_mb", "{:,.1f}", True),
    ("first byte, back to back, ms", "warm_first_byte_ms", "{:,.2f}", True),
    ("first chunk, back to back, ms", "warm_first_chunk_ms", "{:,.2f}", True),
    ("CPU for 100,000 chunks, ms", "cpu_ms_per_flood", "{:,.0f}", True),
    ("chunks per second", "chunks_per_s", "{:,.0f}", False),
]
STYLE = """
  .page { fill: #ffffff }
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 } .small { font-size: 11px; fill: #59636e }
  .bar { fill: #8c959f } .ours { fill: #0969da } .spread { stroke: #1f2328; stroke-width: 1 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 }
    text { fill: #f0f6fc } .small { fill: #9198a1 }
    .bar { fill: #656c76 } .ours { fill: #4493f8 } .spread { stroke: #f0f6fc }
  }
"""


def svg(results: dict[str, Any], taken: dict[str, Any]) -> str:
    """One chart under the other; a line across a bar's end spans the lowest and highest round."""
    parts: list[str] = []
    note = (f"{taken['date']}, {taken['cpu']}, {taken['cores']} cores; medians, lines: lowest to highest round; "
            "logarithmic scales")
    versions = ", ".join(f"{name} {version}" for name, version in taken["versions"].items())
    notes = [note, *textwrap.wrap(versions, LETTERS)]
    top = TOP + LINE * (len(notes) - 1)
    for chart in CHARTS:
        parts += _chart(chart, results, top)
        top += GAP + ROW * len(results)
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
            f'viewBox="0 0 {WIDTH} {top}" role="img" aria-label="The function beside its alternatives">')
    page = '<rect class="page" width="100%" height="100%" rx="6"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", page,
                      *(_text(MARGIN, 20 + LINE * at, line, "small") for at, line in enumerate(notes)), *parts, "</svg>", ""])


def _chart(chart: tuple[str, str, str, bool], results: dict[str, Any], top: int) -> list[str]:
    title, key, shape, less = chart
    figures = {name: peer["figures"][key] for name, peer in results.items()}
    lowest = min(figure["min"] for figure in figures.values())
    highest = max(figure["max"] for figure in figures.values())
    # Half a decade below the smallest, so that its bar can be seen.
    floor = math.log10(lowest) - 0.5
    scale = (WIDTH - LEFT - 90) / (math.log10(highest) - floor)

    def x(value: float) -> float:
        return LEFT + (math.log10(value) - floor) * scale

    parts = [_text(MARGIN, top, f"{title} ({'less' if less else 'more'} is better)", "title")]
    for number, (name, figure) in enumerate(figures.items()):
        y = top + 8 + number * ROW
        end = x(figure["median"])
        kind = "bar ours" if name == "ours" else "bar"
        parts.append(_text(LEFT - 8, y + 11, results[name]["label"], anchor="end"))
        parts.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{end - LEFT:.1f}" height="{ROW - 6}" rx="2"/>')
        parts.append(f'<path class="spread" d="M{x(figure["min"]):.1f} {y + 6.5}H{x(figure["max"]):.1f}"/>')
        parts.append(_text(x(figure["max"]) + 6, y + 11, shape.format(figure["median"])))
    return parts


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    attributes = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}"{attributes}>{escape(text)}</text>'
