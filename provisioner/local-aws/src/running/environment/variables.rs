//! The environment variables that Lambda gives to a function on an OS-only runtime.

use std::collections::BTreeMap;

use crate::running::function_access::Access;
use crate::services::lambda::Executable;

/// The function's own, and over them those that Lambda reserves.
pub(super) fn variables(
    executable: &Executable,
    region: &str,
    access: &Access,
    runtime_api: &str,
    task_root: &str,
    log_stream: &str,
) -> BTreeMap<String, String> {
    let Access {
        endpoint_url,
        credentials,
    } = access;
    let mut variables = BTreeMap::new();
    let mut set = |name: &str, value: &str| variables.insert(name.to_owned(), value.to_owned());
    // What a function may override.
    set("LANG", "en_US.UTF-8");
    set("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin");
    set("LD_LIBRARY_PATH", &format!("{task_root}:{task_root}/lib"));
    set("TZ", ":UTC");
    set("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    if let Some(endpoint_url) = endpoint_url {
        set("AWS_ENDPOINT_URL", endpoint_url);
    }
    for (name, value) in &executable.environment {
        set(name, value);
    }

    set("_HANDLER", &executable.handler);
    set("LAMBDA_TASK_ROOT", task_root);
    set("LAMBDA_RUNTIME_DIR", "/var/runtime");
    set("AWS_REGION", region);
    set("AWS_DEFAULT_REGION", region);
    set("AWS_LAMBDA_FUNCTION_NAME", &executable.function_name);
    set("AWS_LAMBDA_FUNCTION_VERSION", &executable.version);
    set(
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        &executable.memory_mb.to_string(),
    );
    set("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    set("AWS_LAMBDA_LOG_FORMAT", "JSON");
    set("AWS_LAMBDA_LOG_LEVEL", "INFO");
    set("AWS_LAMBDA_LOG_GROUP_NAME", &executable.log_group);
    set("AWS_LAMBDA_LOG_STREAM_NAME", log_stream);
    set("AWS_LAMBDA_RUNTIME_API", runtime_api);
    set("AWS_ACCESS_KEY_ID", &credentials.access_key_id);
    set("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key);
    if let Some(session_token) = &credentials.session_token {
        set("AWS_SESSION_TOKEN", session_token);
    }
    variables
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::running::invocation::FunctionCredentials;

    fn access(endpoint_url: Option<&str>) -> Access {
        Access {
            endpoint_url: endpoint_url.map(str::to_owned),
            credentials: FunctionCredentials {
                access_key_id: "AKID".to_owned(),
                secret_access_key: "secret".to_owned(),
                session_token: None,
            },
        }
    }

    fn executable(own: &[(&str, &str)]) -> Executable {
        Executable {
            function_name: "magi".to_owned(),
            invoked_arn: "arn:aws:lambda:ap-northeast-1:123456789012:function:magi:live".to_owned(),
            version: "3".to_owned(),
            role: "arn:aws:iam::123456789012:role/magi-role".to_owned(),
            memory_mb: 2048,
            timeout: Duration::from_mins(10),
            handler: "bootstrap".to_owned(),
            environment: own
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            code: Arc::default(),
            code_sha256: String::new(),
            log_group: "/aws/lambda/magi".to_owned(),
            revision_id: String::new(),
            only_by_deployer: false,
        }
    }

    fn given(own: &[(&str, &str)], endpoint_url: Option<&str>) -> BTreeMap<String, String> {
        variables(
            &executable(own),
            "ap-northeast-1",
            &access(endpoint_url),
            "127.0.0.1:9001",
            "/var/task",
            "2026/11/23/[3]abc",
        )
    }

    #[test]
    fn everything_that_a_runtime_needs_is_there() {
        let given = given(&[], Some("http://127.0.0.1:4000"));

        for (name, value) in [
            ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"),
            ("AWS_LAMBDA_FUNCTION_NAME", "magi"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "2048"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "3"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4000"),
            ("AWS_ACCESS_KEY_ID", "AKID"),
            ("_HANDLER", "bootstrap"),
        ] {
            assert_eq!(given.get(name).map(String::as_str), Some(value), "{name}");
        }
        // A runtime with this variable would serve several events at once.
        assert!(!given.contains_key("AWS_LAMBDA_MAX_CONCURRENCY"));
        assert!(!given.contains_key("AWS_SESSION_TOKEN"));
    }

    #[test]
    fn a_function_overrides_what_is_its_own_business_only() {
        let given = given(&[("TZ", "Asia/Tokyo"), ("AWS_REGION", "nowhere")], None);

        assert_eq!(given["TZ"], "Asia/Tokyo");
        assert_eq!(given["AWS_REGION"], "ap-northeast-1");
        assert!(!given.contains_key("AWS_ENDPOINT_URL"));
    }
}
