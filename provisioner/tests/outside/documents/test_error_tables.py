"""The tables of errors and messages say what the programs say, in both languages.

That the English table of failures is the function's own is a test of the function: `agent/failure.rs`."""

import re
from pathlib import Path

import pytest

from markdown_text import REPOSITORY, code_spans, read

LANGUAGES = ("README.md", "README.ja.md")
RETRY = {"yes": True, "no": False, "可": True, "不可": False}


def each_language(*heads: str) -> list[tuple[str, str]]:
    return list(zip(LANGUAGES, heads))


def table(document: str, head: str) -> list[list[str]]:
    """The one table of `document` whose head begins with the cells of `head`."""
    wanted = [cell.strip() for cell in head.split("|")]
    found = [table for table in read(REPOSITORY / document).tables if table[0][:len(wanted)] == wanted]
    assert len(found) == 1, f"{document} has {len(found)} tables that begin with {head}"
    return found[0][1:]


def rust(*folders: str) -> str:
    """The sources without their tests, every string in one line."""
    sources = []
    for folder in folders:
        for path in sorted((REPOSITORY / folder).rglob("*.rs")):
            if "tests" not in path.relative_to(REPOSITORY).with_suffix("").parts:
                sources.append(path.read_text().partition("#[cfg(test)]\nmod tests {")[0])
    return re.sub(r"\\\n\s*", "", "\n".join(sources))


def test_both_languages_have_the_same_failures() -> None:
    english = table("function/README.md", "`error` | retry? | whose side")
    japanese = table("function/README.ja.md", "`error` | 再試行 | 原因のある側")
    assert failures(japanese) == failures(english)


def failures(rows: list[list[str]]) -> list[tuple[str, bool, str]]:
    return [(code, RETRY[retry], side) for code, retry, side, _ in rows]


def test_every_japanese_failure_says_what_happened_and_what_to_do() -> None:
    for code, *_, words in table("function/README.ja.md", "`error` | 再試行 | 原因のある側"):
        what, _, then = words.partition("。")
        assert what.endswith(("です", "ます", "ました", "ません", "でした")) and then.endswith("ください"), f"{code}: {words}"


@pytest.mark.parametrize("name, head", each_language("status | `error` | why", "ステータス | `error` | 理由"), ids=LANGUAGES)
def test_the_refusals_are_those_of_the_function(name: str, head: str) -> None:
    listed = {(int(status), code) for status, codes, _ in table(f"function/{name}", head)
              for code in code_spans(codes)}
    source = rust("function/src")
    made = {(int(status), code) for status, code in
            re.findall(r'Refusal::new\(\s*(\d{3}),\s*"([a-z_]+)"', source)}
    assert len(made) > 10
    assert made - listed == set(), "not in the table"
    assert [code for _, code in sorted(listed) if f'"{code}"' not in source] == [], "not in the function"


@pytest.mark.parametrize("name, head", each_language("`code` | what happened", "`code` | 起きたこと"), ids=LANGUAGES)
def test_the_client_codes_are_those_of_the_generated_client(name: str, head: str) -> None:
    listed = {code for row in table(f"function/{name}", head) for code in code_spans(row[0])}
    source = "\n".join(path.read_text() for path in sorted((REPOSITORY / "templates/nextjs/src/lib/magi").iterdir()))
    own = set(re.findall(r'(?:new GatewayError|return failure)\(\s*"(\w+)"', source))
    # Refusals of the route that are not the function's as well.
    own |= {code for code in re.findall(r'refusal\(\d+, "(\w+)"', source) if f'"{code}"' not in rust("function/src")}
    assert listed == own


@pytest.mark.parametrize("name, head", each_language("message | what it means", "メッセージ | 意味と対処"), ids=LANGUAGES)
def test_the_messages_to_look_up_are_those_of_the_programs(name: str, head: str) -> None:
    source = rust("provisioner/src", "function/src")
    rows = [row for row in read(REPOSITORY / "provisioner" / name).tables
            if row[0][0] == head.split(" | ")[0]][0][1:]
    assert len(rows) > 15
    assert [span for row in rows for span in code_spans(row[0]) if span not in source] == []
