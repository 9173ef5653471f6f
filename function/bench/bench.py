#!/usr/bin/env python3
"""`make bench`: what a user would pick instead, side by side, in one run.

Writes results.json, and in the READMEs the tables and the picture. A part alone (`--only`, `--peers`) is
printed, and replaces that part of the results.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import control_plane
import cost
import data_plane
import growth
import install
import publish
import table
from deployers import Deployer, all_deployers
from peers import BENCH, REPOSITORY, Peer, all_peers
from stage import StageError

RESULTS = BENCH / "results.json"
PARTS = ("function", "deploy", "cost", "growth")


def main() -> None:
    arguments = _arguments()
    known = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    parts = set(arguments.only or PARTS)
    peers = [peer for peer in all_peers() if not arguments.peers or peer.name in arguments.peers]
    deployers = all_deployers()
    begin = time.monotonic()
    _install(parts, peers, deployers)
    installed = time.monotonic()
    results = {**known, "machine": machine()}
    try:
        if "function" in parts:
            measured = data_plane.measure(peers, arguments.rounds)
            results["function"] = _in_order({**known.get("function", {}), **measured})
        if "growth" in parts:
            results["growth"] = growth.measure(next(peer for peer in all_peers() if peer.name == "ours"))
    except StageError as error:
        raise SystemExit(f"bench: {error}; nothing is written") from error
    if "deploy" in parts:
        # Requests and bytes are the same in every round.
        results["deploy"] = control_plane.measure(deployers, min(arguments.rounds, 2))
    if parts & {"function", "cost"} and "function" in results:
        results["cost"] = cost.estimate(results["function"])
    _tell(results, parts)
    print(f"\n{(installed - begin) / 60:.1f} min to build and install, {(time.monotonic() - installed) / 60:.1f} min to measure")
    if not arguments.dry_run:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
        publish.publish(results)


def _install(parts: set[str], peers: list[Peer], deployers: list[Deployer]) -> None:
    """All that is needed, before anything is measured."""
    if "function" in parts:
        install.for_peers({peer.name for peer in peers})
    if "growth" in parts:
        install.for_peers({"ours"})
    if "deploy" in parts:
        install.ours()
        for deployer in deployers:
            deployer.install()


def _arguments() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=names, help=f"parts, separated by commas: {', '.join(PARTS)}")
    parser.add_argument("--peers", type=names,
                        help=f"peers, separated by commas: {', '.join(peer.name for peer in all_peers())}")
    parser.add_argument("--rounds", type=int, default=3, help="how often it is measured (default: 3); deployments twice at most, many streams once")
    parser.add_argument("--dry-run", action="store_true", help="write nothing but to the terminal")
    arguments = parser.parse_args()
    for given, known in ((arguments.only, PARTS), (arguments.peers, [peer.name for peer in all_peers()])):
        if unknown := set(given or ()) - set(known):
            parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return arguments


def _in_order(measured: dict[str, Any]) -> dict[str, Any]:
    return {peer.name: measured[peer.name] for peer in all_peers() if peer.name in measured}


def machine() -> dict[str, Any]:
    """Where and with what it was measured."""
    def said(*command: str, cwd: Path = REPOSITORY) -> str:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True).stdout.strip()

    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "commit": said("git", "rev-parse", "--short", "HEAD"),
        "cpu": model, "cores": os.cpu_count(), "memory_gb": round(memory),
        "kernel": platform.release(), "rust": said("rustc", "--version"), "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    node = json.loads((BENCH / "peers/node/package.json").read_text())["dependencies"]
    cdk = json.loads((BENCH / "deployments/cdk/package.json").read_text())["dependencies"]
    python = dict(line.split("==") for path in ("peers/fastapi", "deployments/sam")
                  for line in (BENCH / path / "requirements.txt").read_text().split())
    return {**node, **cdk, **python, "lambda_web_adapter": install.ADAPTER_VERSION}


def _tell(results: dict[str, Any], parts: set[str]) -> None:
    tables = []
    if "function" in parts:
        measured = results["function"]
        tables += [table.data_plane(measured), table.spread(measured), table.several(measured, data_plane.AT_ONCE)]
    if "deploy" in parts:
        tables.append(table.control_plane(results["deploy"]))
    if "cost" in parts and "cost" in results:
        tables.append(table.cost(results["cost"]))
    if "growth" in parts:
        tables.append(table.growth(results["growth"]))
    for rows in tables:
        print(f"\n{table.text(rows)}")
    load = results["machine"]["load_before"]
    if load > 0.5 * (os.cpu_count() or 1):
        print(f"\nThe machine was busy (load {load}): these figures are noise.", file=sys.stderr)


if __name__ == "__main__":
    main()
