//! Where a role is taken on. The SDK asks for one by rules of its own, which know neither `--endpoint-url` nor
//! `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`: the user's keys would sign a request to AWS in a run that was to leave
//! AWS alone.

use aws_config::SdkConfig;
use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http::Uri;

use crate::aws::endpoint::configured;

/// What the words of such a failure begin with.
const ELSEWHERE: &str = "the role would be taken on at";

/// Whether a failure is one of these, by its words.
pub(in crate::aws) fn is_elsewhere(reason: &str) -> bool {
    reason.contains(ELSEWHERE)
}

#[derive(Debug, thiserror::Error)]
#[error("{ELSEWHERE} `{there}`, and the other requests to STS go to `{here}`")]
struct Elsewhere {
    there: String,
    here: String,
}

/// A client for those who find credentials. It lets no request for a role out but to where this run asks STS.
#[derive(Debug)]
pub(super) struct AtOnePlace {
    pub(super) client: SharedHttpClient,
    /// Host and port of STS.
    pub(super) sts: String,
}

impl HttpClient for AtOnePlace {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(AtOnePlaceConnector {
            connector: self.client.http_connector(settings, components),
            sts: self.sts.clone(),
        })
    }
}

#[derive(Debug)]
struct AtOnePlaceConnector {
    connector: SharedHttpConnector,
    sts: String,
}

impl HttpConnector for AtOnePlaceConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // `AssumeRole` and `AssumeRoleWithWebIdentity`, as STS's protocol writes them.
        let body = request.body().bytes().unwrap_or_default();
        let there = authority(request.uri());
        if body.starts_with(b"Action=AssumeRole") && there != self.sts {
            let here = self.sts.clone();
            let error = ConnectorError::user(Elsewhere { there, here }.into());
            return HttpConnectorFuture::ready(Err(error));
        }
        self.connector.call(request)
    }
}

/// Host and port of STS, by the rules that its client goes by; empty where they lead nowhere.
pub(super) async fn sts(config: &SdkConfig) -> String {
    let region = config.region().map(|region| region.as_ref().to_owned());
    let params = Params::builder()
        .set_region(region)
        .set_use_fips(config.use_fips())
        .set_use_dual_stack(config.use_dual_stack())
        .set_endpoint(configured(config, "STS"))
        .build();
    let Ok(params) = params else {
        return String::new();
    };
    let found = DefaultResolver::new().resolve_endpoint(&params).await;
    found.map_or_else(|_| String::new(), |found| authority(found.url()))
}

fn authority(url: &str) -> String {
    let uri = url.parse::<Uri>().unwrap_or_default();
    uri.authority()
        .map_or_else(String::new, ToString::to_string)
}
