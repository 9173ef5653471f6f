//! The protocols of AgentCore's runtimes.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a runtime wants to be asked: `http`, `ag-ui` or `a2a`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    #[default]
    Http,
    AgUi,
    A2a,
}

impl Protocol {
    /// By AWS's name of what a runtime was made with; `None` for those that cannot be asked questions.
    pub fn of_server(server_protocol: &str) -> Option<Self> {
        match server_protocol {
            "HTTP" => Some(Self::Http),
            "AGUI" => Some(Self::AgUi),
            "A2A" => Some(Self::A2a),
            _ => None,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::AgUi => "ag-ui",
            Self::A2a => "a2a",
        })
    }
}
