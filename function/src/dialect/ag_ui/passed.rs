//! Events of AG-UI that an agent sends itself and that go on as they are.

use serde_json::{Map, Value};

/// Whether `data` is a whole event whose meaning only the agent and its client know. A client's whole stream ends at an
/// event that is not as its protocol has it.
pub(super) fn is_event(data: &Value) -> bool {
    let Some(event) = data.as_object() else {
        return false;
    };
    let is_text = |key: &str| event.get(key).is_some_and(Value::is_string);
    let is_kind = match event.get("type").and_then(Value::as_str) {
        Some("STATE_SNAPSHOT") => event.contains_key("snapshot"),
        Some("STATE_DELTA") => event.get("delta").is_some_and(is_patch),
        Some("ACTIVITY_SNAPSHOT") => {
            let is_content = event.get("content").is_some_and(Value::is_object);
            is_text("messageId") && is_text("activityType") && is_content
        }
        Some("ACTIVITY_DELTA") => {
            let is_patch = event.get("patch").is_some_and(is_patch);
            is_text("messageId") && is_text("activityType") && is_patch
        }
        Some("CUSTOM") => is_text("name") && event.contains_key("value"),
        Some("RAW") => event.contains_key("event"),
        Some("REASONING_ENCRYPTED_VALUE") => {
            is_text("subtype") && is_text("entityId") && is_text("encryptedValue")
        }
        _ => false,
    };
    is_kind && has_plain_members(event)
}

/// The members that every event may have.
fn has_plain_members(event: &Map<String, Value>) -> bool {
    let is = |key: &str, fits: fn(&Value) -> bool| event.get(key).is_none_or(fits);
    is("timestamp", Value::is_number) && is("metadata", Value::is_object)
}

/// Whether it is a JSON Patch.
fn is_patch(patch: &Value) -> bool {
    let is_operation = |operation: &Value| {
        let operation = operation.as_object();
        operation.is_some_and(|it| {
            let is_text = |key: &str| it.get(key).is_some_and(Value::is_string);
            is_text("op") && is_text("path")
        })
    };
    patch
        .as_array()
        .is_some_and(|operations| operations.iter().all(is_operation))
}

/// The name of the step that begins or ends; `None` for other events.
pub(super) fn step(event: &Value) -> Option<(bool, &str)> {
    let begins = match event["type"].as_str()? {
        "STEP_STARTED" => true,
        "STEP_FINISHED" => false,
        _ => return None,
    };
    Some((begins, event["stepName"].as_str()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_whole_events_go_on() {
        for event in [
            json!({"type": "STATE_SNAPSHOT", "snapshot": null}),
            json!({"type": "STATE_DELTA", "delta": [{"op": "add", "path": "/a", "value": 1}]}),
            json!({"type": "ACTIVITY_SNAPSHOT", "messageId": "m", "activityType": "PLAN", "content": {}}),
            json!({"type": "ACTIVITY_DELTA", "messageId": "m", "activityType": "PLAN", "patch": []}),
            json!({"type": "CUSTOM", "name": "n", "value": 1, "timestamp": 1}),
            json!({"type": "RAW", "event": {}}),
        ] {
            assert!(is_event(&event), "{event}");
        }
        for data in [
            json!("STATE_SNAPSHOT"),
            json!({"type": "STATE_SNAPSHOT"}),
            json!({"type": "STATE_DELTA", "delta": [1]}),
            json!({"type": "CUSTOM", "value": 1}),
            json!({"type": "CUSTOM", "name": "n", "value": 1, "timestamp": "now"}),
            json!({"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": "d"}),
        ] {
            assert!(!is_event(&data), "{data}");
        }
    }
}
