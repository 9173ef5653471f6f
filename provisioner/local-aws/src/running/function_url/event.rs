//! What a function gets to know of a request to its function URL: payload format 2.0, as recorded
//! from a real function URL.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use http::HeaderMap;
use http::header::{self, HeaderName};
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::running::identity::Identity;
use crate::services::lambda::UrlTarget;
use crate::wire::sigv4::AccessKey;

/// One request, and what the service knows about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UrlRequest<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) body: &'a [u8],
    pub(crate) source_ip: IpAddr,
    pub(crate) url_id: &'a str,
    pub(crate) target: &'a UrlTarget,
    /// Whose signature was verified, if the URL asks for one.
    pub(crate) signed_by: Option<&'a AccessKey>,
    pub(crate) identity: &'a Identity,
    pub(crate) received: SystemTime,
}

/// Hop-by-hop headers: the service does not pass them on.
const NOT_PASSED_ON: [HeaderName; 6] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::EXPECT,
    header::TE,
    header::TRAILER,
];

/// The event. Text is passed as it is, everything else in base64.
pub(crate) fn event(request: &UrlRequest<'_>) -> Value {
    let uri = &request.parts.uri;
    let query = uri.query().unwrap_or_default();
    let headers = headers(request);
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": uri.path(),
        "rawQueryString": query,
        "headers": headers,
        "requestContext": context(request),
        "isBase64Encoded": false,
    });
    if !query.is_empty() {
        event["queryStringParameters"] = query_parameters(query);
    }
    let cookies = cookies(&request.parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !request.body.is_empty() {
        let (body, is_base64) = body(&request.parts.headers, request.body);
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(is_base64);
    }
    event
}

/// The host name that this URL would have on AWS.
fn domain_name(request: &UrlRequest<'_>) -> String {
    let UrlRequest { url_id, target, .. } = request;
    format!("{url_id}.lambda-url.{}.on.aws", target.region)
}

fn context(request: &UrlRequest<'_>) -> Value {
    let UrlRequest { parts, target, .. } = request;
    let received = request
        .received
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    let user_agent = parts.headers.get(header::USER_AGENT);
    let mut context = json!({
        "accountId": "anonymous",
        "apiId": request.url_id,
        "domainName": domain_name(request),
        "domainPrefix": request.url_id,
        "http": {
            "method": parts.method.as_str(),
            "path": percent_decode_str(parts.uri.path()).decode_utf8_lossy(),
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip.to_string(),
            "userAgent": user_agent.map(|it| String::from_utf8_lossy(it.as_bytes())),
        },
        "requestId": request.identity.request_id,
        "routeKey": "$default",
        "stage": "$default",
        "time": time(request.received),
        "timeEpoch": received,
    });
    if let Some(key) = request.signed_by {
        context["accountId"] = json!(target.account_id);
        context["authorizer"] = json!({
            "iam": {
                "accessKey": key.access_key_id,
                "accountId": target.account_id,
                "callerId": key.user_id,
                "cognitoIdentity": null,
                "principalOrgId": null,
                "userArn": key.arn,
                "userId": key.user_id,
            }
        });
    }
    context
}

/// `10/Jul/2026:19:19:06 +0000`.
fn time(moment: SystemTime) -> String {
    let format =
        format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    // Fails only for a component that a date does not have.
    OffsetDateTime::from(moment)
        .format(format)
        .unwrap_or_default()
}

/// Repeated headers are joined by commas.
fn headers(request: &UrlRequest<'_>) -> Map<String, Value> {
    let given = &request.parts.headers;
    let mut headers: Map<String, Value> = given
        .keys()
        .filter(|name| !NOT_PASSED_ON.contains(name))
        .map(|name| (name.to_string(), joined(given, name).into()))
        .collect();
    let source_ip = request.source_ip.to_string();
    let forwarded_for = match headers.get("x-forwarded-for") {
        Some(Value::String(before)) => format!("{before}, {source_ip}"),
        _ => source_ip,
    };
    let trace_id = format!("Root={}", request.identity.trace_id);
    for (name, value) in [
        ("host", domain_name(request)),
        ("x-forwarded-for", forwarded_for),
        ("x-forwarded-port", "443".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
        ("x-amzn-tls-version", "TLSv1.3".to_owned()),
        (
            "x-amzn-tls-cipher-suite",
            "TLS_AES_128_GCM_SHA256".to_owned(),
        ),
        ("x-amzn-trace-id", trace_id),
    ] {
        headers.insert(name.to_owned(), value.into());
    }
    headers
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter();
    let texts: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    // A browser may split its cookies into several headers; a cookie itself may have a comma.
    texts.join(if name == header::COOKIE { "; " } else { "," })
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    joined(headers, &header::COOKIE)
        .split(';')
        .map(|cookie| cookie.trim().to_owned())
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

/// Decoded; values of the same name are joined by commas.
fn query_parameters(query: &str) -> Value {
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match parameters.get_mut(&*name) {
            Some(Value::String(values)) => {
                values.push(',');
                values.push_str(&value);
            }
            _ => {
                parameters.insert(name.into_owned(), value.into());
            }
        }
    }
    parameters.into()
}

fn body(headers: &HeaderMap, body: &[u8]) -> (String, bool) {
    let content_type = joined(headers, &header::CONTENT_TYPE).to_ascii_lowercase();
    let is_text = ["text/", "json", "xml", "javascript"]
        .iter()
        .any(|kind| content_type.contains(kind));
    match std::str::from_utf8(body) {
        Ok(text) if is_text => (text.to_owned(), false),
        _ => (base64::engine::general_purpose::STANDARD.encode(body), true),
    }
}

#[cfg(test)]
mod tests;
