//! Where requests go, by what is configured for a service and for all: the same rules for the SDK's clients
//! and for requests that none of them makes, so that one run never reaches two places.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

/// A service, by its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Service {
    /// As the SDKs know it: `AWS_ENDPOINT_URL_BEDROCK_AGENT` and `services` sections are made of it.
    pub(super) id: &'static str,
    /// In its address.
    pub(super) host: &'static str,
    /// In the signature.
    pub(super) signed_as: &'static str,
}

/// The address of `service`, without a slash at the end.
pub(super) fn endpoint(config: &SdkConfig, service: Service) -> String {
    match configured(config, service.id) {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => of_aws(config, service),
    }
}

/// What is configured for the service with this id. `--endpoint-url` wins over what is configured for the
/// service, which wins over what is configured for all.
pub(super) fn configured(config: &SdkConfig, id: &str) -> Option<String> {
    let for_all = config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return for_all;
    }
    // With `_` for blanks, as AWS documents `services` sections; the SDK itself looks for `-` in them.
    let spellings = [id.replace(' ', "_"), id.to_owned()];
    let mut for_service = spellings.iter().filter_map(|id| for_service(config, id));
    for_service.next().or(for_all)
}

fn for_service(config: &SdkConfig, id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    config.service_config()?.load_config(key)
}

fn of_aws(config: &SdkConfig, service: Service) -> String {
    let region = config.region().map_or("", |region| region.as_ref());
    let fips = if config.use_fips() == Some(true) {
        "-fips"
    } else {
        ""
    };
    let is_dual_stack = config.use_dual_stack() == Some(true);
    let suffix = match (region.starts_with("cn-"), is_dual_stack) {
        (false, false) => "amazonaws.com",
        (false, true) => "api.aws",
        (true, false) => "amazonaws.com.cn",
        (true, true) => "api.amazonwebservices.com.cn",
    };
    format!("https://{}{fips}.{region}.{suffix}", service.host)
}

#[cfg(test)]
mod tests {
    use aws_config::Region;

    use super::*;

    const AGENTS: Service = Service {
        id: "Bedrock Agent",
        host: "bedrock-agent",
        signed_as: "bedrock",
    };

    #[test]
    fn fips_and_dual_stack_are_in_the_address() {
        for (region, fips, dual_stack, expected) in [
            (
                "eu-west-1",
                false,
                false,
                "https://bedrock-agent.eu-west-1.amazonaws.com",
            ),
            (
                "us-east-1",
                true,
                false,
                "https://bedrock-agent-fips.us-east-1.amazonaws.com",
            ),
            (
                "eu-west-1",
                false,
                true,
                "https://bedrock-agent.eu-west-1.api.aws",
            ),
            (
                "us-gov-west-1",
                true,
                true,
                "https://bedrock-agent-fips.us-gov-west-1.api.aws",
            ),
            (
                "cn-north-1",
                false,
                false,
                "https://bedrock-agent.cn-north-1.amazonaws.com.cn",
            ),
            (
                "cn-north-1",
                false,
                true,
                "https://bedrock-agent.cn-north-1.api.amazonwebservices.com.cn",
            ),
        ] {
            let config = SdkConfig::builder()
                .region(Region::new(region))
                .use_fips(fips)
                .use_dual_stack(dual_stack)
                .build();
            assert_eq!(endpoint(&config, AGENTS), expected);
        }
    }
}
