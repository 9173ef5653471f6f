//! Plans `up`: the changes that bring the account to what is wanted; none if it is so already.

use super::action::Action;
use super::elsewhere::{Elsewhere, changed_elsewhere};
use super::note::Note;
use super::ownership::{self, ForeignResource};
use super::resource::{alias, function, log_group, permission, role, url, version};
use super::{Plan, cost};
use crate::deployment::access::{Auth, UrlSettings};
use crate::deployment::content::{Code, Configuration};
use crate::deployment::edition::is_older;
use crate::deployment::names::Names;
use crate::deployment::permission::Statement;
use crate::deployment::state::{Desired, Live, LiveUrl};
use crate::hint::Hint;

/// There is no plan that keeps its hands off what is not ours.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("{} exist{} already, but not made by this tool for `{deployment}`",
        ownership::listed(resources), if resources.len() == 1 { "s" } else { "" })]
    Foreign {
        deployment: String,
        resources: Vec<ForeignResource>,
    },
    #[error("the function `{function}` does not exist, and there is no code to create it with")]
    NoCode { function: String },
}

impl Hint for PlanError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Foreign { resources, .. } => Some(ownership::ways_out(resources)),
            Self::NoCode { .. } => Some("run `provision up`".to_owned()),
        }
    }
}

/// Computes the changes that turn `live` into `desired`.
pub(crate) fn up(desired: &Desired, live: &Live) -> Result<Plan, PlanError> {
    // Destructured in full, so that a new field does not compile until it is planned for.
    let Desired {
        names,
        tags,
        retention_days,
        role: wanted_role,
        configuration: _,
        package,
        url: settings,
        reserved_concurrency: _,
        keep_versions,
        adopt: _,
        auth,
    } = desired;
    let Live {
        log_group: live_log_group,
        role: live_role,
        function: live_function,
        alias: live_alias,
        url: live_url,
        statements,
        versions,
    } = live;

    let mut notes = adopted(desired, live)?;
    let (configuration, elsewhere) = configuration(desired, live, &mut notes);
    let (code, changed_function) = match (live_function, package) {
        (None, None) => {
            return Err(PlanError::NoCode {
                function: names.function.clone(),
            });
        }
        (None, Some(package)) => (
            Code::of(package),
            function::creation(desired, &configuration, package),
        ),
        (Some(live), package) => (
            package.as_ref().map_or_else(|| live.code.clone(), Code::of),
            function::changes(desired, &configuration, live, &mut notes),
        ),
    };
    let release = alias::release(
        (&configuration, &code),
        live_function.as_ref(),
        live_alias.as_ref(),
    );

    let mut actions: Vec<Action> = Vec::new();
    let group = log_group::changes(names, *retention_days, tags, live_log_group.as_ref());
    actions.extend(group.into_iter().map(Action::LogGroup));
    let is_released = release.moves_alias();
    let changed = role::changes(names, wanted_role, tags, live_role.as_ref(), is_released);
    actions.extend(changed.into_iter().map(Action::Role));
    let changes_latest = changed_function
        .iter()
        .any(function::FunctionAction::changes_latest);
    actions.extend(changed_function.into_iter().map(Action::Function));
    if let (true, Some(alias)) = (is_released, live_alias) {
        let latest = live_function.as_ref();
        let surplus = version::changes(
            &names.function,
            *keep_versions,
            versions,
            latest,
            alias,
            changes_latest,
        );
        actions.extend(surplus.into_iter().map(Action::Version));
    }
    actions.extend(callers(
        names,
        settings,
        live_url.as_ref(),
        statements,
        &mut notes,
    ));

    notes.extend(edition_note(desired, live, &code));
    notes.extend(cost_note(desired, live, &code));
    if *auth == Auth::None {
        notes.push("auth is `none`: whoever knows the URL can ask the agent, at your cost".into());
    }
    let mut plan = Plan::staged(names, actions, release, live);
    plan.edition = package.as_ref().and_then(|it| it.edition.clone());
    plan.notes = notes;
    plan.elsewhere = elsewhere;
    Ok(plan)
}

/// Refuses what is not ours, unless it is to be taken over: then the notes say so.
fn adopted(desired: &Desired, live: &Live) -> Result<Vec<Note>, PlanError> {
    let names = &desired.names;
    let (adopted, foreign): (Vec<_>, Vec<_>) = ownership::foreign(live, names)
        .into_iter()
        .partition(|resource| desired.adopt && resource.is_nobodys());
    if !foreign.is_empty() {
        return Err(PlanError::Foreign {
            deployment: names.deployment.clone(),
            resources: foreign,
        });
    }
    let note = |resource: &ForeignResource| {
        format!("{resource} was not made by this tool: it is taken over, and `down` will delete it")
            .into()
    };
    Ok(adopted.iter().map(note).collect())
}

/// The configuration wanted, with the role as it is called here and the variables that others have set;
/// and what somebody else has changed since our last run.
fn configuration(
    desired: &Desired,
    live: &Live,
    notes: &mut Vec<Note>,
) -> (Configuration, Elsewhere) {
    let mut configuration = desired.configuration.clone();
    // A role that was adopted may have a path.
    if let Some(role) = &live.role {
        configuration.role_arn.clone_from(&role.arn);
    }
    let code = desired.package.as_ref().map(Code::of);
    let code = code.or_else(|| live.function.as_ref().map(|function| function.code.clone()));
    let elsewhere = changed_elsewhere(live, code.as_ref().map(|code| (&configuration, code)));
    if let Elsewhere::Changed(changes) = &elsewhere {
        let since = "changed elsewhere since the last run";
        notes.extend(changes.iter().map(|it| format!("{since}: {it}").into()));
    }
    if let Some(live) = &live.function {
        let environment = &live.configuration.environment;
        let foreign = function::foreign(&configuration.environment, environment);
        notes.extend(foreign.keys().map(|key| {
            format!("left alone: the function's variable {key}, which is not in the configuration")
                .into()
        }));
        configuration.environment.extend(foreign);
    }
    (configuration, elsewhere)
}

/// The URL and who may call it, in an order in which nobody is refused by mistake.
pub(super) fn callers(
    names: &Names,
    settings: &UrlSettings,
    live: Option<&LiveUrl>,
    statements: &[Statement],
    notes: &mut Vec<Note>,
) -> Vec<Action> {
    let changed_url = url::changes(names, settings, live, notes);
    let opening = permission::opening(names, settings.auth_type, statements, notes);
    let closing = permission::closing(names, settings.auth_type, statements);
    let mut actions: Vec<Action> = opening.into_iter().map(Action::Permission).collect();
    actions.extend(changed_url.map(Action::Url));
    actions.extend(closing.into_iter().map(Action::Permission));
    actions
}

/// Whoever deploys with another `provision` than the last one did should know it, most of all with an older one.
fn edition_note(desired: &Desired, live: &Live, code: &Code) -> Option<Note> {
    let version = live.live_version().filter(|it| it.code != *code)?;
    let ours = desired.package.as_ref()?.edition.as_deref();
    let theirs = version.edition.as_deref();
    match theirs.zip(ours) {
        Some((theirs, ours)) if is_older(ours, theirs) => {
            let text = format!(
                "callers have the function of provision {theirs}, and this is provision {ours}: the older function \
                 takes its place"
            );
            Some(text.into())
        }
        Some(_) | None => Note::of_editions(theirs, ours),
    }
}

fn cost_note(desired: &Desired, live: &Live, code: &Code) -> Option<Note> {
    let live = live.function.as_ref();
    let reserved = desired.reserved_concurrency.map(i32::from);
    let reserved = reserved.or_else(|| live.and_then(|it| it.reserved_concurrency));
    let warning = cost::warning(
        desired.url.auth_type,
        reserved,
        &desired.configuration,
        code.architecture,
    );
    warning.map(Note::from)
}
