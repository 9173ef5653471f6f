//! Accounts to start from: every combination of each part missing, outdated in each way, or current.

use serde_json::json;

use super::fixtures::{alias, live_function, log_group, ours, role, url};
use crate::deployment::access::{AuthType, InvokeMode, UrlSettings};
use crate::deployment::content::Architecture;
use crate::deployment::document::Document;
use crate::deployment::permission::{Grant, Meaning, Statement};
use crate::deployment::state::{Desired, Live, LiveAlias, LiveFunction, LiveUrl};

pub(super) fn starting_points(desired: &Desired) -> impl Iterator<Item = Live> {
    let log_groups = [
        None,
        Some(log_group(desired, None)),
        Some(log_group(desired, Some(7))),
        Some(log_group(desired, Some(14))),
    ];
    let policy = Some(&desired.role.policy);
    let mut distrusted = role(desired, policy);
    distrusted.trust = Document::new(json!({}));
    let mut unbounded = role(desired, None);
    unbounded.boundary = None;
    let roles = [
        None,
        Some(role(desired, None)),
        Some(role(desired, Some(&Document::new(json!({"old": true}))))),
        Some(distrusted),
        Some(unbounded),
        Some(role(desired, policy)),
    ];
    let compute = compute_states(desired);
    roles.into_iter().flat_map(move |role| {
        let compute = compute.clone();
        log_groups.clone().into_iter().flat_map(move |log_group| {
            let role = role.clone();
            compute.clone().into_iter().map(move |live| Live {
                role: role.clone(),
                log_group: log_group.clone(),
                ..live
            })
        })
    })
}

/// The function and what hangs on it.
fn compute_states(desired: &Desired) -> Vec<Live> {
    let mut states = vec![Live::default()];
    for function in functions(desired) {
        states.push(Live {
            function: Some(function.clone()),
            ..Live::default()
        });
        for alias in aliases(desired) {
            for url in urls() {
                for statements in policies() {
                    states.push(Live {
                        function: Some(function.clone()),
                        alias: Some(alias.clone()),
                        url: url.clone(),
                        statements,
                        ..Live::default()
                    });
                }
            }
        }
    }
    states
}

fn functions(desired: &Desired) -> Vec<LiveFunction> {
    let changes: [fn(&mut LiveFunction); 10] = [
        |_| {},
        |function| function.configuration.memory_mb = 128,
        |function| function.configuration.timeout_seconds = 3,
        |function| "other".clone_into(&mut function.configuration.handler),
        |function| "nodejs".clone_into(&mut function.configuration.runtime),
        |function| function.configuration.environment.clear(),
        |function| "Text".clone_into(&mut function.configuration.logging.format),
        |function| "old".clone_into(&mut function.code.sha256),
        |function| function.code.architecture = Architecture::Arm64,
        |function| function.failed_update = Some("out of luck".to_owned()),
    ];
    let variants = changes.map(|change| {
        let mut function = live_function(desired);
        change(&mut function);
        function
    });
    variants.into()
}

fn aliases(desired: &Desired) -> Vec<LiveAlias> {
    let current = alias(&live_function(desired));
    let mut old_code = current.clone();
    old_code.code.sha256 = "old".to_owned();
    let mut old_configuration = current.clone();
    old_configuration.configuration.timeout_seconds = 3;
    let mut shared = current.clone();
    shared.also_routed_to = vec!["0".to_owned()];
    vec![current, old_code, old_configuration, shared]
}

fn urls() -> Vec<Option<LiveUrl>> {
    let settings = |auth_type, invoke_mode| UrlSettings {
        auth_type,
        invoke_mode,
        cors: None,
    };
    vec![
        None,
        Some(url(settings(AuthType::None, InvokeMode::Buffered))),
        Some(url(settings(AuthType::None, InvokeMode::ResponseStream))),
        Some(url(settings(AuthType::AwsIam, InvokeMode::ResponseStream))),
    ]
}

fn policies() -> Vec<Vec<Statement>> {
    let [call, invoke] = Grant::ALL;
    let as_if = |grant: Grant, meaning| Statement {
        sid: grant.sid().to_owned(),
        meaning,
    };
    let theirs = |meaning| Statement {
        sid: "theirs".to_owned(),
        meaning,
    };
    vec![
        vec![],
        vec![ours(call)],
        vec![ours(call), ours(invoke)],
        vec![as_if(invoke, Meaning::Hole)],
        // Each under the id of the other.
        vec![
            as_if(call, Meaning::Grant(invoke)),
            as_if(invoke, Meaning::Grant(call)),
        ],
        vec![
            theirs(Meaning::Hole),
            theirs(Meaning::Grant(call)),
            as_if(call, Meaning::Other),
        ],
    ]
}
