//! What happens in an answer, whatever the protocol that carries it.

use std::time::SystemTime;

use bytes::BytesMut;

use crate::scenario::{
    Agent, Cite, Exception, File, Guardrail, Reason, ReturnControl, Think, Tool,
};
use crate::wire::event_stream::FrameError;

/// One thing that happens in an answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event<'a> {
    /// A model is called; `id` is the call's.
    ModelCalled {
        id: &'a str,
        agent: &'a Agent,
        question: &'a str,
    },
    /// The model has answered.
    ModelAnswered {
        id: &'a str,
        agent: &'a Agent,
        think: &'a Think,
        rationale: Option<&'a str>,
        begun: SystemTime,
    },
    /// The supervisor turns to a collaborator.
    CollaboratorCalled {
        collaborator: &'a Agent,
        text: &'a str,
    },
    /// The collaborator answers the supervisor.
    CollaboratorAnswered {
        collaborator: &'a Agent,
        text: &'a str,
    },
    /// A piece of the final answer; characters may be cut in two.
    Text(&'a [u8]),
    Citation(&'a Cite),
    Files(&'a [File]),
    ReturnControl(&'a ReturnControl),
    Guardrail(&'a Guardrail),
    Reasoning {
        agent: &'a Agent,
        reason: &'a Reason,
    },
    ToolUse {
        agent: &'a Agent,
        tool: &'a Tool,
    },
    /// An exception ends the stream.
    Exception(&'a Exception),
    /// The end of a whole answer.
    End,
}

/// A protocol: how the events of one answer are written down.
pub(super) trait Encoder: Send + Sync {
    /// Appends the messages of an event, if the protocol has any for it.
    fn write(&self, event: Event<'_>, to: &mut BytesMut) -> Result<(), FrameError>;
}

/// At most 16 characters, as Bedrock's trace ids.
pub(super) fn new_id() -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    id[..16].to_owned()
}
