//! What to try next when a request to AWS fails.

use std::time::Duration;

use super::answer::{AGAIN, Answer};
use crate::aws::connection::role::is_elsewhere;
use crate::aws::proxy::{named_in, proxy_refuses};

/// For a refusal, by AWS's code.
pub(super) fn of_refusal(operation: &str, answer: &Answer) -> Option<String> {
    let Answer {
        code,
        message,
        request_id: _,
    } = answer;
    let hint = match code.as_str() {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
            super::denial::hint(operation, message)
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            "your credentials have expired: sign in again, for example with `aws sso login`".to_owned()
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch" | "InvalidSignatureException" => {
            "AWS does not accept these credentials: check `--profile` and the AWS_* variables, and that \
             the clock is right"
                .to_owned()
        }
        "OptInRequired" | "InvalidRegion" => {
            "enable the Region for this account, or choose another with `--region`".to_owned()
        }
        "NoSuchEntity" if message.contains("Scope ARN") => {
            "the permissions boundary does not exist in this account: deploy what `provision generate policy` \
             writes, or correct `permissions_boundary`"
                .to_owned()
        }
        "InvalidParameterValueException" if message.contains("cannot be assumed") => {
            "the role exists, but Lambda may not assume it: look for a service control policy or a \
             changed trust policy"
                .to_owned()
        }
        "InvalidParameterValueException" | "ValidationException" | "ValidationError"
        | "MalformedPolicyDocument" | "MalformedPolicyDocumentException" => {
            "correct the setting that AWS names in gateway.yaml, then run the same command again"
                .to_owned()
        }
        "PublicPolicyException" => {
            "this account forbids public functions: use `auth: iam`, or allow it in Lambda's \
             settings for public access"
                .to_owned()
        }
        // Two have run at once, or an answer was lost and the request sent again.
        "PreconditionFailedException" | "EntityAlreadyExists" | "EntityAlreadyExistsException"
        | "ResourceAlreadyExistsException" => {
            format!(
                "somebody else is deploying this at this moment, or an answer of AWS was lost on the way: {AGAIN}"
            )
        }
        code if is_fault_of_aws(code) => {
            "AWS itself has a problem: run the same command again in a few minutes, and see \
             https://health.aws.amazon.com/health/status"
                .to_owned()
        }
        "ResourceConflictException" | "OperationAbortedException" | "ConcurrentModification" => {
            format!(
                "another operation is in progress, somebody else is deploying this at this moment, or an \
                 answer of AWS was lost on the way: {AGAIN}"
            )
        }
        "DeleteConflict" | "DeleteConflictException" => {
            "something was attached to the role by hand: detach it, then run `provision down` again"
                .to_owned()
        }
        "CodeStorageExceededException" => {
            "this Region's code storage is full: delete old versions of functions".to_owned()
        }
        "RequestEntityTooLargeException" | "RequestTooLargeException" => {
            "the package is too large to upload: strip the binary (`strip = true` in the profile)".to_owned()
        }
        "LimitExceeded" | "LimitExceededException" | "PolicyLengthExceededException" => {
            "a quota of this account is used up: see Service Quotas in the console".to_owned()
        }
        code if is_throttled(code) => {
            "too many requests in this account at the moment: run the same command again".to_owned()
        }
        _ => return None,
    };
    Some(hint)
}

/// Whether the same request may succeed a little later.
pub(super) fn is_passing(code: &str) -> bool {
    is_fault_of_aws(code) || is_throttled(code)
}

fn is_fault_of_aws(code: &str) -> bool {
    matches!(
        code,
        "ServiceException"
            | "ServiceFailure"
            | "ServiceUnavailable"
            | "InternalFailure"
            | "ServiceUnavailableException"
            | "InternalServerError"
    )
}

fn is_throttled(code: &str) -> bool {
    matches!(
        code,
        "Throttling" | "ThrottlingException" | "TooManyRequestsException"
    )
}

/// Whether there was no answer because nobody could sign the request.
pub(super) fn is_about_credentials(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    [
        "credential",
        "sso",
        "token has expired",
        "session has expired",
    ]
    .iter()
    .any(|word| reason.contains(word))
}

/// For an answer that has not come in time.
pub(super) fn of_lateness(operation: &str, limit: Duration) -> String {
    // Running `rollback` again would go back one version more.
    let then = if operation == "lambda:UpdateAlias" {
        "See with `provision status` which version callers get before you go on"
    } else {
        "Then run the same command again: nothing is lost, and what AWS has done meanwhile is found"
    };
    format!(
        "check the network, a VPN or proxy in between; where it is only slow, wait longer with \
         `--read-timeout {}`. {then}",
        limit.as_secs() * 2
    )
}

/// For no answer at all, by the words of its reason.
pub(super) fn of_silence(whole: &str) -> String {
    let reason = whole.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| contains(&reason, word));
    let nothing = "nothing answers there: check the network, the Region's name, and the endpoint, if one is \
                   configured (`--endpoint-url`, AWS_ENDPOINT_URL and the like, `endpoint_url` of the profile)";
    let is_network = says(&[
        "dns error",
        "connect",
        "dispatch failure",
        "timed out",
        "timeout",
    ]);
    if let Some(proxy) = named_in(whole).filter(|_| is_network) {
        return proxy_refuses(proxy);
    }
    if is_elsewhere(whole) {
        return "the SDK asks for a role where AWS_ENDPOINT_URL and the profile's `endpoint_url` say: set AWS_ENDPOINT_URL \
                in place of `--endpoint-url`; unset it if AWS itself is meant; or take credentials that need no role"
            .to_owned();
    }
    if is_refused_role(&reason) {
        return "AWS does not let these credentials take the role on: its trust policy has to name who they are, and \
                `sts:AssumeRole` on it has to be allowed to them. See `role_arn` and `source_profile` of the profile, or \
                take another with `--profile`"
            .to_owned();
    }
    if says(&["credentials-login"]) {
        // The SDK could read it, with 26 more crates.
        "provision cannot read what `aws login` keeps. Hand it over: \
         `eval \"$(aws configure export-credentials --profile NAME --format env)\"`, or make a profile \
         with `credential_process = aws configure export-credentials --profile NAME --format process`"
    } else if says(&["dns error", "connect"]) {
        nothing
    } else if says(&["sso", "token has expired", "session has expired"]) {
        "sign in again with `aws sso login`"
    } else if says(&["credential", "credentials"]) {
        "no credentials were found: sign in with `aws sso login`, choose a profile with `--profile`, or \
         set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    } else if says(&["dispatch failure", "timed out", "timeout", "throughput"]) {
        nothing
    } else {
        "run it again with `--verbose` to see each request"
    }
    .to_owned()
}

/// Whether AWS has refused the role that credentials were to be had from.
fn is_refused_role(reason: &str) -> bool {
    contains(reason, "accessdenied") && reason.contains("sts:assumerole")
}

/// Whether `words` stand in `text` as whole words: "sso" is not in "associated".
fn contains(text: &str, words: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(words).any(|(start, _)| {
        let (before, after) = (&text[..start], &text[start + words.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_without_names_is_no_sign_in_that_has_ended() {
        for reason in [
            "dispatch failure: io error: client error (Connect): dns error: failed to lookup address \
             information: No address associated with hostname",
            "dispatch failure: other: an error occurred while loading credentials: dispatch failure: io \
             error: client error (Connect): dns error: oidc.eu-west-1.amazonaws.com (SSO)",
        ] {
            assert!(of_silence(reason).contains("check the network"), "{reason}");
        }
        let expired = "loading credentials: the SSO token has expired and cannot be refreshed";
        assert!(of_silence(expired).contains("aws sso login"));
    }
}
