"""How a runtime is asked, for each protocol of AgentCore's and for programs that want an AI SDK client's request."""

from played import QUESTION


def request_of(protocol: str) -> dict:
    match protocol:
        case "http":
            return {"prompt": QUESTION, "sessionId": "s" * 36}
        case "ag-ui":
            return {"threadId": "thread-1", "runId": "run-1", "state": {}, "tools": [], "context": [], "forwardedProps": {},
                    "messages": [{"id": "message-1", "role": "user", "content": QUESTION}]}
        case "a2a":
            return {"jsonrpc": "2.0", "id": "1", "method": "message/stream", "params": {"message": {
                "kind": "message", "messageId": "message-1", "role": "user",
                "parts": [{"kind": "text", "text": QUESTION}]}}}
        case "ai-sdk":
            return {"id": "chat-1", "trigger": "submit-message", "messages": [
                {"id": "message-1", "role": "user", "parts": [{"type": "text", "text": QUESTION}]}]}
    raise ValueError(protocol)
