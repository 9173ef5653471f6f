//! The canonical request of Signature Version 4: what client and server sign alike.
//!
//! Written here because `aws-sigv4` builds it for clients only: it cannot take the `:authority` that
//! the JavaScript SDK signs over HTTP/2. By AWS's [definition].
//!
//! [definition]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

use http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters.
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const ENCODED_IN_PATHS: AsciiSet = ENCODED.remove(b'/');

/// Nothing if a header that is said to be signed is not there, or not text.
pub(super) fn request(
    parts: &Parts,
    signed_headers: &[String],
    payload_hash: &str,
) -> Option<String> {
    let mut lines = vec![
        parts.method.to_string(),
        path(parts.uri.path()),
        query(parts.uri.query().unwrap_or_default()),
    ];
    for name in signed_headers {
        lines.push(format!("{name}:{}", header(parts, name)?));
    }
    lines.push(String::new());
    lines.push(signed_headers.join(";"));
    lines.push(payload_hash.to_owned());
    Some(lines.join("\n"))
}

/// The values of a header, trimmed and joined; over HTTP/2 the host stands in the URI.
fn header(parts: &Parts, name: &str) -> Option<String> {
    let mut values = Vec::new();
    for value in parts.headers.get_all(name.trim_start_matches(':')) {
        let words: Vec<&str> = value.to_str().ok()?.split_whitespace().collect();
        values.push(words.join(" "));
    }
    if values.is_empty() && matches!(name, "host" | ":authority") {
        let host = parts
            .headers
            .get("host")
            .and_then(|host| host.to_str().ok());
        let authority = parts.uri.authority().map(http::uri::Authority::as_str);
        values.extend(authority.or(host).map(ToOwned::to_owned));
    }
    (!values.is_empty()).then(|| values.join(","))
}

/// The path as it was sent, without dot segments and doubled slashes, encoded once more (as every
/// service but S3 wants it).
fn path(sent: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in sent.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let mut path = format!("/{}", segments.join("/"));
    if sent.ends_with('/') && path.len() > 1 {
        path.push('/');
    }
    utf8_percent_encode(&path, &ENCODED_IN_PATHS).to_string()
}

/// The parameters, encoded in the one allowed way and sorted.
fn query(sent: &str) -> String {
    let encode = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        utf8_percent_encode(&decoded, &ENCODED).to_string()
    };
    let mut pairs: Vec<(String, String)> = sent
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}
