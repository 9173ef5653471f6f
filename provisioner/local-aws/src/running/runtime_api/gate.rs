//! Who gets to the Runtime API. Everybody on this machine can reach its port.

use http::{HeaderMap, Uri};

use super::peer::Peer;
use crate::wire::this_machine;

/// What a browser adds to a request, whatever the page wants.
const ADDED_BY_BROWSERS: [&str; 3] = ["origin", "sec-fetch-mode", "sec-fetch-site"];

/// Why a request gets no further. `path` is what is called, without the version.
pub(super) fn refusal(
    peer: Peer,
    uri: &Uri,
    headers: &HeaderMap,
    path: &str,
) -> Option<&'static str> {
    if !this_machine::is_addressed(uri, headers) {
        return Some(this_machine::REFUSAL);
    }
    // It is one of the user's own processes, and any page could take the next event away with it.
    if ADDED_BY_BROWSERS
        .iter()
        .any(|name| headers.contains_key(*name))
    {
        return Some("this Runtime API is not for web pages");
    }
    match peer {
        Peer::Own => None,
        // A runtime may answer and exit. Nobody else knows the request id in the path.
        Peer::Gone if path.starts_with("invocation/") && path != "invocation/next" => None,
        Peer::Gone | Peer::Other => {
            Some("this Runtime API is for processes of the user who started it")
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header};

    use super::*;

    fn is_let_in(peer: Peer, path: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let mut all = HeaderMap::new();
        all.insert(header::HOST, HeaderValue::from_static("127.0.0.1:9001"));
        for (name, value) in headers {
            all.insert(*name, HeaderValue::from_static(value));
        }
        refusal(peer, &Uri::from_static("/"), &all, path).is_none()
    }

    #[test]
    fn a_runtime_gets_in_and_another_user_does_not() {
        for path in [
            "invocation/next",
            "invocation/id/response",
            "invocation/id/error",
            "init/error",
            "",
        ] {
            assert!(is_let_in(Peer::Own, path, &[]), "{path}");
            assert!(!is_let_in(Peer::Other, path, &[]), "{path}");
        }
    }

    #[test]
    fn a_process_that_is_gone_gave_an_answer_or_nothing() {
        assert!(is_let_in(Peer::Gone, "invocation/id/response", &[]));
        assert!(is_let_in(Peer::Gone, "invocation/id/error", &[]));
        assert!(!is_let_in(Peer::Gone, "invocation/next", &[]));
        assert!(!is_let_in(Peer::Gone, "init/error", &[]));
    }

    #[test]
    fn the_users_browser_is_no_runtime() {
        for header in [
            ("host", "evil.example:9001"),
            ("origin", "http://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
        ] {
            assert!(
                !is_let_in(Peer::Own, "invocation/next", &[header]),
                "{header:?}"
            );
        }
    }
}
