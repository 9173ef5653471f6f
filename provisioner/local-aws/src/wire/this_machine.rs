//! Whether a request was sent to a name of this machine. A web page whose own name was made to lead to
//! 127.0.0.1 (DNS rebinding) reaches every port here, and only the name in its requests gives it away.

use http::header::{HOST, HeaderMap};
use http::uri::{Authority, Uri};

/// What a client of this machine may call it, with any port.
const NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// What a client is told that has used another name.
pub const REFUSAL: &str =
    "This port answers to 127.0.0.1, localhost and [::1] only: use one of these names in the URL.";

/// Whether every name that the request was sent to is one of this machine, and there is one. HTTP/2 and
/// absolute URLs have it in the URI.
pub fn is_addressed(uri: &Uri, headers: &HeaderMap) -> bool {
    let in_headers = headers.get_all(HOST).iter().map(|host| {
        let host = host.to_str().ok()?;
        host.parse::<Authority>().ok()
    });
    let in_uri = uri.authority().cloned().map(Some);
    let mut names = in_headers.chain(in_uri).peekable();
    names.peek().is_some() && names.all(|name| name.is_some_and(|name| is_ours(&name)))
}

fn is_ours(authority: &Authority) -> bool {
    let has_user = authority.as_str().contains('@');
    !has_user
        && NAMES
            .iter()
            .any(|name| authority.host().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn is_addressed_as(hosts: &[&str], uri: &str) -> bool {
        let values = hosts
            .iter()
            .map(|host| (HOST, HeaderValue::from_str(host).unwrap()));
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(name, value);
        }
        is_addressed(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn names_of_this_machine_are_answered_whatever_the_port() {
        for host in [
            "127.0.0.1:8787",
            "127.0.0.1",
            "localhost:1",
            "LocalHost",
            "[::1]",
            "[::1]:8787",
        ] {
            assert!(is_addressed_as(&[host], "/"), "{host}");
        }
        assert!(is_addressed_as(&[], "http://127.0.0.1:8787/"));
    }

    #[test]
    fn every_other_name_is_refused() {
        for host in [
            "evil.example",
            "evil.example:8787",
            "127.0.0.1.evil.example",
            "localhost.evil.example:80",
            "127.0.0.1@evil.example",
            "evil@127.0.0.1",
            "[::2]",
            "::1",
            "0.0.0.0:80",
            "127.0.0.1, evil.example",
            "",
        ] {
            assert!(!is_addressed_as(&[host], "/"), "{host}");
        }
    }

    #[test]
    fn one_name_of_another_machine_is_enough_to_refuse() {
        assert!(!is_addressed_as(&[], "/"), "no name at all");
        assert!(!is_addressed_as(&["localhost", "evil.example"], "/"));
        assert!(!is_addressed_as(&["localhost"], "http://evil.example/"));
        assert!(!is_addressed_as(&["evil.example"], "http://localhost/"));
    }
}
