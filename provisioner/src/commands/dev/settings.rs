//! What `dev` is to run: gateway.yaml as it is read here, and the scenario.

use super::agents;
use super::error::DevError;
use crate::cli::{AgentKind, DevArgs, GlobalArgs};
use crate::commands::error::CommandError;
use crate::config::{Config, Needs};
use crate::deployment::access::Auth;
use crate::deployment::content::Architecture;
use crate::package::edition::Edition;
use crate::package::source::Source;
use crate::terminal::printer::Printer;
use local_aws::scenario::Scenario;

/// Where the settings come from.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    pub(super) global: &'a GlobalArgs,
    pub(super) args: &'a DevArgs,
    pub(super) edition: Edition,
    /// Where the function comes from.
    pub(super) source: Source,
    pub(super) scenario: Scenario,
}

impl Settings<'_> {
    /// Whether somebody tries it out who has said nothing yet of what agents there are.
    pub(super) fn is_first_try(&self) -> bool {
        let is_scripted = matches!(self.args.agent, AgentKind::Scripted);
        is_scripted && self.args.scenario.is_none() && !self.global.settings.config.exists()
    }

    /// The user's own settings where there are any; the scripted agent where nothing else is asked.
    pub(super) fn load(&self, printer: Printer) -> Result<Config, CommandError> {
        let needs = match self.args.agent {
            AgentKind::Scripted | AgentKind::Own(_) => Needs::Nothing,
            AgentKind::Aws => Needs::Deployment,
        };
        let mut config =
            Config::load(&self.global.settings, needs).map_err(CommandError::Config)?;
        config.architecture = Architecture::of_this_machine();
        // A policy of the real account, which the local AWS does not have.
        config.permissions_boundary = None;
        match self.args.agent {
            AgentKind::Scripted => {
                let configured = config.agents.take();
                let scripted = agents::scripted(&self.scenario, configured, &config.region)?;
                config.agents = Some(scripted);
            }
            AgentKind::Own(_) => {
                let configured = config.agents.take();
                let own = agents::own(&self.scenario, configured, &config.region)?;
                config.agents = Some(own);
            }
            AgentKind::Aws => {}
        }
        match config.auth {
            Auth::Jwt => {
                printer.say(
                    &"auth is `iam` here instead of `jwt`: there is no issuer on this machine",
                );
                (config.auth, config.jwt) = (Auth::Iam, None);
            }
            Auth::None => printer.warn(
                &"auth is `none`: every user of this machine may ask, and every page in your browser",
            ),
            Auth::Iam => {}
        }
        Ok(config)
    }
}

/// What the scripted agents play.
pub(super) fn scenario(args: &DevArgs) -> Result<Scenario, DevError> {
    let path = args.scenario.clone();
    let text = match &path {
        None => Scenario::COUNCIL.to_owned(),
        Some(path) => std::fs::read_to_string(path).map_err(|source| DevError::ScenarioFile {
            path: path.clone(),
            source,
        })?,
    };
    Scenario::parse(&text).map_err(|source| DevError::Scenario { path, source })
}
