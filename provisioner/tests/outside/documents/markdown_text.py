"""A Markdown document, as far as these tests look at it: headings, tables, code blocks and the prose between them."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]

FENCE = re.compile(r"( *)```(\w*)\s*$")
HEADING = re.compile(r"(#{1,6}) (.*)")
BLOCK = re.compile(r"\s*([-*] |\d+\. |#|\||<|```|>)")


@dataclass
class Code:
    language: str
    lines: list[str] = field(default_factory=list)


@dataclass
class Document:
    path: Path
    #: Level and text.
    headings: list[tuple[int, str]] = field(default_factory=list)
    #: Rows of cells; the first is the head. The line of dashes is left out.
    tables: list[list[list[str]]] = field(default_factory=list)
    code: list[Code] = field(default_factory=list)
    #: Number and text of every line outside code blocks; a code block leaves one empty line.
    prose: list[tuple[int, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return str(self.path.relative_to(REPOSITORY))

    def anchors(self) -> set[str]:
        """What GitHub makes of the headings."""
        found: set[str] = set()
        for _, text in self.headings:
            anchor, number = slug(text), 0
            while (unique := anchor if number == 0 else f"{anchor}-{number}") in found:
                number += 1
            found.add(unique)
        return found

    def links(self) -> list[str]:
        """Targets of links and pictures."""
        return [target for _, line in self.prose for target in re.findall(r"\]\(([^)\s]+)\)", without_code(line))]


def tracked(*patterns: str) -> list[Path]:
    """Files of the repository, those that are new included, as `git ls-files` matches them."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
                            cwd=REPOSITORY, check=True, capture_output=True, text=True)
    paths = sorted({REPOSITORY / name for name in listed.stdout.split("\0") if name})
    return [path for path in paths if path.is_file()]


def read(path: Path) -> Document:
    document = Document(path)
    code, indent, table = None, "", None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fence = FENCE.match(line)
        if code is not None:
            if fence:
                code = None
            else:
                code.lines.append(line.removeprefix(indent))
            continue
        if fence:
            indent, code = fence[1], Code(fence[2])
            document.code.append(code)
            line = ""
        document.prose.append((number, line))
        if line.lstrip().startswith("|"):
            if table is None:
                table = []
                document.tables.append(table)
            if not re.fullmatch(r"[\s|:-]+", line) or not table:
                table.append(cells(line))
        else:
            table = None
        if heading := HEADING.match(line):
            document.headings.append((len(heading[1]), heading[2]))
    return document


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def code_spans(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def without_code(text: str) -> str:
    """The same length, with the words in code spans replaced."""
    return re.sub(r"`[^`]+`", lambda span: "`" + "x" * (len(span[0]) - 2) + "`", text)


def slug(heading: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
