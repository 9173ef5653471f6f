//! What to do when AWS has taken a change and could not carry it out: by the reason codes of a
//! function's `State` and `LastUpdateStatus`.

const AGAIN: &str = "correct the cause, then run the same command again";

/// For a function that has failed to become ready.
pub(super) fn hint(code: &str) -> &'static str {
    known(code).unwrap_or(AGAIN)
}

fn known(code: &str) -> Option<&'static str> {
    Some(match code {
        "InternalError"
        | "DependencyError"
        | "InsufficientCapacity"
        | "EC2RequestLimitExceeded" => {
            "AWS itself has a problem: run the same command again in a few minutes, and see \
             https://health.aws.amazon.com/health/status"
        }
        "InsufficientRolePermissions" => {
            "the function's role lacks a permission that something attached to the function takes, such \
             as a VPC: detach it, then run the same command again"
        }
        "InvalidConfiguration" => {
            "correct the setting that AWS names, in gateway.yaml or where somebody has made it by hand, \
             then run the same command again"
        }
        "InvalidRuntime" => {
            "this Region does not know the runtime `provided.al2023`: choose another with `--region`"
        }
        "InvalidZipFileException" => {
            "AWS cannot unpack what was uploaded: build it anew and run the same command again; \
             `provision package` writes it down to be looked at"
        }
        "KMSKeyAccessDenied" | "KMSKeyNotFound" | "DisabledKMSKey" | "InvalidStateKMSKey" => {
            "somebody has given the function a KMS key that cannot be used: enable it and let the \
             function's role decrypt with it, or take it off the function; then run the same command again"
        }
        "EniLimitExceeded"
        | "SubnetOutOfIPAddresses"
        | "InvalidSubnet"
        | "InvalidSecurityGroup"
        | "DisallowedByVpcEncryptionControl" => {
            "take the function out of its VPC, where function URLs do not stream anyway, then run the \
             same command again"
        }
        "EFSIOError" | "EFSMountConnectivityError" | "EFSMountFailure" | "EFSMountTimeout" => {
            "detach the file system, which the gateway has no use for, then run the same command again"
        }
        "ImageDeleted"
        | "ImageAccessDenied"
        | "InvalidImage"
        | "FunctionError.InvalidWorkingDirectory" => {
            "the gateway is no container image: somebody has made another function of it. Delete it with \
             `provision down`, then make it anew with `provision up`"
        }
        "FunctionError" | "FunctionError.InitTimeout" | "FunctionError.RuntimeInitError" => {
            "the binary does not start: `provision logs` tells more. Correct it, or leave `--binary` out, \
             then run the same command again"
        }
        "FunctionError.InvalidEntryPoint" | "FunctionError.PermissionDenied" => {
            "Lambda may not run the binary: build it with `provision up` without `--binary`"
        }
        "FunctionError.ExtensionInitError" | "FunctionError.TooManyExtensions" => {
            "take the layers with extensions off the function, then run the same command again"
        }
        "FunctionError.InitResourceExhausted" => {
            "raise `memory_mb`, then run the same command again"
        }
        "ServiceQuotaExceededException"
        | "VcpuLimitExceeded"
        | "CapacityProviderScalingLimitExceeded" => {
            "a quota of this account is used up: see Service Quotas in the console, then run the same \
             command again"
        }
        "IncompatibleAcceleratorInstanceTypes" => {
            "take the capacity provider off the function, then run the same command again"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::{LastUpdateStatusReasonCode, StateReasonCode};

    use super::*;

    /// These say what a function does that has not failed.
    const NO_FAILURES: [&str; 4] = ["Idle", "Creating", "Restoring", "DrainingDurableExecutions"];

    #[test]
    fn every_reason_that_aws_has_leads_to_a_next_step() {
        let reasons = LastUpdateStatusReasonCode::values().iter();
        let unknown: Vec<_> = reasons
            .chain(StateReasonCode::values())
            .filter(|code| !NO_FAILURES.contains(code) && known(code).is_none())
            .collect();

        assert_eq!(unknown, [&""; 0]);
    }

    #[test]
    fn a_reason_that_is_new_leads_to_the_same_command() {
        assert_eq!(hint("Earthquake"), AGAIN);
    }
}
