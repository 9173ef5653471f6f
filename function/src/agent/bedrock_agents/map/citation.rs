//! The sources of a part of the answer.

use std::collections::HashMap;

use aws_sdk_bedrockagentruntime::types::{
    Citation as BedrockCitation, RetrievalResultContent, RetrievalResultLocation,
    RetrievedReference,
};
use aws_smithy_types::Document;

use crate::event::{Citation, Source};

pub(super) fn citation(citation: BedrockCitation) -> Citation {
    let part = citation
        .generated_response_part
        .and_then(|part| part.text_response_part);
    let (text, span) = part.map_or((None, None), |part| (part.text, part.span));
    let references = citation.retrieved_references.unwrap_or_default();
    Citation {
        text,
        span: span.and_then(|span| Some((span.start?.into(), span.end?.into()))),
        sources: references.into_iter().map(source).collect(),
    }
}

fn source(reference: RetrievedReference) -> Source {
    let content = reference.content;
    Source {
        location: reference
            .location
            .and_then(location)
            .or_else(|| content.as_ref().and_then(recording)),
        title: reference.metadata.and_then(title),
        excerpt: content.and_then(excerpt),
    }
}

/// Of all members only the one that `type` names is there.
fn location(location: RetrievalResultLocation) -> Option<String> {
    None.or_else(|| location.s3_location.and_then(|it| it.uri))
        .or_else(|| location.web_location.and_then(|it| it.url))
        .or_else(|| location.confluence_location.and_then(|it| it.url))
        .or_else(|| location.salesforce_location.and_then(|it| it.url))
        .or_else(|| location.share_point_location.and_then(|it| it.url))
        .or_else(|| location.one_drive_location.and_then(|it| it.url))
        .or_else(|| location.google_drive_location.and_then(|it| it.url))
        .or_else(|| location.kendra_document_location.and_then(|it| it.uri))
        .or_else(|| location.custom_document_location.and_then(|it| it.id))
        .or_else(|| location.sql_location.and_then(|it| it.query))
}

/// The file of sound or pictures, for a reference without a location.
fn recording(content: &RetrievalResultContent) -> Option<String> {
    let audio = content.audio.as_ref().map(|audio| &audio.s3_uri);
    let video = content.video.as_ref().map(|video| &video.s3_uri);
    audio.or(video).cloned()
}

/// The document's title, if whoever filled the knowledge base has given it one.
fn title(mut metadata: HashMap<String, Document>) -> Option<String> {
    match metadata.remove("title") {
        Some(Document::String(title)) => Some(title),
        _ => None,
    }
}

/// The text of a source, or what stands for it: a transcript, a summary, a row's columns.
fn excerpt(content: RetrievalResultContent) -> Option<String> {
    let row = content.row.filter(|columns| !columns.is_empty());
    Some(content.text)
        .filter(|text| !text.is_empty())
        .or_else(|| content.audio.and_then(|audio| audio.transcription))
        .or_else(|| content.video.and_then(|video| video.summary))
        .or_else(|| {
            let columns = row?.into_iter().map(|column| {
                let name = column.column_name.unwrap_or_default();
                format!("{name}: {}", column.column_value.unwrap_or_default())
            });
            Some(columns.collect::<Vec<_>>().join("; "))
        })
}
