//! What AWS's refusals for lack of permission say: which permission it was, which is not always the
//! one that is called like the operation.

/// What to do about the refusal `message` of `operation`.
pub(super) fn hint(operation: &str, message: &str) -> String {
    let (action, resource) = missing(message).unwrap_or((operation, ""));
    let on = if resource.is_empty() {
        String::new()
    } else {
        format!(" on `{resource}`")
    };
    if message.contains("explicit deny") {
        return format!(
            "a policy forbids `{action}`{on}: change that, or take another identity with `--profile`"
        );
    }
    if WITHIN_A_BOUNDARY.contains(&action) {
        return format!(
            "allow `{action}`{on} for the identity you use. The role of `provision generate policy` may do it \
             only within the permissions boundary that comes with it: its workflow sets \
             BEDROCK_GATEWAY_PERMISSIONS_BOUNDARY, or set `permissions_boundary` in gateway.yaml"
        );
    }
    format!(
        "allow `{action}`{on} for the identity you use, or take another with `--profile`; \
         `provision generate policy` writes down all that is needed"
    )
}

/// What the generated deploy role may do only to a role that has its boundary.
const WITHIN_A_BOUNDARY: [&str; 3] = [
    "iam:CreateRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
];

/// The action and the resource of "User: … is not authorized to perform: … on resource: … because …".
fn missing(message: &str) -> Option<(&str, &str)> {
    let (_, rest) = message.split_once("is not authorized to perform: ")?;
    let (action, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let resource = rest.strip_prefix("on resource: ").unwrap_or_default();
    let end = [" because ", " with an explicit "]
        .iter()
        .filter_map(|after| resource.find(after))
        .min()
        .unwrap_or(resource.len());
    let is_action = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b':' || byte == b'-')
    };
    is_action(action).then(|| (action, &resource[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str =
        "User: arn:aws:sts::123456789012:assumed-role/ci/1 is not authorized to perform: ";

    #[test]
    fn names_what_is_missing_and_on_what() {
        for (rest, expected) in [
            (
                "iam:PassRole on resource: arn:aws:iam::1:role/r because no identity-based policy allows \
                 the iam:PassRole action",
                ("iam:PassRole", "arn:aws:iam::1:role/r"),
            ),
            (
                "iam:GetRole on resource: role r because no identity-based policy allows the iam:GetRole action",
                ("iam:GetRole", "role r"),
            ),
            (
                "lambda:GetFunction on resource: x with an explicit deny in a service control policy",
                ("lambda:GetFunction", "x"),
            ),
            (
                "lambda:ListFunctions on resource: *",
                ("lambda:ListFunctions", "*"),
            ),
            ("bedrock:InvokeAgent", ("bedrock:InvokeAgent", "")),
        ] {
            assert_eq!(missing(&format!("{USER}{rest}")), Some(expected), "{rest}");
        }
        assert_eq!(missing("Access Denied"), None);
    }

    #[test]
    fn what_aws_does_not_say_is_the_operations_name() {
        assert!(hint("iam:CreateRole", "no").contains("BEDROCK_GATEWAY_PERMISSIONS_BOUNDARY"));
        assert!(hint("lambda:GetFunction", "no").starts_with("allow `lambda:GetFunction` for the"));
        let message = format!("{USER}iam:PassRole on resource: r with an explicit deny in x");
        assert!(
            hint("lambda:CreateFunction", &message)
                .starts_with("a policy forbids `iam:PassRole` on `r`")
        );
    }
}
