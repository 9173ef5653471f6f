//! Sees the function, its alias, the URL, and the resource policy.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::{FunctionUrlAuthType, InvokeMode, LastUpdateStatus};

use crate::aws::AwsError;
use crate::aws::settings::Settings;
use crate::deployment::access::{self, AuthType, Cors, UrlSettings};
use crate::deployment::names::Names;
use crate::deployment::permission;
use crate::deployment::permission::Statement;
use crate::deployment::record::Record;
use crate::deployment::state::{LiveAlias, LiveFunction, LiveUrl, LiveVersion};
use crate::terminal::redact::redacted;

/// The version of a function that can still be changed.
const LATEST: &str = "$LATEST";

/// `$LATEST`, with the tags and the reserved concurrency that come in the same answer.
pub(super) async fn function(
    lambda: &Client,
    names: &Names,
) -> Result<Option<LiveFunction>, AwsError> {
    const OPERATION: &str = "lambda:GetFunction";
    let resource = format!("function `{}`", names.function);

    let answer = lambda
        .get_function()
        .function_name(&names.function)
        .send()
        .await;
    let Some(answer) = AwsError::found(OPERATION, &resource, answer)? else {
        return Ok(None);
    };
    // Without permission for the tags they are missing from the answer: not the same as no tags.
    if let Some(error) = answer.tags_error() {
        return Err(AwsError::TagsHidden {
            function: names.function.clone(),
            code: error.error_code().to_owned(),
            message: redacted(error.message()),
        });
    }
    let Some(function) = answer.configuration else {
        return Err(AwsError::Incomplete {
            operation: OPERATION,
            resource,
            missing: "a configuration",
        });
    };
    let failed = function.last_update_status() == Some(&LastUpdateStatus::Failed);
    let reason = function
        .last_update_status_reason()
        .unwrap_or("no reason given");
    Ok(Some(LiveFunction {
        arn: function.function_arn().unwrap_or_default().to_owned(),
        tags: answer.tags.unwrap_or_default().into_iter().collect(),
        state: function
            .state()
            .map_or("Active", |state| state.as_str())
            .to_owned(),
        failed_update: failed.then(|| redacted(reason)),
        last_modified: function.last_modified().map(str::to_owned),
        reserved_concurrency: answer
            .concurrency
            .and_then(|concurrency| concurrency.reserved_concurrent_executions),
        vpc: function
            .vpc_config()
            .and_then(|config| config.vpc_id())
            .filter(|id| !id.is_empty())
            .map(str::to_owned),
        code: Settings::of_latest(&function).code(),
        configuration: Settings::of_latest(&function).configuration(),
    }))
}

/// Where an alias points to.
#[derive(Debug)]
pub(super) struct Pointer {
    version: String,
    also_routed_to: Vec<String>,
    revision_id: String,
    record: Option<Record>,
}

/// The alias itself.
pub(super) async fn alias(lambda: &Client, names: &Names) -> Result<Option<Pointer>, AwsError> {
    const OPERATION: &str = "lambda:GetAlias";
    let Names {
        function, alias, ..
    } = names;
    let resource = format!("alias `{function}:{alias}`");

    let pointer = lambda
        .get_alias()
        .function_name(function)
        .name(*alias)
        .send()
        .await;
    let Some(pointer) = AwsError::found(OPERATION, &resource, pointer)? else {
        return Ok(None);
    };
    let Some(revision_id) = pointer.revision_id() else {
        return Err(AwsError::Incomplete {
            operation: OPERATION,
            resource,
            missing: "a revision id",
        });
    };
    Ok(Some(Pointer {
        version: pointer.function_version().unwrap_or_default().to_owned(),
        also_routed_to: pointer
            .routing_config()
            .and_then(|routing| routing.additional_version_weights())
            .map(|weights| weights.keys().cloned().collect())
            .unwrap_or_default(),
        revision_id: revision_id.to_owned(),
        record: pointer
            .description()
            .and_then(|description| description.parse().ok()),
    }))
}

impl Pointer {
    /// The alias with what its version holds; nothing if that version is gone.
    pub(super) fn to(
        self,
        latest: Option<&LiveFunction>,
        versions: &[LiveVersion],
    ) -> Option<LiveAlias> {
        let Self {
            version,
            also_routed_to,
            revision_id,
            record,
        } = self;
        let published = versions.iter().find(|it| it.number.to_string() == version);
        let published = published.map(|it| (&it.configuration, &it.code));
        let latest = latest.filter(|_| version == LATEST);
        let (configuration, code) =
            published.or_else(|| latest.map(|it| (&it.configuration, &it.code)))?;
        Some(LiveAlias {
            configuration: configuration.clone(),
            code: code.clone(),
            version,
            also_routed_to,
            revision_id,
            record,
        })
    }
}

/// The function URL of the alias, or, without a qualifier, of the function itself.
pub(super) async fn url(
    lambda: &Client,
    function: &str,
    qualifier: Option<&str>,
) -> Result<Option<LiveUrl>, AwsError> {
    let answer = lambda
        .get_function_url_config()
        .function_name(function)
        .set_qualifier(qualifier.map(str::to_owned))
        .send()
        .await;
    let resource = format!("function URL of `{}`", qualified(function, qualifier));
    let answer = AwsError::found("lambda:GetFunctionUrlConfig", &resource, answer)?;
    Ok(answer.map(|answer| LiveUrl {
        url: answer.function_url().to_owned(),
        settings: UrlSettings {
            auth_type: if *answer.auth_type() == FunctionUrlAuthType::None {
                AuthType::None
            } else {
                AuthType::AwsIam
            },
            invoke_mode: match answer.invoke_mode() {
                Some(InvokeMode::ResponseStream) => access::InvokeMode::ResponseStream,
                _ => access::InvokeMode::Buffered,
            },
            cors: answer.cors().map(cors),
        },
    }))
}

fn cors(cors: &aws_sdk_lambda::types::Cors) -> Cors {
    let set = |list: &[String]| list.iter().cloned().collect();
    Cors {
        allow_credentials: cors.allow_credentials().unwrap_or(false),
        allow_headers: set(cors.allow_headers()),
        allow_methods: set(cors.allow_methods()),
        allow_origins: set(cors.allow_origins()),
        expose_headers: set(cors.expose_headers()),
        max_age_seconds: cors
            .max_age()
            .and_then(|seconds| seconds.try_into().ok())
            .unwrap_or(0),
    }
}

fn qualified(function: &str, qualifier: Option<&str>) -> String {
    match qualifier {
        Some(qualifier) => format!("{function}:{qualifier}"),
        None => function.to_owned(),
    }
}

/// The resource policy of the alias, or of the function itself, statement by statement.
pub(super) async fn statements(
    lambda: &Client,
    function: &str,
    qualifier: Option<&str>,
) -> Result<Vec<Statement>, AwsError> {
    const OPERATION: &str = "lambda:GetPolicy";
    let resource = format!("resource policy of `{}`", qualified(function, qualifier));

    let answer = lambda
        .get_policy()
        .function_name(function)
        .set_qualifier(qualifier.map(str::to_owned))
        .send()
        .await;
    let policy = AwsError::found(OPERATION, &resource, answer)?.and_then(|answer| answer.policy);
    let Some(policy) = policy else {
        return Ok(Vec::new());
    };
    permission::statements(&policy).map_err(|_| AwsError::Incomplete {
        operation: OPERATION,
        resource,
        missing: "a policy in JSON",
    })
}
