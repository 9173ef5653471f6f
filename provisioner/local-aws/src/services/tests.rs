//! Every row of the tables has a handler.

use bytes::Bytes;
use http::Request;

use super::{bedrock, iam, lambda, logs, sts};
use crate::route::{Call, Names, Operation, Service, operations};
use crate::scenario::Scenario;
use crate::scope::testing::scope;
use crate::wire::api_error::ApiError;
use crate::wire::parameters::Parameters;
use crate::wire::sigv4::{AccessKey, KeyRing};

/// A call without any input.
fn call(service: Service, operation: &'static Operation) -> Call {
    let (parts, ()) = Request::new(()).into_parts();
    Call {
        service,
        operation,
        names: Names::default(),
        input: Parameters::default(),
        parts,
        body: Bytes::new(),
    }
}

/// The operations of a service that `handle` does not know.
fn unhandled<T>(
    service: Service,
    handle: impl Fn(&Call) -> Result<T, ApiError>,
) -> Vec<&'static str> {
    let is_unknown = |operation: &&'static Operation| {
        let error = handle(&call(service, operation)).err();
        error.is_some_and(|error| error.code == "NotEmulated")
    };
    let unknown = operations(service).iter().filter(is_unknown);
    unknown.map(|operation| operation.name).collect()
}

#[test]
fn every_operation_of_a_table_has_a_handler() {
    let scope = scope();
    let roles = iam::Roles::default();

    let unknown = unhandled(Service::Iam, |call| {
        iam::handle(call, &mut iam::Roles::default(), &scope)
    });
    assert_eq!(unknown, [""; 0]);
    let caller = AccessKey {
        access_key_id: String::new(),
        secret_access_key: String::new(),
        user_id: String::new(),
        arn: String::new(),
        session: None,
    };
    let unknown = unhandled(Service::Sts, |call| {
        sts::handle(call, &caller, &roles, &KeyRing::default(), &scope)
    });
    assert_eq!(unknown, [""; 0]);
    let unknown = unhandled(Service::Logs, |call| {
        logs::handle(call, &mut logs::LogGroups::default(), &scope)
    });
    assert_eq!(unknown, [""; 0]);
    let unknown = unhandled(Service::Lambda, |call| {
        lambda::handle(
            call,
            false,
            &mut lambda::Functions::default(),
            &roles,
            &scope,
        )
    });
    let in_the_server = [
        "CreateFunctionUrlConfig",
        "Invoke",
        "InvokeWithResponseStream",
    ];
    assert_eq!(unknown, in_the_server);
    let scenario = Scenario::parse(Scenario::COUNCIL).unwrap();
    for (service, played) in [
        (Service::Bedrock, ["InvokeAgent"].as_slice()),
        (Service::AgentCore, &["InvokeAgentRuntime", "InvokeHarness"]),
    ] {
        let unknown = unhandled(service, |call| bedrock::handle(call, &scenario, &scope));
        assert_eq!(unknown, played);
    }
}
