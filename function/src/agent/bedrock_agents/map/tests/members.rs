//! The members of the stream beside words: sources, files, tools, what the client is to do.

use aws_sdk_bedrockagentruntime::types::builders::{InvocationInputBuilder, ObservationBuilder};
use aws_sdk_bedrockagentruntime::types::{
    ActionGroupInvocationInput, ActionGroupInvocationOutput, Attribution, Caller, Citation,
    CodeInterpreterInvocationInput, CodeInterpreterInvocationOutput, ExecutionType,
    FunctionInvocationInput, GeneratedResponsePart, GuardrailAction, GuardrailTrace,
    InvocationInputMember, KnowledgeBaseLookupInput, KnowledgeBaseLookupOutput,
    PreProcessingModelInvocationOutput, ReasoningTextBlock, RetrievalResultContent,
    RetrievalResultLocation, RetrievalResultLocationType, RetrievalResultS3Location,
    RetrievedReference, RoutingClassifierModelInvocationOutput, Span, TextResponsePart,
};
use aws_smithy_types::Document;
use serde_json::json;

use super::*;
use crate::event::{Citation as Cited, Source};

#[test]
fn a_chunk_tells_its_sources_behind_its_words() {
    let span = Span::builder().start(0).end(3).build();
    let text = TextResponsePart::builder().text("晴れです").span(span);
    let content = RetrievalResultContent::builder()
        .text("降水確率は零")
        .build();
    let s3 = RetrievalResultS3Location::builder().uri("s3://b/k").build();
    let location = RetrievalResultLocation::builder()
        .r#type(RetrievalResultLocationType::S3)
        .s3_location(s3)
        .build();
    let reference = RetrievedReference::builder()
        .content(content)
        .location(location.unwrap())
        .metadata("title", Document::String("天気".to_owned()))
        .build();
    let part = GeneratedResponsePart::builder().text_response_part(text.build());
    let citation = Citation::builder()
        .generated_response_part(part.build())
        .retrieved_references(reference)
        .build();
    let message = PayloadPart::builder()
        .bytes(Blob::new("晴れです"))
        .attribution(Attribution::builder().citations(citation).build())
        .build();

    let events = mapped([ResponseStream::Chunk(message)]);

    assert!(matches!(&events[0], Event::Chunk { content, .. } if content == "晴れです"));
    assert_eq!(
        events[1],
        Event::Citation {
            agent: "SOLOMON".to_owned(),
            citation: Cited {
                text: Some("晴れです".to_owned()),
                span: Some((0, 3)),
                sources: vec![Source {
                    location: Some("s3://b/k".to_owned()),
                    title: Some("天気".to_owned()),
                    excerpt: Some("降水確率は零".to_owned()),
                }],
            },
        }
    );
}

#[test]
fn files_come_with_name_kind_and_content() {
    let whole = OutputFile::builder()
        .name("a.csv")
        .r#type("text/csv")
        .bytes(Blob::new("1,2"))
        .build();
    let bare = OutputFile::builder().build();
    let part = FilePart::builder().files(whole).files(bare).build();

    let files: Vec<_> = mapped([ResponseStream::Files(part)])
        .into_iter()
        .map(|event| match event {
            Event::File { file, .. } => (file.name, file.media_type, file.bytes.to_vec()),
            other => panic!("{other:?}"),
        })
        .collect();

    let file = |name: &str, media_type: &str, bytes: &[u8]| {
        (name.to_owned(), media_type.to_owned(), bytes.to_vec())
    };
    assert_eq!(
        files,
        [
            file("a.csv", "text/csv", b"1,2"),
            file("file", "application/octet-stream", b""),
        ]
    );
}

#[test]
fn what_the_client_is_to_do_is_told_in_bedrocks_words_by_whoever_asks() {
    let input = FunctionInvocationInput::builder()
        .action_group("weather")
        .function("forecast")
        .collaborator_name("CASPAR")
        .build();
    let payload = ReturnControlPayload::builder()
        .invocation_id("i-1")
        .invocation_inputs(InvocationInputMember::FunctionInvocationInput(
            input.unwrap(),
        ))
        .build();

    assert_eq!(
        mapped([ResponseStream::ReturnControl(payload)]),
        [Event::ReturnControl {
            agent: "CASPAR".to_owned(),
            invocation_id: "i-1".to_owned(),
            inputs: json!([{"functionInvocationInput": {
                "actionGroup": "weather", "function": "forecast", "collaboratorName": "CASPAR",
            }}]),
        }]
    );
}

fn input(input: InvocationInputBuilder) -> ResponseStream {
    let input = input.trace_id("t-1").build();
    orchestration(Some("CASPAR"), OrchestrationTrace::InvocationInput(input))
}

fn observed(observation: ObservationBuilder) -> ResponseStream {
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
    let is_tool =
        |event: &Event| matches!(event, Event::ToolCall { .. } | Event::ToolResult { .. });
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
        // Nobody here has called this one.
        observed(Observation::builder().action_group_invocation_output(said)),
    ];

    let told: Vec<_> = tool_events(mapped_at(true, messages.clone()))
        .into_iter()
        .map(|event| match event {
            Event::ToolCall { id, name, .. } => format!("{id} {name}"),
            Event::ToolResult { id, failed, .. } => format!("{id} failed: {failed}"),
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
    let full = format!("{:?}", tool_events(mapped_at(true, messages.clone())));
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

#[test]
fn reasoning_is_told_once_and_only_in_full() {
    let block = ReasoningTextBlock::builder().text("測る").build().unwrap();
    let output = OrchestrationModelInvocationOutput::builder()
        .reasoning_content(ReasoningContentBlock::ReasoningText(block));
    let rationale = Rationale::builder().text("測る").build();
    let messages = [
        orchestration(
            Some("CASPAR"),
            OrchestrationTrace::ModelInvocationOutput(output.build()),
        ),
        orchestration(Some("CASPAR"), OrchestrationTrace::Rationale(rationale)),
    ];

    let reasoning = |events: Vec<Event>| {
        let is_reasoning = |event: &Event| matches!(event, Event::Reasoning { .. });
        events.into_iter().filter(is_reasoning).count()
    };
    assert_eq!(reasoning(mapped_at(true, messages.clone())), 1);
    assert_eq!(reasoning(mapped(messages)), 0);
}

#[test]
fn what_a_guardrail_did_is_told_without_what_it_saw() {
    let guardrail = GuardrailTrace::builder()
        .action(GuardrailAction::Intervened)
        .metadata(metadata(5, 6))
        .build();
    let events = mapped([trace(None, Trace::GuardrailTrace(guardrail))]);

    let told = serde_json::to_value(steps(&events)[0]).unwrap();
    assert_eq!(
        told,
        json!({
            "step": "guardrail", "durationMs": 1200, "guardrailAction": "INTERVENED",
            "usage": {"inputTokens": 5, "outputTokens": 6},
        })
    );
}

#[test]
fn prompts_are_told_in_full_only() {
    let detail = |in_full| steps(&mapped_at(in_full, [thinks(None)]))[0].detail.clone();

    assert_eq!(detail(true), Some(json!({"text": "a prompt"})));
    assert_eq!(detail(false), None);
}

#[test]
fn every_step_that_spends_is_counted_and_no_sum_of_steps() {
    let pre = PreProcessingModelInvocationOutput::builder().metadata(metadata(1, 0));
    let routing = RoutingClassifierModelInvocationOutput::builder().metadata(metadata(2, 0));
    let guardrail = GuardrailTrace::builder().metadata(metadata(4, 0));
    let tool = ActionGroupInvocationOutput::builder().metadata(metadata(8, 0));
    let collaborator = AgentCollaboratorInvocationOutput::builder().metadata(metadata(100, 0));
    let answer = FinalResponse::builder().metadata(metadata(1000, 0));
    let observation = Observation::builder;
    let events = mapped([
        trace(
            None,
            Trace::PreProcessingTrace(PreProcessingTrace::ModelInvocationOutput(pre.build())),
        ),
        trace(
            None,
            Trace::RoutingClassifierTrace(RoutingClassifierTrace::ModelInvocationOutput(
                routing.build(),
            )),
        ),
        trace(None, Trace::GuardrailTrace(guardrail.build())),
        observed(observation().action_group_invocation_output(tool.build())),
        observed(observation().agent_collaborator_invocation_output(collaborator.build())),
        observed(observation().final_response(answer.build())),
        spent(None, 16, 0),
    ]);

    let sum: u64 = events
        .iter()
        .map(|event| match event {
            Event::Usage { usage, .. } => usage.input_tokens,
            _ => 0,
        })
        .sum();
    assert_eq!(sum, 1 + 2 + 4 + 8 + 16);
}

#[test]
fn a_collaborator_without_a_name_is_told_from_the_agent_that_was_asked() {
    let caller = |arn: &str| Caller::AgentAliasArn(format!("arn:{arn}"));
    let part = |callers: &[&str]| {
        let chain = callers.iter().copied().map(caller).collect();
        let rationale = Rationale::builder().text("x").build();
        ResponseStream::Trace(
            TracePart::builder()
                .agent_id("CASPAR0001")
                .set_caller_chain(Some(chain))
                .trace(Trace::OrchestrationTrace(OrchestrationTrace::Rationale(
                    rationale,
                )))
                .build(),
        )
    };
    let teller = |callers: &[&str]| match &mapped([part(callers)])[0] {
        Event::Status { agent, .. } => agent.clone(),
        other => panic!("{other:?}"),
    };

    assert_eq!(teller(&["SOLOMON"]), "SOLOMON");
    assert_eq!(teller(&["SOLOMON", "CASPAR"]), "CASPAR0001");
}

fn metadata(input: i32, output: i32) -> Metadata {
    let usage = BedrockUsage::builder()
        .input_tokens(input)
        .output_tokens(output)
        .build();
    Metadata::builder().usage(usage).total_time_ms(1200).build()
}

fn steps(events: &[Event]) -> Vec<&crate::event::Trace> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Trace { trace, .. } => Some(trace),
            _ => None,
        })
        .collect()
}
