"""Requests and output as a transcript shows them: without what differs from run to run."""

import json
import re
from typing import Iterator
from urllib.parse import parse_qs, unquote

from permissions import action_of, model
from recorder import Request

# What a request carries and nobody can read.
UNREADABLE = {"ZipFile": "(the package)", "Payload": "(an event)"}
ALWAYS_THE_SAME = [
    (r"\b123456789012\b", "ACCOUNT"),
    (r"\b127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", "TIME"),
    (r"\b(1 write|[1-9]\d* writes)\b", "N writes"),
    (r"\b\d+ reads?\b", "N reads"),
    (r"\b\d+(\.\d+)? ms\b", "N ms"),
    (r"\b\d+\.\d+ (s|kB|MB)\b", r"N \1"),
]
# What gets a number, the same wherever it stands again: by its first part, where some show no more of it.
NUMBERED = {
    "id": r"\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b",
    "sha256": r"(?:(?<![\w+/])([A-Za-z0-9+/]{8})[A-Za-z0-9+/]{35}=|(?<=sha256 )([A-Za-z0-9+/]{8})(?![\w+/])|(?<=sha256 .{8} -> )([A-Za-z0-9+/]{8})(?![\w+/]))",
    "digest": r"(?<==)(?:\d+:)?([0-9a-f]{8,64})\b",
}


class Text:
    """Makes the text of one transcript."""

    def __init__(self, *names: tuple[str, str]):
        self._names = names
        self._numbers: dict[str, list[str]] = {kind: [] for kind in NUMBERED}

    def same(self, text: str) -> str:
        """As it would be in any other run."""
        for name, shown in self._names:
            text = text.replace(name, shown)
        for pattern, shown in ALWAYS_THE_SAME:
            text = re.sub(pattern, shown, text)
        for kind, pattern in NUMBERED.items():
            text = re.sub(pattern, lambda found: self._numbered(kind, next(filter(None, found.groups()))), text)
        return text

    def _numbered(self, kind: str, found: str) -> str:
        seen = self._numbers[kind]
        if found not in seen:
            seen.append(found)
        return f"<{kind} {seen.index(found) + 1}>"


def lines(request: Request) -> list[str]:
    """The action, and each parameter on a line of its own."""
    return [action_of(request), *(line for name, value in _parameters(request) for line in _shown(name, value, "  "))]


def _shown(name: str, value, indent: str) -> list[str]:
    value = UNREADABLE.get(name, value)
    if isinstance(value, dict):
        members = [line for member in sorted(value) for line in _shown(member, value[member], indent + "  ")]
        return [f"{indent}{name}:", *members]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [f"{indent}{name}:", *(f"{indent}  - {_inline(item)}" for item in value)]
    return [f"{indent}{name}: {_inline(value)}"]


def _inline(value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _parameters(request: Request) -> Iterator[tuple[str, object]]:
    path, _, query = request.path.partition("?")
    if not request.action:
        yield from _labels(request, path)
    yield from ((name, value) for name, (value, *_) in parse_qs(query).items())
    body = request.body.decode("utf-8", "replace")
    if request.service == "iam":
        for name, (value, *_) in parse_qs(body).items():
            if name not in ("Action", "Version"):
                yield name, json.loads(value) if value.startswith("{") else value
    elif action_of(request) == "lambda:InvokeFunction":
        yield "Payload", body
    elif body:
        yield from json.loads(body).items()


def _labels(request: Request, path: str) -> Iterator[tuple[str, str]]:
    """What stands in a REST path."""
    for name in model(request.service).operation_names:
        http = model(request.service).operation_model(name).http
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(http["requestUri"].partition("?")[0]))
        if http["method"] == request.method and (found := re.fullmatch(pattern, path)):
            yield from ((label, unquote(value)) for label, value in found.groupdict().items())
            return
