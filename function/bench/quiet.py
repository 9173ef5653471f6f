"""Do other programs keep the machine busy? Measures its idle share before each measurement."""

import sys
import time
from pathlib import Path

#: Below this share of other programs a machine is quiet.
QUIET = 0.9
WATCH_SECONDS = 2
PATIENCE_SECONDS = 60


def wait() -> float:
    """Waits a minute at most until the machine is quiet, and returns the last idle share; warns if it never was."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (share := _watched()) < QUIET and time.monotonic() < deadline:
        print(f"bench: waiting for the machine to be quiet: {share:.0%} idle", file=sys.stderr, flush=True)
    if share < QUIET:
        print(f"bench: the machine is only {share:.0%} idle: what follows is noise", file=sys.stderr, flush=True)
    return round(share, 2)


def _watched() -> float:
    before = _ticks()
    time.sleep(WATCH_SECONDS)
    return idle_share(before, _ticks())


def _ticks() -> list[int]:
    return [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]


def idle_share(before: list[int], after: list[int]) -> float:
    """The idle share of all ticks between two first lines of /proc/stat: user, nice, system, idle, iowait, ..."""
    passed = [late - early for early, late in zip(before, after)]
    return (passed[3] + passed[4]) / max(sum(passed), 1)
