//! The proxy between this machine and AWS, as the environment names it. A failure says through which proxy
//! it went: the request itself was for AWS, and nobody looks for the fault in between.

use std::ffi::OsString;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::hint::Hint;

/// What the words of a failure begin with that went through a proxy; its address follows, in backticks.
pub(super) const THROUGH: &str = "through the proxy ";

/// For requests with TLS, which all are that leave this machine.
#[derive(Clone)]
pub struct Proxy {
    /// With a scheme, and with user and password if it wants them.
    address: String,
    /// The same, understood.
    way: ProxyConfig,
    /// Hosts that are reached directly, as in `NO_PROXY`.
    exempt: String,
}

/// A variable that names no proxy which requests could go through. Its value is not told: there may be a password
/// in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} is not the address of a proxy that `provision` can use: {why}")]
pub struct UnusableProxy {
    variable: &'static str,
    why: &'static str,
}

impl Hint for UnusableProxy {
    fn hint(&self) -> Option<String> {
        Some(format!(
            "set {} to http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before the host if the proxy wants \
             them (special characters as %XX), or unset it: nothing is sent past a proxy that was meant",
            self.variable
        ))
    }
}

impl Proxy {
    /// The one that these variables name. A blank around an address comes from copying, and is no part of it.
    pub fn named_by(
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, UnusableProxy> {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                let value = variable(name)?.to_string_lossy().trim().to_owned();
                (!value.is_empty()).then_some((*name, value))
            })
        };
        let named = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]);
        let Some((variable, address)) = named else {
            return Ok(None);
        };
        let address = if address.contains("://") {
            address
        } else {
            format!("http://{address}")
        };
        let unusable = |why| UnusableProxy { variable, why };
        check(&address).map_err(unusable)?;
        let way = ProxyConfig::https(address.as_str());
        Ok(Some(Self {
            way: way.map_err(|_| unusable(NO_ADDRESS))?,
            address,
            exempt: first(&["NO_PROXY", "no_proxy"]).map_or_else(String::new, |(_, hosts)| hosts),
        }))
    }

    /// The same, which leaves out the host of `url` as well.
    pub(super) fn sparing(&self, url: &str) -> Self {
        let uri = url.parse::<Uri>().unwrap_or_default();
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        Self {
            exempt: format!("{},{host}", self.exempt),
            ..self.clone()
        }
    }

    /// As the connectors take it.
    pub(crate) fn config(proxy: Option<&Self>) -> ProxyConfig {
        match proxy {
            Some(Self { way, exempt, .. }) => way.clone().no_proxy(exempt),
            None => ProxyConfig::disabled(),
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
        let Self {
            address, exempt, ..
        } = self;
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

const NO_ADDRESS: &str = "it is no http:// or https:// address with a host and, if need be, a port";

/// What is wrong with an address. The connectors would leave out one that they do not understand, and go past it.
fn check(address: &str) -> Result<(), &'static str> {
    let scheme = address.split("://").next().unwrap_or_default();
    if scheme.to_ascii_lowercase().starts_with("socks") {
        return Err("it is a SOCKS proxy");
    }
    let uri: Uri = address.parse().map_err(|_| NO_ADDRESS)?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    let Some(authority) = uri.authority().filter(|_| is_http) else {
        return Err(NO_ADDRESS);
    };
    // To the parser the host ends with the first `/`, `?` or `#`, also with one in a password: what stands before
    // would be taken for the proxy.
    let user_ends = usize::from(authority.as_str().contains('@'));
    if address.matches('@').count() > user_ends {
        return Err(
            "user or password have `/`, `?`, `#` or `@` in them: write %2F, %3F, %23 and %40",
        );
    }
    let (_, place) = authority
        .as_str()
        .rsplit_once('@')
        .unwrap_or(("", authority.as_str()));
    let has_port = authority.port_u16().is_some_and(|port| port > 0);
    let is_understood = Matcher::builder()
        .https(address)
        .build()
        .intercept(&Uri::from_static("https://amazonaws.com"))
        .is_some();
    let has_host = !authority.host().is_empty();
    if is_understood && has_host && (has_port || place == authority.host()) {
        return Ok(());
    }
    Err(NO_ADDRESS)
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proxy")
            .field("address", &self.shown())
            .field("exempt", &self.exempt)
            .finish_non_exhaustive()
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

    fn named(variables: &[(&str, &str)]) -> Result<Option<Proxy>, UnusableProxy> {
        Proxy::named_by(|wanted| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).into())
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
            let found = named(variables).unwrap().map(|proxy| proxy.address);
            assert_eq!(found.as_deref(), address, "{variables:?}");
        }
    }

    #[test]
    fn an_address_is_taken_or_refused_but_never_left_out() {
        for address in [
            "p",
            "p:1",
            "http://p:1/",
            "https://p",
            "HTTP://p:1",
            "http://[::1]:1",
            "http://me:hu%2Fsh@p:1",
        ] {
            let found = named(&[("HTTPS_PROXY", address)]);
            assert!(matches!(found, Ok(Some(_))), "{address}: {found:?}");
        }
        for address in [
            "socks5://p:1",
            "socks5h://p:1",
            "ftp://p:1",
            "http://p:1/x y",
            "http://[::1",
            "http://p:port",
            "http://p:0",
            "http://",
            "http://me@",
            "http://:1",
            "://p:1",
            "http://me:hu/sh@p:1",
            "http://me:12/hush@p:1",
            "http://me@corp:hush@p:1",
            "http://me:12#hush@p:1",
            "http://me:12?hush@p:1",
        ] {
            let error = named(&[("https_proxy", address)]).unwrap_err();
            let told = format!("{error} {}", error.hint().unwrap_or_default());
            assert!(told.starts_with("https_proxy is"), "{address}: {told}");
            assert!(!told.contains("hush"), "{told}");
        }
    }

    #[test]
    fn a_failure_names_the_proxy_without_its_password_and_only_where_it_was_in_between() {
        let proxy = named(&[
            ("HTTPS_PROXY", "http://me:hush@proxy.example:3128/"),
            ("NO_PROXY", "direct.example"),
        ])
        .unwrap()
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
