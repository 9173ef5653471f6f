//! Which operation a request asks for, and on what. Decided once: faults, permissions and handlers
//! go by it.
//!
//! A new operation is a row in the table of its service, and an arm in the `handle` of that service.

mod agents;
mod call;
mod function_name;
mod iam;
mod lambda;
mod logs;
mod operation;
mod path;
mod service;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::request::Parts;

pub(crate) use call::{Call, Names};
pub(crate) use function_name::{
    FunctionName, LATEST, function_arn, is_alias_name, is_version_number, is_word,
};
pub(crate) use operation::{Also, Boundary, On, Operation};
pub(crate) use service::Service;

use crate::wire::api_error::ApiError;
use crate::wire::parameters::Parameters;

/// The operations of a service that are emulated.
pub(crate) fn operations(service: Service) -> &'static [Operation] {
    match service {
        Service::Lambda => lambda::OPERATIONS,
        Service::Iam => iam::IAM,
        Service::Sts => iam::STS,
        Service::Logs => logs::OPERATIONS,
        Service::Bedrock => agents::BEDROCK,
        Service::AgentCore => agents::AGENTCORE,
    }
}

/// Reads a request to a service, without acting on it.
pub(crate) fn route(service: Service, parts: Parts, body: Bytes) -> Result<Call, ApiError> {
    let query = parts.uri.query().unwrap_or_default();
    let (operation, names, input) = match service {
        Service::Iam | Service::Sts => {
            let form = Parameters::parse(&body);
            let operation = named(service, form.action())?;
            let named = ["RoleName", "RoleArn", "PolicyArn"].map(|name| form.get(name));
            let named = named.into_iter().flatten().next().unwrap_or_default();
            (operation, Names::of(named), form)
        }
        Service::Logs => {
            let operation = named(service, logs::target(&parts.headers))?;
            let names = Names::of(&logs::group(&body));
            (operation, names, Parameters::default())
        }
        Service::Lambda | Service::Bedrock | Service::AgentCore => {
            let path = parts.uri.path();
            let found = path::find(operations(service), &parts.method, path);
            let (operation, open) = found.ok_or_else(|| {
                ApiError::not_emulated(format!("{}: {} {path}", service.name(), parts.method))
            })?;
            let input = Parameters::parse(query.as_bytes());
            let elsewhere = lambda::new_function(operation, &body)
                .or_else(|| input.get("harnessArn").map(str::to_owned));
            (operation, Names::of_path(open, elsewhere), input)
        }
    };
    Ok(Call {
        service,
        operation,
        names,
        input,
        parts,
        body,
    })
}

fn named(service: Service, name: &str) -> Result<&'static Operation, ApiError> {
    let found = operations(service).iter().find(|it| it.name == name);
    found.ok_or_else(|| ApiError::not_emulated(format!("{}:{name}", service.name())))
}
