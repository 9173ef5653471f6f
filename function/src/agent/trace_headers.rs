//! The ids of a trace as HTTP headers, because not every operation has members for them.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::ask::TraceContext;

/// The longest `tracestate` that [W3C] asks every program to pass on.
///
/// [W3C]: https://www.w3.org/TR/trace-context/#tracestate-limits
const LONGEST_TRACE_STATE: usize = 512;

impl TraceContext {
    /// Adds the ids to a request of the SDK.
    pub(super) fn adding(&self) -> impl Fn(&mut HttpRequest) + Send + Sync + 'static {
        let headers = self.headers();
        move |request| {
            for (name, value) in headers.clone() {
                request.headers_mut().insert(name, value);
            }
        }
    }

    /// Names and values of the headers. Malformed ids are left out: a caller writes two of them.
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        let x_ray = self.x_ray.as_ref().filter(|value| is_header(value));
        let parent = self.traceparent.as_ref().filter(|it| is_trace_parent(it));
        let state = self.tracestate.as_ref().filter(|value| {
            // `tracestate` means nothing without its parent.
            parent.is_some() && value.len() <= LONGEST_TRACE_STATE && is_header(value)
        });
        let named = [
            ("x-amzn-trace-id", x_ray),
            ("traceparent", parent),
            ("tracestate", state),
        ];
        named
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?.clone())))
            .collect()
    }
}

fn is_header(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// `00-<32 hex>-<16 hex>-<2 hex>`, neither id all zeros; later versions may append more.
fn is_trace_parent(value: &str) -> bool {
    let parts: Vec<_> = value.split('-').collect();
    let [version, trace, parent, flags, rest @ ..] = parts.as_slice() else {
        return false;
    };
    let is_hex = |text: &str, length| {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        text.len() == length && text.bytes().all(digit)
    };
    let is_id = |text: &str, length| is_hex(text, length) && text.bytes().any(|byte| byte != b'0');
    is_hex(version, 2)
        && *version != "ff"
        && (rest.is_empty() || *version != "00")
        && is_id(trace, 32)
        && is_id(parent, 16)
        && is_hex(flags, 2)
        && is_header(value)
        && value.len() <= LONGEST_TRACE_STATE
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn names(parent: &str, state: &str) -> Vec<&'static str> {
        let context = TraceContext {
            x_ray: Some("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1".to_owned()),
            traceparent: Some(parent.to_owned()),
            tracestate: Some(state.to_owned()),
        };
        context
            .headers()
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn what_is_well_formed_is_passed_on() {
        let all = ["x-amzn-trace-id", "traceparent", "tracestate"];

        assert_eq!(names(PARENT, "vendor=1"), all);
        assert_eq!(names(&format!("01{}-x", &PARENT[2..]), "vendor=1"), all);
        assert_eq!(TraceContext::default().headers(), []);
    }

    #[test]
    fn what_a_caller_has_made_up_is_not() {
        for parent in [
            "",
            "00",
            "x-y-z",
            &PARENT.to_uppercase(),
            &format!("{PARENT}-x"),
            &format!("ff{}", &PARENT[2..]),
            &PARENT.replace("00f067aa0ba902b7", "0000000000000000"),
            &PARENT.replace("01", "0\n"),
        ] {
            assert_eq!(names(parent, "vendor=1"), ["x-amzn-trace-id"], "{parent}");
        }
        for state in ["", "a=\r\nx-evil: 1", "a=日本", &"x".repeat(513)] {
            let expected = ["x-amzn-trace-id", "traceparent"];
            assert_eq!(names(PARENT, state), expected, "{state}");
        }
    }
}
