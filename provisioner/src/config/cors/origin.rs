//! Where a page comes from, as browsers write it. A URL compares it with what is configured letter by
//! letter, so an origin in any other spelling would never be allowed, and nobody would be told.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use url::Url;

/// The longest that Lambda takes.
const LONGEST: usize = 253;

/// An origin that a browser can send, or `*` for all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(inline)]
pub(super) struct Origin(pub(super) String);

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Origin;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an origin such as `https://app.example.com`, or `*`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Origin, E> {
                check(text)
                    .map(|()| Origin(text.to_owned()))
                    .map_err(|why| E::custom(format!("invalid origin: `{text}`: {why}")))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// Why no browser sends `text`, or why it must not be allowed.
fn check(text: &str) -> Result<(), String> {
    if text == "*" {
        return Ok(());
    }
    if text == "null" {
        return Err(
            "every sandboxed page and every local file sends it, whoever made it".to_owned(),
        );
    }
    if text.contains('*') {
        return Err("there are no patterns: list every origin, or give `*` alone".to_owned());
    }
    if text.len() > LONGEST {
        return Err(format!("Lambda takes at most {LONGEST} characters"));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        let host = text.trim_start_matches('/');
        return Err(format!("the scheme is missing, as in `https://{host}`"));
    };
    match scheme.trim_start().to_ascii_lowercase().as_str() {
        "http" | "https" => of_the_web(text),
        "ws" | "wss" => {
            Err("a page has the origin that it was loaded from: `https` or `http`".into())
        }
        "about" | "blob" | "data" | "file" | "ftp" | "javascript" => Err(format!(
            "pages of `{scheme}:` send `null`, as many others do"
        )),
        _ => of_an_app(scheme, rest),
    }
}

fn of_the_web(text: &str) -> Result<(), String> {
    let url = Url::parse(text).map_err(|error| format!("no browser opens it: {error}"))?;
    if url.port() == Some(0) {
        return Err("no browser opens it: nothing listens on port 0".to_owned());
    }
    if url.domain().is_some_and(|name| !is_name(name)) {
        return Err(
            "no browser opens it: between the dots of a host's name are 1 to 63 characters"
                .to_owned(),
        );
    }
    let sent = url.origin().ascii_serialization();
    if sent == text {
        return Ok(());
    }
    Err(format!(
        "a browser sends `{sent}`, without a path, a user or the scheme's own port, in small letters"
    ))
}

/// Whether there can be such a name in DNS, by its parts; a dot at the end is the root, and browsers send it.
fn is_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.split('.').all(|part| (1..=63).contains(&part.len()))
}

/// `capacitor://localhost`, `chrome-extension://…`: schemes of apps and extensions, which are no part of
/// the web's own rules.
fn of_an_app(scheme: &str, host: &str) -> Result<(), String> {
    let sent = format!("{scheme}://{host}").to_ascii_lowercase();
    let sent = sent.trim_end_matches('/');
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b));
    let is_host = !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._:".contains(&b));
    if is_scheme && is_host {
        return Ok(());
    }
    let letters = "a scheme and a host in small letters, without a path or a user";
    Err(format!(
        "expected {letters}, such as `{}`",
        if host.is_empty() {
            "capacitor://localhost"
        } else {
            sent
        }
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_send_is_taken() {
        for origin in [
            "*",
            "https://app.example.com",
            "https://app.example.com:8443",
            "https://xn--r8jz45g.example",
            "https://app.example.com.",
            "http://localhost:3000",
            "http://127.0.0.1:5173",
            "http://[::1]:3000",
            "capacitor://localhost",
            "ionic://localhost",
            "tauri://localhost",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "moz-extension://0b6f1a4e-6f0c-4a55-9d3c-0d4f7f9c2b11",
            "safari-web-extension://0b6f1a4e-6f0c-4a55-9d3c-0d4f7f9c2b11",
            "vscode-webview://1a2b3c",
        ] {
            assert_eq!(check(origin), Ok(()), "{origin}");
        }
    }

    #[test]
    fn what_no_browser_sends_is_refused_with_what_it_sends() {
        for (origin, said) in [
            ("https://a.example:443", "`https://a.example`"),
            ("http://a.example:80", "`http://a.example`"),
            ("https://A.example", "`https://a.example`"),
            ("HTTPS://a.example", "`https://a.example`"),
            ("https://a.example/", "`https://a.example`"),
            ("https://a.example/app", "`https://a.example`"),
            ("https://a.example?x", "`https://a.example`"),
            ("https://a.example#x", "`https://a.example`"),
            ("https://me:secret@a.example", "`https://a.example`"),
            ("https://例え.example", "`https://xn--r8jz45g.example`"),
            ("https://0x7f.1", "`https://127.0.0.1`"),
            (" https://a.example", "`https://a.example`"),
            ("https://", "no browser opens it"),
            ("https://a b", "no browser opens it"),
            ("https://a.example:99999", "no browser opens it"),
            ("https://a.example:0", "nothing listens on port 0"),
            ("http://127.0.0.1:0", "nothing listens on port 0"),
            ("https://a..example", "between the dots"),
            ("https://.a.example", "between the dots"),
            ("https://a.example..", "between the dots"),
            ("a.example", "`https://a.example`"),
            ("//a.example", "`https://a.example`"),
            ("https://*.a.example", "no patterns"),
            ("null", "sandboxed"),
            ("file:///", "`null`"),
            ("wss://a.example", "`https`"),
            ("capacitor://", "`capacitor://localhost`"),
            ("Capacitor://localhost", "`capacitor://localhost`"),
            ("capacitor://localhost/", "`capacitor://localhost`"),
            ("chrome-extension://a/popup.html", "without a path"),
            ("", "scheme is missing"),
        ] {
            let why = check(origin).unwrap_err();
            assert!(why.contains(said), "{origin}: {why}");
        }
    }
}
