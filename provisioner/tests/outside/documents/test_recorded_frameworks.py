"""The frameworks that the function's README names are those whose answers are recorded, with the versions recorded."""

import json

import pytest

from markdown_text import REPOSITORY, read

RECORDINGS = REPOSITORY / "provisioner/tests/outside/function/recordings"


def recorded() -> list[list[str]]:
    rows = []
    for path in sorted(RECORDINGS.glob("*/recordings.json")):
        manifest = json.loads(path.read_text())
        packages = ", ".join(f"`{name}` {version}" for name, version in manifest["packages"].items())
        rows.append([packages, str(len(manifest["recordings"]))])
    return sorted(rows)


@pytest.mark.parametrize("document", ["function/README.md", "function/README.ja.md"])
def test_the_table_says_what_is_recorded(document: str) -> None:
    tables = [table for table in read(REPOSITORY / document).tables if "`strands-agents`" in str(table)]

    assert len(tables) == 1
    assert sorted(row[1:] for row in tables[0][1:]) == recorded(), "make record has brought other versions: change the table"


def test_the_table_has_the_frameworks_names() -> None:
    names = {json.loads(path.read_text())["framework"] for path in RECORDINGS.glob("*/recordings.json")}
    table, = (table for table in read(REPOSITORY / "function/README.md").tables if "`strands-agents`" in str(table))

    assert {row[0] for row in table[1:]} == names
