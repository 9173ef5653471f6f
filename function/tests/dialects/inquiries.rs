//! What agents other than Bedrock's ask back, and tool input that comes in pieces, in each dialect.

use gateway::agent::Outcome;
use gateway::dialect::Kind;
use gateway::event::{AskBack, Asked, Event, Inquiry, InquiryKind, ToolCall};
use gateway::relay::Moment;
use gateway::request::draft::Draft;
use serde_json::{Value, json};

use crate::story;

fn inquiry(id: &str, kind: InquiryKind, name: &str) -> Inquiry {
    Inquiry {
        id: id.to_owned(),
        kind,
        name: name.to_owned(),
        input: json!({"park": "上野"}),
        message: (kind != InquiryKind::Call).then(|| "Really?".to_owned()),
        ..Inquiry::default()
    }
}

fn asks(inquiries: Vec<Inquiry>) -> Moment {
    story::event(Event::AskBack(AskBack {
        agent: "SOLOMON".to_owned(),
        asked: Asked::Inquiries(inquiries),
    }))
}

fn call(id: &str, name: &str, input: Value) -> Moment {
    story::event(Event::ToolCall(ToolCall {
        agent: "SOLOMON".to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
        input,
    }))
}

/// The beginning of a call, two pieces of its input, and the whole of it.
fn streamed_call() -> Vec<Moment> {
    let agent = || "SOLOMON".to_owned();
    let piece = |piece: &str| {
        story::event(Event::CallInput {
            agent: agent(),
            id: "t1".to_owned(),
            piece: piece.to_owned(),
        })
    };
    let begins = Event::CallBegins {
        agent: agent(),
        id: "t1".to_owned(),
        name: "search".to_owned(),
    };
    vec![
        story::start(),
        story::event(begins),
        piece(r#"{"q":"#),
        piece(r#""x"}"#),
        call("t1", "search", json!({"q": "x"})),
    ]
}

fn body(kind: Kind) -> Value {
    match kind {
        Kind::Magi => json!({"question": "q"}),
        Kind::AiSdk => {
            json!({"messages": [{"role": "user", "parts": [{"type": "text", "text": "q"}]}]})
        }
        Kind::AgUi => {
            json!({"threadId": "s1", "runId": "run", "messages": [{"role": "user", "content": "q"}]})
        }
        Kind::OpenAi => {
            json!({"model": "default", "stream": true, "messages": [{"role": "user", "content": "q"}]})
        }
    }
}

/// The JSON of each frame.
fn frames(kind: Kind, moments: &[Moment]) -> Vec<Value> {
    let (_, mut dialect) = story::read(kind, &body(kind)).unwrap();
    let text = story::encoded(dialect.as_mut(), moments);
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

/// The frames whose member of this name has something of `word`.
fn with<'a>(frames: &'a [Value], member: &str, word: &str) -> Vec<&'a Value> {
    let has = |frame: &&Value| frame[member].as_str().is_some_and(|it| it.contains(word));
    frames.iter().filter(has).collect()
}

fn outcomes(draft: &Draft) -> Vec<(String, Outcome)> {
    let answers = draft.answers.as_ref().unwrap().responses.iter();
    answers
        .map(|it| (it.id.clone(), it.outcome.clone()))
        .collect()
}

#[test]
fn tool_input_that_streams_is_streamed_where_the_client_knows_such_a_thing() {
    let ai_sdk = frames(Kind::AiSdk, &streamed_call());
    let told: Vec<_> = with(&ai_sdk, "type", "tool-input");
    assert_eq!(
        told,
        [
            &json!({"type": "tool-input-start", "toolCallId": "t1", "toolName": "search", "dynamic": true, "providerExecuted": true}),
            &json!({"type": "tool-input-delta", "toolCallId": "t1", "inputTextDelta": "{\"q\":"}),
            &json!({"type": "tool-input-delta", "toolCallId": "t1", "inputTextDelta": "\"x\"}"}),
            &json!({"type": "tool-input-available", "toolCallId": "t1", "toolName": "search", "input": {"q": "x"}, "dynamic": true, "providerExecuted": true}),
        ]
    );
    let ag_ui = frames(Kind::AgUi, &streamed_call());
    assert_eq!(
        with(&ag_ui, "type", "TOOL_CALL"),
        [
            &json!({"type": "TOOL_CALL_START", "toolCallId": "t1", "toolCallName": "search"}),
            &json!({"type": "TOOL_CALL_ARGS", "toolCallId": "t1", "delta": "{\"q\":"}),
            &json!({"type": "TOOL_CALL_ARGS", "toolCallId": "t1", "delta": "\"x\"}"}),
            &json!({"type": "TOOL_CALL_END", "toolCallId": "t1"}),
        ]
    );
    // The native dialect tells the whole call.
    let native = frames(Kind::Magi, &streamed_call());
    let types: Vec<_> = native.iter().map(|frame| &frame["type"]).collect();
    assert_eq!(types, ["start", "toolCall"]);
    // An agent's own tools are none of a model's.
    assert!(!format!("{:?}", frames(Kind::OpenAi, &streamed_call())).contains("search"));
}

#[test]
fn an_approval_is_a_question_about_the_call_that_the_page_has_seen() {
    let asked = || {
        asks(vec![inquiry(
            "i1/decisions/0",
            InquiryKind::Approval,
            "close",
        )])
    };
    for (before, is_known) in [
        (vec![], false),
        (vec![call("t1", "close", Value::Null)], true),
    ] {
        let mut moments = vec![story::start()];
        moments.extend(before);
        moments.extend([asked(), story::complete()]);
        let frames = frames(Kind::AiSdk, &moments);
        let [request] = with(&frames, "type", "tool-approval-request")[..] else {
            panic!("{frames:?}");
        };
        let id = request["approvalId"].as_str().unwrap();
        let shown = *with(&frames, "type", "tool-input-available")
            .last()
            .unwrap();
        assert_eq!(shown["toolCallId"], request["toolCallId"]);
        assert_eq!(shown["toolCallId"] == "t1", is_known);
        assert_eq!(shown["input"], json!({"park": "上野"}));
        // Nobody's page executes it.
        assert_eq!(shown["providerExecuted"], true);
        let finish = with(&frames, "type", "finish");
        assert_eq!(finish.last().unwrap()["finishReason"], "tool-calls");

        let part = |approval: Value| {
            json!({"id": "s1", "messages": [
                {"role": "user", "parts": [{"type": "text", "text": "q"}]},
                {"role": "assistant", "parts": [{"type": "step-start"}, {
                    "type": "dynamic-tool", "toolName": "close", "toolCallId": shown["toolCallId"],
                    "state": "approval-responded", "input": {}, "approval": approval,
                }]},
            ]})
        };
        let denied = json!({"id": id, "approved": false, "reason": "no"});
        let (draft, _) = story::read(Kind::AiSdk, &part(denied)).unwrap();
        let no = Outcome::Denied(Some("no".to_owned()));
        assert_eq!(outcomes(&draft), [("i1/decisions/0".to_owned(), no)]);
        let unanswered = story::read(Kind::AiSdk, &part(json!({"id": id})));
        assert_eq!(unanswered.err().unwrap().code, "nothing_asked");
    }
}

#[test]
fn what_an_interrupt_is_about_and_how_long_it_waits_is_told_in_each_dialect() {
    let approval = Inquiry {
        tool_call_id: Some("t1".to_owned()),
        expires_at: Some("2026-11-28T09:00:00Z".to_owned()),
        ..inquiry("i1", InquiryKind::Approval, "tool_call")
    };
    let moments = [
        story::start(),
        call("t2", "close", Value::Null),
        call("t1", "close", Value::Null),
        asks(vec![approval]),
        story::complete(),
    ];
    let ag_ui = frames(Kind::AgUi, &moments);
    let native = frames(Kind::Magi, &moments);
    let openai = frames(Kind::OpenAi, &moments);
    let arguments = openai
        .iter()
        .find_map(|frame| {
            frame["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].as_str()
        })
        .unwrap();
    for told in [
        &ag_ui.last().unwrap()["outcome"]["interrupts"][0],
        &with(&native, "type", "returnControl")[0]["inquiries"][0],
        &serde_json::from_str(arguments).unwrap(),
    ] {
        assert_eq!(told["toolCallId"], "t1");
        assert_eq!(told["expiresAt"], "2026-11-28T09:00:00Z");
    }
    // The page has the call, under its own name.
    let ai_sdk = frames(Kind::AiSdk, &moments);
    let shown = *with(&ai_sdk, "type", "tool-input-available")
        .last()
        .unwrap();
    assert_eq!(
        (&shown["toolCallId"], &shown["toolName"]),
        (&json!("t1"), &json!("close"))
    );
    assert_eq!(
        with(&ai_sdk, "type", "tool-approval-request")[0]["toolCallId"],
        "t1"
    );
}

#[test]
fn what_clients_of_ag_ui_were_told_by_the_agent_is_no_interrupt_and_answered_in_the_agents_way() {
    let told = Inquiry {
        is_told_in_ag_ui: true,
        ..inquiry("i1", InquiryKind::Question, "interrupt")
    };
    let moments = [story::start(), asks(vec![told]), story::complete()];
    let ag_ui = frames(Kind::AgUi, &moments);
    assert_eq!(ag_ui.last().unwrap()["outcome"], json!({"type": "success"}));
    assert_eq!(
        with(&frames(Kind::Magi, &moments), "type", "returnControl").len(),
        1
    );

    let resumed = |properties: Value| {
        let messages =
            json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "Wait."}]);
        let body = json!({"threadId": "t", "runId": "r", "messages": messages, "forwardedProps": properties});
        story::read(Kind::AgUi, &body)
    };
    let (draft, _) = resumed(json!({"command": {"resume": "27"}})).unwrap();
    assert!(draft.run_input.unwrap().ends_in_result);
    for nothing in [
        json!({}),
        json!({"command": {"resume": null}}),
        json!({"command": "resume"}),
    ] {
        assert_eq!(resumed(nothing).err().unwrap().code, "nothing_asked");
    }
}

#[test]
fn ag_ui_calls_a_frontend_tool_and_interrupts_for_the_rest() {
    let moments = |inquiry| [story::start(), asks(vec![inquiry]), story::complete()];
    let called = frames(
        Kind::AgUi,
        &moments(inquiry("t1", InquiryKind::Call, "close")),
    );
    let [start, args, end] = with(&called, "type", "TOOL_CALL")[..] else {
        panic!("{called:?}");
    };
    assert_eq!(start["toolCallName"], "close");
    assert_eq!(args["delta"], r#"{"park":"上野"}"#);
    assert_eq!(end["toolCallId"], start["toolCallId"]);
    assert_eq!(
        called.last().unwrap()["outcome"],
        json!({"type": "success"})
    );

    let id = &start["toolCallId"];
    let answer = |thread: &str, tool: Value| {
        let call = json!({"id": id, "type": "function", "function": {"name": "close", "arguments": r#"{"park":"上野"}"#}});
        story::read(
            Kind::AgUi,
            &json!({"threadId": thread, "runId": "r2", "messages": [
                {"id": "1", "role": "user", "content": "q"},
                {"id": "2", "role": "assistant", "toolCalls": [call]}, tool]}),
        )
    };
    let tool =
        |content: &str| json!({"id": "3", "role": "tool", "toolCallId": id, "content": content});
    let (draft, _) = answer("s1", tool("closed")).unwrap();
    let response = &draft.answers.as_ref().unwrap().responses[0];
    assert_eq!(
        (
            response.id.as_str(),
            response.name.as_str(),
            response.input.0.as_str()
        ),
        ("t1", "close", r#"{"park":"上野"}"#)
    );
    let mut failed = tool("");
    failed["error"] = json!("locked");
    let (draft, _) = answer("s1", failed).unwrap();
    assert_eq!(outcomes(&draft)[0].1, Outcome::Failed("locked".to_owned()));
    let foreign = answer("s2", tool("closed")).err().unwrap();
    assert_eq!(
        (foreign.status, foreign.code),
        (400, "invalid_return_control")
    );

    let asked = frames(
        Kind::AgUi,
        &moments(inquiry("i1", InquiryKind::Question, "city")),
    );
    let interrupt = &asked.last().unwrap()["outcome"]["interrupts"][0];
    assert_eq!(interrupt["reason"], "city");
    assert_eq!(interrupt["message"], "Really?");
    assert_eq!(
        interrupt["metadata"],
        json!({"agent": "SOLOMON", "kind": "question", "input": {"park": "上野"}})
    );
    let resume = |status: &str, payload: Value| {
        let entry = json!({"interruptId": interrupt["id"], "status": status, "payload": payload});
        story::read(
            Kind::AgUi,
            &json!({"threadId": "s1", "runId": "r2", "messages": [], "resume": [entry]}),
        )
    };
    let (draft, _) = resume("resolved", json!({"city": "東京"})).unwrap();
    assert_eq!(outcomes(&draft)[0].0, "i1");
    let cancelled = resume("cancelled", Value::Null).err().unwrap();
    assert_eq!(cancelled.code, "nothing_asked");
}

#[test]
fn openai_calls_a_function_for_each_and_wants_all_of_them_answered() {
    let inquiries = vec![
        inquiry("t1", InquiryKind::Call, "close"),
        inquiry("i1", InquiryKind::Approval, "drop"),
    ];
    let frames = frames(
        Kind::OpenAi,
        &[story::start(), asks(inquiries), story::complete()],
    );
    let calls = frames
        .iter()
        .find_map(|frame| frame["choices"][0]["delta"]["tool_calls"].as_array())
        .unwrap();
    let names: Vec<_> = calls.iter().map(|call| &call["function"]["name"]).collect();
    assert_eq!(names, ["close", "approve_drop"]);

    let answer = |contents: &[&str]| {
        let mut messages = vec![
            json!({"role": "user", "content": "q"}),
            json!({"role": "assistant", "content": "Wait.", "tool_calls": calls}),
        ];
        messages.extend(contents.iter().zip(calls).map(
            |(content, call)| json!({"role": "tool", "tool_call_id": call["id"], "content": content}),
        ));
        story::read(
            Kind::OpenAi,
            &json!({"model": "default", "messages": messages}),
        )
    };
    let (draft, _) = answer(&["closed", "yes"]).unwrap();
    assert_eq!(draft.session_id.as_deref(), Some("s1"));
    assert_eq!(outcomes(&draft)[1], ("i1".to_owned(), Outcome::Approved));
    // For agents that keep nothing.
    let history: Vec<_> = draft
        .history
        .iter()
        .map(|turn| turn.text.as_str())
        .collect();
    assert_eq!(history, ["q", "Wait."]);
    let refused = answer(&["closed"]).err().unwrap();
    assert_eq!(
        (refused.status, refused.code),
        (400, "invalid_return_control")
    );
}

#[test]
fn the_native_client_sends_each_inquiry_back_with_its_answer() {
    let moments = [
        story::start(),
        asks(vec![
            inquiry("t1", InquiryKind::Call, "close"),
            inquiry("i1", InquiryKind::Approval, "drop"),
        ]),
    ];
    let frames = frames(Kind::Magi, &moments);
    let frame = frames.last().unwrap();
    assert_eq!(frame["type"], "returnControl");
    assert_eq!(frame["invocationId"], frames[0]["requestId"]);
    let inquiries = frame["inquiries"].as_array().unwrap();
    let shown: Vec<_> = inquiries
        .iter()
        .map(|it| {
            let mut shown = it.clone();
            shown["id"] = Value::Null;
            shown
        })
        .collect();
    assert_eq!(
        shown,
        [
            json!({"id": null, "kind": "call", "name": "close", "input": {"park": "上野"}}),
            json!({"id": null, "kind": "approval", "name": "drop", "input": {"park": "上野"}, "message": "Really?"}),
        ]
    );
    let answer = |answers: [Value; 2]| {
        let results: Vec<_> = inquiries
            .iter()
            .zip(answers)
            .map(|(inquiry, answer)| {
                let mut result = inquiry.clone();
                let members = answer.as_object().unwrap().clone();
                result.as_object_mut().unwrap().extend(members);
                result
            })
            .collect();
        let body =
            json!({"sessionId": "s1", "returnControl": {"invocationId": "r1", "results": results}});
        story::read(Kind::Magi, &body)
    };
    let (draft, _) = answer([json!({"output": null}), json!({"approved": true})]).unwrap();
    let null = Outcome::Output(gateway::client_json::Json("null".to_owned()));
    assert_eq!(outcomes(&draft)[0].1, null);
    assert_eq!(outcomes(&draft)[1].1, Outcome::Approved);
    for wrong in [json!({}), json!({"output": 1, "error": "e"})] {
        let refused = answer([wrong, json!({"approved": true})]).err().unwrap();
        assert_eq!(refused.code, "invalid_return_control");
    }
}
