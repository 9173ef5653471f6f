//! Who gets to the page, and what a browser may do with it. The page signs for whoever gets there, so only
//! somebody who has its address does.

use axum::http::{HeaderMap, Uri, header};
use sha2::{Digest as _, Sha256};

use local_aws::this_machine;

/// A part of the page's address that nobody can guess. It is in the path: the page's own addresses are
/// relative and keep it, and nothing else of a browser tells it to anybody.
#[derive(Debug)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) fn of(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Hashed first, so that the time of the comparison tells nothing about the key.
    fn is(&self, given: &str) -> bool {
        self.0[..] == Sha256::digest(given)[..]
    }
}

/// On every answer: a page runs and shows its own files, asks its own server, and nobody frames it.
pub(super) const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Why a request gets nothing: it is for another machine's name, from another site's script, or from
/// somebody who does not have the page's address.
pub(super) fn refusal(key: &Key, uri: &Uri, headers: &HeaderMap) -> Option<&'static str> {
    if !this_machine::is_addressed(uri, headers) {
        return Some(this_machine::REFUSAL);
    }
    let own_origin = headers
        .get(header::HOST)
        .map(|host| [b"http://", host.as_bytes()].concat());
    if let Some(origin) = headers.get(header::ORIGIN)
        && Some(origin.as_bytes()) != own_origin.as_deref()
    {
        return Some("another site may not ask here");
    }
    let given = uri.path().split('/').nth(1).unwrap_or_default();
    (!key.is(given)).then_some(
        "open the address that `provision dev` has printed: there is a key in it, a new one for each run",
    )
}

/// The path behind the key and its slash.
pub(super) fn behind_key(uri: &Uri) -> Option<&str> {
    uri.path().splitn(3, '/').nth(2)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn is_refused(path: &str, host: &'static str, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        let uri = path.parse().unwrap();
        refusal(&Key::of("open-sesame"), &uri, &headers).is_some()
    }

    #[test]
    fn who_has_the_address_gets_in() {
        for path in ["/open-sesame/", "/open-sesame/words/ja.js", "/open-sesame"] {
            assert!(!is_refused(path, "127.0.0.1:8787", None), "{path}");
        }
        let own = Some("http://localhost:8787");
        assert!(!is_refused("/open-sesame/ask", "localhost:8787", own));
    }

    #[test]
    fn who_has_not_does_not() {
        for path in [
            "/",
            "/ask",
            "//open-sesame/ask",
            "/open-sesam/",
            "/open%2Dsesame/",
            "/x/open-sesame/",
        ] {
            assert!(is_refused(path, "127.0.0.1:8787", None), "{path}");
        }
    }

    #[test]
    fn the_address_alone_does_not_let_other_sites_in() {
        assert!(is_refused("/open-sesame/", "evil.example:8787", None));
        for origin in [
            "http://evil.example",
            "null",
            "http://127.0.0.1:9999",
            "https://127.0.0.1:8787",
        ] {
            let refused = is_refused("/open-sesame/ask", "127.0.0.1:8787", Some(origin));
            assert!(refused, "{origin}");
        }
    }
}
