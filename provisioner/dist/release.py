"""What all packages of a release share."""

from dataclasses import dataclass
from pathlib import Path

from bundle import File
from crates import ROOT

# At npm and at PyPI; provisioner/src/generate/origin.rs names it, too.
NAME = "bedrock-gateway"
DESCRIPTION = "Streams the answers of Amazon Bedrock agents: deploys the gateway and tries it out on a local AWS"


@dataclass(frozen=True)
class Release:
    version: str
    commit: str
    # When it was committed: no package knows when it was packed.
    seconds: int
    # How hard packages are compressed: 0 to 9.
    level: int
    # `https://github.com/OWNER/NAME`, where it is known.
    repository: str | None
    # Licences and the bill of materials.
    documents: list[File]
    # Completions and manual pages, by their paths below `share`.
    shared: list[File]

    def template(self, name: str) -> str:
        return (ROOT / "templates" / name).read_text()


def program(path: Path) -> File:
    return File("provision", path.read_bytes(), executable=True)
