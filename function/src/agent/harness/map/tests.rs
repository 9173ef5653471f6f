use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlockDeltaEvent, HarnessContentBlockStartEvent, HarnessContentBlockStopEvent,
    HarnessConversationRole, HarnessMessageStartEvent, HarnessMessageStopEvent, HarnessStopReason,
    HarnessTokenUsage, HarnessToolResultBlockStart, HarnessToolUseBlockDelta,
    HarnessToolUseBlockStart,
};

use super::*;

type Message = InvokeHarnessStreamOutput;

fn begin() -> Message {
    let start = HarnessMessageStartEvent::builder().role(HarnessConversationRole::Assistant);
    Message::MessageStart(start.build().unwrap())
}

fn end(reason: HarnessStopReason) -> Message {
    let stop = HarnessMessageStopEvent::builder().stop_reason(reason);
    Message::MessageStop(stop.build().unwrap())
}

fn start(start: HarnessContentBlockStart) -> Message {
    let event = HarnessContentBlockStartEvent::builder()
        .content_block_index(1)
        .start(start);
    Message::ContentBlockStart(event.build().unwrap())
}

fn delta(delta: HarnessContentBlockDelta) -> Message {
    let event = HarnessContentBlockDeltaEvent::builder()
        .content_block_index(1)
        .delta(delta);
    Message::ContentBlockDelta(event.build().unwrap())
}

fn stop() -> Message {
    let event = HarnessContentBlockStopEvent::builder().content_block_index(1);
    Message::ContentBlockStop(event.build().unwrap())
}

fn mapped(messages: impl IntoIterator<Item = Message>) -> (Vec<Event>, Mapper, Option<Failure>) {
    let mut mapper = Mapper::new("assistant".to_owned());
    let mut events = VecDeque::new();
    let mut failure = None;
    for message in messages {
        if let Err(error) = mapper.map(message, &mut events) {
            failure = Some(error.failure);
        }
    }
    if failure.is_none() && mapper.is_whole() {
        mapper.end(&mut events);
    }
    (events.into(), mapper, failure)
}

#[test]
fn text_reasoning_tools_and_tokens_are_told() {
    let call = HarnessToolUseBlockStart::builder()
        .tool_use_id("t1")
        .name("search");
    let result = HarnessToolResultBlockStart::builder()
        .tool_use_id("t1")
        .status(HarnessToolUseStatus::Error);
    let input = |text: &str| {
        let delta = HarnessToolUseBlockDelta::builder().input(text);
        HarnessContentBlockDelta::ToolUse(delta.build().unwrap())
    };
    let usage = HarnessTokenUsage::builder()
        .input_tokens(3)
        .output_tokens(4)
        .total_tokens(7);
    let thought = HarnessReasoningContentBlockDelta::Text("hm".to_owned());
    let (events, mapper, _) = mapped([
        begin(),
        delta(HarnessContentBlockDelta::ReasoningContent(thought)),
        start(HarnessContentBlockStart::ToolUse(call.build().unwrap())),
        delta(input("{\"q\":")),
        delta(input("\"x\"}")),
        stop(),
        start(HarnessContentBlockStart::ToolResult(
            result.build().unwrap(),
        )),
        delta(HarnessContentBlockDelta::ToolResult(vec![
            HarnessToolResultBlockDelta::Text("no".to_owned()),
        ])),
        stop(),
        delta(HarnessContentBlockDelta::Text("賛成".to_owned())),
        end(HarnessStopReason::EndTurn),
        Message::Metadata(
            HarnessMetadataEvent::builder()
                .usage(usage.build().unwrap())
                .build(),
        ),
    ]);

    let agent = || "assistant".to_owned();
    let usage = Usage {
        input_tokens: 3,
        output_tokens: 4,
    };
    assert_eq!(
        events,
        [
            Event::Status {
                agent: agent(),
                state: State::Thinking
            },
            Event::Reasoning {
                agent: agent(),
                content: "hm".to_owned()
            },
            Event::ToolCall(ToolCall {
                agent: agent(),
                id: "t1".to_owned(),
                name: "search".to_owned(),
                input: json!({"q": "x"}),
            }),
            Event::ToolResult(ToolResult {
                agent: agent(),
                id: "t1".to_owned(),
                output: json!([{"text": "no"}]),
                failed: true,
            }),
            Event::Chunk {
                agent: agent(),
                content: "賛成".to_owned()
            },
            Event::Usage {
                agent: agent(),
                usage
            },
            Event::Trace {
                agent: agent(),
                trace: Trace {
                    step: "metadata",
                    usage: Some(usage),
                    ..Trace::default()
                },
            },
        ]
    );
    assert!(mapper.is_whole());
}

#[test]
fn a_message_that_has_not_ended_is_not_whole() {
    let (_, mapper, _) = mapped([
        begin(),
        delta(HarnessContentBlockDelta::Text("賛".to_owned())),
    ]);

    assert!(!mapper.is_whole());
}

#[test]
fn an_answer_that_could_not_be_finished_has_failed() {
    for (reason, expected) in [
        (HarnessStopReason::EndTurn, None),
        (HarnessStopReason::MaxTokens, None),
        (
            HarnessStopReason::TimeoutExceeded,
            Some(Failure::AgentFailed),
        ),
        (HarnessStopReason::Interrupted, Some(Failure::AgentFailed)),
    ] {
        let (_, _, failure) = mapped([begin(), end(reason.clone())]);
        assert_eq!(failure, expected, "{reason}");
    }
}

#[test]
fn what_is_new_is_counted() {
    let (events, ..) = mapped([delta(HarnessContentBlockDelta::ToolResult(vec![]))]);

    assert_eq!(events, [Event::Unknown], "a result of nothing");
}

fn call(id: &str, kind: Option<HarnessToolUseType>) -> Message {
    let call = HarnessToolUseBlockStart::builder()
        .tool_use_id(id)
        .name("n")
        .set_type(kind);
    start(HarnessContentBlockStart::ToolUse(call.build().unwrap()))
}

fn input(text: &str) -> Message {
    let piece = HarnessToolUseBlockDelta::builder().input(text);
    delta(HarnessContentBlockDelta::ToolUse(piece.build().unwrap()))
}

fn result_of(id: &str) -> Message {
    let result = HarnessToolResultBlockStart::builder().tool_use_id(id);
    start(HarnessContentBlockStart::ToolResult(
        result.build().unwrap(),
    ))
}

/// The ids of calls and results, and of what the client is asked to execute.
fn told(messages: impl IntoIterator<Item = Message>) -> Vec<String> {
    let (events, ..) = mapped(messages);
    let line = |event: &Event| match event {
        Event::CallBegins { id, .. } => Some(format!("begins {id}")),
        Event::CallInput { id, piece, .. } => Some(format!("input {id} {piece}")),
        Event::ToolCall(call) => Some(format!("call {} {}", call.id, call.input)),
        Event::ToolResult(result) => Some(format!("result {}", result.id)),
        Event::AskBack(AskBack {
            asked: Asked::Inquiries(inquiries),
            ..
        }) => {
            let asked = inquiries.iter().map(|it| format!("{} {}", it.id, it.input));
            Some(format!("asks {}", asked.collect::<Vec<_>>().join(", ")))
        }
        _ => None,
    };
    events.iter().filter_map(line).collect()
}

#[test]
fn calls_without_a_result_are_the_clients_to_execute() {
    use HarnessStopReason::ToolUse;
    let calls = || {
        [
            begin(),
            call("one", None),
            input("{\"q\":"),
            input("1}"),
            stop(),
        ]
    };
    assert_eq!(
        told(calls().into_iter().chain([end(ToolUse)])),
        [r#"asks one {"q":1}"#]
    );
    // Also beside one of the harness's own, and in blocks of the same index or without an end.
    assert_eq!(
        told([
            begin(),
            call("one", Some(HarnessToolUseType::ToolUse)),
            call("two", None),
            call("three", None),
            end(ToolUse),
            result_of("two"),
            stop(),
        ]),
        ["call two {}", "result two", "asks one {}, three {}"]
    );
}

#[test]
fn calls_that_the_harness_goes_on_after_are_its_own() {
    use HarnessStopReason::{EndTurn, MaxTokens, ToolUse};
    let asks = [begin(), call("one", None), end(ToolUse)];
    let goes_on = [
        begin(),
        delta(HarnessContentBlockDelta::Text("a".to_owned())),
        end(EndTurn),
    ];
    assert_eq!(told(asks.into_iter().chain(goes_on)), ["call one {}"]);
    // What was cut off is nothing to execute.
    assert_eq!(
        told([begin(), call("one", None), end(MaxTokens)]),
        ["call one {}"]
    );
    let mcp = || Some(HarnessToolUseType::McpToolUse);
    assert_eq!(
        told([
            begin(),
            call("one", mcp()),
            input("{}"),
            stop(),
            end(ToolUse)
        ]),
        ["begins one", "input one {}", "call one {}"]
    );
}
