//! A citation's sources: pages, or documents of a store that has no URL.

use bytes::BytesMut;

use super::chunk::{Chunk, Cited, ProviderMetadata};
use crate::dialect::sse;
use crate::event::Citation;

/// Appends one source each; `told` counts those of the whole stream.
pub(super) fn write(agent: &str, citation: &Citation, told: &mut u64, out: &mut BytesMut) {
    for source in &citation.sources {
        *told += 1;
        let source_id = format!("source-{told}");
        let title = source.title.as_deref();
        let provider_metadata = ProviderMetadata {
            gateway: Cited::new(agent, citation, source.excerpt.as_deref()),
        };
        let source = match source.location.as_deref() {
            Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
                Chunk::SourceUrl {
                    source_id,
                    url,
                    title,
                    provider_metadata,
                }
            }
            filename => Chunk::SourceDocument {
                source_id,
                media_type: "text/plain",
                title: title.or(filename).unwrap_or("document"),
                filename,
                provider_metadata,
            },
        };
        sse::data(&source, out);
    }
}
