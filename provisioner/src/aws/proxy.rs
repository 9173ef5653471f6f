//! The proxy between this machine and AWS, as the environment names it. A failure says through which proxy
//! it went: the request itself was for AWS, and nobody looks for the fault in between.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use hyper_util::client::proxy::matcher::Matcher;

/// What the words of a failure begin with that went through a proxy; its address follows, in backticks.
pub(super) const THROUGH: &str = "through the proxy ";

/// For requests with TLS, which all are that leave this machine.
#[derive(Clone)]
pub struct Proxy {
    /// With a scheme, and with user and password if it wants them.
    address: String,
    /// Hosts that are reached directly, as in `NO_PROXY`.
    exempt: String,
}

impl Proxy {
    /// The one that these variables name. A blank around an address comes from copying, and is no part of it.
    pub fn named_by(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let first = |names: &[&str]| {
            let values = names.iter().filter_map(|name| variable(name));
            let mut trimmed = values.map(|value| value.trim().to_owned());
            trimmed.find(|value| !value.is_empty())
        };
        let address = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])?;
        Some(Self {
            address: if address.contains("://") {
                address
            } else {
                format!("http://{address}")
            },
            exempt: first(&["NO_PROXY", "no_proxy"]).unwrap_or_default(),
        })
    }

    /// As the connectors take it.
    pub(crate) fn config(proxy: Option<&Self>) -> ProxyConfig {
        let Some(Self { address, exempt }) = proxy else {
            return ProxyConfig::disabled();
        };
        match ProxyConfig::https(address.as_str()) {
            Ok(config) => config.no_proxy(exempt),
            // Of a kind that only the connector itself knows, such as SOCKS.
            Err(_) => ProxyConfig::from_env(),
        }
    }

    /// The same failure, with this proxy's address if the request for `uri` went through it.
    pub(crate) fn told(&self, uri: &str, error: ConnectorError) -> ConnectorError {
        let is_through = uri
            .parse()
            .is_ok_and(|uri| self.matcher().intercept(&uri).is_some());
        if !is_through {
            return error;
        }
        let (is_timeout, is_user, is_io) = (error.is_timeout(), error.is_user(), error.is_io());
        let kind = error.as_other();
        let source: BoxError = Box::new(Through {
            address: self.shown().to_owned(),
            source: error.into_source(),
        });
        if is_timeout {
            ConnectorError::timeout(source)
        } else if is_user {
            ConnectorError::user(source)
        } else if is_io {
            ConnectorError::io(source)
        } else {
            ConnectorError::other(source, kind)
        }
    }

    fn matcher(&self) -> Matcher {
        let Self { address, exempt } = self;
        Matcher::builder()
            .https(address.as_str())
            .no(exempt.as_str())
            .build()
    }

    /// Without user and password.
    fn shown(&self) -> &str {
        let (_, behind) = self.address.split_once("://").unwrap_or_default();
        let authority = behind.split('/').next().unwrap_or_default();
        authority.rsplit('@').next().unwrap_or_default()
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proxy")
            .field("address", &self.shown())
            .field("exempt", &self.exempt)
            .finish()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{THROUGH}`{address}`")]
struct Through {
    address: String,
    source: BoxError,
}

/// The address in the words of such a failure.
pub(crate) fn named_in(reason: &str) -> Option<&str> {
    let (_, behind) = reason.split_once(THROUGH)?;
    behind.strip_prefix('`')?.split('`').next()
}

/// What to do about such a failure.
pub(crate) fn proxy_refuses(proxy: &str) -> String {
    format!(
        "the proxy `{proxy}` is not there, or does not let the request through: check HTTPS_PROXY, with user and \
         password if it wants them (http://USER:PASSWORD@HOST:PORT), or name hosts that need no proxy in NO_PROXY"
    )
}

/// A client whose failures say through which proxy they went.
#[derive(Debug)]
pub(super) struct Proxied {
    pub(super) client: SharedHttpClient,
    pub(super) proxy: Proxy,
}

impl HttpClient for Proxied {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(ProxiedConnector {
            connector: self.client.http_connector(settings, components),
            proxy: self.proxy.clone(),
        })
    }
}

#[derive(Debug)]
struct ProxiedConnector {
    connector: SharedHttpConnector,
    proxy: Proxy,
}

impl HttpConnector for ProxiedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri().to_owned();
        let proxy = self.proxy.clone();
        let answer = self.connector.call(request);
        HttpConnectorFuture::new(
            async move { answer.await.map_err(|error| proxy.told(&uri, error)) },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(variables: &[(&str, &str)]) -> Option<Proxy> {
        Proxy::named_by(|wanted| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_first_variable_that_says_something_counts_without_blanks() {
        for (variables, address) in [
            (&[("HTTPS_PROXY", "http://p:1 ")][..], Some("http://p:1")),
            (&[("https_proxy", "\tp:1\n")], Some("http://p:1")),
            (
                &[("HTTPS_PROXY", " "), ("ALL_PROXY", "p:1")],
                Some("http://p:1"),
            ),
            (&[("HTTPS_PROXY", "")], None),
            (&[("HTTP_PROXY", "http://p:1")], None),
        ] {
            let found = named(variables).map(|proxy| proxy.address);
            assert_eq!(found.as_deref(), address, "{variables:?}");
        }
    }

    #[test]
    fn a_failure_names_the_proxy_without_its_password_and_only_where_it_was_in_between() {
        let proxy = named(&[
            ("HTTPS_PROXY", "http://me:hush@proxy.example:3128/"),
            ("NO_PROXY", "direct.example"),
        ])
        .unwrap();
        let told = |uri| {
            let error = ConnectorError::io("tunnel error".into());
            let told = proxy.told(uri, error);
            assert!(told.is_io());
            told.into_source().to_string()
        };

        let through = told("https://lambda.eu-west-1.amazonaws.com/");
        assert_eq!(through, "through the proxy `proxy.example:3128`");
        assert_eq!(named_in(&through), Some("proxy.example:3128"));
        assert_eq!(told("https://direct.example/"), "tunnel error");
        assert_eq!(told("http://127.0.0.1:4566/"), "tunnel error");
        assert!(!format!("{proxy:?}").contains("hush"));
    }
}
