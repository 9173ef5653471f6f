"""A document and its Japanese sister have the same headings, the same tables and the same code."""

import re
from pathlib import Path

import pytest

from markdown_text import REPOSITORY, Code, Document, code_spans, read, tracked

#: How a comment begins, by the language of a code block. Comments are translated.
COMMENT = {"sh": "#", "yaml": "#", "py": "#", "ts": "//"}
JAPANESE = [path for path in tracked("*.ja.md") if path.with_name(path.name.replace(".ja.md", ".md")).exists()]


def english_of(japanese: Path) -> Document:
    return read(japanese.with_name(japanese.name.replace(".ja.md", ".md")))


def test_every_readme_has_its_sister() -> None:
    names = {str(path.relative_to(REPOSITORY)) for path in tracked("*README.md")}
    assert names == {"README.md", "function/README.md", "function/bench/README.md", "provisioner/README.md"}
    assert {path.with_name("README.md") for path in JAPANESE} == {REPOSITORY / name for name in names}


@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: str(path.relative_to(REPOSITORY)))
class TestPair:
    def test_headings(self, path: Path) -> None:
        levels = [level for level, _ in read(path).headings]
        assert levels == [level for level, _ in english_of(path).headings]

    def test_tables(self, path: Path) -> None:
        japanese, english = read(path).tables, english_of(path).tables
        assert [len(table) for table in japanese] == [len(table) for table in english], "rows of each table"
        for ours, theirs in zip(japanese, english):
            assert first_column(ours) == first_column(theirs)
            assert {len(row) for row in ours} == {len(row) for row in theirs}, f"columns of the table {theirs[0]}"

    def test_code(self, path: Path) -> None:
        japanese, english = read(path).code, english_of(path).code
        assert [code.language for code in japanese] == [code.language for code in english]
        for ours, theirs in zip(japanese, english):
            # Pictures are drawn anew in each language.
            if ours.language == "text":
                assert len(ours.lines) == len(theirs.lines)
            else:
                assert without_comments(ours) == without_comments(theirs)


def first_column(table: list[list[str]]) -> list[list[str]]:
    """Code and bare numbers; words are translated."""
    return [[row[0]] if row[0].isdigit() else code_spans(row[0]) for row in table]


def without_comments(code: Code) -> list[str]:
    sign = COMMENT.get(code.language)
    lines = code.lines if sign is None else [re.sub(rf"(^|\s+){sign} .*", "", line) for line in code.lines]
    return [line.rstrip() for line in lines if line.strip()]
