"""Python clients that know nothing of this gateway: OpenAI's own, with and without a signature."""

import base64
import importlib
from types import ModuleType
from typing import Callable

import pytest

from function_url import text_of
from functions import AGENT_NAME, Function

QUESTION = "東京に新しい公園を作るべきか"


@pytest.fixture(scope="module")
def said(function: Function) -> dict[str, str]:
    """What the judge says, by question: heard natively."""
    return {question: text_of(list(function.url.ask(question).events()), AGENT_NAME)
            for question in (QUESTION, "!throttled-midway")}


@pytest.fixture(scope="session")
def openai() -> ModuleType:
    """OpenAI's package. It takes seconds to import, which only those who run these tests shall wait for."""
    return importlib.import_module("openai")


@pytest.fixture(scope="session")
def client(openai: ModuleType) -> Callable[[Function], "openai.OpenAI"]:
    """OpenAI's client, signing its requests."""
    return importlib.import_module("signed_openai").client


def asking(content: str, **more) -> dict:
    return {"model": "magi", "messages": [{"role": "user", "content": content}], **more}


def test_a_stream_is_signed_for_and_read(function: Function, said, client):
    stream = client(function).chat.completions.create(
        **asking(QUESTION), stream=True, stream_options={"include_usage": True},
        metadata={"session_id": "s-1"}, extra_body={"trace": "off"})
    chunks = list(stream)

    content = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(content) == said[QUESTION]
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.total_tokens > 0


def test_a_whole_answer_is_signed_for_and_read(function: Function, said, client):
    completion = client(function).chat.completions.create(**asking(QUESTION))

    assert completion.choices[0].message.content == said[QUESTION]
    assert "[CASPAR] " in completion.choices[0].message.reasoning_content
    assert completion.usage.prompt_tokens > 0


def test_the_agents_are_the_models(function: Function, client):
    assert [model.id for model in client(function).models.list()] == ["magi"]


def test_nobody_without_a_signature_is_answered(function: Function, openai):
    stranger = openai.OpenAI(base_url=f"{function.url.url}openai/v1", api_key="not needed")

    with pytest.raises(openai.PermissionDeniedError):
        stranger.chat.completions.create(**asking(QUESTION))


def test_a_failure_midway_is_an_error_after_what_was_said(function: Function, said, client, openai):
    stream = client(function).chat.completions.create(**asking("!throttled-midway"), stream=True)
    content = ""
    with pytest.raises(openai.APIError) as failure:
        for chunk in stream:
            content += chunk.choices[0].delta.content or ""
            assert chunk.choices[0].finish_reason is None

    assert failure.value.code == "throttled"
    assert content == said["!throttled-midway"]


def test_images_and_files_are_passed_on(hand_function: Function, hand_agent, client):
    def data_url(media_type: str, content: bytes) -> str:
        return f"data:{media_type};base64,{base64.b64encode(content).decode()}"

    hand_agent.say("見えます".encode())
    hand_agent.end()
    completion = client(hand_function).chat.completions.create(model="magi", messages=[{"role": "user", "content": [
        {"type": "text", "text": "何？"},
        {"type": "image_url", "image_url": {"url": data_url("image/png", b"png")}},
        {"type": "file", "file": {"filename": "報告.pdf", "file_data": data_url("application/pdf", b"pdf")}}]}])

    assert completion.choices[0].message.content == "見えます"
    files = hand_agent.body["sessionState"]["files"]
    assert [file["name"] for file in files] == ["image.png", "報告.pdf"]
    assert [base64.b64decode(file["source"]["byteContent"]["data"]) for file in files] == [b"png", b"pdf"]


def test_a_failed_whole_answer_is_an_error(function: Function, client, openai):
    with pytest.raises(openai.RateLimitError) as failure:
        client(function).chat.completions.create(**asking("!throttled-midway"))

    assert failure.value.code == "throttled"
    assert failure.value.response.headers["x-should-retry"] == "false"


def test_the_deadline_is_an_error(functions, client, openai):
    hasty = functions({}, timeout=10)
    with pytest.raises(openai.APIError) as failure:
        list(client(hasty).chat.completions.create(**asking("!stalls"), stream=True))
    assert failure.value.code == "deadline"

    with pytest.raises(openai.InternalServerError) as failure:
        client(hasty).chat.completions.create(**asking("!stalls"))
    assert failure.value.status_code == 504 and failure.value.code == "deadline"


def test_an_unknown_model_is_not_found(function: Function, client, openai):
    with pytest.raises(openai.NotFoundError) as failure:
        client(function).chat.completions.create(**{**asking(QUESTION), "model": "gpt-4o"})

    assert failure.value.code == "model_not_found"
