//! Servers of A2A that have no `message/stream`: what they answer to it. Pure.

use serde_json::Value;

/// The errors that say so: A2A's `UnsupportedOperation`, and JSON-RPC's unknown method. No run has begun then.
const NOT_STREAMING: [i64; 2] = [-32004, -32601];
/// A refusal is shorter.
const LONGEST: usize = 16 * 1024;

/// Whether an answer that begins like this is such a refusal; `None` where more of it has to come first.
pub(super) fn refuses_to_stream(begun: &[u8]) -> Option<bool> {
    let text = begun.trim_ascii_start();
    let message = if text.starts_with(b"{") {
        Some(text)
    } else {
        // The first event. Its data is one line: these servers write no other JSON.
        let lines = begun.split_inclusive(|&byte| byte == b'\n');
        let mut whole = lines.filter(|line| line.ends_with(b"\n"));
        whole.find_map(|line| line.strip_prefix(b"data:"))
    };
    match message.map(serde_json::from_slice::<Value>) {
        Some(Ok(message)) => Some(is_refusal(&message)),
        Some(Err(error)) if !error.is_eof() => Some(false),
        Some(Err(_)) | None => (begun.len() >= LONGEST).then_some(false),
    }
}

fn is_refusal(message: &Value) -> bool {
    let code = message["error"]["code"].as_i64();
    message["jsonrpc"] == "2.0" && code.is_some_and(|code| NOT_STREAMING.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: i64) -> String {
        format!(r#"{{"jsonrpc":"2.0","id":"1","error":{{"code":{code},"message":"m"}}}}"#)
    }

    #[test]
    fn a_question_is_asked_a_second_time_only_where_nothing_can_have_begun() {
        let event = |data: &str| format!(": ping\n\ndata: {data}\r\n\r\n");
        for (answer, refuses) in [
            (error(-32004), Some(true)),
            (error(-32601), Some(true)),
            (event(&error(-32004)), Some(true)),
            (error(-32603), Some(false)),
            (event(&error(-32602)), Some(false)),
            (
                event(r#"{"jsonrpc":"2.0","id":"1","result":{}}"#),
                Some(false),
            ),
            (r#"{"error":{"code":-32601}}"#.to_owned(), Some(false)),
            ("data: hello\n\n".to_owned(), Some(false)),
            (String::new(), None),
            (": ping\n\n".to_owned(), None),
            ("x".repeat(LONGEST), Some(false)),
        ] {
            assert_eq!(refuses_to_stream(answer.as_bytes()), refuses, "{answer}");
        }
    }

    #[test]
    fn a_refusal_is_known_wherever_it_is_cut() {
        for answer in [error(-32004), format!("data: {}\n", error(-32004))] {
            for end in 0..answer.len() {
                assert_eq!(refuses_to_stream(&answer.as_bytes()[..end]), None, "{end}");
            }
            assert_eq!(refuses_to_stream(answer.as_bytes()), Some(true));
        }
    }
}
