//! A program that speaks A2A in its version 0.3: the answer is an artifact, piece by piece; what collaborators say are
//! messages of the task while it works.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{BufMut as _, BytesMut};
use serde_json::{Value, json};

use crate::agents::characters::Characters;
use crate::agents::event::{Encoder, Event, new_id};
use crate::agents::player::Question;
use crate::wire::event_stream::FrameError;

/// JSON-RPC's codes.
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;

/// Which request is answered.
#[derive(Debug, Clone)]
pub(super) struct Request {
    id: Value,
    context_id: String,
    task_id: String,
}

/// The question in the request `message/stream`, or what it answers to a task; for others JSON-RPC's error.
pub(super) fn question(payload: &[u8]) -> Result<(Question, Request), Value> {
    let request: Value = serde_json::from_slice(payload).unwrap_or_default();
    let id = &request["id"];
    let refuse = |code, message| {
        let error = json!({"code": code, "message": message});
        Err(json!({"jsonrpc": "2.0", "id": id, "error": error}))
    };
    if request["jsonrpc"] != "2.0" || !request["method"].is_string() {
        return refuse(INVALID_REQUEST, "Request payload validation error");
    }
    if request["method"] != "message/stream" {
        return refuse(METHOD_NOT_FOUND, "Method not found");
    }
    let message = &request["params"]["message"];
    let parts = message["parts"].as_array();
    let (Some(_), Some(parts)) = (message["messageId"].as_str(), parts) else {
        return refuse(INVALID_PARAMS, "Invalid parameters");
    };
    let texts: Vec<String> = parts
        .iter()
        .filter_map(|part| part["text"].as_str())
        .map(ToOwned::to_owned)
        .collect();
    let question = match message["taskId"].as_str() {
        Some(_) => Question::returned(&texts),
        None => Question::asked(texts.join("\n")),
    };
    let given = |member: &str| message[member].as_str().map_or_else(new_id, str::to_owned);
    let request = Request {
        id: id.clone(),
        context_id: given("contextId"),
        task_id: given("taskId"),
    };
    Ok((question, request))
}

/// The events of one answer.
pub(super) struct A2a {
    request: Request,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    has_begun: bool,
    has_spoken: bool,
    characters: Characters,
    /// The agent has asked back, and waits.
    is_waiting: bool,
}

impl A2a {
    pub(super) fn new(request: Request) -> Self {
        Self {
            request,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, result: &Value, to: &mut BytesMut) {
        let response = json!({"jsonrpc": "2.0", "id": self.request.id, "result": result});
        to.put_slice(format!("data: {response}\n\n").as_bytes());
    }

    fn begin(&self, to: &mut BytesMut) {
        let Request {
            context_id,
            task_id,
            ..
        } = &self.request;
        let task = json!({
            "kind": "task", "id": task_id, "contextId": context_id, "status": {"state": "submitted"},
        });
        self.send(&task, to);
    }

    fn status(&self, state: &str, text: Option<&str>, is_final: bool, to: &mut BytesMut) {
        let Request {
            context_id,
            task_id,
            ..
        } = &self.request;
        let mut status = json!({"state": state});
        if let Some(text) = text {
            status["message"] = json!({
                "kind": "message", "role": "agent", "messageId": new_id(), "taskId": task_id,
                "contextId": context_id, "parts": [{"kind": "text", "text": text}],
            });
        }
        let update = json!({
            "kind": "status-update", "taskId": task_id, "contextId": context_id, "status": status,
            "final": is_final,
        });
        self.send(&update, to);
    }

    fn say(&self, piece: &[u8], to: &mut BytesMut) {
        let (text, append) = {
            let mut state = self.state();
            let text = state.characters.push(piece);
            if text.is_empty() {
                return;
            }
            (text, std::mem::replace(&mut state.has_spoken, true))
        };
        let artifact = json!({
            "artifactId": "answer", "parts": [{"kind": "text", "text": text}],
        });
        let update = json!({
            "kind": "artifact-update", "taskId": self.request.task_id,
            "contextId": self.request.context_id, "artifact": artifact, "append": append,
            "lastChunk": false,
        });
        self.send(&update, to);
    }
}

impl Encoder for A2a {
    fn write(&self, event: Event<'_>, to: &mut BytesMut) -> Result<(), FrameError> {
        if !std::mem::replace(&mut self.state().has_begun, true) {
            self.begin(to);
        }
        match event {
            Event::ModelCalled { .. } => self.status("working", None, false, to),
            // A2A tells nothing of how an agent works.
            Event::ModelAnswered { .. }
            | Event::Guardrail(_)
            | Event::CollaboratorCalled { .. }
            | Event::Reasoning { .. }
            | Event::ToolUse { .. } => {}
            Event::CollaboratorAnswered { text, .. } => {
                self.status("working", Some(text), false, to);
            }
            Event::Text(piece) => self.say(piece, to),
            Event::Citation(cite) => self.say(cite.text.as_bytes(), to),
            Event::ReturnControl(_) => {
                self.state().is_waiting = true;
                let question = "この内容で進めてよいですか？";
                self.status("input-required", Some(question), true, to);
            }
            Event::Files(_) => self.status("failed", None, true, to),
            Event::Exception(exception) => {
                self.status("failed", Some(&exception.message), true, to);
            }
            Event::End if self.state().is_waiting => {}
            Event::End => self.status("completed", None, true, to),
        }
        Ok(())
    }
}
