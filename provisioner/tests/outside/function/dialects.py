"""What a caller hears in each of the function's dialects, all put in the same words."""

import json
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Callable, Iterator

from function_url import FunctionUrl

ASKED = "SOLOMON"


@dataclass
class Heard:
    """An answer."""

    #: The pieces of each agent's speech, by its name.
    text: dict[str, list[str]] = field(default_factory=dict)
    reasoning: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    #: What the agent asks back, in the words of the native dialect's `inquiries`.
    asked: list[dict] = field(default_factory=list)
    #: Whether the answer ends so that its client knows that the agent waits.
    waits: bool = False
    #: As the client would send it to go on; only the native dialect says it.
    session: str | None = None
    #: `complete`, or the code of the failure; None while it goes on.
    end: str | None = None
    #: Everything as it came.
    raw: str = ""

    def say(self, agent: str, piece: str) -> None:
        self.text.setdefault(agent, []).append(piece)

    def so_far(self) -> str:
        return "".join(self.text.get(ASKED, []))


class Dialect(ABC):
    """Asks, and reads each message as soon as it has come."""

    #: Whether members' pieces come apart, each with its name.
    names_members = True
    #: What is told of an approval.
    tells_of_approvals = ("name", "input", "message", "schema", "toolCallId", "expiresAt")

    @abstractmethod
    def request(self, agent: str, question: str, trace: str) -> tuple[str, dict]:
        """Path and body."""

    @abstractmethod
    def read(self, message: dict, heard: Heard) -> None:
        """One message of the stream."""

    def ask(self, url: FunctionUrl, agent: str, question: str, trace: str, listener: Callable[[Heard], None]) -> Heard:
        """The whole answer; `listener` is told after each message."""
        path, body = self.request(agent, question, trace)
        heard = Heard()
        for message in self._messages(url, path, body, heard):
            self.read(message, heard)
            listener(heard)
        return heard

    def _messages(self, url: FunctionUrl, path: str, body: dict, heard: Heard) -> Iterator[dict]:
        for line in url.lines(path, body):
            heard.raw += line
            data = line.strip().removeprefix("data: ")
            if data != line.strip() and data != "[DONE]":
                yield json.loads(data)


class Native(Dialect):
    def request(self, agent: str, question: str, trace: str) -> tuple[str, dict]:
        return "/", {"question": question, "agent": agent, "trace": trace}

    def read(self, message: dict, heard: Heard) -> None:
        match message["type"]:
            case "start":
                heard.session = message["sessionId"]
            case "chunk":
                heard.say(message["agent"], message["content"])
            case "reasoning":
                heard.reasoning.append(message["content"])
            case "toolCall":
                heard.tools.append(message["name"])
            case "returnControl":
                heard.asked += message["inquiries"]
                heard.waits = True
            case "complete":
                heard.end = "complete"
            case "error":
                heard.end = message["error"]

    def go_on(self, url: FunctionUrl, agent: str, heard: Heard, answer: dict[str, dict]) -> None:
        """Answers what was asked, by its kind."""
        invocation, = {json.loads(line)["invocationId"] for line in re.findall(r"^data: (.*returnControl.*)$", heard.raw, re.M)}
        results = [{**asked, **answer[asked["kind"]]} for asked in heard.asked]
        list(url.lines("/", {"agent": agent, "sessionId": heard.session,
                             "returnControl": {"invocationId": invocation, "results": results}}))


class AiSdk(Dialect):
    # An approval is a question about a call, which the page has and which has its own name.
    tells_of_approvals = ("input",)

    def __init__(self) -> None:
        self._speakers: dict[str, str] = {}
        self._calls: dict[str, dict] = {}

    def request(self, agent: str, question: str, trace: str) -> tuple[str, dict]:
        message = {"id": "message-1", "role": "user", "parts": [{"type": "text", "text": question}]}
        return "/ai-sdk", {"id": "chat-1", "messages": [message], "trigger": "submit-message", "agent": agent, "trace": trace}

    def read(self, message: dict, heard: Heard) -> None:
        match message["type"]:
            case "text-start":
                self._speakers[message["id"]] = message["providerMetadata"]["gateway"]["agent"]
            case "text-delta":
                heard.say(self._speakers[message["id"]], message["delta"])
            case "reasoning-delta":
                heard.reasoning.append(message["delta"])
            case "tool-input-available" if message.get("providerExecuted"):
                heard.tools.append(message["toolName"])
                self._calls[message["toolCallId"]] = {"name": message["toolName"], "input": message["input"]}
            case "tool-input-available":
                heard.asked.append(a_question(message["toolCallId"], message["toolName"], message["input"]))
            case "tool-approval-request":
                heard.asked.append({"id": message["approvalId"], "kind": "approval", **self._calls[message["toolCallId"]]})
            case "finish":
                heard.end = heard.end or "complete"
                heard.waits = message["finishReason"] == "tool-calls"
            case "data-error":
                heard.end = message["data"]["code"]


class AgUi(Dialect):
    def __init__(self) -> None:
        self._subagents: dict[str, str] = {}

    def request(self, agent: str, question: str, trace: str) -> tuple[str, dict]:
        message = {"id": "message-1", "role": "user", "content": question}
        return "/ag-ui", {"threadId": "thread-1", "runId": "run-1", "state": {}, "messages": [message], "tools": [],
                          "context": [], "forwardedProps": {"agent": agent, "trace": trace}}

    def read(self, message: dict, heard: Heard) -> None:
        match message["type"]:
            case "SUBAGENT_STARTED":
                self._subagents[message["subagentRunId"]] = message["name"]
            case "TEXT_MESSAGE_CONTENT":
                heard.say(self._subagents.get(message.get("subagentRunId"), ASKED), message["delta"])
            case "REASONING_MESSAGE_CONTENT":
                heard.reasoning.append(message["delta"])
            case "TOOL_CALL_START":
                heard.tools.append(message["toolCallName"])
            case "CUSTOM" if message["name"] == "on_interrupt":
                # How LangGraph's adapter tells it, unless the run has an outcome as well.
                value = json.loads(message["value"])
                asked = [{"kind": "approval", "name": request["name"], "input": request["args"], "message": request["description"]}
                         for request in value.get("action_requests", [])]
                question = {"kind": "question", "name": "interrupt", "input": value, "message": value.get("question")}
                heard.asked += [{"id": f"{number}", **inquiry} for number, inquiry in enumerate(asked or [question])]
                heard.waits = True
            case "RUN_FINISHED":
                heard.end = "complete"
                if message["outcome"]["type"] == "interrupt":
                    heard.waits, heard.asked = True, []
                for asked in message["outcome"].get("interrupts", []):
                    told = {"name": asked["reason"], "schema": asked.get("responseSchema"), "input": asked["metadata"].get("input")}
                    also = {key: asked[key] for key in ("message", "toolCallId", "expiresAt") if key in asked}
                    heard.asked.append({"id": asked["id"], "kind": asked["metadata"]["kind"], **told, **also})
            case "RUN_ERROR":
                heard.end = message["code"]


def a_question(identifier: str, name: str, arguments: dict) -> dict:
    """A call of a tool of the client's, which is how some clients are asked."""
    kind = "approval" if name.startswith("approve_") else "question"
    return {"id": identifier, "kind": kind, "name": name.removeprefix("approve_"), **arguments}


def of_tool_call(call: dict) -> dict:
    return a_question(call["id"], call["function"]["name"], json.loads(call["function"]["arguments"]))


class OpenAi(Dialect):
    """Streamed. Others than the asked agent speak in the reasoning, each under its name in brackets."""

    names_members = False

    def request(self, agent: str, question: str, trace: str) -> tuple[str, dict]:
        return "/openai/v1/chat/completions", {
            "model": agent, "messages": [{"role": "user", "content": question}], "stream": True, "trace": trace}

    def read(self, message: dict, heard: Heard) -> None:
        if "error" in message:
            heard.end = message["error"]["code"]
        for choice in message.get("choices", []):
            if content := choice["delta"].get("content"):
                heard.say(ASKED, content)
            if reasoning := choice["delta"].get("reasoning_content"):
                heard.reasoning.append(reasoning)
            heard.asked += map(of_tool_call, choice["delta"].get("tool_calls", []))
            if choice["finish_reason"]:
                heard.end = "complete"
                heard.waits = choice["finish_reason"] == "tool_calls"


class OpenAiWhole(OpenAi):
    """Not streamed."""

    def request(self, agent: str, question: str, trace: str) -> tuple[str, dict]:
        path, body = super().request(agent, question, trace)
        return path, {**body, "stream": False}

    def ask(self, url: FunctionUrl, agent: str, question: str, trace: str, listener: Callable[[Heard], None]) -> Heard:
        path, body = self.request(agent, question, trace)
        answer = url.request("POST", path, json.dumps(body).encode(), {"content-type": "application/json"})
        told = answer.json()
        heard = Heard(raw=answer.body.decode())
        if "error" in told:
            heard.end = told["error"]["code"]
        else:
            choice, = told["choices"]
            message = choice["message"]
            heard.asked += map(of_tool_call, message.get("tool_calls") or [])
            heard.waits = choice["finish_reason"] == "tool_calls"
            heard.say(ASKED, message["content"] or "")
            heard.reasoning.append(message.get("reasoning_content") or "")
            heard.end = "complete"
        return heard


DIALECTS: dict[str, type[Dialect]] = {
    "native": Native, "ai-sdk": AiSdk, "ag-ui": AgUi, "openai": OpenAi, "openai, not streamed": OpenAiWhole}
