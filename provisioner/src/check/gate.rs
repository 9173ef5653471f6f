//! Whether a plan may be carried out. Everything that stands in the way is told at once: nobody learns
//! only from the next try what else does.

use super::exposure::of_function;
use super::finding::{Finding, listed};
use super::preflight::preflight;
use crate::config::{Agents, Config, Probe};
use crate::deployment::content::Package;
use crate::deployment::state::Desired;
use crate::env_file::EnvFile;
use crate::hint::{Complaint, Hint};
use crate::package::PackageError;
use crate::plan::Plan;
use crate::plan::asking::{Asking, Wish};
use crate::plan::desired::desired;
use crate::plan::elsewhere::Elsewhere;
use crate::plan::env_file::EnvFileChange;
use crate::plan::resource::alias::Release;
use crate::plan::seen::Seen;
use crate::plan::up::{PlanError, up};

/// What `up` is to do.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    pub config: &'a Config,
    pub agents: &'a Agents,
    /// How the deployment is asked. What is named here is asked even if nothing changes.
    pub probe: Option<Probe>,
    /// There is a token to ask with.
    pub has_token: bool,
    /// Change nothing if somebody else has changed the function.
    pub strict: bool,
    /// Take over what this tool has not made.
    pub adopt: bool,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum InTheWay {
    #[error("could not make the deployment package")]
    Package(#[source] PackageError),
    #[error("nothing was changed")]
    Plan(#[source] PlanError),
    #[error("nothing was changed: {} in the way{}",
        if findings.len() == 1 { "this stands" } else { "these stand" }, listed(findings))]
    Findings { findings: Vec<Finding> },
    #[error("nothing was changed: somebody else has changed the function since the last run\n  {}", changes.join("\n  "))]
    ChangedElsewhere { changes: Vec<String> },
    #[error(
        "nothing was changed: nothing is noted down about the last run, so nobody can tell who has changed the function since"
    )]
    NoRecord,
}

impl Hint for InTheWay {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Package(source) => source.hint(),
            Self::Plan(source) => source.hint(),
            Self::Findings { .. } => None,
            Self::ChangedElsewhere { .. } => Some(
                "look with `provision plan`; what should stay goes into the configuration, then `up` \
                 without `--strict` sets the rest right"
                    .to_owned(),
            ),
            Self::NoRecord => Some("run it once without `--strict`".to_owned()),
        }
    }
}

/// The plan, with a note on everything that is worth knowing and stands in nobody's way. `env_file` is the
/// file that tells the web application the URL, if it is to be kept up to date.
pub fn decide(
    wanted: &Wanted<'_>,
    package: Result<Package, PackageError>,
    seen: &Seen,
    env_file: Option<&Result<EnvFile, Complaint>>,
) -> Result<Plan, InTheWay> {
    let Wanted {
        config,
        agents,
        strict,
        adopt,
        ..
    } = *wanted;
    let package = match package {
        Ok(package) => package,
        Err(error) => {
            let alone = InTheWay::Package(error);
            let finding = Finding::of(&Complaint::of(&alone));
            return Err(beside(wanted, seen, finding).unwrap_or(alone));
        }
    };
    let mut desired = desired(config, agents, &seen.account, Some(package));
    desired.adopt = adopt;
    let mut plan = match up(&desired, &seen.live) {
        Ok(plan) => plan,
        Err(error) => {
            let finding = Finding::of(&Complaint::of(&error));
            return Err(beside(wanted, seen, finding).unwrap_or(InTheWay::Plan(error)));
        }
    };
    if strict {
        refuse_foreign_changes(&plan.elsewhere)?;
    }
    let mut findings = if plan.is_empty() {
        Vec::new()
    } else {
        obstacles(wanted, seen)
    };
    match env_file.map(|file| env_file_change(file, seen)) {
        Some(Ok(change)) => plan.env_file = change,
        Some(Err(finding)) => findings.push(finding),
        None => {}
    }
    let (wrong, notes): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| finding.grade.is_wrong());
    if !wrong.is_empty() {
        return Err(InTheWay::Findings { findings: wrong });
    }
    plan.notes.extend(notes.iter().map(|it| it.told().into()));
    if adopt {
        let exposed = of_function(&desired.names, seen);
        plan.notes.extend(exposed.iter().map(|it| it.told().into()));
    }
    ask(&mut plan, wanted, &desired, seen);
    Ok(plan)
}

/// Settles how the deployment is asked: not at all where nothing changes and nobody has said how.
fn ask(plan: &mut Plan, wanted: &Wanted<'_>, desired: &Desired, seen: &Seen) {
    let is_on_trial = matches!(plan.release, Release::Prove(_));
    let is_idle = plan.changes().is_empty() && !is_on_trial;
    let probe = match wanted.probe {
        None if is_idle => Probe::None,
        probe => probe.unwrap_or(wanted.config.probe),
    };
    let function = seen.live.function.as_ref();
    let reserved = desired.reserved_concurrency.map(i32::from);
    let wish = Wish {
        probe,
        has_token: wanted.has_token,
        auth: Some(desired.auth),
        reserved_concurrency: reserved.or_else(|| function.and_then(|it| it.reserved_concurrency)),
        settings: &desired.url,
    };
    let is_fresh = !plan.is_empty() || is_on_trial;
    let (asking, note) = Asking::decide(wish, wanted.config, function, is_fresh);
    plan.asking = asking;
    plan.notes.extend(note);
}

/// What stands in the way besides what this run cannot do without; nothing if that is all.
fn beside(wanted: &Wanted<'_>, seen: &Seen, first: Finding) -> Option<InTheWay> {
    let mut findings = obstacles(wanted, seen);
    findings.retain(|finding| finding.grade.is_wrong());
    if findings.is_empty() {
        return None;
    }
    findings.insert(0, first);
    Some(InTheWay::Findings { findings })
}

fn obstacles(wanted: &Wanted<'_>, seen: &Seen) -> Vec<Finding> {
    preflight(&wanted.config.region, &wanted.config.names(), seen)
}

/// For `--strict`.
fn refuse_foreign_changes(elsewhere: &Elsewhere) -> Result<(), InTheWay> {
    match elsewhere {
        Elsewhere::Nothing => Ok(()),
        Elsewhere::Unknown => Err(InTheWay::NoRecord),
        Elsewhere::Changed(changes) => Err(InTheWay::ChangedElsewhere {
            changes: changes.clone(),
        }),
    }
}

/// The change that the file needs, which must then be possible.
fn env_file_change(
    file: &Result<EnvFile, Complaint>,
    seen: &Seen,
) -> Result<Option<EnvFileChange>, Finding> {
    let file = file.as_ref().map_err(Finding::of)?;
    let url = seen.live.url.as_ref().map(|url| url.url.as_str());
    let change = EnvFileChange::decide(file, url);
    match (&change, &file.replaceable) {
        (Some(_), Err(complaint)) => Err(Finding::of(complaint)),
        _ => Ok(change),
    }
}
