#!/usr/bin/env python3
"""Fails when the function has become more than 10 % larger or does more than 10 % more work at its start or per chunk.

Not time: bytes of the zip as a release carries it, and what callgrind counts of chunks that come as fast as they
are read, and of chunks that come alone, as a model speaks. All of it repeats on any machine.

usage: budget.py PROVISION BOOTSTRAP [--write]     (--write: today's figures become the budget)
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import callgrind
from peers import SETTINGS
from voices import HARNESS, RUNTIME, Voice

BUDGET = Path(__file__).with_name("budget.json")
TOLERANCE = 1.10
#: The zip's own limit, whatever the budget says.
ZIP_GOAL = 2_400_000


def zip_bytes(provision: Path, bootstrap: Path) -> int:
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [provision, "package", "--smallest", "--binary", bootstrap, "--out", directory], cwd=directory, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode:
            raise SystemExit(f"`provision package` failed:\n{done.stderr}")
        return (Path(directory) / "bootstrap.zip").stat().st_size


def figures(provision: Path, bootstrap: Path) -> dict[str, float]:
    flood = callgrind.per_chunk(bootstrap, SETTINGS)
    alone = callgrind.per_chunk(bootstrap, SETTINGS, alone=True)
    return {"zip_bytes": zip_bytes(provision, bootstrap),
            "instructions_at_start": callgrind.counted(bootstrap, SETTINGS, 0).instructions,
            "instructions_per_chunk": flood.instructions,
            "instructions_per_lone_chunk": alone.instructions,
            "instructions_per_runtime_chunk": _instructions(bootstrap, RUNTIME),
            "instructions_per_harness_chunk": _instructions(bootstrap, HARNESS),
            "lines_per_chunk": flood.lines,
            "lines_per_lone_chunk": alone.lines,
            "calls_per_lone_chunk": alone.calls}


def _instructions(bootstrap: Path, voice: Voice) -> int:
    return callgrind.per_chunk(bootstrap, voice.settings(), voice=voice).instructions


def limit(name: str, budget: int) -> float:
    """The most that a figure may be."""
    return min(budget * TOLERANCE, ZIP_GOAL) if name == "zip_bytes" else budget * TOLERANCE


def main() -> None:
    provision, bootstrap = (Path(argument).resolve() for argument in sys.argv[1:3])
    callgrind.need_valgrind()
    found = figures(provision, bootstrap)
    if "--write" in sys.argv:
        BUDGET.write_text(json.dumps(found, indent=2) + "\n")
    budget = json.loads(BUDGET.read_text())
    over = False
    for name, figure in found.items():
        most = limit(name, budget[name])
        over |= figure > most
        verdict = "TOO MUCH" if figure > most else "ok"
        print(f"{verdict:8} {name:28} {figure:>10,}   at most {most:,.0f}; the budget is {budget[name]:,}")
    if over:
        raise SystemExit("over function/bench/budget.json; if it has to be, say why in the commit that writes it "
                         "anew: budget.py PROVISION BOOTSTRAP --write")


if __name__ == "__main__":
    main()
