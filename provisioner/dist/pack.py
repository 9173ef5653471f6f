"""Packs programs that are built: for npm, for PyPI, and as archives.

    pack.py --out DIR --runs-here PROVISION TARGET=PROVISION...

`--runs-here` names one that runs on this machine: it writes the completions and the manual pages.
"""

import argparse
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import npm
from bundle import File, tar_gz
from crates import ROOT, crates
from licences import third_party_licences
from platforms import PLATFORMS, Platform
from release import Release, program
from sbom import sbom
from wheel import wheel

COMPLETIONS = {
    "bash": "bash-completion/completions/provision",
    "zsh": "zsh/site-functions/_provision",
    "fish": "fish/vendor_completions.d/provision.fish",
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--runs-here", type=Path, required=True)
    arguments.add_argument("--level", type=int, default=9, help="how hard to compress; tests are in a hurry")
    arguments.add_argument("programs", nargs="+", metavar="TARGET=PROVISION")
    arguments = arguments.parse_args()
    programs = {target: Path(path) for target, _, path in (each.partition("=") for each in arguments.programs)}
    arguments.out.mkdir(parents=True, exist_ok=True)
    packed = dict(_packages(arguments.runs_here.resolve(), programs, arguments.level))
    for name, content in packed.items():
        (arguments.out / name).write_bytes(content)
        print(f"{len(content) / 1e6:7.2f} MB  {arguments.out / name}")
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(packed.items())]
    (arguments.out / "SHA256SUMS").write_text("".join(sums))


def _packages(runs_here: Path, programs: dict[str, Path], level: int):
    version, commit = _identity(runs_here)
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct", commit))
    repository = os.environ.get("PROVISION_REPOSITORY")
    shared = _shared(runs_here)
    platforms = [PLATFORMS[target] for target in programs]
    for platform in platforms:
        used = crates(platform.target)
        documents = [
            File("LICENSE", (ROOT / "LICENSE").read_bytes()),
            File("THIRD-PARTY-LICENSES.txt", third_party_licences(list(used.values()))),
            File("sbom.cdx.json", sbom(used, version, commit, seconds)),
        ]
        release = Release(version, commit, seconds, level, repository, documents, shared)
        file = program(programs[platform.target])
        yield npm.package_of(release, platform, [file, *_below("share", shared), *documents])
        yield wheel(release, platform, file)
        yield _archive(release, platform, file)
    yield npm.main_package(Release(version, commit, seconds, level, repository, documents[:1], shared), platforms)


def _archive(release: Release, platform: Platform, file: File) -> tuple[str, bytes]:
    name = f"provision-{release.version}-{platform.target}"
    readme = File("README.md", release.template("npm/package.md").encode())
    files = [file, readme, *release.documents, *_below("share", release.shared)]
    return f"{name}.tar.gz", tar_gz(_below(name, files), release.seconds, release.level)


def _below(folder: str, files: list[File]) -> list[File]:
    return [File(f"{folder}/{file.path}", file.content, file.executable) for file in files]


def _identity(provision: Path) -> tuple[str, str]:
    """The version and the commit that a program names itself."""
    first = _output(provision, "--version").splitlines()[0]
    _, version, _, commit = first.split()
    return version, commit.strip("()")


def _shared(provision: Path) -> list[File]:
    completions = [File(path, _output(provision, "completions", shell).encode()) for shell, path in COMPLETIONS.items()]
    with tempfile.TemporaryDirectory() as directory:
        _output(provision, "man", "--out", directory)
        pages = [File(f"man/man1/{page.name}", page.read_bytes()) for page in sorted(Path(directory).iterdir())]
    return completions + pages


def _output(*command: str | Path) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def _git(*arguments: str) -> str:
    return _output("git", "-C", ROOT, *arguments).strip()


if __name__ == "__main__":
    main()
