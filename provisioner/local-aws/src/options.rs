//! The settings of a local AWS.

use std::time::{Duration, SystemTime};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use uuid::Uuid;

use crate::agents::OwnProgram;
use crate::faults::Rule;
use crate::scenario::Scenario;
use crate::scope::{ACCOUNT_ID, Setting};

/// Which agent the functions ask.
#[derive(Debug, Clone)]
pub enum FunctionAgent {
    /// The one of the scenario, here.
    Scripted,
    /// A program of the developer's own, asked here as AgentCore asks a runtime's.
    Own(OwnProgram),
    /// The real one, on AWS, with these credentials.
    Aws(aws_credential_types::Credentials),
}

/// A line that a function, or Lambda about it, has written to its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    pub function_name: String,
    pub timestamp_ms: i64,
    pub text: String,
}

/// The settings of a local AWS.
#[derive(Debug, Clone)]
pub struct Options {
    /// On 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The port of the first function URL; 0 takes a free one.
    pub url_port: u16,
    pub region: String,
    /// How long a function stays `Pending`, or its update `InProgress`.
    pub transition: Duration,
    /// How long a new role cannot be assumed by Lambda; some seconds on AWS.
    pub role_propagation: Duration,
    /// What goes wrong, from the start.
    pub faults: Vec<Rule>,
    /// What the scripted agents say.
    pub scenario: Scenario,
    /// Divides their pauses; 0 leaves them out.
    pub speed: f64,
    pub function_agent: FunctionAgent,
    /// Gets the log lines of all functions, also those that no log group keeps.
    pub logs: UnboundedSender<LogLine>,
    pub clock: fn() -> SystemTime,
    pub new_id: fn() -> Uuid,
}

impl Options {
    /// Free ports, short waits, the scripted council, and nobody who reads the logs.
    pub fn new(region: impl Into<String>, scenario: Scenario) -> Self {
        let (logs, _) = unbounded_channel();
        Self {
            port: 0,
            url_port: 0,
            region: region.into(),
            transition: Duration::from_millis(300),
            role_propagation: Duration::ZERO,
            faults: Vec::new(),
            scenario,
            speed: 1.0,
            function_agent: FunctionAgent::Scripted,
            logs,
            clock: SystemTime::now,
            new_id: Uuid::new_v4,
        }
    }

    pub(super) fn setting(&self) -> Setting {
        Setting {
            account_id: ACCOUNT_ID.to_owned(),
            region: self.region.clone(),
            transition: self.transition,
            role_propagation: self.role_propagation,
            clock: self.clock,
            new_id: self.new_id,
        }
    }
}
