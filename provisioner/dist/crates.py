"""What is compiled into `provision` and the function: cargo says it, and each package's folder has its licences."""

import json
import re
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The programs of a release.
PROGRAMS = ("provisioner", "gateway")
LICENCE_FILE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)


@dataclass(frozen=True)
class Crate:
    id: str
    name: str
    version: str
    # As an SPDX expression.
    licence: str
    folder: Path
    checksum: str | None
    repository: str | None
    # Whether it is this repository's own.
    is_own: bool
    uses: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The texts of its licences, as it ships them."""
        files = [file for file in sorted(self.folder.iterdir()) if file.is_file() and LICENCE_FILE.match(file.name)]
        return [file.read_text(errors="replace").strip() for file in files if file.suffix not in (".rs", ".json")]


def crates(target: str) -> dict[str, Crate]:
    """All that runs in either program on `target`, by cargo's id. What only compiles is not in there."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    answer = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in answer["packages"]}
    nodes = {node["id"]: node for node in answer["resolve"]["nodes"]}
    checksums = {(package["name"], package["version"]): package.get("checksum")
                 for package in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]}
    found: dict[str, Crate] = {}
    waiting = [id for id in answer["workspace_members"] if packages[id]["name"] in PROGRAMS]
    while waiting:
        id = waiting.pop()
        if id in found:
            continue
        package = packages[id]
        uses = [dependency["pkg"] for dependency in nodes[id]["deps"]
                if any(kind["kind"] is None for kind in dependency["dep_kinds"])
                and not _is_macro(packages[dependency["pkg"]])]
        found[id] = Crate(
            id, package["name"], package["version"], _expression(package["license"]),
            Path(package["manifest_path"]).parent, checksums.get((package["name"], package["version"])),
            package["repository"], id in answer["workspace_members"], tuple(sorted(uses)))
        waiting.extend(uses)
    return dict(sorted(found.items(), key=lambda item: (item[1].name, item[1].version)))


def _is_macro(package: dict) -> bool:
    return any("proc-macro" in target["kind"] for target in package["targets"])


def _expression(licence: str | None) -> str:
    """Cargo's older spelling of OR is a slash."""
    return (licence or "NOASSERTION").replace(" / ", " OR ").replace("/", " OR ")
