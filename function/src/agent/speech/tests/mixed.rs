//! Vocabularies mixed in one stream, and cut anywhere.

use proptest::prelude::*;

use super::*;

/// Pieces of one agent's text in a row are one: text that streams comes as the network brings it.
pub(super) fn text_joined(events: Vec<Event>) -> Vec<Event> {
    let mut joined: Vec<Event> = Vec::new();
    for event in events {
        if let Event::Chunk { agent, content } = &event
            && let Some(Event::Chunk {
                agent: last,
                content: text,
            }) = joined.last_mut()
            && last == agent
        {
            text.push_str(content);
        } else {
            joined.push(event);
        }
    }
    joined
}

/// A piece of text in one vocabulary, as a message of an event stream.
fn spoken(vocabulary: usize, text: &str) -> Value {
    match vocabulary {
        0 => json!(text),
        1 => json!({"data": text, "delta": {"text": text}}),
        2 => {
            json!({"event": {"contentBlockDelta": {"delta": {"text": text}, "contentBlockIndex": 0}}})
        }
        3 => json!({"text": text}),
        4 => {
            json!({"type": "modelStreamUpdateEvent", "event": {"type": "modelContentBlockDeltaEvent", "delta": {"type": "textDelta", "text": text}}})
        }
        5 => json!({"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": text}),
        6 => {
            json!([{"type": "AIMessageChunk", "content": text, "additional_kwargs": {}, "response_metadata": {}}, {"langgraph_node": "agent"}])
        }
        7 => {
            json!({"type": "raw_response_event", "data": {"type": "response.output_text.delta", "delta": text, "item_id": "i"}})
        }
        8 => json!({"type": "text-delta", "id": "1", "delta": text}),
        9 => {
            json!({"index": 0, "delta": {"content_delta": text, "part_delta_kind": "text"}, "event_kind": "part_delta"})
        }
        10 => json!({"delta": text, "response": text, "current_agent_name": "a", "tool_calls": []}),
        11 => {
            json!({"content": {"parts": [{"text": text}], "role": "model"}, "partial": true, "author": "a", "invocation_id": "i"})
        }
        12 => {
            json!({"uuid": "u", "session_id": "s", "event": {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}, "parent_tool_use_id": null})
        }
        13 => json!({"source": "MAGI", "content": text, "type": "ModelClientStreamingChunkEvent"}),
        14 => json!({"content": text, "chunk_type": "text", "task_index": 0, "task_name": "t"}),
        15 => {
            json!({"type": "agent_response_update", "contents": [{"type": "text", "text": text}], "role": "assistant"})
        }
        16 => {
            json!({"kind": "artifact-update", "append": true, "artifact": {"artifactId": "a", "parts": [{"kind": "text", "text": text}]}})
        }
        17 => json!({"contentBlockDelta": {"delta": {"text": text}, "contentBlockIndex": 0}}),
        18 => {
            json!({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]})
        }
        19 => {
            json!({"event": "on_chat_model_stream", "run_id": "r", "name": "m", "data": {"chunk": {"type": "AIMessageChunk", "content": text, "additional_kwargs": {}, "response_metadata": {}}}})
        }
        20 => json!({"type": "chunk", "content": text}),
        22 => json!({"odd": {"say": text}, "type": "token"}),
        _ => json!({"type": "multiagent_node_stream", "node_id": "MAGI", "event": {"data": text}}),
    }
}

/// A tool's data in one vocabulary.
fn of_a_tool(vocabulary: usize) -> Value {
    let secret = "SECRET";
    match vocabulary {
        0 => {
            json!({"message": {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "status": "success", "content": [{"text": secret}]}}]}})
        }
        1 => {
            json!({"message": {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t1", "name": "n", "input": {"q": secret}}}]}})
        }
        2 => {
            json!({"type": "tool_use_stream", "delta": {"toolUse": {"input": secret}}, "current_tool_use": {"name": "n", "input": secret}})
        }
        3 => {
            json!({"type": "tool_stream", "tool_stream_event": {"tool_use": {"name": "n", "toolUseId": "t1", "input": {}}, "data": secret}})
        }
        4 => {
            json!({"type": "afterToolCallEvent", "toolUse": {"name": "n", "toolUseId": "t1", "input": {"q": secret}}, "result": {"toolResult": {"toolUseId": "t1", "content": [{"text": secret}]}}})
        }
        5 => {
            json!({"type": "messageAddedEvent", "message": {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "content": [{"json": secret}]}}]}})
        }
        6 => {
            json!({"type": "TOOL_CALL_RESULT", "messageId": "m", "toolCallId": "t1", "content": secret})
        }
        7 => {
            json!([{"type": "tool", "content": secret, "tool_call_id": "t1", "name": "n", "additional_kwargs": {}, "response_metadata": {}}, {}])
        }
        8 => {
            json!({"type": "run_item_stream_event", "name": "tool_output", "item": {"type": "tool_call_output_item", "output": secret, "raw_item": {"type": "function_call_output", "call_id": "t1", "output": secret}}})
        }
        9 => json!({"type": "tool-output-available", "toolCallId": "t1", "output": {"q": secret}}),
        10 => {
            json!({"part": {"tool_name": "n", "content": secret, "tool_call_id": "t1", "part_kind": "tool-return"}, "event_kind": "function_tool_result"})
        }
        11 => {
            json!({"tool_name": "n", "tool_kwargs": {}, "tool_id": "t1", "tool_output": {"content": secret, "raw_output": secret, "is_error": false}, "return_direct": false})
        }
        12 => {
            json!({"content": {"parts": [{"function_response": {"id": "t1", "name": "n", "response": {"result": secret}}}], "role": "user"}, "author": "a", "invocation_id": "i"})
        }
        13 => {
            json!({"type": "user", "message": {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": secret}]}})
        }
        14 => {
            json!({"source": "MAGI", "type": "ToolCallExecutionEvent", "content": [{"call_id": "t1", "content": secret, "name": "n", "is_error": false}]})
        }
        15 => {
            json!({"id": "t1", "output": secret, "is_final_answer": false, "observation": secret, "tool_call": {"name": "n", "arguments": secret, "id": "t1"}})
        }
        16 => {
            json!({"type": "agent_response_update", "role": "tool", "contents": [{"type": "function_result", "call_id": "t1", "result": secret}]})
        }
        17 => json!({"type": "tool_end", "name": "n", "output": secret}),
        18 => {
            json!({"event": "on_tool_end", "run_id": "t1", "name": "n", "data": {"output": secret}})
        }
        _ => {
            json!({"event": "on_chain_end", "run_id": "t1", "name": "n", "data": {"output": {"messages": [secret]}}})
        }
    }
}

/// What nobody knows.
fn unheard_of(number: u64) -> Value {
    json!({"type": "zorp.event", "payload": {"number": number, "words": ["a"]}})
}

#[derive(Debug, Clone)]
enum Part {
    Spoken(usize, String),
    Tool(usize),
    Unheard(u64),
    /// A tool's input in pieces, in one of three vocabularies.
    Pieces(usize),
    Interrupt(u64),
}

/// A call whose input comes in pieces.
fn in_pieces(vocabulary: usize, number: usize) -> Vec<Value> {
    let id = format!("p{number}");
    match vocabulary {
        0 => vec![
            json!({"event": {"contentBlockStart": {"start": {"toolUse": {"toolUseId": id, "name": "n"}}, "contentBlockIndex": 1}}}),
            json!({"event": {"contentBlockDelta": {"delta": {"toolUse": {"input": "{\"q\":\"SECRET"}}, "contentBlockIndex": 1}}}),
            json!({"event": {"contentBlockDelta": {"delta": {"toolUse": {"input": "賛成\"}"}}, "contentBlockIndex": 1}}}),
            json!({"event": {"contentBlockStop": {"contentBlockIndex": 1}}}),
        ],
        1 => vec![
            json!({"type": "TOOL_CALL_START", "toolCallId": id, "toolCallName": "n"}),
            json!({"type": "TOOL_CALL_ARGS", "toolCallId": id, "delta": "{\"q\":\"SECRET"}),
            json!({"type": "TOOL_CALL_ARGS", "toolCallId": id, "delta": "賛成\"}"}),
            json!({"type": "TOOL_CALL_END", "toolCallId": id}),
        ],
        _ => vec![
            json!({"type": "tool-input-start", "toolCallId": id, "toolName": "n"}),
            json!({"type": "tool-input-delta", "toolCallId": id, "inputTextDelta": "{\"q\":\"SECRET"}),
            json!({"type": "tool-input-delta", "toolCallId": id, "inputTextDelta": "賛成\"}"}),
            json!({"type": "tool-input-available", "toolCallId": id, "toolName": "n", "input": {"q": "SECRET賛成"}}),
        ],
    }
}

/// The agent asks; what its tool was given stands beside, and is for nobody.
fn interrupt(number: u64) -> Value {
    json!({"tool_interrupt_event": {
        "tool_use": {"toolUseId": "t1", "name": "n", "input": {"q": "SECRET"}},
        "interrupts": [{"id": format!("i{number}"), "name": "ask", "reason": "Go?", "response": null}],
    }})
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        6 => (0_usize..23, prop_oneof!["[a-z賛成 ]{1,8}", Just("\n".to_owned()), Just(" ".to_owned()), Just("2026".to_owned()), "\\PC{1,6}"])
            .prop_map(|(vocabulary, text)| Part::Spoken(vocabulary, text)),
        2 => (0_usize..20).prop_map(Part::Tool),
        1 => any::<u64>().prop_map(Part::Unheard),
        1 => (0_usize..3).prop_map(Part::Pieces),
        1 => (0_u64..3).prop_map(Part::Interrupt),
    ]
}

proptest! {
    #[test]
    fn text_out_is_text_in_nothing_unknown_is_lost_and_no_tools_data_comes_out(
        parts in prop::collection::vec(part(), 0..20),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let mut body = String::new();
        let (mut spoken_text, mut unheard) = (String::new(), Vec::new());
        let (mut calls, mut asked) = (0, Vec::new());
        let mut last = None;
        for part in &parts {
            let message = match part {
                Part::Pieces(vocabulary) => {
                    let messages = in_pieces(*vocabulary, calls);
                    calls += 1;
                    let (last, before) = messages.split_last().unwrap();
                    for message in before {
                        body.extend(["data: ", &message.to_string(), "\n\n"]);
                    }
                    last.clone()
                }
                Part::Interrupt(number) => {
                    let id = format!("i{number}");
                    if !asked.contains(&id) {
                        asked.push(id);
                    }
                    interrupt(*number)
                }
                // The echo of Strands: the same words, directly after the model's own event.
                Part::Spoken(1 | 21, text) if last == Some((2, text)) || last == Some((17, text)) => continue,
                Part::Spoken(vocabulary, text) => {
                    spoken_text.push_str(text);
                    spoken(*vocabulary, text)
                }
                Part::Tool(vocabulary) => of_a_tool(*vocabulary),
                Part::Unheard(number) => {
                    unheard.push(unheard_of(*number));
                    unheard_of(*number)
                }
            };
            last = match part {
                Part::Spoken(vocabulary, text) => Some((*vocabulary, text)),
                _ => last,
            };
            body.extend(["data: ", &message.to_string(), "\n\n"]);
        }
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let pieces: Vec<_> = cuts.windows(2).map(|cut| &body.as_bytes()[cut[0]..cut[1]]).collect();

        let answer = serde_json::from_value(json!({"text": "/odd/say", "end": "/odd/over"})).unwrap();
        let speech = Speech::new("text/event-stream", "MAGI".to_owned());
        let speech = speech.with_answer(Some(Arc::new(answer))).explained(Some("text/event-stream"));
        let (events, failure) = heard_by(speech, &pieces);

        prop_assert_eq!(failure, None);
        let said: String = events.iter().filter_map(|event| match event {
            Event::Chunk { content, .. } => Some(content.as_str()),
            _ => None,
        }).collect();
        prop_assert_eq!(said, spoken_text);
        let data: Vec<_> = events.iter().filter_map(|event| match event {
            Event::Data { data, .. } => Some(data.clone()),
            _ => None,
        }).collect();
        prop_assert_eq!(data, unheard.clone());
        let explained = events.iter().filter(|event| matches!(event, Event::Explanation(_))).count();
        prop_assert_eq!(explained, body.matches("\n\n").count());
        let inputs = events.iter().filter_map(|event| match event {
            Event::ToolCall(call) if call.id.starts_with('p') => Some(call.input.clone()),
            _ => None,
        });
        let inputs: Vec<_> = inputs.collect();
        prop_assert_eq!(inputs, vec![json!({"q": "SECRET賛成"}); calls]);
        let pieces = events.iter().filter_map(|event| match event {
            Event::CallInput { piece, .. } => Some(piece.as_str()),
            _ => None,
        });
        prop_assert_eq!(pieces.collect::<String>(), r#"{"q":"SECRET賛成"}"#.repeat(calls));
        let inquiries = events.iter().filter_map(|event| match event {
            Event::AskBack(AskBack { asked: Asked::Inquiries(inquiries), .. }) => Some(inquiries),
            _ => None,
        });
        let ids: Vec<_> = inquiries.flatten().map(|inquiry| inquiry.id.clone()).collect();
        prop_assert_eq!(ids, asked);
        let unread = events.iter().filter(|event| matches!(event, Event::Unread(_))).count();
        prop_assert_eq!(unread, unheard.len());
        let shown: Vec<_> = events.into_iter().filter_map(|event| crate::redact::redact(event, crate::settings::TraceLevel::Summary)).collect();
        let shown = format!("{shown:?}");
        prop_assert!(!shown.contains("SECRET"));
    }

    #[test]
    fn raw_text_comes_out_as_it_went_in(tokens in prop::collection::vec("[a-z賛成 .]{1,5}|\n{1,3}|[0-9]{1,4}", 1..12)) {
        // The first token is surely text.
        let body: Vec<_> = std::iter::once("x").chain(tokens.iter().map(String::as_str)).map(|token| format!("data: {token}\n\n")).collect();
        let (events, _) = heard("text/event-stream", &[body.concat().as_bytes()]);
        let said: String = events.iter().filter_map(|event| match event {
            Event::Chunk { content, .. } => Some(content.as_str()),
            _ => None,
        }).collect();
        prop_assert_eq!(said, format!("x{}", tokens.concat()));
    }
}
