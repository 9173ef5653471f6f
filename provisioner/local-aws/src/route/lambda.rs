//! The operations of Lambda, by its API reference and its service authorization reference.

use serde::Deserialize;

use super::operation::{Also, On, Operation};

#[rustfmt::skip]
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::at("AddPermission", "POST /2015-03-31/functions/{function}/policy", On::Qualified),
    Operation::at("CreateAlias", "POST /2015-03-31/functions/{function}/aliases", On::Function),
    Operation::at(CREATE_FUNCTION, "POST /2015-03-31/functions", On::Function)
        .and(&[Also::ForTags("lambda:TagResource"), Also::PassRole]),
    Operation::at("CreateFunctionUrlConfig", "POST /2021-10-31/functions/{function}/url", On::Qualified),
    Operation::at("DeleteAlias", "DELETE /2015-03-31/functions/{function}/aliases/{alias}", On::Function),
    Operation::at("DeleteFunction", "DELETE /2015-03-31/functions/{function}", On::Qualified),
    Operation::at("DeleteFunctionConcurrency", "DELETE /2017-10-31/functions/{function}/concurrency", On::Function),
    Operation::at("DeleteFunctionUrlConfig", "DELETE /2021-10-31/functions/{function}/url", On::Qualified),
    Operation::at("GetAccountSettings", "GET /2016-08-19/account-settings", On::Everything),
    Operation::at("GetAlias", "GET /2015-03-31/functions/{function}/aliases/{alias}", On::Function),
    Operation::at("GetFunction", "GET /2015-03-31/functions/{function}", On::Qualified)
        .and(&[Also::ToSeeTags("lambda:ListTags")]),
    Operation::at("GetFunctionConcurrency", "GET /2019-09-30/functions/{function}/concurrency", On::Function),
    Operation::at("GetFunctionConfiguration", "GET /2015-03-31/functions/{function}/configuration", On::Qualified),
    Operation::at("GetFunctionUrlConfig", "GET /2021-10-31/functions/{function}/url", On::Qualified),
    Operation::at("GetPolicy", "GET /2015-03-31/functions/{function}/policy", On::Qualified),
    Operation::at("Invoke", "POST /2015-03-31/functions/{function}/invocations", On::Qualified)
        .permitted_as("InvokeFunction"),
    Operation::at("InvokeWithResponseStream",
        "POST /2021-11-15/functions/{function}/response-streaming-invocations", On::Qualified)
        .permitted_as("InvokeFunction"),
    Operation::at("ListAliases", "GET /2015-03-31/functions/{function}/aliases", On::Function),
    Operation::at("ListFunctionUrlConfigs", "GET /2021-10-31/functions/{function}/urls", On::Function),
    Operation::at("ListFunctions", "GET /2015-03-31/functions", On::Everything),
    Operation::at("ListTags", "GET /2017-03-31/tags/{arn}", On::Function),
    Operation::at("ListVersionsByFunction", "GET /2015-03-31/functions/{function}/versions", On::Function),
    Operation::at("PublishVersion", "POST /2015-03-31/functions/{function}/versions", On::Function),
    Operation::at("PutFunctionConcurrency", "PUT /2017-10-31/functions/{function}/concurrency", On::Function),
    Operation::at("RemovePermission", "DELETE /2015-03-31/functions/{function}/policy/{statement}", On::Qualified),
    Operation::at("TagResource", "POST /2017-03-31/tags/{arn}", On::Function),
    Operation::at("UntagResource", "DELETE /2017-03-31/tags/{arn}", On::Function),
    Operation::at("UpdateAlias", "PUT /2015-03-31/functions/{function}/aliases/{alias}", On::Function),
    Operation::at("UpdateFunctionCode", "PUT /2015-03-31/functions/{function}/code", On::Function),
    Operation::at("UpdateFunctionConfiguration", "PUT /2015-03-31/functions/{function}/configuration", On::Function)
        .and(&[Also::PassRole]),
    Operation::at("UpdateFunctionUrlConfig", "PUT /2021-10-31/functions/{function}/url", On::Qualified),
];

/// The one operation whose function is not in its path.
const CREATE_FUNCTION: &str = "CreateFunction";

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct NewFunction {
    function_name: String,
}

/// The name of the function that the body is to create. It is empty if the body cannot be read, which
/// the operation refuses.
pub(super) fn new_function(operation: &Operation, body: &[u8]) -> Option<String> {
    let is_new = operation.name == CREATE_FUNCTION;
    let read = || serde_json::from_slice(body).unwrap_or_default();
    is_new.then(|| {
        let NewFunction { function_name } = read();
        function_name
    })
}
