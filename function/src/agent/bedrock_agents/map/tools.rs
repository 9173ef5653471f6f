//! Tools under way: each observation finds the call that it belongs to.

use std::collections::VecDeque;

use aws_sdk_bedrockagentruntime::types::{
    ActionGroupInvocationInput, ExecutionType, InvocationInput, Observation,
};
use serde_json::Value;

use crate::agent::json::Json;
use crate::event::{Event, ToolCall, ToolResult};
use crate::settings::TraceLevel;

#[derive(Debug, Default)]
pub(super) struct Tools {
    /// Calls without a result yet, oldest first.
    pending: VecDeque<Call>,
    calls: u64,
}

#[derive(Debug)]
struct Call {
    agent: String,
    kind: Kind,
    id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ActionGroup,
    KnowledgeBase,
    CodeInterpreter,
}

impl Tools {
    /// Appends the call of a tool, if there is one in `input`.
    pub(super) fn call(
        &mut self,
        agent: &str,
        input: &InvocationInput,
        trace: TraceLevel,
        events: &mut VecDeque<Event>,
    ) {
        let (kind, name, json): (_, _, &dyn Json) = match input {
            InvocationInput {
                action_group_invocation_input: Some(action),
                ..
            } => {
                // The client is to do it: a `returnControl` event says so.
                if action.execution_type == Some(ExecutionType::ReturnControl) {
                    return;
                }
                (Kind::ActionGroup, action_name(action), action)
            }
            InvocationInput {
                knowledge_base_lookup_input: Some(lookup),
                ..
            } => (Kind::KnowledgeBase, "knowledgeBase".to_owned(), lookup),
            InvocationInput {
                code_interpreter_invocation_input: Some(code),
                ..
            } => (Kind::CodeInterpreter, "codeInterpreter".to_owned(), code),
            _ => return,
        };
        self.calls += 1;
        // Calls that are made at the same time share a trace id.
        let trace_id = input.trace_id.as_deref().unwrap_or("tool");
        let id = format!("{trace_id}-{}", self.calls);
        self.pending.push_back(Call {
            agent: agent.to_owned(),
            kind,
            id: id.clone(),
        });
        events.push_back(Event::ToolCall(ToolCall {
            agent: agent.to_owned(),
            id,
            name,
            input: data(json, trace),
        }));
    }

    /// Appends the result of a tool, if there is one in `observation`.
    pub(super) fn result(
        &mut self,
        agent: &str,
        observation: &Observation,
        trace: TraceLevel,
        events: &mut VecDeque<Event>,
    ) {
        let (kind, failed, json): (_, _, &dyn Json) = match observation {
            Observation {
                action_group_invocation_output: Some(output),
                ..
            } => (Kind::ActionGroup, false, &output.text),
            Observation {
                knowledge_base_lookup_output: Some(output),
                ..
            } => (Kind::KnowledgeBase, false, &output.retrieved_references),
            Observation {
                code_interpreter_invocation_output: Some(output),
                ..
            } => {
                let has_error = output
                    .execution_error
                    .as_ref()
                    .is_some_and(|it| !it.is_empty());
                let failed = has_error || output.execution_timeout == Some(true);
                (Kind::CodeInterpreter, failed, output)
            }
            _ => return,
        };
        let is_its_call = |call: &Call| call.kind == kind && call.agent == agent;
        let call = self.pending.iter().position(is_its_call);
        // The call of what the client itself has done was in the answer before this one.
        let Some(call) = call.and_then(|at| self.pending.remove(at)) else {
            return;
        };
        events.push_back(Event::ToolResult(ToolResult {
            agent: agent.to_owned(),
            id: call.id,
            output: data(json, trace),
            failed,
        }));
    }
}

/// A tool's data, unless no client may see it.
fn data(json: &dyn Json, trace: TraceLevel) -> Value {
    match trace {
        TraceLevel::Full => json.json(),
        TraceLevel::Summary | TraceLevel::Off => Value::Null,
    }
}

/// `group.function`, or `group GET /path`.
fn action_name(action: &ActionGroupInvocationInput) -> String {
    let group = action.action_group_name.as_deref().unwrap_or("actionGroup");
    match (&action.function, &action.verb, &action.api_path) {
        (Some(function), ..) => format!("{group}.{function}"),
        (None, Some(verb), Some(path)) => format!("{group} {} {path}", verb.to_uppercase()),
        _ => group.to_owned(),
    }
}
