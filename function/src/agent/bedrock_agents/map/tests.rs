mod members;
mod tools;

use std::sync::Arc;

use aws_sdk_bedrockagentruntime::primitives::Blob;
use aws_sdk_bedrockagentruntime::types::{
    AgentCollaboratorInvocationInput, AgentCollaboratorInvocationOutput,
    AgentCollaboratorOutputPayload, FailureTrace, FinalResponse, GuardrailTrace, InvocationInput,
    Metadata, ModelInvocationInput, OrchestrationModelInvocationOutput, PayloadPart, Rationale,
    Usage as BedrockUsage,
};

use super::*;
use crate::council::Council;

fn chunk(bytes: &[u8]) -> ResponseStream {
    ResponseStream::Chunk(PayloadPart::builder().bytes(Blob::new(bytes)).build())
}

fn trace(collaborator: Option<&str>, trace: Trace) -> ResponseStream {
    let part = TracePart::builder()
        .set_collaborator_name(collaborator.map(ToOwned::to_owned))
        .trace(trace)
        .build();
    ResponseStream::Trace(part)
}

fn orchestration(collaborator: Option<&str>, step: OrchestrationTrace) -> ResponseStream {
    trace(collaborator, Trace::OrchestrationTrace(step))
}

fn asks(name: &str) -> ResponseStream {
    let input = AgentCollaboratorInvocationInput::builder()
        .agent_collaborator_name(name)
        .build();
    orchestration(
        None,
        OrchestrationTrace::InvocationInput(
            InvocationInput::builder()
                .agent_collaborator_invocation_input(input)
                .build(),
        ),
    )
}

fn final_response(collaborator: Option<&str>, text: &str) -> ResponseStream {
    let response = FinalResponse::builder().text(text).build();
    orchestration(
        collaborator,
        OrchestrationTrace::Observation(Observation::builder().final_response(response).build()),
    )
}

fn reported(name: &str, text: &str) -> ResponseStream {
    let output = AgentCollaboratorInvocationOutput::builder()
        .agent_collaborator_name(name)
        .output(AgentCollaboratorOutputPayload::builder().text(text).build())
        .build();
    orchestration(
        None,
        OrchestrationTrace::Observation(
            Observation::builder()
                .agent_collaborator_invocation_output(output)
                .build(),
        ),
    )
}

fn thinks(collaborator: Option<&str>) -> ResponseStream {
    let input = ModelInvocationInput::builder().text("a prompt").build();
    orchestration(
        collaborator,
        OrchestrationTrace::ModelInvocationInput(input),
    )
}

fn spent(collaborator: Option<&str>, input: i32, output: i32) -> ResponseStream {
    let usage = BedrockUsage::builder()
        .input_tokens(input)
        .output_tokens(output)
        .build();
    let metadata = Metadata::builder().usage(usage).total_time_ms(1200).build();
    orchestration(
        collaborator,
        OrchestrationTrace::ModelInvocationOutput(
            OrchestrationModelInvocationOutput::builder()
                .metadata(metadata)
                .build(),
        ),
    )
}

fn mapped(messages: impl IntoIterator<Item = ResponseStream>) -> Vec<Event> {
    mapped_at(TraceLevel::Summary, messages)
}

fn mapped_at(trace: TraceLevel, messages: impl IntoIterator<Item = ResponseStream>) -> Vec<Event> {
    let mut mapper = Mapper::new("SOLOMON".to_owned(), trace);
    let mut events = VecDeque::new();
    for message in messages {
        mapper.map(message, &mut events);
    }
    mapper.end(&mut events);
    events.into()
}

/// Statuses and chunks as `AGENT is state` and `AGENT: text`, as the council tells them.
fn story(events: &[Event]) -> Vec<String> {
    let mut council = Council::new(Arc::default(), "SOLOMON".to_owned());
    let mut told = VecDeque::new();
    for event in events {
        council.hear(event.clone(), &mut told);
    }
    council.end(&mut told);
    told.iter()
        .filter_map(|event| match event {
            Event::Status { agent, state } => Some(format!("{agent} is {state:?}")),
            Event::Chunk { agent, content } => Some(format!("{agent}: {content}")),
            _ => None,
        })
        .collect()
}

#[test]
fn a_single_agent_thinks_answers_and_is_done() {
    let events = mapped([thinks(None), chunk("晴れ".as_bytes()), chunk(b"!")]);

    assert_eq!(
        story(&events),
        [
            "SOLOMON is Thinking",
            "SOLOMON is Answering",
            "SOLOMON: 晴れ",
            "SOLOMON: !",
            "SOLOMON is Done"
        ]
    );
}

#[test]
fn a_council_speaks_one_after_the_other_and_each_once() {
    let events = mapped([
        thinks(None),
        asks("CASPAR"),
        asks("MELCHIOR"),
        thinks(Some("CASPAR")),
        final_response(Some("CASPAR"), "賛成"),
        // The supervisor's trace repeats the same text.
        reported("CASPAR", "賛成"),
        // The text comes only here: not every collaborator traces its own final response.
        reported("MELCHIOR", "反対"),
        thinks(None),
        final_response(None, "its chunks tell this"),
        chunk("可決".as_bytes()),
        // The cost of an answer comes after it, and does not make the agent think again.
        spent(None, 1, 1),
    ]);

    assert_eq!(
        story(&events),
        [
            "SOLOMON is Thinking",
            "CASPAR is Thinking",
            "MELCHIOR is Thinking",
            "CASPAR is Answering",
            "CASPAR: 賛成",
            "CASPAR is Done",
            "MELCHIOR is Answering",
            "MELCHIOR: 反対",
            "MELCHIOR is Done",
            "SOLOMON is Judging",
            "SOLOMON is Answering",
            "SOLOMON: 可決",
            "SOLOMON is Done"
        ]
    );
}

#[test]
fn a_collaborator_asked_twice_answers_twice() {
    let round = |text| {
        [
            asks("CASPAR"),
            final_response(Some("CASPAR"), text),
            reported("CASPAR", text),
        ]
    };
    let events = mapped(round("一").into_iter().chain(round("二")));

    let said: Vec<_> = story(&events)
        .into_iter()
        .filter(|line| line.starts_with("CASPAR:"))
        .collect();
    assert_eq!(said, ["CASPAR: 一", "CASPAR: 二"]);
}

#[test]
fn a_trace_summary_tells_the_step_and_the_tokens_but_no_text() {
    let rationale = Rationale::builder().text("SECRET rationale").build();
    let failure = FailureTrace::builder()
        .failure_reason("SECRET reason")
        .failure_code(500)
        .build();
    let events = mapped([
        thinks(None),
        spent(Some("CASPAR"), 10, 20),
        orchestration(None, OrchestrationTrace::Rationale(rationale)),
        trace(None, Trace::FailureTrace(failure)),
    ]);

    let traces: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Trace { agent, trace } => {
                Some(format!("{agent} {}", serde_json::to_string(trace).unwrap()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        traces,
        [
            r#"SOLOMON {"step":"orchestration.modelInvocationInput"}"#,
            r#"CASPAR {"step":"orchestration.modelInvocationOutput","durationMs":1200,"usage":{"inputTokens":10,"outputTokens":20}}"#,
            r#"SOLOMON {"step":"orchestration.rationale"}"#,
            r#"SOLOMON {"step":"failure","failureCode":500}"#,
        ]
    );
}

#[test]
fn tokens_are_counted_for_who_spent_them() {
    let events = mapped([spent(None, 1, 2), spent(Some("CASPAR"), 3, 4)]);

    let spent: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Usage { agent, usage } => Some((agent.as_str(), usage.input_tokens)),
            _ => None,
        })
        .collect();
    assert_eq!(spent, [("SOLOMON", 1), ("CASPAR", 3)]);
}

#[test]
fn a_character_cut_between_two_messages_stays_whole() {
    let bytes = "賛成".as_bytes();
    let events = mapped([chunk(&bytes[..4]), chunk(&bytes[4..])]);

    assert_eq!(
        story(&events),
        [
            "SOLOMON is Answering",
            "SOLOMON: 賛",
            "SOLOMON: 成",
            "SOLOMON is Done"
        ]
    );
}

#[test]
fn what_looks_at_a_collaborators_answer_does_not_set_it_back_to_thinking() {
    let guardrail = || Trace::GuardrailTrace(GuardrailTrace::builder().build());
    let told = story(&mapped([
        thinks(None),
        asks("CASPAR"),
        thinks(Some("CASPAR")),
        final_response(Some("CASPAR"), "賛成"),
        trace(Some("CASPAR"), guardrail()),
        reported("CASPAR", "賛成"),
        trace(Some("CASPAR"), guardrail()),
        // All others are done: the supervisor is judging.
        thinks(None),
        // Asked once more, it thinks once more.
        asks("CASPAR"),
        trace(Some("CASPAR"), guardrail()),
    ]));

    let states: Vec<_> = told.iter().filter(|told| told.contains(" is ")).collect();
    assert_eq!(
        states,
        [
            "SOLOMON is Thinking",
            "CASPAR is Thinking",
            "CASPAR is Answering",
            "CASPAR is Done",
            "SOLOMON is Judging",
            "CASPAR is Thinking",
            "SOLOMON is Done",
            "CASPAR is Done",
        ]
    );
}

#[test]
fn an_empty_answer_of_a_collaborator_is_over_and_no_answer() {
    let events = mapped([
        asks("CASPAR"),
        final_response(Some("CASPAR"), ""),
        reported("CASPAR", ""),
    ]);
    assert!(
        !events
            .iter()
            .any(|event| matches!(event, Event::Chunk { .. }))
    );

    // The words may come with the supervisor's trace alone.
    let events = mapped([
        asks("CASPAR"),
        final_response(Some("CASPAR"), ""),
        reported("CASPAR", "賛成"),
    ]);
    assert!(story(&events).contains(&"CASPAR: 賛成".to_owned()));
}
