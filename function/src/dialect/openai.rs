//! `OpenAI`'s chat completions: an agent is a model, and answers in a stream or in one piece.

mod completion;
mod failure;
mod request;
mod streamed;
mod voices;
mod whole;

use serde_json::{Value, json};

use super::stream::Dialect;
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use failure::Failed;
use request::Form;
use streamed::Streamed;
use whole::Whole;

/// Reads the body of `POST /openai/v1/chat/completions`.
pub(super) fn read(body: &str) -> Result<(Draft, Box<dyn Dialect>), Refusal> {
    let request = request::read(body)?;
    let dialect: Box<dyn Dialect> = match request.form {
        Form::Stream { include_usage } => Box::new(Streamed::new(request.model, include_usage)),
        Form::Whole => Box::new(Whole::new(request.model)),
    };
    Ok((request.draft, dialect))
}

/// The body of `GET /openai/v1/models`.
pub fn models<'a>(agents: impl Iterator<Item = &'a String>) -> Value {
    let models: Vec<_> = agents.map(|name| model(name)).collect();
    json!({"object": "list", "data": models})
}

/// The body of `GET /openai/v1/models/{name}`.
pub fn model(name: &str) -> Value {
    json!({"id": name, "object": "model", "created": 0, "owned_by": "aws"})
}

pub(super) fn refusal(refusal: &Refusal) -> Value {
    json!(Failed::refused(refusal))
}
