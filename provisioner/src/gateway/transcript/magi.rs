//! The native dialect, read back.

use serde::Deserialize;
use serde_json::Value;

use super::Event;

#[derive(Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Data {
    Start {
        session_id: String,
    },
    Agent {
        agent: String,
        name: String,
    },
    Status {
        agent: String,
        state: String,
    },
    Chunk {
        content: String,
        agent: String,
    },
    Reasoning {
        content: String,
        agent: String,
    },
    ToolCall {
        name: String,
        agent: String,
    },
    Citation {
        #[serde(default)]
        sources: Vec<Source>,
        agent: String,
    },
    File {
        name: String,
        media_type: String,
        agent: String,
    },
    ReturnControl {
        invocation_id: String,
        #[serde(default)]
        inquiries: Vec<Inquiry>,
        agent: String,
    },
    Complete {
        execution_time: u64,
        chunk_count: u64,
        total_bytes: u64,
        usage: Usage,
    },
    Error {
        error: String,
        message: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    input_tokens: u64,
    output_tokens: u64,
}

#[derive(Deserialize)]
struct Inquiry {
    name: String,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    location: Option<String>,
    title: Option<String>,
}

/// What an event says; `data` is its JSON. Traces are for machines, and what this version does not
/// know is passed over.
pub(crate) fn read(data: &Value) -> Option<Event> {
    Some(match Data::deserialize(data).ok()? {
        Data::Start { session_id } => Event::Session(session_id),
        Data::Agent { agent, name } => Event::Name { agent, name },
        Data::Status { agent, state } => Event::Status { agent, state },
        Data::Chunk { content, agent } => Event::Text {
            agent,
            text: content,
        },
        Data::Reasoning { content, agent } => Event::Reasoning {
            agent,
            text: content,
        },
        Data::ToolCall { name, agent } => Event::Note {
            agent,
            text: format!("uses {name}"),
        },
        Data::Citation { sources, agent } => {
            let places = sources
                .into_iter()
                .filter_map(|source| source.location.or(source.title));
            let text = format!("cites {}", places.collect::<Vec<_>>().join(", "));
            Event::Note { agent, text }
        }
        Data::File {
            name,
            media_type,
            agent,
        } => Event::Note {
            agent,
            text: format!("gives the file {name} ({media_type})"),
        },
        Data::ReturnControl {
            invocation_id,
            inquiries,
            agent,
        } => {
            let asked = inquiries.iter().map(|inquiry| match &inquiry.message {
                Some(message) => format!("{} ({message})", inquiry.name),
                None => inquiry.name.clone(),
            });
            let asked = asked.collect::<Vec<_>>().join(", ");
            let what = if asked.is_empty() {
                invocation_id
            } else {
                asked
            };
            let text = format!("waits for the result of {what}");
            Event::Note { agent, text }
        }
        Data::Complete {
            execution_time,
            chunk_count,
            total_bytes,
            usage,
        } => {
            let seconds = execution_time / 1000;
            let tenths = execution_time % 1000 / 100;
            Event::Complete(format!(
                " in {seconds}.{tenths} s, {chunk_count} chunks, {total_bytes} bytes, {} tokens \
                 in, {} out",
                usage.input_tokens, usage.output_tokens
            ))
        }
        Data::Error { error, message } => Event::Failure {
            code: error,
            message,
        },
        Data::Other => return None,
    })
}
