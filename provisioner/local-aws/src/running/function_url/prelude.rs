//! The head of a streamed answer: JSON, eight NUL bytes, then the body. The runtime may cut it into
//! chunks wherever it likes, so it is found by its bytes and never by its chunks.

use bytes::{Bytes, BytesMut};
use http::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What separates the head from the body.
const DELIMITER: [u8; 8] = [0; 8];
/// The delimiter has to end within this many bytes.
const LONGEST: usize = 16 * 1024;

/// Status and headers of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prelude {
    pub(crate) status: StatusCode,
    /// With one `set-cookie` for each cookie.
    pub(crate) headers: HeaderMap,
}

/// Why an answer has no usable head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PreludeError {
    #[error("the answer ended before the eight NUL bytes that end its prelude")]
    Unfinished,
    #[error("no eight NUL bytes in the first {LONGEST} bytes of the answer")]
    TooLong,
    #[error("the prelude is not JSON of the expected shape: {0}")]
    NotJson(String),
    #[error("the prelude's status code {0} is none")]
    Status(u64),
    #[error("the prelude's header `{0}` cannot be sent")]
    Header(String),
}

/// Collects chunks until the head is complete.
#[derive(Debug, Default)]
pub(crate) struct PreludeParser {
    seen: BytesMut,
}

impl PreludeParser {
    /// Takes the next chunk. Answers the head once it is complete, with what has already come of
    /// the body.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<Option<(Prelude, Bytes)>, PreludeError> {
        // The delimiter may have begun in the last seven bytes of what came before.
        let from = self.seen.len().saturating_sub(DELIMITER.len() - 1);
        self.seen.extend_from_slice(chunk);
        let found = self.seen[from..]
            .windows(DELIMITER.len())
            .position(|window| window == DELIMITER)
            .map(|position| from + position);
        match found {
            Some(end) if end + DELIMITER.len() <= LONGEST => {
                let mut body = std::mem::take(&mut self.seen).freeze();
                let head = body.split_to(end);
                let body = body.slice(DELIMITER.len()..);
                Ok(Some((Prelude::parse(&head)?, body)))
            }
            None if self.seen.len() < LONGEST => Ok(None),
            _ => Err(PreludeError::TooLong),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    status_code: Option<u64>,
    headers: Option<Map<String, Value>>,
    multi_value_headers: Option<Map<String, Value>>,
    cookies: Option<Vec<String>>,
}

impl Prelude {
    fn parse(json: &[u8]) -> Result<Self, PreludeError> {
        let document: Document = serde_json::from_slice(json)
            .map_err(|error| PreludeError::NotJson(error.to_string()))?;
        let status = match document.status_code {
            None => StatusCode::OK,
            Some(code) => u16::try_from(code)
                .ok()
                .and_then(|code| StatusCode::from_u16(code).ok())
                .ok_or(PreludeError::Status(code))?,
        };
        let mut headers = HeaderMap::new();
        for named in [document.headers, document.multi_value_headers] {
            append(&mut headers, named.unwrap_or_default())?;
        }
        for cookie in document.cookies.unwrap_or_default() {
            let cookie = HeaderValue::from_str(&cookie)
                .map_err(|_| PreludeError::Header(SET_COOKIE.to_string()))?;
            headers.append(SET_COOKIE, cookie);
        }
        headers
            .entry(header::CONTENT_TYPE)
            .or_insert(HeaderValue::from_static("application/octet-stream"));
        Ok(Self { status, headers })
    }
}

/// Adds headers as an answer's JSON names them: a value is a string, or a list of them. Some
/// libraries write numbers and booleans bare; they are sent as they are spelt.
pub(crate) fn append(
    headers: &mut HeaderMap,
    named: Map<String, Value>,
) -> Result<(), PreludeError> {
    for (name, value) in named {
        let unusable = || PreludeError::Header(name.clone());
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
        let values = match value {
            Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            let text = match value {
                Value::String(text) => text,
                Value::Number(_) | Value::Bool(_) => value.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => return Err(unusable()),
            };
            let value = HeaderValue::from_str(&text).map_err(|_| unusable())?;
            headers.append(header.clone(), value);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::*;

    /// The answer in the given chunks; the chunks after the head are body.
    fn parse(chunks: &[&[u8]]) -> Result<(Prelude, Vec<u8>), PreludeError> {
        let mut parser = PreludeParser::default();
        let mut chunks = chunks.iter();
        while let Some(chunk) = chunks.next() {
            if let Some((prelude, begun)) = parser.push(chunk)? {
                let mut body = begun.to_vec();
                chunks.for_each(|chunk| body.extend_from_slice(chunk));
                return Ok((prelude, body));
            }
        }
        Err(PreludeError::Unfinished)
    }

    fn answer(json: &str, body: &[u8]) -> Vec<u8> {
        [json.as_bytes(), &DELIMITER, body].concat()
    }

    fn values<'a>(prelude: &'a Prelude, name: &str) -> Vec<&'a str> {
        prelude
            .headers
            .get_all(name)
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect()
    }

    const FULL: &str = r#"{"statusCode":201,"headers":{"content-type":"text/event-stream",
        "x-multi":["a","b"],"x-number":7},"multiValueHeaders":{"x-more":["c"]},
        "cookies":["c1=1","c2=2; Path=/"],"anything":"else"}"#;

    #[test]
    fn reads_every_way_to_say_a_header() {
        let (prelude, body) = parse(&[&answer(FULL, b"body")]).unwrap();

        assert_eq!(prelude.status, StatusCode::CREATED);
        assert_eq!(values(&prelude, "content-type"), ["text/event-stream"]);
        assert_eq!(values(&prelude, "x-multi"), ["a", "b"]);
        assert_eq!(values(&prelude, "x-number"), ["7"]);
        assert_eq!(values(&prelude, "x-more"), ["c"]);
        assert_eq!(values(&prelude, "set-cookie"), ["c1=1", "c2=2; Path=/"]);
        assert_eq!(body, b"body");
    }

    #[test]
    fn an_empty_prelude_is_a_plain_200() {
        let (prelude, _) = parse(&[&answer("{}", b"")]).unwrap();

        assert_eq!(prelude.status, StatusCode::OK);
        assert_eq!(
            values(&prelude, "content-type"),
            ["application/octet-stream"]
        );
    }

    #[test]
    fn chunks_may_be_cut_before_any_byte() {
        // The body begins with a NUL: only the first eight are the delimiter.
        let whole = answer(FULL, b"\0\0body\0\0\0\0\0\0\0\0");
        let expected = parse(&[&whole]).unwrap();
        assert_eq!(expected.1, b"\0\0body\0\0\0\0\0\0\0\0");

        for cut in 0..=whole.len() {
            let (head, rest) = whole.split_at(cut);
            assert_eq!(parse(&[head, rest]).unwrap(), expected, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(parse(&bytes).unwrap(), expected, "every byte alone");
    }

    #[test]
    fn the_delimiter_has_to_come_within_16_kib() {
        let padded = |length: usize| answer(&format!("{{}}{}", " ".repeat(length - 10)), b"body");

        assert!(parse(&[&padded(LONGEST)]).is_ok());
        assert_eq!(parse(&[&padded(LONGEST + 1)]), Err(PreludeError::TooLong));
        assert_eq!(parse(&[&[b'x'; LONGEST]]), Err(PreludeError::TooLong));
        assert_eq!(
            parse(&[&[b'x'; LONGEST - 1]]),
            Err(PreludeError::Unfinished)
        );
    }

    #[test]
    fn an_unusable_prelude_is_refused() {
        let error = |json: &str| parse(&[&answer(json, b"")]).unwrap_err();

        assert!(matches!(error("[]"), PreludeError::NotJson(_)));
        assert!(matches!(
            error("{\"statusCode\":\"200\"}"),
            PreludeError::NotJson(_)
        ));
        assert_eq!(error("{\"statusCode\":99}"), PreludeError::Status(99));
        assert_eq!(error("{\"statusCode\":65736}"), PreludeError::Status(65736));
        for headers in ["{\"a b\":\"\"}", "{\"a b\":null}", "{\"a b\":\"x\\ny\"}"] {
            let json = format!("{{\"headers\":{headers}}}");
            assert_eq!(error(&json), PreludeError::Header("a b".to_owned()));
        }
        let cookie = error(r#"{"cookies":["a\nb"]}"#);
        assert_eq!(cookie, PreludeError::Header("set-cookie".to_owned()));
    }

    proptest! {
        #[test]
        fn any_cuts_give_the_same_answer(body: Vec<u8>, cuts: Vec<u8>) {
            let whole = answer(FULL, &body);
            let mut rest = whole.as_slice();
            let mut chunks = Vec::new();
            for cut in cuts {
                let (chunk, after) = rest.split_at(usize::from(cut).min(rest.len()));
                chunks.push(chunk);
                rest = after;
            }
            chunks.push(rest);

            let (prelude, read) = parse(&chunks).unwrap();
            prop_assert_eq!(prelude.status, StatusCode::CREATED);
            prop_assert_eq!(read, body);
        }

        #[test]
        fn no_input_panics(chunks: Vec<Vec<u8>>, _seed in any::<u8>()) {
            let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
            let _ = parse(&chunks);
        }
    }
}
