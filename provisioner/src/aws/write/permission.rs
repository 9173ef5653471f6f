//! Writes who may call the function URL. The statements belong to the alias: without the qualifier every
//! call would answer 403.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::FunctionUrlAuthType;

use crate::aws::AwsError;
use crate::deployment::permission::Grant;
use crate::plan::resource::permission::PermissionAction;

pub(super) async fn carry_out(lambda: &Client, action: &PermissionAction) -> Result<(), AwsError> {
    match action {
        PermissionAction::Add {
            function,
            alias,
            grant,
        } => add_permission(lambda, function, alias, *grant).await,
        PermissionAction::Remove {
            function,
            alias,
            sid,
            grants: _,
            reason: _,
        } => remove_permission(lambda, function, alias, sid).await,
    }
}

/// No revision is sent along: statements are independent of each other, and AWS refuses an id that
/// is taken.
async fn add_permission(
    lambda: &Client,
    name: &str,
    alias: &str,
    grant: Grant,
) -> Result<(), AwsError> {
    let request = lambda
        .add_permission()
        .function_name(name)
        .qualifier(alias)
        .statement_id(grant.sid())
        .action(grant.action())
        .principal("*");
    let request = match grant {
        Grant::CallUrl => request.function_url_auth_type(FunctionUrlAuthType::None),
        Grant::InvokeViaUrl => request.invoked_via_function_url(true),
    };
    request
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:AddPermission", permission(name, alias), &error))?;
    Ok(())
}

async fn remove_permission(
    lambda: &Client,
    name: &str,
    alias: &str,
    sid: &str,
) -> Result<(), AwsError> {
    let request = lambda
        .remove_permission()
        .function_name(name)
        .qualifier(alias)
        .statement_id(sid);
    let result = request.send().await.map(drop);
    AwsError::gone(
        result.map_err(|error| {
            AwsError::new("lambda:RemovePermission", permission(name, alias), &error)
        }),
    )
}

fn permission(name: &str, alias: &str) -> String {
    format!("resource policy of `{name}:{alias}`")
}
