//! Accounts that nobody thought of: any combination of what can be found is brought to what is
//! wanted, nothing that others set is lost in silence, and a URL keeps its address.

mod accounts;

use proptest::prelude::*;

use super::model::{advance, works};
use super::{planned, work};
use crate::deployment::access::{AuthType, InvokeMode};
use crate::deployment::permission::{Grant, Meaning, Statement};
use crate::deployment::state::{Desired, Live};
use crate::plan::action::Action;
use crate::plan::note::Note;
use crate::plan::resource::function::FunctionAction;
use crate::plan::resource::log_group::LogGroupAction;
use crate::plan::resource::role::RoleAction;
use crate::plan::resource::url::UrlAction;
use accounts::case;

/// Everything that callers and the bill depend on.
fn check_reached(desired: &Desired, start: &Live, end: &Live) {
    let function = end.function.as_ref().unwrap();
    let configuration = &function.configuration;
    assert_eq!(configuration.memory_mb, desired.configuration.memory_mb);
    assert_eq!(
        configuration.timeout_seconds,
        desired.configuration.timeout_seconds
    );
    assert_eq!(configuration.logging, desired.configuration.logging);
    for (key, value) in &desired.configuration.environment {
        assert_eq!(configuration.environment.get(key), Some(value));
    }
    assert!(!configuration.environment.contains_key("GATEWAY_OLD"));
    assert_eq!(
        function.code.sha256,
        desired.package.as_ref().unwrap().code_sha256
    );
    assert_eq!(
        (function.failed_update.as_ref(), function.state.as_str()),
        (None, "Active")
    );
    let before = start.function.as_ref();
    let reserved = desired.reserved_concurrency.map(i32::from);
    let reserved = reserved.or(before.and_then(|function| function.reserved_concurrency));
    assert_eq!(function.reserved_concurrency, reserved);

    let alias = end.alias.as_ref().unwrap();
    assert_eq!(
        (&alias.configuration, &alias.code),
        (configuration, &function.code)
    );
    assert!(alias.also_routed_to.is_empty());

    let url = end.url.as_ref().unwrap();
    assert_eq!(url.settings.auth_type, desired.url.auth_type);
    assert_eq!(url.settings.invoke_mode, InvokeMode::ResponseStream);
    if let Some(cors) = &desired.url.cors {
        assert_eq!(url.settings.cors.clone().unwrap_or_default(), *cors);
    }
    for grant in Grant::opening(desired.url.auth_type) {
        assert!(
            end.statements
                .iter()
                .any(|it| it.meaning == Meaning::Grant(*grant))
        );
    }
    let own = |live: &Live, own: bool| -> Vec<Statement> {
        let is_own = |it: &&Statement| Grant::of_sid(&it.sid).is_some() == own;
        live.statements.iter().filter(is_own).cloned().collect()
    };
    for statement in own(end, true) {
        assert_eq!(
            Grant::of_sid(&statement.sid).map(Meaning::Grant),
            Some(statement.meaning)
        );
        assert_eq!(desired.url.auth_type, AuthType::None);
    }
    assert_eq!(own(end, false), own(start, false));

    assert_eq!(end.log_group.as_ref().unwrap().retention_days, Some(14));
    let role = end.role.as_ref().unwrap();
    assert_eq!(role.policy.as_ref(), Some(&desired.role.policy));
    assert_eq!(role.trust, desired.role.trust);

    let group = end.log_group.as_ref().unwrap();
    for tags in [&function.tags, &role.tags, &group.tags] {
        for (key, value) in &desired.tags {
            assert_eq!(tags.get(key), Some(value));
        }
    }
}

/// What others have set stays, and the plan says so.
fn check_kept(desired: &Desired, start: &Live, end: &Live, notes: &str) {
    if let (Some(before), Some(after)) = (&start.function, &end.function) {
        if before.configuration.environment.contains_key("OTHERS") {
            assert!(after.configuration.environment.contains_key("OTHERS"));
            assert!(notes.contains("OTHERS"), "{notes}");
        }
        assert_eq!(after.tags.get("team"), before.tags.get("team"));
    }
    if let (Some(before), Some(after)) = (&start.url, &end.url) {
        assert_eq!(before.url, after.url);
        if desired.url.cors.is_none() && before.settings.cors.is_some() {
            assert_eq!(after.settings.cors, before.settings.cors);
            assert!(notes.contains("CORS"), "{notes}");
        }
    }
    for hole in start
        .statements
        .iter()
        .filter(|it| it.meaning == Meaning::Hole)
    {
        if Grant::of_sid(&hole.sid).is_none() {
            assert!(
                notes.contains(&format!("SECURITY: statement {}", hole.sid)),
                "{notes}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_account_is_brought_to_what_is_wanted((desired, start) in case()) {
        let plan = planned(&desired, &start);
        let destroys = plan.steps().find(|step| matches!(step.action, Action::Alias(_)
            | Action::Url(UrlAction::Delete { .. }) | Action::Function(FunctionAction::Delete { .. })
            | Action::Role(RoleAction::DeletePolicy { .. } | RoleAction::Delete { .. })
            | Action::LogGroup(LogGroupAction::Delete { .. })));
        prop_assert_eq!(destroys, None);
        let record = start.alias.as_ref().and_then(|alias| alias.record.as_ref());
        let previous = record.and_then(|record| record.previous.as_deref());
        let forgets = plan.steps().find(|step| matches!(&step.action,
            Action::Version(it) if previous == Some(it.version.to_string().as_str())));
        prop_assert_eq!(forgets, None);

        let end = works(&plan).iter().fold(start.clone(), advance);

        check_reached(&desired, &start, &end);
        let notes: Vec<String> = plan.notes.iter().map(Note::to_string).collect();
        check_kept(&desired, &start, &end, &notes.join("\n"));
        prop_assert_eq!(work(&desired, &end), vec![]);
    }

    #[test]
    fn a_run_that_stops_anywhere_is_finished((desired, start) in case(), stop in any::<prop::sample::Index>()) {
        let actions = work(&desired, &start);
        let done = stop.index(actions.len() + 1);
        let stopped = actions[..done].iter().fold(start.clone(), advance);

        let rest = work(&desired, &stopped);

        check_reached(&desired, &start, &rest.iter().fold(stopped, advance));
    }
}
