//! What happens in an answer, whatever the protocol that tells it.

use std::time::SystemTime;

use bytes::BytesMut;

use crate::event_stream::FrameError;
use crate::scenario::{
    Agent, Cite, Exception, File, Guardrail, Reason, ReturnControl, Think, Tool,
};

/// One thing to tell the client.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told<'a> {
    /// A model is called; `id` is the call's.
    Thinking {
        id: &'a str,
        agent: &'a Agent,
        question: &'a str,
    },
    /// It has answered.
    Thought {
        id: &'a str,
        agent: &'a Agent,
        think: &'a Think,
        rationale: Option<&'a str>,
        begun: SystemTime,
    },
    /// The supervisor turns to a collaborator.
    Asked {
        collaborator: &'a Agent,
        text: &'a str,
    },
    /// The collaborator answers the supervisor.
    Answered {
        collaborator: &'a Agent,
        text: &'a str,
    },
    /// A piece of the final answer; characters may be cut in two.
    Said(&'a [u8]),
    Cited(&'a Cite),
    Files(&'a [File]),
    ReturnControl(&'a ReturnControl),
    Guardrail(&'a Guardrail),
    Reasoned {
        agent: &'a Agent,
        reason: &'a Reason,
    },
    Used {
        agent: &'a Agent,
        tool: &'a Tool,
    },
    /// Nothing follows.
    Failed(&'a Exception),
    /// The end of a whole answer.
    Ended,
}

/// A protocol: how what is told is written down, for one answer.
pub(super) trait Voice: Send + Sync {
    /// Appends the messages that tell it, if the protocol has any.
    fn tell(&self, told: Told<'_>, to: &mut BytesMut) -> Result<(), FrameError>;
}

/// At most 16 characters, as Bedrock's trace ids.
pub(super) fn new_id() -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    id[..16].to_owned()
}
