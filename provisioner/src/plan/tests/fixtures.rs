//! A deployment, and the account that it leads to.

use serde_json::json;

use crate::deployment::access::Auth;
use crate::deployment::access::{AuthType, InvokeMode, UrlSettings};
use crate::deployment::content::Architecture;
use crate::deployment::content::Package;
use crate::deployment::content::{Code, Configuration, Logging};
use crate::deployment::document::Document;
use crate::deployment::names::Account;
use crate::deployment::names::{DEPLOYMENT_TAG, MANAGED_BY, MANAGED_BY_TAG, Names};
use crate::deployment::permission::{Grant, Meaning, Statement};
use crate::deployment::state::{
    Desired, Live, LiveAlias, LiveFunction, LiveLogGroup, LiveRole, LiveUrl, Role,
};
use crate::plan::seen::{AgentSeen, PastAlias, Seen};

const BOUNDARY: &str = "arn:aws:iam::123456789012:policy/magi-boundary";

/// Wanted with this auth type, in the API's words.
pub(crate) fn desired(auth_type: &str) -> Desired {
    let auth_type = if auth_type == "NONE" {
        AuthType::None
    } else {
        AuthType::AwsIam
    };
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
            boundary: Some(BOUNDARY.to_owned()),
        },
        configuration: Configuration {
            role_arn: "arn:aws:iam::123456789012:role/magi-role".to_owned(),
            runtime: "provided.al2023".to_owned(),
            handler: "bootstrap".to_owned(),
            memory_mb: 512,
            timeout_seconds: 60,
            ephemeral_storage_mb: Some(512),
            logging: Logging {
                log_group: names.log_group.clone(),
                format: "JSON".to_owned(),
            },
            environment: environment
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        },
        package: Some(Package {
            zip: vec![0; 1_234_567].into(),
            code_sha256: "newnewnewnew".to_owned(),
            architecture: Architecture::X86_64,
            edition: None,
        }),
        url: UrlSettings {
            auth_type,
            invoke_mode: InvokeMode::ResponseStream,
            cors: None,
        },
        reserved_concurrency: None,
        keep_versions: 5,
        adopt: false,
        auth: if auth_type == AuthType::None {
            Auth::None
        } else {
            Auth::Iam
        },
        names,
    }
}

/// The account after `desired` was applied.
pub(crate) fn converged(desired: &Desired) -> Live {
    let function = live_function(desired);
    Live {
        log_group: Some(log_group(desired, Some(14))),
        role: Some(role(desired, Some(&desired.role.policy))),
        alias: Some(alias(&function)),
        function: Some(function),
        url: Some(url(desired.url.clone())),
        statements: match desired.url.auth_type {
            AuthType::None => Grant::ALL.map(ours).into(),
            AuthType::AwsIam => Vec::new(),
        },
        versions: Vec::new(),
    }
}

/// What a command sees that looks at an account like this.
pub(crate) fn seen(live: Live, agents: Vec<AgentSeen>) -> Seen {
    Seen {
        account: Account {
            partition: "aws".to_owned(),
            id: "123456789012".to_owned(),
        },
        live,
        past_alias: PastAlias::default(),
        agents: Ok(agents),
    }
}

pub(crate) fn log_group(desired: &Desired, retention_days: Option<i32>) -> LiveLogGroup {
    LiveLogGroup {
        arn: "arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/lambda/magi".to_owned(),
        retention_days,
        tags: desired.tags.clone(),
    }
}

pub(crate) fn role(desired: &Desired, policy: Option<&Document>) -> LiveRole {
    LiveRole {
        arn: desired.role.arn.clone(),
        tags: desired.tags.clone(),
        trust: desired.role.trust.clone(),
        policy: policy.cloned(),
        boundary: desired.role.boundary.clone(),
    }
}

pub(crate) fn live_function(desired: &Desired) -> LiveFunction {
    LiveFunction {
        arn: "arn:aws:lambda:ap-northeast-1:123456789012:function:magi".to_owned(),
        tags: desired.tags.clone(),
        configuration: desired.configuration.clone(),
        code: Code {
            sha256: desired.package.as_ref().unwrap().code_sha256.clone(),
            architecture: Architecture::X86_64,
        },
        state: "Active".to_owned(),
        failed_update: None,
        last_modified: None,
        reserved_concurrency: None,
        vpc: None,
    }
}

pub(crate) fn alias(function: &LiveFunction) -> LiveAlias {
    LiveAlias {
        version: "1".to_owned(),
        configuration: function.configuration.clone(),
        code: function.code.clone(),
        also_routed_to: Vec::new(),
        revision_id: "revision-1".to_owned(),
        record: None,
    }
}

pub(crate) fn url(settings: UrlSettings) -> LiveUrl {
    LiveUrl {
        url: "https://abc.lambda-url.ap-northeast-1.on.aws/".to_owned(),
        settings,
    }
}

pub(crate) fn ours(grant: Grant) -> Statement {
    Statement {
        sid: grant.sid().to_owned(),
        meaning: Meaning::Grant(grant),
    }
}
