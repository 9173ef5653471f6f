//! A reference model of AWS: what each action leaves behind, and what AWS would refuse.

use super::fixtures::{alias, converged, desired, live_function, log_group, ours, url};
use crate::deployment::access::UrlSettings;
use crate::deployment::content::Code;
use crate::deployment::permission::Grant;
use crate::deployment::state::{LiveFunction, LiveRole, RoleHead};
use crate::plan::*;

/// The account after one more action.
#[expect(
    clippy::too_many_lines,
    reason = "a line or two for each kind of action"
)]
pub(in crate::plan) fn advance(mut live: Live, action: &Action) -> Live {
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
                head: Some(RoleHead { tags, trust }),
                policy: None,
            });
        }
        Action::SetTrust {
            role: _,
            from: _,
            to,
        } => live.role.as_mut().unwrap().head.as_mut().unwrap().trust = to,
        Action::PutRolePolicy {
            role: _,
            name: _,
            from: _,
            to,
        } => {
            live.role.as_mut().expect("a policy needs its role").policy = Some(to);
        }
        Action::Tag { resource, from, to } => {
            let tags = tags(&mut live, &resource);
            assert_eq!(*tags, from);
            tags.extend(to);
        }
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
            let cors = to.cors.clone().or(from.cors);
            url.settings = UrlSettings { cors, ..to };
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
            grants: _,
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

fn tags<'a>(live: &'a mut Live, of: &Tagged) -> &'a mut Tags {
    let unread = "tags are read before they are changed";
    match of {
        Tagged::LogGroup { .. } => live.log_group.as_mut().unwrap().tags.as_mut(),
        Tagged::Role { .. } => {
            let head = live.role.as_mut().unwrap().head.as_mut();
            head.map(|head| &mut head.tags)
        }
        Tagged::Function { .. } => live.function.as_mut().map(|function| &mut function.tags),
    }
    .expect(unread)
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
            "Active".clone_into(&mut function.state);
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
            differences: _,
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
        Action::SetConcurrency {
            function: _,
            from,
            to,
        } => {
            let function = live.function.as_mut().expect("reserved for a function");
            assert_eq!(function.reserved_concurrency, from);
            function.reserved_concurrency = Some(to.into());
        }
        Action::DeleteVersion {
            function: _,
            version,
        } => {
            let alias = live.alias.as_ref().unwrap();
            assert_ne!(alias.version, version.to_string(), "AWS refuses");
            let versions = live.versions.as_mut().unwrap();
            versions.retain(|other| other.number != version);
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
