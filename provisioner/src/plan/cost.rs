//! What strangers could spend on a URL that anyone may call.

use crate::deployment::access::AuthType;
use crate::deployment::content::{Architecture, Configuration};

/// Why an open URL without a limit is dangerous, in the list price of one answer; nothing where callers
/// sign or a limit is set.
pub(crate) fn warning(
    auth_type: AuthType,
    reserved_concurrency: Option<i32>,
    configuration: &Configuration,
    architecture: Architecture,
) -> Option<String> {
    if auth_type != AuthType::None || reserved_concurrency.is_some() {
        return None;
    }
    let Configuration {
        memory_mb,
        timeout_seconds,
        ..
    } = configuration;
    // US dollars for a GB-second, in most Regions, 2026.
    let price = if architecture == Architecture::Arm64 {
        0.000_013_333_4
    } else {
        0.000_016_666_7
    };
    let each = f64::from(*memory_mb) / 1024.0 * f64::from(*timeout_seconds) * price;
    Some(format!(
        "anyone can start answers that run {timeout_seconds} s with {memory_mb} MB, even when nobody \
         listens: up to ${each:.3} each and ${:.0} for a thousand at once; set `reserved_concurrency`",
        each * 1000.0
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::content::Logging;

    fn configuration() -> Configuration {
        Configuration {
            role_arn: String::new(),
            runtime: String::new(),
            handler: String::new(),
            memory_mb: 2048,
            timeout_seconds: 600,
            ephemeral_storage_mb: Some(512),
            logging: Logging {
                log_group: String::new(),
                format: String::new(),
            },
            environment: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn the_sum_is_named() {
        let text = warning(AuthType::None, None, &configuration(), Architecture::X86_64).unwrap();

        assert!(
            text.contains("600 s with 2048 MB") && text.contains("$0.020 each and $20"),
            "{text}"
        );
    }

    #[test]
    fn a_limit_or_a_signature_is_enough() {
        let of = |auth, limit| warning(auth, limit, &configuration(), Architecture::Arm64);
        assert_eq!(of(AuthType::AwsIam, None), None);
        assert_eq!(of(AuthType::None, Some(10)), None);
    }
}
