//! The name of the operation that a request asks for, in IAM's spelling.

use http::HeaderMap;

use crate::lambda;
use crate::query_protocol::Form;

/// `service:Operation`; what no route leads to is `service:` and the path.
pub(crate) fn operation(service: &str, request: &http::Request<bytes::Bytes>) -> String {
    let name = match service {
        "lambda" => lambda::operation_name(request.method(), request.uri().path()),
        "iam" | "sts" => Some(Form::parse(request.body()).action().to_owned()),
        _ => target(request.headers()),
    };
    let name = name.unwrap_or_else(|| request.uri().path().to_owned());
    format!("{service}:{name}")
}

fn target(headers: &HeaderMap) -> Option<String> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    Some(target.rsplit('.').next().unwrap_or(target).to_owned())
}
