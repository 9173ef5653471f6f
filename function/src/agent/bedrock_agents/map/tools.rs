//! Tools under way: which call an observation belongs to.

use std::collections::VecDeque;

use aws_sdk_bedrockagentruntime::types::{
    ActionGroupInvocationInput, ExecutionType, InvocationInput, Observation,
};
use serde_json::Value;

use crate::agent::bedrock_agents::json::Json;
use crate::event::Event;

/// Calls that have no result yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct Tools {
    waiting: VecDeque<Waiting>,
    calls: u64,
}

#[derive(Debug)]
struct Waiting {
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
    /// Appends the call of a tool, if that is what `input` tells.
    pub(super) fn called(
        &mut self,
        agent: &str,
        input: &InvocationInput,
        in_full: bool,
        events: &mut VecDeque<Event>,
    ) {
        let (kind, name, json): (_, _, &dyn Json) = match input {
            InvocationInput {
                action_group_invocation_input: Some(action),
                ..
            } => {
                // The client is going to be asked: `returnControl` tells it.
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
        // Calls made side by side share a trace id.
        let trace_id = input.trace_id.as_deref().unwrap_or("tool");
        let id = format!("{trace_id}-{}", self.calls);
        self.waiting.push_back(Waiting {
            agent: agent.to_owned(),
            kind,
            id: id.clone(),
        });
        events.push_back(Event::ToolCall {
            agent: agent.to_owned(),
            id,
            name,
            input: if in_full { json.json() } else { Value::Null },
        });
    }

    /// Appends the result of a tool, if that is what `observation` tells.
    pub(super) fn observed(
        &mut self,
        agent: &str,
        observation: &Observation,
        in_full: bool,
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
        let waits = |call: &Waiting| call.kind == kind && call.agent == agent;
        // What the client itself has done was called in the answer before this one.
        let Some(call) = self.waiting.iter().position(waits) else {
            return;
        };
        let Some(call) = self.waiting.remove(call) else {
            return;
        };
        events.push_back(Event::ToolResult {
            agent: agent.to_owned(),
            id: call.id,
            output: if in_full { json.json() } else { Value::Null },
            failed,
        });
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
