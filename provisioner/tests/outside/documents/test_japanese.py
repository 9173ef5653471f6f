"""Japanese texts keep to `.github/GLOSSARY.ja.md`: no word that it forbids, no line break inside a sentence."""

import re
import unicodedata
from pathlib import Path

import pytest

from markdown_text import BLOCK, REPOSITORY, code_spans, read, tracked, without_code

#: Where people read Japanese: the documents, the words of the bench's tables, and what the templates say.
COVERED = ("*.ja.md", "function/bench/japanese.py", "templates/*")
GLOSSARY = REPOSITORY / ".github/GLOSSARY.ja.md"
JAPANESE = re.compile(r"[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff60]")


def japanese_texts() -> list[Path]:
    """What is covered and has Japanese in it; the glossary itself has to name what it forbids."""
    return [path for path in tracked(*COVERED) if path != GLOSSARY and JAPANESE.search(path.read_text())]


def is_dialogue(path: Path) -> bool:
    """What characters say in a scenario may be poetry."""
    return path.is_relative_to(REPOSITORY / "templates/scenarios")


def forbidden() -> tuple[list[str], list[str]]:
    """What is forbidden everywhere, and what dialogue may say; in the order of the glossary's tables."""
    tables = [table for table in read(GLOSSARY).tables if table[0][0] == "表現"]
    everywhere, outside_dialogue = (
        [span.replace(r"\|", "|") for row in table[1:] for span in code_spans(row[0])] for table in tables)
    return everywhere, outside_dialogue


@pytest.mark.parametrize("path", japanese_texts(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_no_forbidden_word(path: Path) -> None:
    everywhere, outside_dialogue = forbidden()
    words = everywhere if is_dialogue(path) else everywhere + outside_dialogue
    found = [f"{number}: {word}: {line.strip()}"
             for number, line in enumerate(path.read_text().splitlines(), 1) if JAPANESE.search(line)
             for word in words if re.search(word, line)]
    assert not found, "\n".join(["use the words of .github/GLOSSARY.ja.md:", *found])


def test_the_glossary_forbids_words_that_are_not_its_own_advice() -> None:
    everywhere, outside_dialogue = forbidden()
    assert len(everywhere) > 10 and len(outside_dialogue) > 15
    for word in everywhere + outside_dialogue:
        re.compile(word)


@pytest.mark.parametrize("path", tracked("*.ja.md"), ids=lambda path: str(path.relative_to(REPOSITORY)))
class TestDocument:
    def test_no_line_break_between_two_japanese_characters(self, path: Path) -> None:
        """A browser draws the break as a space. Behind a full stop that does no harm."""
        lines = read(path).prose
        broken = [number for (number, line), (_, following) in zip(lines, lines[1:])
                  if not line.lstrip().startswith(("#", "|")) and not BLOCK.match(following)
                  and ends_in_a_sentence(line) and JAPANESE.match(following.lstrip(" *"))]
        assert broken == [], "lines that end within a sentence"

    def test_brackets_and_colons_are_wide(self, path: Path) -> None:
        japanese = r"[\u3001-\u30ff\u4e00-\u9fff]"
        narrow = [f"{number}: {line}" for number, line in read(path).prose
                  if re.search(rf"{japanese} ?[(:]|[(] ?{japanese}|{japanese}[)]|[)] ?{japanese}", without_targets(line))]
        assert not narrow, "\n".join(narrow)

    def test_bold_is_drawn_bold(self, path: Path) -> None:
        """Beside punctuation, CommonMark takes `**` for a sign only where a space or punctuation is on its other side."""
        wrong = [f"{number}: {line}" for number, line in read(path).prose if not bold_is_drawn(without_code(line))]
        assert not wrong, "\n".join(wrong)


def ends_in_a_sentence(line: str) -> bool:
    last = line.rstrip(" *")[-1:]
    return bool(JAPANESE.match(last)) and last != "。"


def without_targets(line: str) -> str:
    return re.sub(r"\]\([^)]*\)", "]", without_code(line))


def bold_is_drawn(line: str) -> bool:
    signs = [sign.start() for sign in re.finditer(r"\*\*", line)]
    if len(signs) % 2:
        return False
    for index, at in enumerate(signs):
        before, behind = line[:at][-1:], line[at + 2:][:1]
        inside, outside = (behind, before) if index % 2 == 0 else (before, behind)
        if inside in ("", " ") or (is_punctuation(inside) and outside.strip() and not is_punctuation(outside)):
            return False
    return True


def is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
