#!/usr/bin/env python3
"""`make bench`: what a user would pick instead, side by side, in one run.

Writes results.json, and in the READMEs beside it the tables, and the picture. One part (`--only`) replaces that part of the
results; some of the peers (`--peers`) are compared on the terminal alone.
"""

import argparse
import json
import time
from typing import Any

import callgrind
import control_plane
import cost
import data_plane
import growth
import install
import one_chunk
import provenance
import publish
import quiet
import table
from deployers import Deployer, all_deployers
from peers import BENCH, Peer, all_peers
from stage import StageError

RESULTS = BENCH / "results.json"
PARTS = ("function", "chunk", "deploy", "cost", "growth")


def main() -> None:
    arguments = _arguments()
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    parts = set(arguments.only or PARTS)
    peers = [peer for peer in all_peers() if not arguments.peers or peer.name in arguments.peers]
    deployers = all_deployers()
    begin = time.monotonic()
    _install(parts, peers, deployers)
    # Makes the programs that were just built or installed available.
    peers = [peer for peer in all_peers() if peer.name in {chosen.name for chosen in peers}]
    installed = time.monotonic()
    try:
        _measure(parts, peers, deployers, arguments.rounds, results)
    except StageError as error:
        raise SystemExit(f"bench: {error}; nothing is written") from error
    _tell(results, parts)
    print(f"\n{(installed - begin) / 60:.1f} min to build and install, "
          f"{(time.monotonic() - installed) / 60:.1f} min to measure")
    if not (arguments.dry_run or arguments.peers):
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
        publish.publish(results)


def _install(parts: set[str], peers: list[Peer], deployers: list[Deployer]) -> None:
    """Builds and installs everything before the first measurement."""
    product: list[install.Job] = []
    beside: list[install.Job] = []
    installed: list[install.Job] = []
    if parts & {"function", "chunk", "growth"}:
        names = {peer.name for peer in peers} if "function" in parts else set()
        names |= set(one_chunk.PEERS) if "chunk" in parts else set()
        names |= {"ours"} if "growth" in parts else set()
        product, beside, installed = install.for_peers(names)
    if parts & {"chunk", "growth"}:
        installed.append(callgrind.need_valgrind)
    if "deploy" in parts:
        product += [install.ours, *(job for deployer in deployers for job in deployer.built())]
        installed += [job for deployer in deployers for job in deployer.installed()]
    install.side_by_side([product, beside], installed)


def _measure(parts: set[str], peers: list[Peer], deployers: list[Deployer], rounds: int,
             results: dict[str, Any]) -> None:
    """Measures each part on a machine that is as quiet as possible, and notes the circumstances."""
    if "function" in parts:
        taken = provenance.taken("function", rounds, quiet.wait())
        results["function"] = {"taken": taken, "peers": data_plane.measure(peers, rounds)}
    if "chunk" in parts:
        taken = provenance.taken("chunk", one_chunk.PAIRS, quiet.wait())
        results["chunk"] = {"taken": taken, **one_chunk.measure(all_peers())}
    if "growth" in parts:
        taken = provenance.taken("growth", growth.REPETITIONS, quiet.wait())
        ours = next(peer for peer in all_peers() if peer.name == "ours")
        results["growth"] = {"taken": taken, **growth.measure(ours)}
    if "deploy" in parts:
        # Once, because requests and bytes are the same every time.
        taken = provenance.taken("deploy", 1, quiet.wait())
        results["deploy"] = {"taken": taken, "tools": control_plane.measure(deployers)}
    if parts & {"function", "cost"} and "function" in results:
        results["cost"] = cost.estimate(results["function"]["peers"])


def _arguments() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=names, help=f"parts, separated by commas: {', '.join(PARTS)}")
    parser.add_argument("--peers", type=names, help="peers, separated by commas, to be printed only: "
                                                    f"{', '.join(peer.name for peer in all_peers())}")
    parser.add_argument("--rounds", type=int, default=3,
                        help="how often it is measured (default: 3); deployments and several streams at "
                             "once are measured once")
    parser.add_argument("--dry-run", action="store_true", help="write nothing but to the terminal")
    arguments = parser.parse_args()
    for given, known in ((arguments.only, PARTS), (arguments.peers, [peer.name for peer in all_peers()])):
        if unknown := set(given or ()) - set(known):
            parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if arguments.rounds < 1:
        parser.error("--rounds: at least 1")
    return arguments


def _tell(results: dict[str, Any], parts: set[str]) -> None:
    for name, text in publish.tables(results, table.text):
        if publish.PART_OF[name] in parts:
            print(f"\n{text}")


if __name__ == "__main__":
    main()
