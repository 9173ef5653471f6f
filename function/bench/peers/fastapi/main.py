"""The same job with FastAPI and boto3, after the Lambda Web Adapter's example `fastapi-response-streaming`."""

import json
import os
from datetime import datetime, timezone
from typing import AsyncIterator, Iterator

import boto3
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

#: Whether several questions come at once, as on a Managed Instance.
SEVERAL = "AWS_LAMBDA_MAX_CONCURRENCY" in os.environ

app = FastAPI()
client = boto3.client("bedrock-agent-runtime")


class Request(BaseModel):
    question: str
    sessionId: str


@app.get("/")
def ready() -> dict[str, bool]:
    """The adapter asks for this path until the server is up."""
    return {"ready": True}


@app.post("/")
def ask(request: Request) -> StreamingResponse:
    # As in the example where there is one question at a time: boto3 blocks the loop, which has nothing else to do. A
    # plain generator is handed to a thread and back for every chunk: three times the CPU time, but the others go on.
    answer = events(request) if SEVERAL else in_the_loop(request)
    return StreamingResponse(answer, media_type="text/event-stream")


async def in_the_loop(request: Request) -> AsyncIterator[str]:
    for event in events(request):
        yield event


def events(request: Request) -> Iterator[str]:
    answer = client.invoke_agent(
        agentId=os.environ["AGENT_ID"], agentAliasId=os.environ["AGENT_ALIAS_ID"],
        sessionId=request.sessionId, inputText=request.question)
    number = 0
    for event in answer["completion"]:
        if "chunk" in event:
            number += 1
            data = {"type": "chunk", "content": event["chunk"]["bytes"].decode(), "chunkNumber": number,
                    "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds")}
            yield f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
    yield f"data: {json.dumps({'type': 'complete', 'chunkCount': number})}\n\n"
