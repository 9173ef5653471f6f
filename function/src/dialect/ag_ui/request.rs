//! The request of AG-UI: `RunAgentInput`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::file_part;
use crate::agent::{ReturnControl, RunInput};
use crate::client_json::{AtMost, Json, is_object, plain};
use crate::dialect::conversation::{Content, Conversation, text};
use crate::dialect::inquiries::{self, Answered, Output};
use crate::dialect::options::{MOST_MESSAGES, MOST_PARTS, MOST_RESULTS, Options};
use crate::dialect::tool_messages;
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::{parse, parse_part};
use crate::request::question::nothing_asked;

/// More tools than any model is offered.
const MOST_TOOLS: usize = 1_000;

/// The roles of what an agent is told. Instructions to it are up to its operator, by whatever name they come.
const TOLD: [&str; 5] = ["user", "assistant", "tool", "activity", "reasoning"];

/// A request as it was read.
pub(super) struct Request {
    pub(super) draft: Draft,
    pub(super) run_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RunAgentInput<'a> {
    /// The thread is the session.
    thread_id: String,
    run_id: String,
    #[serde(borrow)]
    messages: AtMost<&'a RawValue, MOST_MESSAGES>,
    #[serde(default, borrow)]
    state: Option<&'a RawValue>,
    #[serde(default, borrow)]
    tools: Option<&'a RawValue>,
    #[serde(default, borrow)]
    context: Option<&'a RawValue>,
    /// Options, if it is an object; protocol and clients allow any value.
    #[serde(default, borrow)]
    forwarded_props: Option<&'a RawValue>,
    #[serde(default, borrow)]
    resume: Option<AtMost<ResumeEntry<'a>, MOST_RESULTS>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    role: String,
    /// Any value: an `activity` has an object here.
    #[serde(default, borrow)]
    content: Option<&'a RawValue>,
    #[serde(default)]
    subagent_run_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResumeEntry<'a> {
    interrupt_id: String,
    #[serde(deserialize_with = "plain")]
    status: Status,
    #[serde(default, borrow)]
    payload: Option<&'a RawValue>,
}

#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Resolved,
    Cancelled,
}

/// A payload that answers nothing but whether the agent may.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    approved: bool,
    #[serde(default)]
    reason: Option<String>,
}

/// Reads the body of `POST /ag-ui`.
pub(super) fn read(body: &str) -> Result<Request, Refusal> {
    let input: RunAgentInput<'_> = parse(body)?;
    let properties = input.forwarded_props.map(RawValue::get);
    let mut draft = match properties.filter(|json| is_object(json)) {
        Some(properties) => parse_part::<Options>("forwardedProps", properties)?.into_draft(),
        None => Draft::default(),
    };
    draft.session_id = Some(input.thread_id);
    let messages = input.messages.0;
    let tool_names = match input.tools {
        Some(tools) => names_of(tools)?,
        None => Vec::new(),
    };
    let mut sent = RunInput {
        messages: Vec::new(),
        state: input.state.map(json_of),
        tools: input.tools.map(json_of),
        context: input.context.map(json_of),
        forwarded_props: input.forwarded_props.map(json_of),
        ends_in_result: ends_in_result(&messages, &tool_names)?,
        tool_names,
    };
    let resume = input.resume.unwrap_or_default().0;
    if resume.is_empty() {
        inquiries::answer(tool_messages::answered(&messages)?, &mut draft)?;
    } else {
        answer(resume, &mut draft)?;
    }
    // A Bedrock agent's session knows the conversation.
    if draft.return_control.is_none() {
        let mut conversation = Conversation::default();
        for (index, message) in messages.into_iter().enumerate() {
            let place = format!("messages[{index}]");
            let role = add(&place, message.get(), &mut conversation)?;
            if TOLD.contains(&role.as_str()) {
                sent.messages.push(json_of(message));
            }
        }
        sent.ends_in_result |= conversation.ends_in_answer() && properties.is_some_and(resumes);
        if sent.ends_in_result && draft.answers.is_none() {
            conversation.into_history(&mut draft);
        } else {
            conversation.into_draft(&mut draft)?;
        }
        draft.run_input = Some(sent);
    }
    Ok(Request {
        draft,
        run_id: input.run_id,
    })
}

/// Adds the message that stands at `place` in the body.
fn add(place: &str, json: &str, conversation: &mut Conversation) -> Result<String, Refusal> {
    let message: Message<'_> = parse_part(place, json)?;
    // Texts among the agents and the agents' instructions are not part of the conversation.
    let is_conversation = matches!(message.role.as_str(), "user" | "assistant");
    let Some(content) = message.content else {
        // A call of a tool has none.
        if message.role == "assistant" {
            conversation.tool();
        }
        return Ok(message.role);
    };
    if message.role == "tool" {
        conversation.tool();
    }
    if !is_conversation || message.subagent_run_id.is_some() {
        return Ok(message.role);
    }
    if message.role == "user" {
        conversation.user(Content::read(place, content.get(), file_part::file)?)?;
    } else {
        conversation.assistant(text(place, content.get())?);
    }
    Ok(message.role)
}

/// Whether a client resumes a graph of `LangGraph` in the way of the adapter's own event, `forwardedProps.command.resume`.
fn resumes(properties: &str) -> bool {
    #[derive(Deserialize)]
    struct Properties<'a> {
        #[serde(borrow)]
        command: Command<'a>,
    }
    #[derive(Deserialize)]
    struct Command<'a> {
        #[serde(default, borrow)]
        resume: Option<&'a RawValue>,
    }
    let properties = serde_json::from_str::<Properties<'_>>(properties).ok();
    properties.is_some_and(|it| it.command.resume.is_some())
}

fn json_of(raw: &RawValue) -> Json {
    Json(raw.get().to_owned())
}

/// The names of the tools that the client offers.
fn names_of(tools: &RawValue) -> Result<Vec<String>, Refusal> {
    #[derive(Deserialize)]
    struct Tool {
        name: String,
    }
    #[derive(Deserialize)]
    struct Tools {
        tools: Option<AtMost<Tool, MOST_TOOLS>>,
    }
    let tools: Tools = parse(&format!("{{\"tools\":{}}}", tools.get()))?;
    let tools = tools.tools.unwrap_or_default().0;
    Ok(tools.into_iter().map(|tool| tool.name).collect())
}

/// Whether the conversation ends in the result of a tool that the client offers, and which an agent has called.
fn ends_in_result(messages: &[&RawValue], tool_names: &[String]) -> Result<bool, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Message {
        role: String,
        #[serde(default)]
        tool_call_id: Option<String>,
        #[serde(default)]
        tool_calls: Option<AtMost<Call, MOST_PARTS>>,
    }
    #[derive(Deserialize)]
    struct Call {
        id: String,
        #[serde(deserialize_with = "plain")]
        function: Function,
    }
    #[derive(Deserialize)]
    struct Function {
        name: String,
    }
    if tool_names.is_empty() {
        return Ok(false);
    }
    let mut wanted = None;
    for (index, json) in messages.iter().enumerate().rev() {
        let message: Message = parse_part(&format!("messages[{index}]"), json.get())?;
        let Some(id) = &wanted else {
            match (message.role.as_str(), message.tool_call_id) {
                ("tool", Some(id)) => wanted = Some(id),
                _ => return Ok(false),
            }
            continue;
        };
        let calls = message.tool_calls.unwrap_or_default().0;
        if let Some(call) = calls.iter().find(|call| call.id == *id) {
            return Ok(tool_names.contains(&call.function.name));
        }
    }
    Ok(false)
}

/// The client's answers to all interrupts of a run. A run that is cancelled altogether has no answer.
fn answer(resume: Vec<ResumeEntry<'_>>, draft: &mut Draft) -> Result<(), Refusal> {
    if resume.iter().all(|entry| entry.status == Status::Cancelled) {
        return Err(nothing_asked());
    }
    if resume
        .iter()
        .any(|entry| inquiries::is_inquiry(&entry.interrupt_id))
    {
        let answered = resume.into_iter().map(answered).collect();
        return inquiries::answer(answered, draft);
    }
    draft.return_control = Some(return_control(resume)?);
    Ok(())
}

fn answered(entry: ResumeEntry<'_>) -> Answered<'_> {
    let payload = entry.payload.map_or("null", RawValue::get);
    let approval: Option<Approval> = serde_json::from_str(payload).ok();
    Answered {
        id: entry.interrupt_id,
        input: "".into(),
        output: match (entry.status, approval) {
            (Status::Cancelled, _) => Output::Cancelled,
            (Status::Resolved, Some(Approval { approved: true, .. })) => Output::Approved,
            (Status::Resolved, Some(Approval { reason, .. })) => Output::Denied(reason),
            (Status::Resolved, None) => Output::Json(payload),
        },
    }
}

/// The answer to Bedrock's interrupt, whose id is Bedrock's invocation id and whose payload is Bedrock's
/// `returnControlInvocationResults`.
fn return_control(resume: Vec<ResumeEntry<'_>>) -> Result<ReturnControl, Refusal> {
    let mut resolved = resume
        .into_iter()
        .filter(|entry| entry.status == Status::Resolved);
    let entry = resolved.next();
    let payload = entry.as_ref().and_then(|entry| entry.payload);
    let results = serde_json::from_str::<AtMost<Json, MOST_RESULTS>>(
        payload.map(RawValue::get).unwrap_or_default(),
    );
    let (Some(entry), Ok(AtMost(results)), None) = (entry, results, resolved.next()) else {
        return Err(Refusal::new(
            400,
            "invalid_request",
            "`resume` must have one resolved entry, whose `payload` is the list of Bedrock's \
             `returnControlInvocationResults`",
        ));
    };
    Ok(ReturnControl {
        invocation_id: entry.interrupt_id,
        results: results.into(),
    })
}
