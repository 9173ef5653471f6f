//! Parts of a message that are files: `binary`, and since AG-UI 1.0 parts that are named after what they show.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::agent::File;
use crate::dialect::attachment::{Label, of_base64, of_url, text_of, unsupported};
use crate::dialect::conversation::Attachment;
use crate::refusal::Refusal;

/// `binary`, or one of the parts of AG-UI 1.0.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilePart<'a> {
    #[serde(default, borrow)]
    source: Option<Source<'a>>,
    #[serde(default, borrow)]
    data: Option<&'a RawValue>,
    #[serde(default, borrow)]
    url: Option<&'a RawValue>,
    #[serde(default, borrow)]
    mime_type: Option<&'a RawValue>,
    #[serde(default, borrow)]
    filename: Option<&'a RawValue>,
    #[serde(default, borrow)]
    metadata: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    value: &'a RawValue,
    #[serde(default, borrow)]
    mime_type: Option<&'a RawValue>,
}

/// Where `CopilotKit` says what a file is called.
#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    filename: Option<String>,
}

/// The file in a part.
pub(super) fn file(part: Attachment<'_>) -> Result<File, Refusal> {
    if !["binary", "image", "audio", "video", "document"].contains(&part.kind) {
        return Err(part.unknown());
    }
    let body: FilePart<'_> = part.parse()?;
    let metadata = body.metadata.map(RawValue::get).unwrap_or_default();
    let metadata: Metadata = serde_json::from_str(metadata).unwrap_or_default();
    let name = text_of(body.filename).or(metadata.filename.map(Cow::Owned));
    let (data, url, media_type) = match body.source {
        None => (text_of(body.data), text_of(body.url), body.mime_type),
        Some(source) => match source.kind.as_str() {
            "data" => (text_of(Some(source.value)), None, source.mime_type),
            "url" => (None, text_of(Some(source.value)), source.mime_type),
            _ => (None, None, source.mime_type),
        },
    };
    let media_type = text_of(media_type);
    let label = Label {
        name: name.as_deref(),
        media_type: media_type.as_deref(),
    };
    match (data, url) {
        (Some(data), _) => of_base64(part.place, label, &data),
        (None, Some(url)) => of_url(part.place, label, &url),
        (None, None) => Err(unsupported(
            part.place,
            "a file comes in the request, as `data` or a data URL: the gateway stores no files",
        )),
    }
}
