//! What a message of an agent means, whatever its vocabulary.

use serde_json::Value;

use crate::event::{Citation, Inquiry, State, Usage};

/// One thing that an agent has told. `agent` is `None` where the agent that was asked speaks itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Heard {
    /// Words for the user.
    Said {
        agent: Option<String>,
        form: Form,
        text: String,
    },
    /// Words of the agent to itself.
    Thought {
        agent: Option<String>,
        form: Form,
        text: String,
    },
    /// A tool is called, with all of its input.
    Call {
        agent: Option<String>,
        id: String,
        name: String,
        input: Value,
    },
    /// A call whose input follows in pieces. `block` tells calls apart that are open at once.
    CallBegins {
        agent: Option<String>,
        block: String,
        id: String,
        name: String,
    },
    /// A piece of the input, which is JSON when all pieces are there.
    CallInput {
        agent: Option<String>,
        block: String,
        piece: String,
    },
    /// The input is whole.
    CallEnds {
        agent: Option<String>,
        block: String,
    },
    /// What a tool has answered. The tool's `name` where the answer has no `id` of its call.
    Result {
        agent: Option<String>,
        id: String,
        name: Option<String>,
        output: Value,
        failed: bool,
    },
    /// The agent asks its client back.
    Asked {
        agent: Option<String>,
        inquiry: Inquiry,
    },
    Citation {
        agent: Option<String>,
        citation: Citation,
    },
    Usage {
        agent: Option<String>,
        usage: Usage,
    },
    Status {
        agent: Option<String>,
        state: State,
    },
    /// An agent leaves the word to another one.
    Handoff {
        agent: Option<String>,
        to: Option<String>,
    },
    /// A message of the model begins or ends: what is repeated later begins here.
    Turn {
        agent: Option<String>,
    },
    /// What follows is in the agent's own message of this id; an empty id ends that.
    InMessage {
        agent: Option<String>,
        id: String,
    },
    /// An event that only a client of the same protocol needs, as it is.
    Foreign {
        agent: Option<String>,
        event: Value,
        is_internal: bool,
    },
    /// What a message of this id has, which comes again whenever its program tells its state.
    Message {
        id: String,
        heard: Vec<Heard>,
    },
    /// The agent that messages name by an id is called so.
    Named {
        agent: String,
        name: String,
    },
    /// What only the agent and its client understand.
    Data {
        agent: Option<String>,
        data: Value,
    },
    /// The agent has failed; a name that is safe to log, never the error's words.
    Failed {
        reason: String,
    },
    /// The answer is whole: what its program sends after that belongs to no answer.
    End,
    /// Nothing for anybody: the vocabulary's own file says of what kind.
    Bookkeeping,
    /// No vocabulary knows it, or it cannot be read. The reason is for the log.
    Unread(&'static str),
}

/// How words relate to those before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The next words.
    Piece,
    /// The next words, which Strands sends once more right after this as [`Form::Echo`].
    Model,
    /// The same words a second time, if they follow their [`Form::Model`]; the next words otherwise.
    Echo,
    /// All words of a block, a message or an answer, which may have been said in pieces before. Each
    /// name of such wholes repeats the same words once.
    Whole(&'static str),
    /// The next words; but the first ones of a message are a repetition if they are all of the one before.
    Again,
    /// Words that are either the next ones or a repetition: nothing in the message says which.
    Unsure(&'static str),
}

impl Heard {
    /// The same, told by `name` where no other agent is named.
    pub(super) fn by(mut self, name: &str) -> Self {
        match &mut self {
            Self::Said { agent, .. }
            | Self::Thought { agent, .. }
            | Self::Call { agent, .. }
            | Self::CallBegins { agent, .. }
            | Self::CallInput { agent, .. }
            | Self::CallEnds { agent, .. }
            | Self::Result { agent, .. }
            | Self::Asked { agent, .. }
            | Self::Citation { agent, .. }
            | Self::Usage { agent, .. }
            | Self::Status { agent, .. }
            | Self::Handoff { agent, .. }
            | Self::Turn { agent }
            | Self::InMessage { agent, .. }
            | Self::Foreign { agent, .. }
            | Self::Data { agent, .. } => {
                agent.get_or_insert_with(|| name.to_owned());
            }
            Self::Message { heard, .. } => {
                let inside = std::mem::take(heard).into_iter();
                *heard = inside.map(|heard| heard.by(name)).collect();
            }
            Self::Named { .. }
            | Self::Failed { .. }
            | Self::End
            | Self::Bookkeeping
            | Self::Unread(_) => {}
        }
        self
    }

    pub(super) fn said(form: Form, text: &str) -> Self {
        Self::Said {
            agent: None,
            form,
            text: text.to_owned(),
        }
    }

    pub(super) fn thought(form: Form, text: &str) -> Self {
        Self::Thought {
            agent: None,
            form,
            text: text.to_owned(),
        }
    }

    pub(super) fn data(data: &Value) -> Self {
        Self::Data {
            agent: None,
            data: data.clone(),
        }
    }

    pub(super) fn status(agent: Option<&str>, state: State) -> Self {
        Self::Status {
            agent: agent.map(ToOwned::to_owned),
            state,
        }
    }

    /// The failure of an agent; `class` is told to the log if it is the name of a class or a code.
    pub(super) fn failed(class: Option<&str>) -> Self {
        let class = class.filter(|class| is_class_name(class));
        Self::Failed {
            reason: class.unwrap_or("an error").to_owned(),
        }
    }
}

/// Whether `name` is safe to log: a class name has no room for a sentence.
fn is_class_name(name: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_.".contains(character);
    !name.is_empty() && name.len() <= 80 && name.chars().all(is_part)
}
