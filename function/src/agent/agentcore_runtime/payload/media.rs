//! The only image of a question, as AWS's developer guide sends one ("Invoke multi-modal agents").

use serde::Serialize;

use crate::agent::file::{Base64, File};

/// An image.
#[derive(Serialize)]
pub(super) struct Media<'a> {
    r#type: &'static str,
    format: &'a str,
    data: Base64<'a>,
}

impl<'a> Media<'a> {
    /// None where there is another number of files, or one of another kind.
    pub(super) fn of(files: &'a [File]) -> Option<Self> {
        let image = image(files)?;
        let (_, format) = image.media_type.split_once('/')?;
        Some(Self {
            r#type: "image",
            format,
            data: Base64(&image.bytes),
        })
    }
}

/// The only file, if it is an image.
pub(super) fn image(files: &[File]) -> Option<&File> {
    match files {
        [only] if only.media_type.starts_with("image/") => Some(only),
        _ => None,
    }
}
