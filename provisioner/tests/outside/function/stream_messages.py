"""Every message that Bedrock and AgentCore can stream, made from botocore's models of the services:
every member, every variant of every union, every value of every enumeration at least once.

Run it to write the fixtures in function/tests/replay again, after botocore has been updated.
"""

import base64
import json
from pathlib import Path
from typing import Iterator

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

FIXTURES = Path(__file__).resolve().parents[4] / "function/tests/replay"
# By the fixture's name: service, operation, the member of its answer that is the stream.
STREAMS = {
    "invoke_agent": ("bedrock-agent-runtime", "InvokeAgent", "completion"),
    "invoke_harness": ("bedrock-agentcore", "InvokeHarness", "stream"),
}
DOCUMENT = {"title": "a document", "list": [1, -1, 0.5, True, None]}


def variants(shape: Shape, name: str) -> list:
    """So many values that everything that can be below occurs in one of them."""
    if getattr(shape, "is_document_type", False):
        return [DOCUMENT]
    if isinstance(shape, StructureShape):
        members = {member: variants(below, member) for member, below in shape.members.items()}
        if shape.is_tagged_union:
            return [{member: value} for member, values in members.items() for value in values]
        count = max(map(len, members.values()), default=1)
        return [{member: values[turn % len(values)] for member, values in members.items()}
                for turn in range(count)]
    if isinstance(shape, ListShape):
        # All in one list: nothing has to be said twice.
        return [variants(shape.member, name)]
    if isinstance(shape, MapShape):
        return [{f"{name} key": value} for value in variants(shape.value, name)]
    match shape.type_name:
        case "string":
            return list(shape.enum) or [f"{name} 文字"]
        case "blob":
            return [base64.b64encode(f"{name} 文字".encode()).decode()]
        case "integer" | "long":
            return [len(name)]
        case "float":
            return [0.5]
        case "boolean":
            return [True, False]
        case "timestamp":
            return ["2026-11-23T01:02:03Z"]
        case other:
            raise NotImplementedError(f"{shape.name} is of type {other}")


def messages(name: str) -> Iterator[dict]:
    service, operation, member = STREAMS[name]
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    stream = model.operation_model(operation).output_shape.members[member]
    for name, shape in stream.members.items():
        kind = "exception" if shape.metadata.get("exception") else "event"
        for payload in variants(shape, name):
            yield {"kind": kind, "name": name, "payload": payload}


def fixture(name: str) -> str:
    lines = (json.dumps(message, ensure_ascii=False, sort_keys=True) for message in messages(name))
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    for name in STREAMS:
        (FIXTURES / f"{name}.json").write_text(fixture(name))
