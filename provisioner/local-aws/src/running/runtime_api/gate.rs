//! Who gets to the Runtime API. Everybody on this machine can reach its port.

use std::net::SocketAddr;

use http::{HeaderMap, Uri};
use uuid::Uuid;

use super::peer::{self, Peer};
use crate::wire::secret::same;
use crate::wire::this_machine;

const VERSION: &str = "2018-06-01/runtime/";

/// What a browser adds to a request, whatever the page wants.
const ADDED_BY_BROWSERS: [&str; 3] = ["origin", "sec-fetch-mode", "sec-fetch-site"];

/// How the user's own processes are known.
#[derive(Debug)]
pub(super) enum Gate {
    /// By their connections: the system tells whose they are.
    Owner,
    /// By a key at the beginning of the path. It is in the environment of the runtime, which every system
    /// shows to the same user only.
    Key(String),
}

impl Gate {
    /// What this system allows.
    pub(super) async fn of_this_system() -> Self {
        if peer::is_told().await {
            Self::Owner
        } else {
            Self::Key(Uuid::new_v4().simple().to_string())
        }
    }

    /// The address that a runtime gets.
    pub(super) fn address(&self, server: SocketAddr) -> String {
        match self {
            Self::Owner => server.to_string(),
            Self::Key(key) => format!("{server}/{key}"),
        }
    }

    /// Who is at the client's end of a connection, before anything has come.
    pub(super) async fn peer(&self, client: SocketAddr, server: SocketAddr) -> Peer {
        match self {
            Self::Owner => Peer::of(client, server).await,
            Self::Key(_) => Peer::Other,
        }
    }

    /// What a request calls, without the version (empty if that is another one); or why it gets no further.
    pub(super) fn called<'a>(
        &self,
        peer: Peer,
        uri: &'a Uri,
        headers: &HeaderMap,
    ) -> Result<&'a str, &'static str> {
        if !this_machine::is_addressed(uri, headers) {
            return Err(this_machine::REFUSAL);
        }
        // It is one of the user's own processes, and any page could take the next event away with it.
        if ADDED_BY_BROWSERS
            .iter()
            .any(|name| headers.contains_key(*name))
        {
            return Err("this Runtime API is not for web pages");
        }
        let path = uri.path().strip_prefix('/').unwrap_or_default();
        let (peer, path) = match (self, path.split_once('/')) {
            (Self::Owner, _) => (peer, path),
            (Self::Key(key), Some((shown, path))) if same(shown.as_bytes(), key.as_bytes()) => {
                (Peer::Own, path)
            }
            (Self::Key(_), _) => (Peer::Other, path),
        };
        let called = path.strip_prefix(VERSION).unwrap_or_default();
        match peer {
            Peer::Own => Ok(called),
            // A runtime may answer and exit. Nobody else knows the request id in the path.
            Peer::Gone if called.starts_with("invocation/") && called != "invocation/next" => {
                Ok(called)
            }
            Peer::Gone | Peer::Other => {
                Err("this Runtime API is for processes of the user who started it")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header};

    use super::*;

    fn is_let_in(peer: Peer, path: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let uri: Uri = format!("/2018-06-01/runtime/{path}").parse().unwrap();
        called(&Gate::Owner, peer, &uri, headers) == Ok(path)
    }

    fn called<'a>(
        gate: &Gate,
        peer: Peer,
        uri: &'a Uri,
        headers: &[(&'static str, &'static str)],
    ) -> Result<&'a str, &'static str> {
        let mut all = HeaderMap::new();
        all.insert(header::HOST, HeaderValue::from_static("127.0.0.1:9001"));
        for (name, value) in headers {
            all.insert(*name, HeaderValue::from_static(value));
        }
        gate.called(peer, uri, &all)
    }

    #[test]
    fn where_the_system_tells_no_owner_whoever_has_the_key_gets_in() {
        let gate = Gate::Key("0a1b".to_owned());
        let address = gate.address(([127, 0, 0, 1], 9001).into());
        let next = "/2018-06-01/runtime/invocation/next";
        let let_in = |path: &str, headers| {
            let uri = path.parse().unwrap();
            called(&gate, Peer::Other, &uri, headers).map(str::to_owned)
        };

        let (_, path) = address.split_at("127.0.0.1:9001".len());
        let with_key = format!("{path}{next}");
        assert_eq!(let_in(&with_key, &[]), Ok("invocation/next".to_owned()));
        for path in [next, "/0a1c/2018-06-01/runtime/invocation/next", "//", "/"] {
            assert!(let_in(path, &[]).is_err(), "{path}");
        }
        let page = [("origin", "http://evil.example")];
        assert!(let_in(&with_key, &page).is_err());
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
