//! AG-UI, read back. Whose run it is, its messages and steps say by number: the names come when a
//! run within the run starts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Event;

const AGENT: &str = "assistant";

/// Remembers who is behind the numbers.
#[derive(Debug, Default)]
pub(crate) struct AgUi {
    names: BTreeMap<String, String>,
}

impl AgUi {
    /// What an event says; `data` is its JSON.
    pub(crate) fn read(&mut self, data: &Value) -> Option<Event> {
        let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
        let run = data["subagentRunId"].as_str();
        Some(match data["type"].as_str()? {
            "RUN_STARTED" => Event::Session(text("threadId")),
            "SUBAGENT_STARTED" => {
                let name = ["name", "subagentName", "agentName"]
                    .into_iter()
                    .find_map(|key| data[key].as_str())
                    .unwrap_or(AGENT);
                self.names.insert(run?.to_owned(), name.to_owned());
                Event::Status {
                    agent: name.to_owned(),
                    state: "started".to_owned(),
                }
            }
            "SUBAGENT_FINISHED" => Event::Status {
                agent: self.agent(run),
                state: "done".to_owned(),
            },
            "TEXT_MESSAGE_CONTENT" | "TEXT_MESSAGE_CHUNK" => Event::Text {
                agent: self.agent(run),
                text: text("delta"),
            },
            "REASONING_MESSAGE_CONTENT" | "REASONING_MESSAGE_CHUNK" => Event::Reasoning {
                agent: self.agent(run),
                text: text("delta"),
            },
            "TOOL_CALL_START" => Event::Note {
                agent: self.agent(run),
                text: format!("uses {}", text("toolCallName")),
            },
            "RUN_FINISHED" => Event::Complete(String::new()),
            "RUN_ERROR" => Event::Failure {
                code: text("code"),
                message: text("message"),
            },
            _ => return None,
        })
    }

    fn agent(&self, run: Option<&str>) -> String {
        let name = run.and_then(|run| self.names.get(run));
        name.map_or(AGENT, String::as_str).to_owned()
    }
}
