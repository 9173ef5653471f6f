"""Every relative link leads to a file of the repository, and to a heading that is there."""

import re

import pytest

from markdown_text import REPOSITORY, Document, code_spans, read, tracked

DOCUMENTS = [read(path) for path in tracked("*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_somewhere(document: Document) -> None:
    broken = [target for target in document.links() if not leads_somewhere(document, target)]
    assert broken == []


def leads_somewhere(document: Document, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    name, _, anchor = target.partition("#")
    path = (document.path.parent / name).resolve() if name else document.path
    if path not in tracked():
        return False
    return not anchor or anchor in read(path).anchors()


def test_the_places_that_contributing_names_are_there() -> None:
    spans = {span for _, line in read(REPOSITORY / ".github/CONTRIBUTING.md").prose for span in code_spans(line)}
    places = {span for span in spans if re.match(r"(function|provisioner|templates)/", span)}
    assert places
    missing = [place for place in sorted(places) if not (REPOSITORY / place).exists()]
    assert not missing, "\n".join(missing)


def test_the_overview_is_short() -> None:
    for name in ("README.md", "README.ja.md"):
        assert len((REPOSITORY / name).read_text().splitlines()) <= 200, name
