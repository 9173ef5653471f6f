//! OpenAI chat completions, read back.

use serde_json::Value;

use super::Event;

/// The data of the last event, which is no JSON.
pub(crate) const DONE: &str = "[DONE]";

/// What a chunk says; `data` is its JSON.
pub(crate) fn read(data: &Value) -> Option<Event> {
    if let Some(error) = data.get("error").filter(|error| !error.is_null()) {
        let text = |key: &str| error[key].as_str().map(ToOwned::to_owned);
        return Some(Event::Failure {
            code: text("code").or_else(|| text("type")).unwrap_or_default(),
            message: text("message").unwrap_or_default(),
        });
    }
    let text = data["choices"][0]["delta"]["content"].as_str()?;
    Some(Event::Text {
        agent: data["model"].as_str().unwrap_or("assistant").to_owned(),
        text: text.to_owned(),
    })
}
