"""Puts the results where people read them: the picture, and the tables between markers in README.md and README.ja.md here."""

import re
from collections.abc import Callable
from typing import Any

import data_plane
import goals
import japanese
import picture
import provenance
import table
from peers import BENCH

README, README_JA = BENCH / "README.md", BENCH / "README.ja.md"
PICTURE = BENCH / "results.svg"
#: The part of the results that each block shows.
PART_OF = {"function": "function", "chunk": "chunk", "paired": "chunk", "goals": "chunk", "spread": "function", "several": "function",
           "deploy": "deploy", "cost": "cost", "growth": "growth", "instructions": "growth"}


def publish(results: dict[str, Any]) -> None:
    for path, text in rendered(results).items():
        path.write_text(text)


def rendered(results: dict[str, Any]) -> dict[Any, str]:
    """Every file that shows the results, with its new text."""
    blocks = [*tables(results, table.markdown), ("machine", _machine(results))]
    files = {}
    for readme, translated in ((README, str), (README_JA, japanese.translated)):
        text = readme.read_text()
        for name, block in blocks:
            text = replaced(text, name, translated(block))
        files[readme] = text
    if "function" in results:
        files[PICTURE] = picture.svg(results["function"]["peers"], results["function"]["taken"])
    return files


def tables(results: dict[str, Any], write: Callable[[list[table.Row]], str]) -> list[tuple[str, str]]:
    """Every block by its name; `write` formats the tables."""
    blocks = []
    if "function" in results:
        peers = results["function"]["peers"]
        blocks += [("function", write(table.data_plane(peers))), ("spread", write(table.spread(peers))),
                   ("several", write(table.several(peers, data_plane.AT_ONCE)))]
    if "chunk" in results:
        blocks += [("chunk", write(table.chunk(results["chunk"]["peers"]))),
                   ("paired", write(table.paired(results["chunk"]["paired"]))), ("goals", goals.told(results))]
    if "deploy" in results:
        blocks.append(("deploy", write(table.control_plane(results["deploy"]["tools"]))))
    if "cost" in results:
        blocks.append(("cost", write(table.cost(results["cost"]))))
    if "growth" in results:
        blocks += [("growth", write(table.growth(results["growth"]))),
                   ("instructions", table.instructions(results["growth"]))]
    return blocks


def _machine(results: dict[str, Any]) -> str:
    return "\n".join(provenance.told(part, results[part]["taken"])
                     for part in ("function", "chunk", "deploy", "growth") if part in results)


def replaced(text: str, name: str, block: str) -> str:
    """`text` with what is between `<!-- bench:name -->` and `<!-- /bench:name -->` replaced."""
    pattern = rf"(<!-- bench:{name} -->\n).*?(<!-- /bench:{name} -->)"
    text, found = re.subn(pattern, lambda found: f"{found[1]}\n{block}\n\n{found[2]}", text, flags=re.DOTALL)
    if found != 1:
        raise SystemExit(f"bench: a README has {found} places for `bench:{name}` instead of one")
    return text
