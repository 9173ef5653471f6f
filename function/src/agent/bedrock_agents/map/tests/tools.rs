//! Tools: each call gets its own result, and their data is read for `trace: full` only.

use aws_sdk_bedrockagentruntime::types::builders::{InvocationInputBuilder, ObservationBuilder};
use aws_sdk_bedrockagentruntime::types::{
    ActionGroupInvocationInput, ActionGroupInvocationOutput, CodeInterpreterInvocationInput,
    CodeInterpreterInvocationOutput, ExecutionType, KnowledgeBaseLookupInput,
    KnowledgeBaseLookupOutput,
};

use super::*;
use crate::event::{ToolCall, ToolResult};

fn input(input: InvocationInputBuilder) -> ResponseStream {
    let input = input.trace_id("t-1").build();
    orchestration(Some("CASPAR"), OrchestrationTrace::InvocationInput(input))
}

pub(super) fn observed(observation: ObservationBuilder) -> ResponseStream {
    let observation = observation.trace_id("t-1").build();
    orchestration(Some("CASPAR"), OrchestrationTrace::Observation(observation))
}

fn calls_action(execution: ExecutionType) -> ResponseStream {
    let action = ActionGroupInvocationInput::builder()
        .action_group_name("weather")
        .function("forecast")
        .execution_type(execution);
    input(InvocationInput::builder().action_group_invocation_input(action.build()))
}

fn tool_events(events: Vec<Event>) -> Vec<Event> {
    let is_tool = |event: &Event| matches!(event, Event::ToolCall(_) | Event::ToolResult(_));
    events.into_iter().filter(is_tool).collect()
}

#[test]
fn tools_used_side_by_side_each_get_their_own_result() {
    let lookup = KnowledgeBaseLookupInput::builder().text("雨は").build();
    let code = CodeInterpreterInvocationInput::builder()
        .code("1/0")
        .build();
    let found = KnowledgeBaseLookupOutput::builder().build();
    let crashed = CodeInterpreterInvocationOutput::builder()
        .execution_error("ZeroDivisionError")
        .build();
    let said = ActionGroupInvocationOutput::builder().text("晴れ").build();
    let messages = [
        calls_action(ExecutionType::Lambda),
        input(InvocationInput::builder().knowledge_base_lookup_input(lookup)),
        input(InvocationInput::builder().code_interpreter_invocation_input(code)),
        observed(Observation::builder().code_interpreter_invocation_output(crashed)),
        observed(Observation::builder().action_group_invocation_output(said.clone())),
        observed(Observation::builder().knowledge_base_lookup_output(found)),
        // There was no call for this result.
        observed(Observation::builder().action_group_invocation_output(said)),
    ];

    let told: Vec<_> = tool_events(mapped_at(TraceLevel::Full, messages.clone()))
        .into_iter()
        .map(|event| match event {
            Event::ToolCall(ToolCall { id, name, .. }) => format!("{id} {name}"),
            Event::ToolResult(ToolResult { id, failed, .. }) => format!("{id} failed: {failed}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            "t-1-1 weather.forecast",
            "t-1-2 knowledgeBase",
            "t-1-3 codeInterpreter",
            "t-1-3 failed: true",
            "t-1-1 failed: false",
            "t-1-2 failed: false",
        ]
    );
    let full = format!(
        "{:?}",
        tool_events(mapped_at(TraceLevel::Full, messages.clone()))
    );
    let summary = format!("{:?}", tool_events(mapped(messages)));
    for data in ["雨は", "1/0", "ZeroDivisionError", "晴れ"] {
        assert!(full.contains(data), "{data}: {full}");
        assert!(!summary.contains(data), "{data}: {summary}");
    }
}

#[test]
fn a_tool_that_the_client_has_to_use_is_told_by_return_control_only() {
    let events = mapped([calls_action(ExecutionType::ReturnControl)]);

    assert_eq!(tool_events(events), []);
}
