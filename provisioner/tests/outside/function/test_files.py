"""Images and files in questions: what each kind of agent gets of what each kind of client sends, and what is refused."""

import base64
import json
from typing import Callable, Iterator

import pytest

from hand_agent import HandAgent
from provision import BOOTSTRAP
from runtime_api import RuntimeApi

PNG = b"\x89PNG\r\n\x1a\n\x00\xff" + bytes(range(256))
CSV = "名前,数\nあ,1\n".encode()
ARN = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:{}/a-AbC1234567"
AGENTS = json.dumps({"default": "runtime", "agents": {
    "runtime": {"type": "agentcore-runtime", "arn": ARN.format("runtime")},
    "harness": {"type": "harness", "arn": ARN.format("harness")},
    "forgetful": {"type": "harness", "arn": ARN.format("harness"), "history": "client"},
    "classic": {"type": "bedrock-agent", "agentId": "MAGICOUNCL", "agentAliasId": "LIVE"}}})
SECRET = "SECRET-カササギ"


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def data_url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{encoded(content)}"


@pytest.fixture(scope="module")
def agent() -> Iterator[HandAgent]:
    agent = HandAgent()
    # What it was asked is all that counts.
    agent.refuse(400, "ValidationException")
    yield agent
    agent.close()


@pytest.fixture(scope="module")
def api(agent: HandAgent) -> Iterator[RuntimeApi]:
    address = next(iter(agent.environment.values()))
    environment = {"GATEWAY_AGENTS": AGENTS, "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": address, **agent.environment}
    with RuntimeApi([BOOTSTRAP], environment) as api:
        yield api


@pytest.fixture
def got(api: RuntimeApi, agent: HandAgent) -> Callable[..., dict]:
    """What the agent gets of a request, which it is asked once."""
    def got(body: dict, path: str = "/") -> dict:
        calls = len(agent.paths)
        answer = api.ask(body, path)
        answer.whole()
        assert len(agent.paths) == calls + 1, answer.text
        return agent.body
    return got


@pytest.fixture
def refused(api: RuntimeApi, agent: HandAgent) -> Callable[..., str]:
    """The refusal of a request, of which no agent hears."""
    def refused(body: dict, path: str = "/", status: int = 400) -> str:
        calls = len(agent.paths)
        answer = api.ask(body, path)
        assert answer.status == status, answer.text
        assert len(agent.paths) == calls and SECRET not in answer.text, answer.text
        return answer.text
    return refused


IMAGE = {"name": "a.png", "mediaType": "image/png", "data": encoded(PNG)}
TABLE = {"name": "表.csv", "mediaType": "text/csv", "data": encoded(CSV)}

#: How each kind of client asks the agent `a` "q" with the image and the table.
CLIENTS: dict[str, tuple[str, Callable[[str, list], dict]]] = {
    "native": ("/", lambda agent, turns: {"question": turns[-1], "agent": agent, "files": [IMAGE, TABLE]}),
    "ai-sdk": ("/ai-sdk", lambda agent, turns: {"id": "c", "agent": agent, "messages": [
        {"id": "1", "role": "user", "parts": [
            {"type": "file", "mediaType": "image/png", "filename": "a.png", "url": data_url(PNG, "image/png")},
            {"type": "file", "mediaType": "text/csv", "filename": "表.csv", "url": data_url(CSV, "text/csv")},
            *({"type": "text", "text": text} for text in turns)]}]}),
    "openai": ("/openai/v1/chat/completions", lambda agent, turns: {"model": agent, "stream": True, "messages": [
        {"role": "user", "content": [
            *({"type": "text", "text": text} for text in turns),
            {"type": "image_url", "image_url": {"url": data_url(PNG, "image/png"), "detail": "low"}},
            {"type": "file", "file": {"filename": "表.csv", "file_data": data_url(CSV, "text/csv")}}]}]}),
    "ag-ui binary": ("/ag-ui", lambda agent, turns: {
        "threadId": "t", "runId": "r", "forwardedProps": {"agent": agent}, "messages": [
            {"id": "1", "role": "user", "content": [
                *({"type": "text", "text": text} for text in turns),
                {"type": "binary", "mimeType": "image/png", "filename": "a.png", "data": encoded(PNG)},
                {"type": "binary", "mimeType": "text/csv", "filename": "表.csv", "url": data_url(CSV, "text/csv")}]}]}),
    "ag-ui 1.0": ("/ag-ui", lambda agent, turns: {
        "threadId": "t", "runId": "r", "forwardedProps": {"agent": agent}, "messages": [
            {"id": "1", "role": "user", "content": [
                *({"type": "text", "text": text} for text in turns),
                {"type": "image", "source": {"type": "data", "value": encoded(PNG), "mimeType": "image/png"},
                 "metadata": {"filename": "a.png"}},
                {"type": "document", "metadata": {"filename": "表.csv"},
                 "source": {"type": "url", "value": data_url(CSV, "text/csv")}}]}]}),
}


def files_of(payload: dict) -> list[tuple[str, bytes]]:
    return [(file["mediaType"], base64.b64decode(file["data"])) for file in payload["files"]]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_runtime_gets_the_files_of_every_client(got, client: str):
    path, request = CLIENTS[client]
    payload = got(request("runtime", ["q"]), path)

    assert payload["prompt"] == "q"
    assert files_of(payload) == [("image/png", PNG), ("text/csv", CSV)]
    names = [file["name"] for file in payload["files"]]
    # OpenAI's images have no names.
    assert names == [{"openai": "image.png"}.get(client, "a.png"), "表.csv"]
    assert "media" not in payload


@pytest.mark.parametrize("client", CLIENTS)
def test_a_bedrock_agent_gets_them_with_its_session(got, client: str):
    path, request = CLIENTS[client]
    body = got(request("classic", ["q"]), path)

    assert body["inputText"] == "q"
    files = body["sessionState"]["files"]
    assert [file["useCase"] for file in files] == ["CHAT"] * 2
    sources = [file["source"] for file in files]
    assert {source["sourceType"] for source in sources} == {"BYTE_CONTENT"}
    contents = [source["byteContent"] for source in sources]
    assert [(it["mediaType"], base64.b64decode(it["data"])) for it in contents] == [
        ("image/png", PNG), ("text/csv", CSV)]
    assert files[1]["name"] == "表.csv"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_harness_takes_texts_only_and_says_so(refused, client: str):
    path, request = CLIENTS[client]
    text = refused(request("harness", ["q"]), path)

    assert "unsupported_content" in text and "`image/png`" in text and "is a harness" in text


def test_a_harness_reads_a_file_of_text(got):
    body = got({"question": "合計は?", "agent": "harness", "files": [TABLE]})

    assert body["messages"] == [{"role": "user", "content": [
        {"text": f"表.csv (text/csv):\n\n{CSV.decode()}"}, {"text": "合計は?"}]}]
    # Alone, too.
    body = got({"agent": "harness", "files": [TABLE]})
    assert len(body["messages"][0]["content"]) == 1


def test_one_image_is_there_as_awss_guide_sends_it_too(got):
    payload = got({"question": "q", "files": [IMAGE]})
    assert payload["media"] == {"type": "image", "format": "png", "data": encoded(PNG)}
    assert files_of(payload) == [("image/png", PNG)]
    assert "media" not in got({"question": "q", "files": [TABLE]})
    assert "files" not in got({"question": "q"})


def test_a_runtime_may_be_asked_with_files_alone_and_a_bedrock_agent_may_not(got, refused):
    payload = got({"files": [IMAGE]})
    assert payload["prompt"] == "" and len(payload["files"]) == 1
    assert "without a question" in refused({"agent": "classic", "files": [IMAGE]})
    assert "empty_question" in refused({"question": " ", "files": []})
    assert "`files` come with a question" in refused({
        "sessionId": "s", "files": [IMAGE], "returnControl": {"invocationId": "i", "results": []}})


def conversation(agent: str, *, session: str | None, last: list | None = None) -> dict:
    image = {"type": "image_url", "image_url": {"url": data_url(PNG, "image/png")}}
    return {"model": agent, "stream": True, **({"metadata": {"session_id": session}} if session else {}), "messages": [
        {"role": "user", "content": [{"type": "text", "text": "one"}, image]},
        {"role": "assistant", "content": "a"},
        {"role": "user", "content": last or [{"type": "text", "text": "two"}]}]}


CHAT = "/openai/v1/chat/completions"


def test_the_files_of_earlier_turns_go_where_the_turns_go(got, refused):
    payload = got(conversation("runtime", session="s"), CHAT)
    first, second = payload["history"]
    assert files_of(first) == [("image/png", PNG)] and "files" not in second
    assert payload["prompt"] == "two" and "files" not in payload

    # A session that goes on has them; a new one has not.
    state = got(conversation("classic", session="s"), CHAT).get("sessionState", {})
    assert "files" not in state
    state = got(conversation("classic", session=None), CHAT)["sessionState"]
    assert [file["name"] for file in state["files"]] == ["image.png"]
    assert len(state["conversationHistory"]["messages"]) == 2

    assert len(got(conversation("harness", session="s"), CHAT)["messages"]) == 1
    for agent, session in [("harness", None), ("forgetful", "s")]:
        assert "`image/png`" in refused(conversation(agent, session=session), CHAT)


def test_whoever_was_refused_can_go_on(got, refused):
    elsewhere = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    body = conversation("runtime", session="s")
    body["messages"][0]["content"][1] = elsewhere
    assert [turn["content"][0]["text"] for turn in got(body, CHAT)["history"]] == ["one", "a"]

    body["messages"][2]["content"].append(elsewhere)
    assert "fetches nothing" in refused(body, CHAT)


def parts(*content: dict) -> dict:
    return {"model": "runtime", "messages": [{"role": "user", "content": [{"type": "text", "text": "q"}, *content]}]}


def run(*content: dict) -> dict:
    return {"threadId": "t", "runId": "r", "messages": [{"id": "1", "role": "user", "content": [*content]}]}


def chat(**part: str) -> dict:
    return {"id": "c", "messages": [{"id": "1", "role": "user", "parts": [{"type": "file", **part}]}]}


@pytest.mark.parametrize("path, body, code, reason", [
    (CHAT, parts({"type": "image_url", "image_url": {"url": "http://169.254.169.254/x"}}), "unsupported_content", "fetches"),
    (CHAT, parts({"type": "file", "file": {"file_id": "file-1"}}), "unsupported_content", "stores no files"),
    (CHAT, parts({"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}), "unsupported_content",
     "input_audio"),
    (CHAT, parts({"type": "hologram"}), "unsupported_content", "`hologram`"),
    (CHAT, parts({"type": "image_url", "image_url": "data:image/png;base64,AA=="}), "invalid_request", "messages[0]"),
    ("/ai-sdk", chat(mediaType="image/png", url="blob:https://example.com/1", filename=SECRET), "unsupported_content",
     "fetches"),
    ("/ai-sdk", chat(mediaType="image/png", url="data:image/png;base64,?", filename=SECRET), "invalid_request", "base64"),
    ("/ai-sdk", chat(mediaType=f"{SECRET} x", url="data:;base64,AA=="), "invalid_request", "media type"),
    ("/ag-ui", run({"type": "binary", "mimeType": "image/png", "id": "file-1"}), "unsupported_content", "stores no files"),
    ("/ag-ui", run({"type": "image", "source": {"type": "file", "value": "file-1"}}), "unsupported_content",
     "stores no files"),
    ("/ag-ui", run({"type": "video", "source": {"type": "url", "value": "https://example.com/v.mp4"}}),
     "unsupported_content", "fetches"),
    ("/", {"question": "q", "files": [{"name": SECRET, "data": ""}]}, "invalid_request", "empty"),
    ("/", {"question": "q", "files": [{"name": SECRET, "data": 1}]}, "invalid_request", "files[0]"),
    ("/", {"question": "q", "files": [{"data": "AA==", "url": "x"}]}, "invalid_request", "unknown field `url`"),
    ("/", {"question": "q", "files": [{"data": "AA=="}] * 101}, "invalid_request", "more than 100"),
    ("/", {"question": "q", "files": [{**IMAGE, "useCase": "CHAT"}]}, "unsupported_content", "`useCase`"),
    ("/", {"question": "q", "agent": "classic", "files": [IMAGE] * 6}, "unsupported_content", "5 files at most"),
    ("/", {"question": "q", "agent": "classic", "files": [{**IMAGE, "mediaType": "audio/wav"}]}, "unsupported_content",
     "`audio/wav`"),
])
def test_what_cannot_be_passed_on_is_refused_with_the_reason(refused, path: str, body: dict, code: str, reason: str):
    text = refused(body, path)
    assert code in text and reason in text, text


def test_a_client_may_want_bedrock_to_work_on_a_file(got):
    body = got({"question": "q", "agent": "classic", "files": [{**TABLE, "useCase": "CODE_INTERPRETER"}]})
    assert body["sessionState"]["files"][0]["useCase"] == "CODE_INTERPRETER"


def test_two_screenshots_of_one_name_stay_two(got):
    payload = got({"question": "q", "files": [IMAGE, IMAGE]})
    assert [file["name"] for file in payload["files"]] == ["a.png", "a-2.png"]


def test_no_name_and_no_content_reaches_the_log(api: RuntimeApi):
    secret = {"name": f"{SECRET}.txt", "data": encoded(SECRET.encode())}
    for agent in ("runtime", "harness", "classic"):
        api.ask({"question": "q", "agent": agent, "files": [secret]}).whole()
    api.ask({"question": "q", "files": [{**secret, "data": SECRET}]}).whole()
    api.line(f'"r-{len(api._answers)}"')
    log = "".join(api.log)
    assert SECRET not in log and encoded(SECRET.encode()) not in log
