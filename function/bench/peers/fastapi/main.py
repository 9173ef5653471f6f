"""The same job with FastAPI and boto3, after the Lambda Web Adapter's example `fastapi-response-streaming`."""

import json
import os
from datetime import datetime, timezone
from typing import AsyncIterator

import boto3
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()
client = boto3.client("bedrock-agent-runtime")


class Request(BaseModel):
    question: str
    sessionId: str


@app.get("/")
def ready() -> dict[str, bool]:
    """What the adapter asks until the server is up."""
    return {"ready": True}


@app.post("/")
def ask(request: Request) -> StreamingResponse:
    return StreamingResponse(events(request), media_type="text/event-stream")


async def events(request: Request) -> AsyncIterator[str]:
    # As in the example: boto3 blocks the loop, which has nothing else to do in an environment of Lambda. A plain
    # generator would be handed to a thread and back for every chunk: three times the CPU time.
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
