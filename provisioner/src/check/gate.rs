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
use crate::plan::note::Note;
use crate::plan::resource::alias::Release;
use crate::plan::seen::Seen;
use crate::plan::up::{PlanError, up};

/// What `up` is to do.
#[derive(Debug, Clone)]
pub(crate) struct Wanted<'a> {
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
pub(crate) fn decide(
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

/// Nothing could be seen. If there is no package either, both are told.
pub(crate) fn unseen(package: Result<Package, PackageError>, why: &Complaint) -> Option<InTheWay> {
    let package = InTheWay::Package(package.err()?);
    let findings = vec![Finding::of(&Complaint::of(&package)), Finding::of(why)];
    Some(InTheWay::Findings { findings })
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
    plan.notes.extend(way_back(plan));
}

/// What is going to be undone if the new version does not work: nothing is written that was not shown.
fn way_back(plan: &Plan) -> Option<Note> {
    let back: Vec<String> = plan
        .back()
        .iter()
        .map(|step| step.action.describe().subject())
        .collect();
    (plan.asking.kind != Probe::None && !back.is_empty()).then(|| {
        let back = back.join(", ");
        format!("if the new version does not work behind the URL, this is set back with it: {back}")
            .into()
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Needs;
    use crate::config::tests::args;
    use crate::deployment::access::AuthType;
    use crate::deployment::content::Architecture;
    use crate::deployment::state::Live;
    use crate::plan::tests::fixtures::{converged, desired as wanted_by, seen};

    const YAML: &str = "name: magi\nregion: ap-northeast-1\nagent: {id: A, alias: B}\nauth: none\n";

    fn package() -> Package {
        Package {
            zip: vec![0; 10].into(),
            code_sha256: "newer".to_owned(),
            architecture: Architecture::X86_64,
            edition: None,
        }
    }

    fn decided(live: Live, strict: bool) -> Result<Plan, InTheWay> {
        let config = Config::resolve(YAML, &args(), Needs::Deployment).unwrap();
        let wanted = Wanted {
            agents: config.agents.as_ref().unwrap(),
            config: &config,
            probe: None,
            has_token: false,
            strict,
            adopt: false,
        };
        decide(&wanted, Ok(package()), &seen(live, Vec::new()), None)
    }

    #[test]
    fn what_is_set_back_with_a_version_that_does_not_work_is_shown_beforehand() {
        let plan = decided(converged(&wanted_by("AWS_IAM")), false).unwrap();

        let expected = "if the new version does not work behind the URL, this is set back with it: function \
                        URL magi:live, permission bedrock-gateway-invoke-via-url on magi:live, permission \
                        bedrock-gateway-call-url on magi:live";
        let notes: Vec<String> = plan.notes.iter().map(ToString::to_string).collect();
        assert!(notes.contains(&expected.to_owned()), "{notes:#?}");
        let back = plan.back();
        assert_eq!(back.len(), 3);

        // There is nothing to go back to.
        let first = decided(Live::default(), false).unwrap();
        assert_eq!(first.back(), []);
    }

    #[test]
    fn everything_that_stands_in_the_way_is_told_at_once() {
        let mut live = converged(&wanted_by("NONE"));
        live.function.as_mut().unwrap().tags.clear();
        live.function.as_mut().unwrap().vpc = Some("vpc-1".to_owned());
        live.url.as_mut().unwrap().settings.auth_type = AuthType::AwsIam;

        let Err(InTheWay::Findings { findings }) = decided(live, false) else {
            panic!("nothing stands in the way");
        };
        let messages: Vec<&str> = findings.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "function `magi` exists already, but not made by this tool for `magi`",
                "function `magi` runs in vpc-1, and function URLs do not stream inside a VPC",
            ]
        );
    }

    #[test]
    fn the_strictest_run_wants_to_know_what_was_there() {
        let live = converged(&wanted_by("NONE"));
        assert!(matches!(decided(live, true), Err(InTheWay::NoRecord)));
    }
}
