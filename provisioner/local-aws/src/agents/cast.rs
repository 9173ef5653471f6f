//! Who plays, and how fast.

use std::sync::Arc;
use std::time::Duration;

use super::own_program::OwnProgram;
use crate::scenario::Scenario;

/// The agents that a scenario has.
#[derive(Debug, Clone)]
pub(crate) struct Agents {
    scenario: Arc<Scenario>,
    speed: f64,
    /// In the place of the runtimes.
    own_program: Option<OwnProgram>,
}

impl Agents {
    /// `speed` divides all waits; 0 leaves them out.
    pub(crate) fn new(scenario: Scenario, speed: f64) -> Self {
        Self {
            scenario: Arc::new(scenario),
            speed,
            own_program: None,
        }
    }

    /// The same, where a program of the developer's own answers as the runtimes.
    pub(crate) fn with_own_program(self, own_program: Option<OwnProgram>) -> Self {
        Self {
            own_program,
            ..self
        }
    }

    /// The program that answers as the runtimes, if it is not the scenario.
    pub(super) fn own_program(&self) -> Option<&OwnProgram> {
        self.own_program.as_ref()
    }

    /// Who there is, and what they say.
    pub(crate) fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// How long a wait of the script takes.
    pub(super) fn wait(&self, milliseconds: u64) -> Duration {
        if self.speed > 0.0 {
            // An absurdly small speed gives no finite time: then do not wait.
            let wait = Duration::from_millis(milliseconds).as_secs_f64() / self.speed;
            Duration::try_from_secs_f64(wait).unwrap_or_default()
        } else {
            Duration::ZERO
        }
    }
}
