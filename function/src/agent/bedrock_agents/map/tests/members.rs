//! What the stream has besides text: sources, files, reasoning, `returnControl`, traces.

use aws_sdk_bedrockagentruntime::types::{
    ActionGroupInvocationOutput, Attribution, Caller, Citation, FunctionInvocationInput,
    GeneratedResponsePart, GuardrailAction, GuardrailTrace, InvocationInputMember,
    PreProcessingModelInvocationOutput, ReasoningTextBlock, RetrievalResultContent,
    RetrievalResultLocation, RetrievalResultLocationType, RetrievalResultS3Location,
    RetrievedReference, RoutingClassifierModelInvocationOutput, Span, TextResponsePart,
};
use aws_smithy_types::Document;
use serde_json::json;

use super::tools::observed;
use super::*;
use crate::event::{AskBack, Asked, Citation as Cited, Source};

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
        [Event::AskBack(AskBack {
            agent: "CASPAR".to_owned(),
            asked: Asked::ReturnControl {
                invocation_id: "i-1".to_owned(),
                inputs: json!([{"functionInvocationInput": {
                    "actionGroup": "weather", "function": "forecast", "collaboratorName": "CASPAR",
                }}]),
            },
        })]
    );
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
    assert_eq!(reasoning(mapped_at(TraceLevel::Full, messages.clone())), 1);
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
    let detail = |trace| steps(&mapped_at(trace, [thinks(None)]))[0].detail.clone();

    assert_eq!(detail(TraceLevel::Full), Some(json!({"text": "a prompt"})));
    assert_eq!(detail(TraceLevel::Summary), None);
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
