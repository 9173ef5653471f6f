"""Puts the results where people read them: the picture, and the tables between markers in both READMEs."""

import re
from typing import Any

import data_plane
import japanese
import picture
import table
from peers import BENCH, REPOSITORY

README, README_JA = REPOSITORY / "README.md", REPOSITORY / "README.ja.md"


def publish(results: dict[str, Any]) -> None:
    if "function" in results:
        (BENCH / "results.svg").write_text(picture.svg(results["function"], results["machine"]))
    blocks = dict(_blocks(results))
    for readme, translated in ((README, str), (README_JA, japanese.translated)):
        text = readme.read_text()
        for name, block in blocks.items():
            text = replaced(text, name, translated(block))
        readme.write_text(text)


def _blocks(results: dict[str, Any]) -> list[tuple[str, str]]:
    blocks = []
    if "function" in results:
        machine = results["machine"]
        blocks.append(("function", table.markdown(table.data_plane(results["function"]))))
        blocks.append(("several", table.markdown(table.several(results["function"], data_plane.AT_ONCE))))
        versions = ", ".join(f"{name.rpartition('/')[2]} {version}" for name, version in machine["versions"].items())
        blocks.append(("machine", f"{machine['date']}, {machine['cpu']}, {machine['cores']} cores, Linux "
                                  f"{machine['kernel']}, {machine['rust'].partition(' (')[0]}, {versions}"))
    if "deploy" in results:
        blocks.append(("deploy", table.markdown(table.control_plane(results["deploy"]))))
    if "cost" in results:
        blocks.append(("cost", table.markdown(table.cost(results["cost"]))))
    if "growth" in results:
        blocks.append(("growth", table.markdown(table.growth(results["growth"]))))
    return blocks


def replaced(text: str, name: str, block: str) -> str:
    """`text` with what is between `<!-- bench:name -->` and `<!-- /bench:name -->` replaced; unchanged without them."""
    pattern = rf"(<!-- bench:{name} -->\n).*?(<!-- /bench:{name} -->)"
    return re.sub(pattern, lambda found: f"{found[1]}\n{block}\n\n{found[2]}", text, flags=re.DOTALL)
