//! The JSON of what a runtime is asked with.

use serde::Serialize;

use super::media;
use crate::agent::ask::Ask;
use crate::agent::file;

/// What grows on its way holds megabytes twice, so it begins with about its length.
pub(super) fn written(ask: &Ask, body: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let texts: usize = ask.history.iter().map(|turn| turn.text.len() + 128).sum();
    let earlier = ask.history.iter().flat_map(|turn| &turn.files);
    let images = media::image(&ask.files);
    let files = file::length_in_json(earlier.chain(&ask.files).chain(images));
    // Programs find answers in two places.
    let answers: usize = ask.responses.iter().map(|it| 2 * it.outcome.length()).sum();
    let mut json = Vec::with_capacity(1024 + ask.question.len() + texts + files + answers);
    serde_json::to_writer(&mut json, body)?;
    Ok(json)
}
