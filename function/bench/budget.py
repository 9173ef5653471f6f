#!/usr/bin/env python3
"""Fails when the function has become more than 10 % larger or does more than 10 % more work per chunk.

Not time: bytes of the zip as `provision package` makes it, and instructions as callgrind counts them, the
difference between a long and a short answer: of chunks that come as fast as they are read, and of chunks that come
alone, as a model speaks. All of them repeat on any machine.

usage: budget.py PROVISION BOOTSTRAP [--write]     (--write: today's figures become the budget)
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from install import apt_get
from stand_in import Agent, Function

BUDGET = Path(__file__).with_name("budget.json")
TOLERANCE = 1.10
#: The zip's own limit, whatever the budget says.
ZIP_GOAL = 2_200_000
SHORT, LONG = 100, 10_100
SHORT_ALONE, LONG_ALONE = 100, 1_100


def need_valgrind() -> None:
    if not shutil.which("valgrind"):
        apt_get({"valgrind"})


def zip_bytes(provision: Path, bootstrap: Path) -> int:
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [provision, "package", "--binary", bootstrap, "--out", directory], cwd=directory, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode:
            raise SystemExit(f"`provision package` failed:\n{done.stderr}")
        return (Path(directory) / "bootstrap.zip").stat().st_size


def instructions(bootstrap: Path, chunks: int, alone: bool = False) -> int:
    """All instructions for one answer of so many chunks, those of the start included."""
    with tempfile.NamedTemporaryFile() as out:
        valgrind = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out.name}", bootstrap]
        with Function(valgrind, Agent(chunks, alone)) as function:
            body = function.ask()
        counted = body.count(b'"type":"chunk"')
        if counted != chunks:
            raise SystemExit(f"{counted} chunks instead of {chunks}")
        totals = re.search(r"^(?:totals|summary): (\d+)", Path(out.name).read_text(), re.MULTILINE)
    if not totals:
        raise SystemExit("callgrind has counted nothing")
    return int(totals[1])


def per_chunk(bootstrap: Path, short: int, long: int, alone: bool = False) -> int:
    """The instructions of one more chunk."""
    more = instructions(bootstrap, long, alone) - instructions(bootstrap, short, alone)
    return round(more / (long - short))


def limit(name: str, budget: int) -> float:
    """The most that a figure may be."""
    return min(budget * TOLERANCE, ZIP_GOAL) if name == "zip_bytes" else budget * TOLERANCE


def main() -> None:
    provision, bootstrap = (Path(argument).resolve() for argument in sys.argv[1:3])
    need_valgrind()
    figures = {"zip_bytes": zip_bytes(provision, bootstrap),
               "instructions_per_chunk": per_chunk(bootstrap, SHORT, LONG),
               "instructions_per_lone_chunk": per_chunk(bootstrap, SHORT_ALONE, LONG_ALONE, alone=True)}
    if "--write" in sys.argv:
        BUDGET.write_text(json.dumps(figures, indent=2) + "\n")
    budget = json.loads(BUDGET.read_text())
    over = False
    for name, figure in figures.items():
        most = limit(name, budget[name])
        over |= figure > most
        verdict = "TOO MUCH" if figure > most else "ok"
        print(f"{verdict:8} {name:28} {figure:>10,}   at most {most:,.0f}; the budget is {budget[name]:,}")
    if over:
        raise SystemExit("over function/bench/budget.json; if it has to be, say why in the commit that writes it "
                         "anew: budget.py PROVISION BOOTSTRAP --write")


if __name__ == "__main__":
    main()
