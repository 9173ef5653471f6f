//! The request of chat completions. Parameters of the model are ignored: those of an agent are its
//! operator's choice.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::agent::File;
use crate::client_json::{AtMost, plain};
use crate::dialect::attachment::{Label, is_data_url, of_base64, of_url, text_of, unsupported};
use crate::dialect::conversation::{Attachment, Content, Conversation, text};
use crate::dialect::options::{MOST_MESSAGES, Options};
use crate::dialect::{inquiries, tool_messages};
use crate::refusal::Refusal;
use crate::request::draft::Draft;
use crate::request::event::{parse, parse_part};

/// A request as it was read.
pub(super) struct Request {
    pub(super) draft: Draft,
    pub(super) model: String,
    pub(super) form: Form,
}

/// How the client wants its answer.
pub(super) enum Form {
    Stream { include_usage: bool },
    Whole,
}

/// The body; the options are read in a pass of their own, so that what is neither is not kept.
#[derive(Deserialize)]
struct Body<'a> {
    /// One of the configured agents.
    model: String,
    #[serde(borrow)]
    messages: AtMost<&'a RawValue, MOST_MESSAGES>,
    #[serde(default, deserialize_with = "plain")]
    stream: Option<bool>,
    #[serde(default, deserialize_with = "plain")]
    stream_options: Option<StreamOptions>,
    #[serde(default, deserialize_with = "plain")]
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: Option<bool>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    session_id: Option<String>,
}

#[derive(Deserialize)]
struct Message<'a> {
    role: String,
    #[serde(default, borrow)]
    content: Option<&'a RawValue>,
}

/// Reads the body of `POST /openai/v1/chat/completions`.
pub(super) fn read(body: &str) -> Result<Request, Refusal> {
    let mut draft = parse::<Options>(body)?.into_draft();
    let Body {
        model,
        messages: AtMost(messages),
        stream,
        stream_options,
        metadata,
    } = parse(body)?;
    draft.session_id = metadata.and_then(|metadata| metadata.session_id);
    inquiries::answer(tool_messages::answered(&messages)?, &mut draft)?;
    // A Bedrock agent's session knows the conversation.
    if draft.return_control.is_none() {
        let mut conversation = Conversation::default();
        for (index, message) in messages.iter().enumerate() {
            Message::read(index, message)?.add_to(index, &mut conversation)?;
        }
        conversation.into_draft(&mut draft)?;
    }
    draft.agent = Some(model.clone());
    let include_usage = stream_options.and_then(|options| options.include_usage);
    Ok(Request {
        draft,
        model,
        form: if stream.unwrap_or_default() {
            Form::Stream {
                include_usage: include_usage.unwrap_or_default(),
            }
        } else {
            Form::Whole
        },
    })
}

impl<'a> Message<'a> {
    /// Reads the message at `index`.
    fn read(index: usize, json: &'a RawValue) -> Result<Self, Refusal> {
        parse_part(&place(index), json.get())
    }

    fn add_to(&self, index: usize, conversation: &mut Conversation) -> Result<(), Refusal> {
        let Some(content) = self.content.map(RawValue::get) else {
            // A call of a tool has none.
            if self.role == "assistant" {
                conversation.tool();
            }
            return Ok(());
        };
        match self.role.as_str() {
            "tool" | "function" => conversation.tool(),
            "user" => conversation.user(Content::read(&place(index), content, file)?)?,
            "assistant" => conversation.assistant(text(&place(index), content)?),
            // An agent's instructions are its operator's choice.
            _ => {}
        }
        Ok(())
    }
}

/// A part that is an image or a file.
#[derive(Deserialize)]
struct FilePart<'a> {
    #[serde(default, borrow)]
    image_url: Option<ImageUrl<'a>>,
    #[serde(default, borrow)]
    file: Option<FileBody<'a>>,
}

#[derive(Deserialize)]
struct ImageUrl<'a> {
    #[serde(borrow)]
    url: &'a RawValue,
}

#[derive(Default, Deserialize)]
struct FileBody<'a> {
    #[serde(default, borrow)]
    filename: Option<&'a RawValue>,
    #[serde(default, borrow)]
    file_data: Option<&'a RawValue>,
}

fn file(part: Attachment<'_>) -> Result<File, Refusal> {
    match part.kind {
        "image_url" | "file" => {}
        "input_audio" => {
            return Err(unsupported(
                part.place,
                "no agent is known to take `input_audio`; to one that takes audio, send it as a `file` with a \
                 data URL",
            ));
        }
        _ => return Err(part.unknown()),
    }
    let FilePart { image_url, file } = part.parse()?;
    if let Some(ImageUrl { url }) = image_url {
        let url = text_of(Some(url)).unwrap_or_default();
        return of_url(part.place, Label::default(), &url);
    }
    let body = file.unwrap_or_default();
    let Some(data) = text_of(body.file_data) else {
        return Err(unsupported(
            part.place,
            "a file comes in the request, as `file_data` with a data URL: the gateway stores no files",
        ));
    };
    let name = text_of(body.filename);
    let label = Label {
        name: name.as_deref(),
        media_type: None,
    };
    if is_data_url(&data) {
        of_url(part.place, label, &data)
    } else {
        of_base64(part.place, label, &data)
    }
}

fn place(index: usize) -> String {
    format!("messages[{index}]")
}
