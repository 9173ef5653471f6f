//! Cross-origin requests, answered from the function URL's configuration.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, header::VARY};

use crate::services::lambda::Cors;

/// A browser's question before its request: the service answers it, not the function.
pub(super) fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS
        && parts.headers.contains_key(header::ORIGIN)
        && parts
            .headers
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The headers of the answer to a preflight.
pub(super) fn preflight(cors: &Cors, parts: &Parts) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if !allow_origin(cors, parts, &mut headers) {
        return headers;
    }
    for (name, list) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, &cors.allow_methods),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, &cors.allow_headers),
    ] {
        insert_list(&mut headers, name, list.as_deref());
    }
    if let Some(max_age) = cors.max_age {
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, max_age.into());
    }
    headers
}

/// Adds to an answer what its page may read. The configuration wins over the function's own
/// headers.
pub(super) fn decorate(cors: &Cors, parts: &Parts, headers: &mut HeaderMap) {
    for name in [
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
    ] {
        headers.remove(name);
    }
    if allow_origin(cors, parts, headers) {
        insert_list(
            headers,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            cors.expose_headers.as_deref(),
        );
    }
}

fn allow_origin(cors: &Cors, parts: &Parts, headers: &mut HeaderMap) -> bool {
    let Some(origin) = parts.headers.get(header::ORIGIN) else {
        return false;
    };
    let allowed = cors.allow_origins.as_deref().unwrap_or_default();
    let anyone = allowed.iter().any(|it| it == "*");
    if !anyone && !allowed.iter().any(|it| it.as_bytes() == origin.as_bytes()) {
        return false;
    }
    let with_credentials = cors.allow_credentials == Some(true);
    // A browser refuses the wildcard for requests with credentials.
    if anyone && !with_credentials {
        let anyone = HeaderValue::from_static("*");
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
    } else {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    if with_credentials {
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
    }
    true
}

fn insert_list(headers: &mut HeaderMap, name: HeaderName, list: Option<&[String]>) {
    if let Some(list) = list.filter(|list| !list.is_empty())
        // Fails for characters that no header can hold, which AWS does not let anybody configure.
        && let Ok(value) = HeaderValue::from_str(&list.join(","))
    {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn cors(origins: &[&str], credentials: bool) -> Cors {
        let list = |items: &[&str]| Some(items.iter().map(|it| (*it).to_owned()).collect());
        Cors {
            allow_credentials: credentials.then_some(true),
            allow_headers: list(&["content-type", "authorization"]),
            allow_methods: list(&["POST"]),
            allow_origins: list(origins),
            expose_headers: list(&["x-session"]),
            max_age: Some(300),
        }
    }

    fn parts(origin: &str) -> Parts {
        let request = Request::options("/")
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        request.body(()).unwrap().into_parts().0
    }

    fn told(headers: &HeaderMap) -> Vec<(&str, &str)> {
        let mut told: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        told.sort_unstable();
        told
    }

    #[test]
    fn a_configured_origin_may_ask() {
        let parts = parts("https://magi.example");
        assert!(is_preflight(&parts));

        let headers = preflight(&cors(&["https://magi.example"], true), &parts);

        assert_eq!(
            told(&headers),
            [
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-headers", "content-type,authorization"),
                ("access-control-allow-methods", "POST"),
                ("access-control-allow-origin", "https://magi.example"),
                ("access-control-max-age", "300"),
                ("vary", "Origin"),
            ]
        );
    }

    #[test]
    fn another_origin_is_told_nothing() {
        let headers = preflight(
            &cors(&["https://magi.example"], false),
            &parts("https://evil"),
        );

        assert!(headers.is_empty());
    }

    #[test]
    fn anyone_is_a_star_except_with_credentials() {
        let parts = parts("https://a");
        let origin = |cors: &Cors| {
            let headers = preflight(cors, &parts);
            headers["access-control-allow-origin"].clone()
        };

        assert_eq!(origin(&cors(&["*"], false)), "*");
        assert_eq!(origin(&cors(&["*"], true)), "https://a");
    }

    #[test]
    fn the_configuration_wins_over_the_functions_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));

        decorate(
            &cors(&["https://a"], false),
            &parts("https://b"),
            &mut headers,
        );
        assert!(headers.is_empty());

        decorate(
            &cors(&["https://a"], false),
            &parts("https://a"),
            &mut headers,
        );
        assert_eq!(
            told(&headers),
            [
                ("access-control-allow-origin", "https://a"),
                ("access-control-expose-headers", "x-session"),
                ("vary", "Origin"),
            ]
        );
    }

    #[test]
    fn options_without_the_question_is_an_ordinary_request() {
        let request = Request::options("/").header("origin", "https://a");
        assert!(!is_preflight(&request.body(()).unwrap().into_parts().0));
    }
}
