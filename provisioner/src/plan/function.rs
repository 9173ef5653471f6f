//! Plans the function, and the version that callers see.
//!
//! `$LATEST` is brought to what is wanted, then published, and the alias moves last: callers never
//! see a half-updated function. The alias's version is compared with what is wanted too, so that a
//! run that was interrupted before the alias moved is finished by the next one.

use std::collections::BTreeMap;

use super::action::{Action, Tagged};
use super::details::content_changed;
use super::{Plan, PlanError};
use crate::deployment::content::Package;
use crate::deployment::content::{Code, Configuration};
use crate::deployment::names::{Names, Tags};
use crate::deployment::state::Released;
use crate::deployment::state::{LiveAlias, LiveFunction};
use crate::deployment::variables::OWN_VARIABLES;

/// The function as it should be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) names: &'a Names,
    pub(super) configuration: &'a Configuration,
    pub(super) role_arn: &'a str,
    pub(super) package: Option<&'a Package>,
    pub(super) tags: &'a Tags,
    pub(super) reserved_concurrency: Option<u16>,
}

impl Plan {
    pub(super) fn function(
        &mut self,
        wanted: &Wanted<'_>,
        live: Option<&LiveFunction>,
        alias: Option<&LiveAlias>,
    ) -> Result<(), PlanError> {
        let Wanted {
            names,
            configuration,
            role_arn,
            package,
            tags,
            reserved_concurrency: _,
        } = *wanted;
        let mut configuration = configuration.clone();
        role_arn.clone_into(&mut configuration.role_arn);

        let code = match live {
            None => {
                let Some(package) = package else {
                    return Err(PlanError::NoCode {
                        function: names.function.clone(),
                    });
                };
                self.actions.push(Action::CreateFunction {
                    name: names.function.clone(),
                    configuration: configuration.clone(),
                    package: package.clone(),
                    tags: tags.clone(),
                });
                code_of(package)
            }
            Some(live) => {
                configuration.environment =
                    self.environment(&configuration.environment, &live.configuration.environment);
                self.update(names, &configuration, package, live);
                let arn = live.arn.clone();
                let resource = Tagged::Function {
                    name: names.function.clone(),
                    arn,
                };
                self.tags(resource, &live.tags, tags);
                package.map_or_else(|| live.code.clone(), code_of)
            }
        };
        self.concurrency(wanted, live);
        self.release(names, (&configuration, &code), live, alias);
        Ok(())
    }

    /// Configuration before code, as AWS takes them in two calls.
    fn update(
        &mut self,
        names: &Names,
        configuration: &Configuration,
        package: Option<&Package>,
        live: &LiveFunction,
    ) {
        // The rest is for `status`.
        let LiveFunction {
            arn: _,
            tags: _,
            configuration: current,
            code,
            state,
            failed_update,
            last_modified: _,
            // Planned for on its own.
            reserved_concurrency: _,
            vpc,
        } = live;
        let function = names.function.clone();
        // After a failed update AWS shows the new values while the old ones run, and what has failed to
        // be made never runs: send them again.
        let is_failed = state == "Failed";
        let again = failed_update.is_some() || is_failed;
        if again || !same(configuration, current) {
            let (from, to) = (current.clone(), configuration.clone());
            self.actions.push(Action::UpdateConfiguration {
                function: function.clone(),
                from,
                to,
            });
        }
        if let Some(package) = package.filter(|package| again || code_of(package) != *code) {
            let (from, to) = (code.clone(), package.clone());
            self.actions.push(Action::UpdateCode { function, from, to });
        }
        if let Some(vpc) = vpc {
            self.trouble(format!(
                "the function runs in {vpc}: function URLs do not stream inside a VPC"
            ));
        }
        if is_failed {
            let note = "the function is in state Failed: its configuration and code are sent again";
            self.trouble(note);
        }
        if let Some(reason) = failed_update {
            self.note(format!("the last update of the function failed: {reason}"));
        }
    }

    fn release(
        &mut self,
        names: &Names,
        (configuration, code): (&Configuration, &Code),
        live: Option<&LiveFunction>,
        alias: Option<&LiveAlias>,
    ) {
        let is_current = |alias: &LiveAlias| {
            same(configuration, &alias.configuration)
                && *code == alias.code
                && alias.also_routed_to.is_empty()
        };
        if alias.is_some_and(is_current) {
            return;
        }
        // Where the alias has what `$LATEST` has, the changes of `$LATEST` tell all there is to tell.
        let is_told = |alias: &LiveAlias| {
            live.is_some_and(|live| {
                live.configuration == alias.configuration && live.code == alias.code
            })
        };
        let differences = alias
            .filter(|alias| !is_told(alias))
            .map(|alias| {
                content_changed((&alias.configuration, &alias.code), (configuration, code))
            })
            .unwrap_or_default();
        self.actions.push(Action::Release {
            function: names.function.clone(),
            alias: names.alias.to_owned(),
            code_sha256: code.sha256.clone(),
            from: alias.map(Released::of),
            differences,
        });
    }

    /// Before the release: a version that may not run cannot show that it works.
    fn concurrency(&mut self, wanted: &Wanted<'_>, live: Option<&LiveFunction>) {
        let from = live.and_then(|live| live.reserved_concurrency);
        match (wanted.reserved_concurrency, from) {
            (Some(to), from) if from != Some(to.into()) => {
                if from == Some(0) {
                    self.note(
                        "reserved concurrency was 0: somebody has stopped every call, perhaps on purpose"
                            .to_owned(),
                    );
                }
                let function = wanted.names.function.clone();
                self.actions
                    .push(Action::SetConcurrency { function, from, to });
            }
            (None, Some(0)) => self.trouble(
                "left alone: reserved concurrency 0, with which every call is answered with 429"
                    .to_owned(),
            ),
            (None, Some(reserved)) => self.note(format!(
                "left alone: reserved concurrency {reserved}, which is not in the configuration"
            )),
            (Some(_) | None, _) => {}
        }
    }

    /// Ours, and whatever others have set besides. Variables with our prefix that are not wanted
    /// any more go.
    fn environment(
        &mut self,
        desired: &BTreeMap<String, String>,
        live: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let foreign = foreign(desired, live);
        self.note_each(foreign.keys().map(|key| {
            format!("left alone: the function's variable {key}, which is not in the configuration")
        }));
        desired.clone().into_iter().chain(foreign).collect()
    }
}

/// The variables that others have set.
pub(super) fn foreign(
    desired: &BTreeMap<String, String>,
    live: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    live.iter()
        .filter(|(key, _)| !key.starts_with(OWN_VARIABLES) && !desired.contains_key(*key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

pub(super) fn code_of(package: &Package) -> Code {
    Code {
        sha256: package.code_sha256.clone(),
        architecture: package.architecture.as_str().to_owned(),
    }
}

/// Whether a function has the configuration wanted. Logging that was not answered is not compared.
pub(super) fn same(desired: &Configuration, live: &Configuration) -> bool {
    let Configuration {
        role_arn,
        runtime,
        handler,
        memory_mb,
        timeout_seconds,
        logging,
        environment,
    } = desired;
    *role_arn == live.role_arn
        && *runtime == live.runtime
        && *handler == live.handler
        && *memory_mb == live.memory_mb
        && *timeout_seconds == live.timeout_seconds
        && (live.logging.is_none() || *logging == live.logging)
        && *environment == live.environment
}
