"""What the programs say points to nothing that somebody does not have who has installed them."""

import re

from markdown_text import REPOSITORY

#: The files and folders of this repository, as a message could name them.
OURS = re.compile(r"README|CONTRIBUTING|CHANGELOG|SECURITY\.md|Cargo\.toml|Makefile|\btemplates/|\bfunction/|\bprovisioner/|\.github/(?!workflows)")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


def messages(text: str) -> list[str]:
    """The texts in a program, without its comments, its tests, and the files that are built into it."""
    text = re.split(r"^#\[cfg\(test\)\]\nmod tests", text, flags=re.MULTILINE)[0]
    text = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"(include_str!|concat!|env!|template!)\((?:[^()]|\([^()]*\))*\)", "", text)
    return [string for string in STRING.findall(text) if " " in string.strip()]


def sources() -> list:
    folders = ("provisioner/src", "provisioner/local-aws/src", "function/src")
    paths = [path for folder in folders for path in sorted((REPOSITORY / folder).rglob("*.rs"))]
    return [path for path in paths if "tests" not in path.relative_to(REPOSITORY).with_suffix("").parts]


def test_no_message_names_a_file_of_this_repository() -> None:
    found = {str(path.relative_to(REPOSITORY)): named for path in sources()
             if (named := [text for text in messages(path.read_text()) if OURS.search(text)])}
    assert found == {}


def test_what_is_generated_names_no_file_of_this_repository() -> None:
    found = {str(path.relative_to(REPOSITORY)): named for path in sorted((REPOSITORY / "templates").rglob("*"))
             if path.is_file() and (named := [line for line in path.read_text().splitlines()
                                              if re.search(r"README|CONTRIBUTING|templates/|provisioner/", line)])}
    assert found == {}


def test_messages_are_found() -> None:
    said = """
// "see README.md"
const TEMPLATE: &str = include_str!("../../templates/a b.yaml");
fn f() { println!("see \\"x\\" in \\
    README.md for more") }
"""
    assert [bool(OURS.search(text)) for text in messages(said)] == [True]
