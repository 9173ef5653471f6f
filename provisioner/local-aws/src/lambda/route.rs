//! Which operation a method and a path mean. The table reads like the API reference.

use http::Method;
use percent_encoding::percent_decode_str;

/// The operations that are emulated, by AWS's own names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    CreateFunction,
    GetFunction,
    GetFunctionConfiguration,
    UpdateFunctionCode,
    UpdateFunctionConfiguration,
    DeleteFunction,
    ListFunctions,
    PublishVersion,
    ListVersionsByFunction,
    CreateAlias,
    GetAlias,
    UpdateAlias,
    DeleteAlias,
    ListAliases,
    CreateFunctionUrlConfig,
    GetFunctionUrlConfig,
    UpdateFunctionUrlConfig,
    DeleteFunctionUrlConfig,
    ListFunctionUrlConfigs,
    AddPermission,
    GetPolicy,
    RemovePermission,
    PutFunctionConcurrency,
    GetFunctionConcurrency,
    DeleteFunctionConcurrency,
    TagResource,
    UntagResource,
    ListTags,
    Invoke,
    InvokeWithResponseStream,
    GetAccountSettings,
}

/// An operation and what its path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) operation: Operation,
    /// The function, as the client wrote it; or the ARN of a tagged resource.
    pub(super) resource: String,
    /// The alias or the statement.
    pub(super) item: String,
}

impl Route {
    pub(super) fn find(method: &Method, path: &str) -> Option<Self> {
        use Operation as Op;

        let path = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<String> = path
            .split('/')
            .skip(1)
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (operation, resource, item) = match (method.as_str(), &segments[..]) {
            ("POST", ["2015-03-31", "functions"]) => (Op::CreateFunction, "", ""),
            ("GET", ["2015-03-31", "functions"]) => (Op::ListFunctions, "", ""),
            ("GET", ["2016-08-19", "account-settings"]) => (Op::GetAccountSettings, "", ""),
            (method, ["2015-03-31", "functions", name, rest @ ..]) => {
                let (operation, item) = Self::of_function(method, rest)?;
                (operation, *name, item)
            }
            (method, ["2021-10-31", "functions", name, "url"]) => {
                let operation = match method {
                    "POST" => Op::CreateFunctionUrlConfig,
                    "GET" => Op::GetFunctionUrlConfig,
                    "PUT" => Op::UpdateFunctionUrlConfig,
                    "DELETE" => Op::DeleteFunctionUrlConfig,
                    _ => return None,
                };
                (operation, *name, "")
            }
            ("GET", ["2021-10-31", "functions", name, "urls"]) => {
                (Op::ListFunctionUrlConfigs, *name, "")
            }
            ("PUT", ["2017-10-31", "functions", name, "concurrency"]) => {
                (Op::PutFunctionConcurrency, *name, "")
            }
            ("DELETE", ["2017-10-31", "functions", name, "concurrency"]) => {
                (Op::DeleteFunctionConcurrency, *name, "")
            }
            ("GET", ["2019-09-30", "functions", name, "concurrency"]) => {
                (Op::GetFunctionConcurrency, *name, "")
            }
            ("POST", ["2017-03-31", "tags", arn]) => (Op::TagResource, *arn, ""),
            ("DELETE", ["2017-03-31", "tags", arn]) => (Op::UntagResource, *arn, ""),
            ("GET", ["2017-03-31", "tags", arn]) => (Op::ListTags, *arn, ""),
            (
                "POST",
                [
                    "2021-11-15",
                    "functions",
                    name,
                    "response-streaming-invocations",
                ],
            ) => (Op::InvokeWithResponseStream, *name, ""),
            _ => return None,
        };
        Some(Self {
            operation,
            resource: resource.to_owned(),
            item: item.to_owned(),
        })
    }

    /// What follows the name of a function in the oldest version of the API.
    fn of_function<'a>(method: &str, rest: &[&'a str]) -> Option<(Operation, &'a str)> {
        use Operation as Op;

        Some(match (method, rest) {
            ("GET", []) => (Op::GetFunction, ""),
            ("DELETE", []) => (Op::DeleteFunction, ""),
            ("GET", ["configuration"]) => (Op::GetFunctionConfiguration, ""),
            ("PUT", ["configuration"]) => (Op::UpdateFunctionConfiguration, ""),
            ("PUT", ["code"]) => (Op::UpdateFunctionCode, ""),
            ("POST", ["versions"]) => (Op::PublishVersion, ""),
            ("GET", ["versions"]) => (Op::ListVersionsByFunction, ""),
            ("POST", ["aliases"]) => (Op::CreateAlias, ""),
            ("GET", ["aliases"]) => (Op::ListAliases, ""),
            ("GET", ["aliases", alias]) => (Op::GetAlias, *alias),
            ("PUT", ["aliases", alias]) => (Op::UpdateAlias, *alias),
            ("DELETE", ["aliases", alias]) => (Op::DeleteAlias, *alias),
            ("POST", ["policy"]) => (Op::AddPermission, ""),
            ("GET", ["policy"]) => (Op::GetPolicy, ""),
            ("DELETE", ["policy", statement]) => (Op::RemovePermission, *statement),
            ("POST", ["invocations"]) => (Op::Invoke, ""),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_an_arn_in_the_path() {
        let path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Amagi/policy/sid/";
        let route = Route::find(&Method::DELETE, path).unwrap();

        assert_eq!(route.operation, Operation::RemovePermission);
        assert_eq!(route.resource, "arn:aws:lambda:eu-west-1:1:function:magi");
        assert_eq!(route.item, "sid");
    }

    #[test]
    fn knows_what_it_does_not_know() {
        for (method, path) in [
            (Method::GET, "/2015-03-31/event-source-mappings"),
            (Method::PATCH, "/2021-10-31/functions/magi/url"),
            (Method::GET, "/"),
        ] {
            assert_eq!(Route::find(&method, path), None, "{path}");
        }
    }
}
