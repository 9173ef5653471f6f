//! A reference model of AWS: what each action leaves behind, and what AWS would refuse.

use serde_json::json;

use super::super::*;
use crate::config::Architecture;
use crate::document::Document;
use crate::package::Package;
use crate::permission::{Grant, Meaning, Statement};
use crate::state::{
    Code, Configuration, DEPLOYMENT_TAG, LiveAlias, LiveFunction, LiveUrl, Logging, MANAGED_BY,
    MANAGED_BY_TAG, Names, UrlSettings,
};

pub(super) fn desired(auth_type: &str) -> Desired {
    let names = Names::of("magi");
    let tags = [(MANAGED_BY_TAG, MANAGED_BY), (DEPLOYMENT_TAG, "magi")];
    let environment = [("GATEWAY_TRACE", "off"), ("SECRET", "new secret")];
    Desired {
        tags: tags
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        retention_days: 14,
        role: Role {
            arn: "arn:aws:iam::123456789012:role/magi-role".to_owned(),
            trust: Document::new(json!({"Statement": {"Action": "sts:AssumeRole"}})),
            policy: Document::new(
                json!({"Statement": {"Action": "bedrock:InvokeAgent", "Resource": "agent"}}),
            ),
        },
        configuration: Configuration {
            role_arn: "arn:aws:iam::123456789012:role/magi-role".to_owned(),
            runtime: "provided.al2023".to_owned(),
            handler: "bootstrap".to_owned(),
            memory_mb: 512,
            timeout_seconds: 60,
            logging: Some(Logging {
                log_group: names.log_group.clone(),
                format: "JSON".to_owned(),
            }),
            environment: environment
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        },
        package: Some(Package {
            zip: vec![0; 1_234_567].into(),
            code_sha256: "newnewnewnew".to_owned(),
            architecture: Architecture::X86_64,
            binary: "bootstrap".into(),
        }),
        url: UrlSettings {
            auth_type: auth_type.to_owned(),
            invoke_mode: "RESPONSE_STREAM".to_owned(),
        },
        names,
    }
}

/// The account after `desired` was applied.
pub(super) fn converged(desired: &Desired) -> Live {
    let function = live_function(desired);
    Live {
        log_group: Some(log_group(Some(14))),
        role: Some(role(desired, Some(&desired.role.policy))),
        alias: Some(alias(&function)),
        function: Some(function),
        url: Some(url(desired.url.clone())),
        statements: match desired.url.auth_type.as_str() {
            "NONE" => Grant::ALL.map(ours).into(),
            _ => Vec::new(),
        },
    }
}

pub(super) fn log_group(retention_days: Option<i32>) -> LiveLogGroup {
    LiveLogGroup {
        arn: "arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/lambda/magi".to_owned(),
        retention_days,
        tags: None,
    }
}

pub(super) fn role(desired: &Desired, policy: Option<&Document>) -> LiveRole {
    LiveRole {
        arn: desired.role.arn.clone(),
        tags: desired.tags.clone(),
        trust: desired.role.trust.clone(),
        policy: policy.cloned(),
    }
}

pub(super) fn live_function(desired: &Desired) -> LiveFunction {
    LiveFunction {
        arn: "arn:aws:lambda:ap-northeast-1:123456789012:function:magi".to_owned(),
        tags: desired.tags.clone(),
        configuration: desired.configuration.clone(),
        code: Code {
            sha256: desired.package.as_ref().unwrap().code_sha256.clone(),
            architecture: "x86_64".to_owned(),
        },
        state: "Active".to_owned(),
        failed_update: None,
        last_modified: None,
        reserved_concurrency: None,
    }
}

fn alias(function: &LiveFunction) -> LiveAlias {
    LiveAlias {
        version: "1".to_owned(),
        configuration: function.configuration.clone(),
        code: function.code.clone(),
        also_routed_to: Vec::new(),
        revision_id: None,
    }
}

fn url(settings: UrlSettings) -> LiveUrl {
    LiveUrl {
        url: "https://abc.lambda-url.ap-northeast-1.on.aws/".to_owned(),
        settings,
    }
}

fn ours(grant: Grant) -> Statement {
    Statement {
        sid: grant.sid().to_owned(),
        meaning: Meaning::Grant(grant),
    }
}

/// Every combination of each part missing, outdated in each way, or current.
pub(super) fn starting_points(desired: &Desired) -> impl Iterator<Item = Live> {
    let log_groups = [
        None,
        Some(log_group(None)),
        Some(log_group(Some(7))),
        Some(log_group(Some(14))),
    ];
    let policy = Some(&desired.role.policy);
    let mut distrusted = role(desired, policy);
    distrusted.trust = Document::new(json!({}));
    let roles = [
        None,
        Some(role(desired, None)),
        Some(role(desired, Some(&Document::new(json!({"old": true}))))),
        Some(distrusted),
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
        |function| "Text".clone_into(&mut function.configuration.logging.as_mut().unwrap().format),
        |function| "old".clone_into(&mut function.code.sha256),
        |function| "arm64".clone_into(&mut function.code.architecture),
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
    let settings = |auth_type: &str, invoke_mode: &str| UrlSettings {
        auth_type: auth_type.to_owned(),
        invoke_mode: invoke_mode.to_owned(),
    };
    vec![
        None,
        Some(url(settings("NONE", "BUFFERED"))),
        Some(url(settings("NONE", "RESPONSE_STREAM"))),
        Some(url(settings("AWS_IAM", "RESPONSE_STREAM"))),
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

/// The account after one more action.
pub(super) fn advance(mut live: Live, action: &Action) -> Live {
    match action.clone() {
        Action::CreateLogGroup {
            name: _,
            retention_days,
            tags: _,
        } => {
            assert_eq!(
                live.log_group, None,
                "AWS refuses a second log group of that name"
            );
            live.log_group = Some(log_group(Some(retention_days.into())));
        }
        Action::SetRetention {
            log_group: _,
            from,
            to,
        } => {
            let group = live
                .log_group
                .as_mut()
                .expect("retention needs a log group");
            assert_eq!(group.retention_days, from);
            group.retention_days = Some(to.into());
        }
        Action::CreateRole { name, trust, tags } => {
            assert_eq!(live.role, None, "AWS refuses a second role of that name");
            let arn = format!("arn:aws:iam::123456789012:role/{name}");
            live.role = Some(LiveRole {
                arn,
                tags,
                trust,
                policy: None,
            });
        }
        Action::SetTrust {
            role: _,
            from: _,
            to,
        } => live.role.as_mut().unwrap().trust = to,
        Action::PutRolePolicy {
            role: _,
            name: _,
            from: _,
            to,
        } => {
            live.role.as_mut().expect("a policy needs its role").policy = Some(to);
        }
        Action::Tag { .. } => {}
        Action::CreateUrl {
            function: _,
            alias: _,
            settings,
        } => {
            assert!(
                live.alias.is_some(),
                "AWS refuses a URL of an alias that is not there"
            );
            assert_eq!(live.url, None, "a URL is never made again");
            live.url = Some(url(settings));
        }
        Action::UpdateUrl {
            function: _,
            alias: _,
            from,
            to,
        } => {
            let url = live.url.as_mut().unwrap();
            assert_eq!(url.settings, from);
            url.settings = to;
        }
        Action::AddPermission {
            function: _,
            alias: _,
            grant,
        } => {
            assert!(
                live.alias.is_some(),
                "AWS refuses a permission on an alias that is not there"
            );
            assert!(
                live.statements
                    .iter()
                    .all(|statement| statement.sid != grant.sid())
            );
            live.statements.push(ours(grant));
        }
        Action::RemovePermission {
            function: _,
            alias: _,
            sid,
            reason: _,
        } => {
            live.statements.retain(|statement| statement.sid != sid);
        }
        Action::DeleteUrl { .. } => live.url = None,
        Action::DeleteAlias { .. } => live.alias = None,
        Action::DeleteFunction { .. } => {
            live.function = None;
            live.statements.clear();
        }
        Action::DeleteRolePolicy { .. } => live.role.as_mut().unwrap().policy = None,
        Action::DeleteRole { .. } => {
            let role = live.role.take().unwrap();
            assert_eq!(
                role.policy, None,
                "IAM refuses to delete a role with a policy"
            );
        }
        Action::DeleteLogGroup { .. } => live.log_group = None,
        action => advance_function(&mut live, action),
    }
    live
}

fn advance_function(live: &mut Live, action: Action) {
    match action {
        Action::CreateFunction {
            name: _,
            configuration,
            package,
            tags,
        } => {
            assert!(
                live.log_group.is_some(),
                "Lambda would make a log group without retention"
            );
            let role = live
                .role
                .as_ref()
                .expect("AWS refuses a function without its role");
            assert_eq!(role.arn, configuration.role_arn);
            live.function = Some(LiveFunction {
                tags,
                configuration,
                code: Code {
                    sha256: package.code_sha256,
                    architecture: package.architecture.to_string(),
                },
                ..live_function(&desired("NONE"))
            });
        }
        Action::UpdateConfiguration {
            function: _,
            from,
            to,
        } => {
            let function = live.function.as_mut().expect("an update needs a function");
            assert_eq!(function.configuration, from);
            function.configuration = to;
            function.failed_update = None;
        }
        Action::UpdateCode {
            function: _,
            from,
            to,
        } => {
            let function = live.function.as_mut().expect("an update needs a function");
            assert_eq!(function.code, from);
            function.code = Code {
                sha256: to.code_sha256,
                architecture: to.architecture.to_string(),
            };
            function.failed_update = None;
        }
        Action::Release {
            function: _,
            alias: _,
            code_sha256,
            from,
        } => {
            let function = live.function.as_ref().expect("a version needs a function");
            assert_eq!(
                function.code.sha256, code_sha256,
                "AWS refuses another code's hash"
            );
            let version = live.alias.as_ref().map(|alias| alias.version.clone());
            assert_eq!(from.map(|from| from.version), version);
            live.alias = Some(alias(function));
        }
        other => panic!("not in the model: {other}"),
    }
}

/// Asserts that `end` is what `desired` describes, with everything of others in `start` untouched.
pub(super) fn assert_reached(desired: &Desired, start: &Live, end: &Live) {
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
