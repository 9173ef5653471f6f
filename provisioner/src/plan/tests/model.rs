//! A reference model of AWS: what each part of a plan leaves behind, and what AWS would refuse.

use super::fixtures::{alias, converged, desired, live_function, ours, url};
use crate::deployment::access::UrlSettings;
use crate::deployment::content::Code;
use crate::deployment::names::Tags;
use crate::deployment::permission::Grant;
use crate::deployment::state::{Desired, Live, LiveFunction, LiveLogGroup, LiveRole};
use crate::plan::Plan;
use crate::plan::action::Action;
use crate::plan::resource::alias::Release;
use crate::plan::resource::function::FunctionAction;
use crate::plan::resource::log_group::LogGroupAction;
use crate::plan::resource::permission::PermissionAction;
use crate::plan::resource::role::RoleAction;
use crate::plan::resource::url::UrlAction;
use crate::plan::tags::TagChange;

/// A part of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    Action(Action),
    Release(Release),
}

/// All that a plan does to the account, in its order.
pub(crate) fn works(plan: &Plan) -> Vec<Work> {
    let actions = |steps: &[crate::plan::Step]| -> Vec<Work> {
        let actions = steps.iter().map(|step| step.action.clone());
        actions.map(Work::Action).collect()
    };
    let release = Some(plan.release.clone()).filter(Release::moves_alias);
    let mut works = actions(&plan.prepare);
    works.extend(release.map(Work::Release));
    works.extend(actions(&plan.open));
    works.extend(actions(&plan.settle));
    works
}

/// The account after a part of a plan.
pub(crate) fn advance(mut live: Live, work: &Work) -> Live {
    match work.clone() {
        Work::Release(release) => move_alias(&mut live, release),
        Work::Action(Action::LogGroup(action)) => log_group(&mut live, action),
        Work::Action(Action::Role(action)) => role(&mut live, action),
        Work::Action(Action::Function(action)) => function(&mut live, action),
        Work::Action(Action::Version(deletion)) => {
            let alias = live.alias.as_ref().unwrap();
            assert_ne!(alias.version, deletion.version.to_string(), "AWS refuses");
            live.versions.retain(|it| it.number != deletion.version);
        }
        Work::Action(Action::Alias(_)) => live.alias = None,
        Work::Action(Action::Permission(action)) => permission(&mut live, action),
        Work::Action(Action::Url(action)) => function_url(&mut live, action),
    }
    live
}

fn move_alias(live: &mut Live, release: Release) {
    let Release::Publish {
        code_sha256, from, ..
    } = release
    else {
        panic!("not in the model: {release:?}");
    };
    let function = live.function.as_ref().expect("a version needs a function");
    assert_eq!(
        function.code.sha256, code_sha256,
        "AWS refuses another code's hash"
    );
    let version = live.alias.as_ref().map(|alias| alias.version.clone());
    assert_eq!(from.map(|from| from.version), version);
    live.alias = Some(alias(function));
}

fn set(tags: &mut Tags, TagChange { from, to }: TagChange) {
    assert_eq!(*tags, from);
    tags.extend(to);
}

fn log_group(live: &mut Live, action: LogGroupAction) {
    match action {
        LogGroupAction::Create {
            name: _,
            retention_days,
            tags,
        } => {
            assert_eq!(
                live.log_group, None,
                "AWS refuses a second log group of that name"
            );
            let made = super::fixtures::log_group(&desired("NONE"), Some(retention_days.into()));
            live.log_group = Some(LiveLogGroup { tags, ..made });
        }
        LogGroupAction::SetRetention { name: _, from, to } => {
            let group = live.log_group.as_mut();
            let group = group.expect("retention needs a log group");
            assert_eq!(group.retention_days, from);
            group.retention_days = Some(to.into());
        }
        LogGroupAction::Tag { tags, .. } => set(&mut live.log_group.as_mut().unwrap().tags, tags),
        LogGroupAction::Delete { .. } => live.log_group = None,
    }
}

fn role(live: &mut Live, action: RoleAction) {
    match action {
        RoleAction::Create {
            name,
            trust,
            boundary,
            tags,
        } => {
            assert_eq!(live.role, None, "AWS refuses a second role of that name");
            live.role = Some(LiveRole {
                arn: format!("arn:aws:iam::123456789012:role/{name}"),
                tags,
                trust,
                policy: None,
                boundary,
            });
        }
        RoleAction::SetBoundary { name: _, from, to } => {
            let role = live.role.as_mut().expect("a boundary needs its role");
            assert_eq!(role.boundary, from);
            role.boundary = Some(to);
        }
        RoleAction::SetTrust { to, .. } => live.role.as_mut().unwrap().trust = to,
        RoleAction::PutPolicy(change) | RoleAction::NarrowPolicy(change) => {
            live.role.as_mut().expect("a policy needs its role").policy = Some(change.to);
        }
        RoleAction::Tag { name: _, tags } => set(&mut live.role.as_mut().unwrap().tags, tags),
        RoleAction::DeletePolicy { .. } => live.role.as_mut().unwrap().policy = None,
        RoleAction::Delete { .. } => {
            let role = live.role.take().unwrap();
            assert_eq!(
                role.policy, None,
                "IAM refuses to delete a role with a policy"
            );
        }
    }
}

fn function(live: &mut Live, action: FunctionAction) {
    if let FunctionAction::Create {
        name: _,
        configuration,
        package,
        tags,
    } = action
    {
        assert!(
            live.log_group.is_some(),
            "Lambda would make a log group without retention"
        );
        let role = live.role.as_ref();
        let role = role.expect("AWS refuses a function without its role");
        assert_eq!(role.arn, configuration.role_arn);
        live.function = Some(LiveFunction {
            tags,
            configuration,
            code: Code::of(&package),
            ..live_function(&desired("NONE"))
        });
        return;
    }
    let function = live.function.as_mut().expect("a change needs a function");
    match action {
        FunctionAction::Create { .. } => {}
        FunctionAction::UpdateConfiguration { name: _, from, to } => {
            assert_eq!(function.configuration, from);
            let storage = to.ephemeral_storage_mb;
            let storage = storage.or(function.configuration.ephemeral_storage_mb);
            function.configuration = to;
            function.configuration.ephemeral_storage_mb = storage;
            function.failed_update = None;
            "Active".clone_into(&mut function.state);
        }
        FunctionAction::UpdateCode { name: _, from, to } => {
            assert_eq!(function.code, from);
            function.code = Code::of(&to);
            function.failed_update = None;
        }
        FunctionAction::SetConcurrency { name: _, from, to } => {
            assert_eq!(function.reserved_concurrency, from);
            function.reserved_concurrency = Some(to.into());
        }
        FunctionAction::Tag { tags, .. } => set(&mut function.tags, tags),
        FunctionAction::Delete { .. } => {
            live.function = None;
            live.statements.clear();
        }
    }
}

fn permission(live: &mut Live, action: PermissionAction) {
    match action {
        PermissionAction::Add { grant, .. } => {
            assert!(
                live.alias.is_some(),
                "AWS refuses a permission on an alias that is not there"
            );
            assert!(live.statements.iter().all(|it| it.sid != grant.sid()));
            live.statements.push(ours(grant));
        }
        PermissionAction::Remove { sid, .. } => live.statements.retain(|it| it.sid != sid),
    }
}

fn function_url(live: &mut Live, action: UrlAction) {
    match action {
        UrlAction::Create { settings, .. } => {
            assert!(
                live.alias.is_some(),
                "AWS refuses a URL of an alias that is not there"
            );
            assert_eq!(live.url, None, "a URL is never made again");
            live.url = Some(url(settings));
        }
        UrlAction::Update { from, to, .. } => {
            let url = live.url.as_mut().unwrap();
            assert_eq!(url.settings, from);
            let cors = to.cors.clone().or(from.cors);
            url.settings = UrlSettings { cors, ..to };
        }
        UrlAction::Delete { .. } => live.url = None,
    }
}

/// Asserts that `end` is what `desired` describes, with everything of others in `start` untouched.
pub(crate) fn assert_reached(desired: &Desired, start: &Live, end: &Live) {
    let wanted = converged(desired);
    assert_eq!(end.log_group, wanted.log_group, "from {start:#?}");
    assert_eq!(end.role, wanted.role, "from {start:#?}");
    assert_eq!(end.function, wanted.function, "from {start:#?}");
    assert_eq!(end.alias, wanted.alias, "from {start:#?}");
    assert_eq!(end.url, wanted.url, "from {start:#?}");

    let (own, others): (Vec<_>, Vec<_>) = end
        .statements
        .iter()
        .partition(|statement| Grant::of_sid(&statement.sid).is_some());
    assert!(
        own.iter().all(|own| wanted.statements.contains(own)),
        "from {start:#?}"
    );
    for statement in &wanted.statements {
        assert!(
            end.statements
                .iter()
                .any(|s| s.meaning == statement.meaning),
            "from {start:#?}"
        );
    }
    let foreign = start
        .statements
        .iter()
        .filter(|s| Grant::of_sid(&s.sid).is_none());
    assert!(others.into_iter().eq(foreign), "from {start:#?}");
}
