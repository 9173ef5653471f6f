//! Lambda's control plane. Each operation decodes its input, acts on the functions, and encodes its
//! answer. Whatever runs is the server's business.

mod alias;
mod aliases;
mod concurrency;
mod configuration;
mod executables;
mod function;
mod functions;
mod lifecycle;
mod package;
mod permissions;
mod policy;
mod reply;
mod settings;
mod tags;
#[cfg(test)]
mod tests;
mod updates;
mod url;
mod urls;
mod versions;

use crate::route::Call;
use crate::scope::Scope;
use crate::services::iam::Roles;
use crate::wire::api_error::ApiError;

pub(crate) use concurrency::Admission;
pub(crate) use executables::Executable;
pub(crate) use function::Functions;
pub(crate) use reply::Reply;
pub(crate) use url::{AuthType, Cors, InvokeMode, UrlTarget};
pub(crate) use urls::create as create_url;

/// Answers one operation. `by_deployer` says whether `dev` itself asks, `roles` which roles Lambda may
/// assume.
pub(crate) fn handle(
    call: &Call,
    by_deployer: bool,
    functions: &mut Functions,
    roles: &Roles,
    scope: &Scope<'_>,
) -> Result<Reply, ApiError> {
    match call.operation.name {
        "CreateFunction" => functions::create(functions, roles, call, by_deployer, scope),
        "GetFunction" => functions::get(functions, call, scope),
        "GetFunctionConfiguration" => functions::get_configuration(functions, call, scope),
        "UpdateFunctionCode" => updates::update_code(functions, call, by_deployer, scope),
        "UpdateFunctionConfiguration" => {
            updates::update_configuration(functions, roles, call, by_deployer, scope)
        }
        "DeleteFunction" => functions::delete(functions, call, scope),
        "ListFunctions" => functions::list(functions, call, scope),
        "PublishVersion" => versions::publish(functions, call, scope),
        "ListVersionsByFunction" => versions::list(functions, call, scope),
        "CreateAlias" => aliases::create(functions, call, scope),
        "GetAlias" => aliases::get(functions, call, scope),
        "UpdateAlias" => aliases::update(functions, call, scope),
        "DeleteAlias" => aliases::delete(functions, call, scope),
        "ListAliases" => aliases::list(functions, call, scope),
        "GetFunctionUrlConfig" => urls::get(functions, call, scope),
        "UpdateFunctionUrlConfig" => urls::update(functions, call, scope),
        "DeleteFunctionUrlConfig" => urls::delete(functions, call, scope),
        "ListFunctionUrlConfigs" => urls::list(functions, call, scope),
        "AddPermission" => permissions::add(functions, call, scope),
        "GetPolicy" => permissions::get(functions, call, scope),
        "RemovePermission" => permissions::remove(functions, call, scope),
        "PutFunctionConcurrency" => concurrency::put(functions, call, scope),
        "GetFunctionConcurrency" => concurrency::get(functions, call, scope),
        "DeleteFunctionConcurrency" => concurrency::delete(functions, call, scope),
        "TagResource" => tags::tag(functions, call, scope),
        "UntagResource" => tags::untag(functions, call, scope),
        "ListTags" => tags::list(functions, call, scope),
        "GetAccountSettings" => Ok(concurrency::account_settings(functions)),
        _ => Err(call.not_emulated()),
    }
}
