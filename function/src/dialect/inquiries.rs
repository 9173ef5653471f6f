//! What an agent asks back, as calls of the client's tools, and the way back of the answers.
//!
//! The gateway keeps nothing between two requests, so all that an answer needs travels with the call:
//! who was asked, and in which session, in the call's own id, the rest in its input. Clients send both back.

mod answered;
mod bedrock;
mod token;
mod tool;

pub(super) use answered::{Answered, Output};
pub(super) use token::MOST_ANSWERS;
pub(super) use tool::Call;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::json;

use crate::agent::Response;
use crate::client_json::{self, Json};
use crate::event::{Asked, Inquiry, InquiryKind};
use crate::refusal::Refusal;
use crate::relay::Start;
use crate::request::draft::{Answers, Draft};
use answered::{of_session, refused};
use token::Token;
use tool::tool_name;

/// Where the inquiries of one stream come from.
#[derive(Debug, Clone, Default)]
pub(super) struct Origin {
    session_id: String,
    /// The request that was answered; what it left open is answered together.
    invocation_id: String,
    agent: String,
}

impl Origin {
    pub(super) fn of(start: &Start) -> Self {
        Self {
            session_id: start.session_id.clone(),
            invocation_id: start.request_id.clone(),
            agent: start.agent.clone(),
        }
    }

    /// The id of all inquiries together.
    pub(super) fn invocation_id(&self) -> &str {
        &self.invocation_id
    }

    /// The id of each inquiry, for clients.
    pub(super) fn ids(&self, inquiries: &[Inquiry]) -> Vec<String> {
        let count = inquiries.len();
        let id = |(index, inquiry): (usize, &Inquiry)| {
            Token {
                session_id: self.session_id.clone(),
                invocation_id: self.invocation_id.clone(),
                agent: self.agent.clone(),
                index,
                count,
                kind: inquiry.kind,
                id: inquiry.id.clone(),
                name: inquiry.name.clone(),
            }
            .write()
        };
        inquiries.iter().enumerate().map(id).collect()
    }
}

/// What an agent asks, as calls of tools.
pub(super) fn calls<'a>(origin: &Origin, asked: &'a Asked) -> Vec<Call<'a>> {
    match asked {
        Asked::ReturnControl {
            invocation_id,
            inputs,
        } => bedrock::calls(&origin.session_id, invocation_id, inputs).collect(),
        Asked::Inquiries(inquiries) => {
            let ids = origin.ids(inquiries).into_iter();
            ids.zip(inquiries)
                .map(|(id, inquiry)| of_inquiry(id, inquiry))
                .collect()
        }
    }
}

fn of_inquiry(id: String, inquiry: &Inquiry) -> Call<'_> {
    let Inquiry {
        kind,
        name,
        input,
        message,
        schema,
        tool_call_id,
        expires_at,
        ..
    } = inquiry;
    // A program that has a tool of this name must not take a question about it for its call.
    let prefix = match kind {
        InquiryKind::Approval => "approve_",
        InquiryKind::Call | InquiryKind::Question => "",
    };
    let input = match kind {
        InquiryKind::Call => Cow::Borrowed(input),
        InquiryKind::Approval | InquiryKind::Question => {
            let mut question = json!({
                "input": input, "message": message, "schema": schema, "toolCallId": tool_call_id,
                "expiresAt": expires_at,
            });
            if let Some(members) = question.as_object_mut() {
                members.retain(|_, value| !value.is_null());
            }
            Cow::Owned(question)
        }
    };
    Call {
        id,
        name: tool_name(&format!("{prefix}{name}")),
        input,
        approval: (*kind == InquiryKind::Approval).then_some(inquiry),
    }
}

/// Whether `id` is the id of such a call.
pub(super) fn is_call(id: &str) -> bool {
    bedrock::parse(id).is_some() || Token::read(id).is_some()
}

/// Whether `id` is the id of an inquiry of an agent that is not Bedrock's.
pub(super) fn is_inquiry(id: &str) -> bool {
    Token::read(id).is_some()
}

/// The id of the invocation that an inquiry's id is of.
pub(super) fn invocation_of(id: &str) -> Option<String> {
    Token::read(id).map(|token| token.invocation_id)
}

/// Whether two calls' ids are of the same invocation.
pub(super) fn are_of_one_invocation(one: &str, other: &str) -> bool {
    match (Token::read(one), Token::read(other)) {
        (Some(one), Some(other)) => one.invocation_id == other.invocation_id,
        (None, None) => bedrock::are_of_one_invocation(one, other),
        _ => false,
    }
}

/// Moves the answers to the last invocation among `answered` into `draft`, and its session id, if the
/// client sends none itself.
pub(super) fn answer(answered: Vec<Answered<'_>>, draft: &mut Draft) -> Result<(), Refusal> {
    let Some(last) = answered.last() else {
        return Ok(());
    };
    let Some(last) = Token::read(&last.id) else {
        return bedrock::answer(&answered, draft);
    };
    let mut responses = BTreeMap::new();
    for Answered { id, input, output } in answered {
        let Some(token) = Token::read(&id).filter(|it| it.invocation_id == last.invocation_id)
        else {
            continue;
        };
        let input = Some(input).filter(|input| client_json::is_object(input));
        let response = Response {
            id: token.id,
            name: token.name,
            input: Json(input.map_or_else(|| "{}".to_owned(), Cow::into_owned)),
            outcome: output.into_outcome(token.kind),
        };
        responses.insert(token.index, response);
    }
    if responses.len() != last.count {
        return Err(refused(format!(
            "the agent waits for {} answers, and {} came: answer all of them in one request",
            last.count,
            responses.len()
        )));
    }
    of_session(draft, last.session_id)?;
    draft.answers = Some(Answers {
        agent: last.agent,
        responses: responses.into_values().collect(),
    });
    Ok(())
}

#[cfg(test)]
mod tests;
