use http::{Method, Request};

use super::*;

fn routed(service: Service, method: Method, path: &str, body: &str) -> Result<Call, ApiError> {
    let request = Request::builder().method(method).uri(path);
    let (parts, ()) = request.body(()).unwrap().into_parts();
    route(service, parts, Bytes::from(body.to_owned()))
}

#[test]
fn decodes_an_arn_in_the_path() {
    let path =
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Amagi/policy/sid/";
    let call = routed(Service::Lambda, Method::DELETE, path, "").unwrap();

    assert_eq!(call.operation.name, "RemovePermission");
    assert_eq!(
        call.names.resource,
        "arn:aws:lambda:eu-west-1:1:function:magi"
    );
    assert_eq!(call.names.item, "sid");
}

#[test]
fn names_stand_in_the_path_the_query_the_form_or_the_body() {
    let session = "/agents/A/agentAliases/B/sessions/tab%3A1/text";
    let harness = "/harnesses/invoke?harnessArn=arn%3Ah";
    for (service, path, body, operation, names) in [
        (
            Service::Bedrock,
            session,
            "",
            "InvokeAgent",
            ["A", "B", "tab:1"],
        ),
        (
            Service::AgentCore,
            harness,
            "",
            "InvokeHarness",
            ["arn:h", "", ""],
        ),
        (
            Service::Lambda,
            "/2015-03-31/functions",
            r#"{"FunctionName":"magi","Code":{"ZipFile":"AAAA"}}"#,
            "CreateFunction",
            ["magi", "", ""],
        ),
        (
            Service::Iam,
            "/",
            "Action=GetRole&RoleName=magi-role",
            "GetRole",
            ["magi-role", "", ""],
        ),
    ] {
        let call = routed(service, Method::POST, path, body).unwrap();
        let found = [&call.names.resource, &call.names.item, &call.names.session];
        assert_eq!(
            (call.operation.name, found.map(String::as_str)),
            (operation, names)
        );
    }
}

#[test]
fn a_log_group_is_named_by_its_name_or_its_arn() {
    for body in [
        r#"{"logGroupName":"/magi","retentionInDays":7}"#,
        r#"{"resourceArn":"arn:aws:logs:ap-northeast-1:123456789012:log-group:/magi"}"#,
        r#"{"logGroupIdentifier":"arn:aws:logs:ap-northeast-1:123456789012:log-group:/magi:*"}"#,
    ] {
        assert_eq!(logs::group(body.as_bytes()), "/magi");
    }
}

#[test]
fn an_unknown_operation_is_not_emulated() {
    for (service, method, path, body, name) in [
        (
            Service::Lambda,
            Method::GET,
            "/2015-03-31/event-source-mappings",
            "",
            "lambda: GET /2015-03-31/event-source-mappings",
        ),
        (
            Service::Lambda,
            Method::PATCH,
            "/2021-10-31/functions/magi/url",
            "",
            "lambda: PATCH /2021-10-31/functions/magi/url",
        ),
        (Service::Lambda, Method::GET, "/", "", "lambda: GET /"),
        (
            Service::Bedrock,
            Method::GET,
            "/agents/A/agentAliases/B/sessions/s-1/memories",
            "",
            "bedrock: GET /agents/A/agentAliases/B/sessions/s-1/memories",
        ),
        (
            Service::Iam,
            Method::POST,
            "/",
            "Action=CreateUser",
            "iam:CreateUser",
        ),
        (Service::Logs, Method::POST, "/", "{}", "logs:"),
    ] {
        let error = routed(service, method, path, body).unwrap_err();
        assert_eq!(error.code, "NotEmulated");
        assert_eq!(
            error.message,
            format!("The local AWS does not emulate {name}")
        );
    }
}

#[test]
fn no_operation_stands_in_a_table_twice() {
    for service in [
        Service::Lambda,
        Service::Iam,
        Service::Sts,
        Service::Logs,
        Service::Bedrock,
        Service::AgentCore,
    ] {
        let mut names: Vec<_> = operations(service).iter().map(|it| it.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{}", service.name());
    }
}
