//! Strategies for everything that can be found in an account, and for what is wanted there.

use std::collections::BTreeSet;

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::deployment::access::{AuthType, Cors, InvokeMode, UrlSettings};
use crate::deployment::content::Architecture;
use crate::deployment::digest::ContentDigest;
use crate::deployment::document::Document;
use crate::deployment::names::Tags;
use crate::deployment::permission::{Grant, Meaning, Statement};
use crate::deployment::record::Record;
use crate::deployment::state::{Desired, Live, LiveAlias, LiveFunction, LiveUrl, LiveVersion};
use crate::plan::tests::fixtures::{alias, desired, live_function, log_group, role, url};

fn cors() -> impl Strategy<Value = Option<Cors>> {
    let origins = select(vec!["*", "https://a", "https://b"]);
    let some = (origins, any::<bool>(), 0..100_u32).prop_map(|(origin, credentials, age)| Cors {
        allow_origins: [origin.to_owned()].into(),
        allow_credentials: credentials,
        max_age_seconds: age,
        ..Cors::default()
    });
    option::of(prop_oneof![Just(Cors::default()), some])
}

fn wanted() -> impl Strategy<Value = Desired> {
    let auth = select(vec!["NONE", "AWS_IAM"]);
    let settings = (
        auth,
        cors(),
        option::of(0..9_u16),
        1..4_usize,
        any::<[bool; 2]>(),
    );
    settings.prop_map(|(auth, cors, reserved, keep, [adopt, tagged])| {
        let mut desired = desired(auth);
        desired.adopt = adopt;
        if tagged {
            desired.tags.insert("cost".to_owned(), "7".to_owned());
        }
        desired.url.cors = cors;
        desired.reserved_concurrency = reserved;
        desired.keep_versions = keep;
        desired
    })
}

/// Ours, with and without what has been configured since; nobody's where that is taken over.
fn tags(desired: &Desired) -> impl Strategy<Value = Tags> + use<> {
    let mut ours = desired.tags.clone();
    ours.remove("cost");
    let mut all = vec![desired.tags.clone(), ours];
    if desired.adopt {
        all.push(Tags::new());
    }
    select(all)
}

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    let sid = select(vec![
        Grant::CallUrl.sid(),
        Grant::InvokeViaUrl.sid(),
        "theirs",
        "FunctionURLAllowPublicAccess",
    ]);
    let meaning = select(vec![
        Meaning::Grant(Grant::CallUrl),
        Meaning::Grant(Grant::InvokeViaUrl),
        Meaning::Hole,
        Meaning::Other,
    ]);
    let statement = (sid, meaning).prop_map(|(sid, meaning)| Statement {
        sid: sid.to_owned(),
        meaning,
    });
    // A statement id is there once.
    proptest::collection::vec(statement, 0..5).prop_map(|mut all| {
        let mut seen = BTreeSet::new();
        all.retain(|statement| seen.insert(statement.sid.clone()));
        all
    })
}

fn function(desired: &Desired) -> impl Strategy<Value = LiveFunction> + use<> {
    let function = live_function(desired);
    let values = (
        select(vec![128, 512]),
        select(vec![3, 60]),
        select(vec!["Text", "JSON"]),
        select(vec!["old", "newnewnewnew"]),
        select(vec![Architecture::Arm64, Architecture::X86_64]),
        any::<[bool; 7]>(),
        option::of(0..9_i32),
        tags(desired),
    );
    values.prop_map(
        move |(memory, timeout, format, sha256, machine, flags, reserved, tags)| {
            let [theirs, outdated, failed, own_tag, bare, unmade, in_vpc] = flags;
            let mut function = function.clone();
            let configuration = &mut function.configuration;
            configuration.memory_mb = memory;
            configuration.timeout_seconds = timeout;
            format.clone_into(&mut configuration.logging.format);
            if bare {
                configuration.environment.clear();
            }
            for (is_set, key) in [(theirs, "OTHERS"), (outdated, "GATEWAY_OLD")] {
                if is_set {
                    configuration
                        .environment
                        .insert(key.to_owned(), "1".to_owned());
                }
            }
            sha256.clone_into(&mut function.code.sha256);
            function.code.architecture = machine;
            function.failed_update = failed.then(|| "out of luck".to_owned());
            if unmade {
                "Failed".clone_into(&mut function.state);
            }
            function.vpc = in_vpc.then(|| "vpc-1".to_owned());
            function.reserved_concurrency = reserved;
            function.tags = tags;
            if own_tag {
                function.tags.insert("team".to_owned(), "nerv".to_owned());
            }
            function
        },
    )
}

/// The alias, which may lead to anything, and the versions there are.
fn released(function: LiveFunction) -> impl Strategy<Value = (LiveAlias, Vec<LiveVersion>)> {
    (any::<[bool; 4]>(), 1..6_u64, 1..6_u64).prop_map(
        move |([stale, older, shared, recorded], at, newest)| {
            let mut alias = alias(&function);
            alias.version = at.to_string();
            if stale {
                alias.configuration.timeout_seconds = 7;
            }
            if older {
                "older".clone_into(&mut alias.code.sha256);
            }
            if shared {
                alias.also_routed_to = vec![newest.max(at).to_string()];
            }
            if recorded {
                let content = ContentDigest::of(&alias.configuration, &alias.code);
                alias.record = Some(Record {
                    version: at.to_string(),
                    latest: content.clone(),
                    content,
                    previous: Some(newest.to_string()).filter(|_| newest != at),
                    on_trial: false,
                });
            }
            let versions = (1..=newest.max(at)).map(|number| LiveVersion {
                number,
                configuration: function.configuration.clone(),
                code: function.code.clone(),
                edition: None,
                aliases: if number == at {
                    vec!["live".to_owned()]
                } else {
                    Vec::new()
                },
            });
            let versions = versions.collect();
            (alias, versions)
        },
    )
}

fn live_url() -> impl Strategy<Value = LiveUrl> {
    let auth = select(vec![AuthType::None, AuthType::AwsIam]);
    let mode = select(vec![InvokeMode::Buffered, InvokeMode::ResponseStream]);
    (auth, mode, cors()).prop_map(|(auth, mode, cors)| {
        url(UrlSettings {
            auth_type: auth,
            invoke_mode: mode,
            cors,
        })
    })
}

fn account(desired: &Desired) -> impl Strategy<Value = Live> + use<> {
    let roles = {
        let mut distrusted = role(desired, None);
        distrusted.trust = Document::new(serde_json::json!({}));
        vec![
            None,
            Some(role(desired, None)),
            Some(role(desired, Some(&desired.role.policy))),
            Some(distrusted),
        ]
    };
    let groups = vec![
        None,
        Some(log_group(desired, None)),
        Some(log_group(desired, Some(7))),
        Some(log_group(desired, Some(14))),
    ];
    let functions = option::weighted(
        0.8,
        function(desired).prop_flat_map(|function| {
            let released = option::weighted(0.8, released(function.clone()));
            (Just(function), released)
        }),
    );
    let found = (
        select(roles),
        select(groups),
        functions,
        option::of(live_url()),
        statements(),
        [tags(desired), tags(desired)],
    );
    found.prop_map(
        move |(role, log_group, function, url, statements, [group_tags, role_tags])| {
            let (function, released) = function.map_or((None, None), |(function, released)| {
                (Some(function), released)
            });
            let (alias, versions) = released.map_or((None, Vec::new()), |(alias, versions)| {
                (Some(alias), versions)
            });
            // A URL and a policy belong to an alias.
            let hangs = alias.is_some();
            let mut live = Live {
                log_group,
                role,
                function,
                url: url.filter(|_| hangs),
                statements: if hangs { statements } else { Vec::new() },
                alias,
                versions,
            };
            if let Some(group) = &mut live.log_group {
                group.tags = group_tags;
            }
            if let Some(role) = &mut live.role {
                role.tags = role_tags;
            }
            live
        },
    )
}

/// What there is, and what is wanted.
pub(super) fn case() -> impl Strategy<Value = (Desired, Live)> {
    wanted().prop_flat_map(|desired| {
        let live = account(&desired);
        (Just(desired), live)
    })
}
