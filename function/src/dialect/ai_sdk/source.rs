//! A citation's sources: pages, or documents without a URL.

use bytes::BytesMut;

use super::chunk::{Chunk, Cited, ProviderMetadata};
use crate::dialect::sse;
use crate::event::Citation;

/// Appends each source; `count` goes on through the whole stream.
pub(super) fn write(agent: &str, citation: &Citation, count: &mut u64, out: &mut BytesMut) {
    for source in &citation.sources {
        *count += 1;
        let source_id = format!("source-{count}");
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
