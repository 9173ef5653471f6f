//! The root certificates that the function trusts.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::settings::Platform;

/// Every public AWS endpoint has a certificate under these five. Reading the system's 140 would be
/// most of a cold start, and no other authority should be able to vouch for Bedrock.
const AMAZON_TRUST_SERVICES: &[u8] = include_bytes!("amazon-trust-services.pem");

/// Why there are no usable root certificates.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    #[error("could not read the root certificates in `{path}`, which `AWS_CA_BUNDLE` names")]
    Read {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("`{0}`, which `AWS_CA_BUNDLE` names, is no file of PEM certificates")]
    Malformed(String),
    #[error("this system has no root certificates to check `{0}` with")]
    NoneOnSystem(String),
}

/// The root certificates to trust.
#[derive(Debug)]
pub struct Roots {
    amazon: RootCertStore,
    /// The roots are those of `AWS_CA_BUNDLE`, which is trusted instead of all others.
    is_bundle: bool,
}

impl Roots {
    /// Reads the file that `AWS_CA_BUNDLE` names, if it names one.
    pub fn new(platform: &Platform) -> Result<Self, RootsError> {
        let Some(path) = &platform.ca_bundle else {
            let amazon = store(AMAZON_TRUST_SERVICES);
            return Ok(Self {
                amazon: amazon.ok_or_else(|| RootsError::Malformed("Amazon".to_owned()))?,
                is_bundle: false,
            });
        };
        let bundle = std::fs::read(path).map_err(|source| RootsError::Read {
            path: path.clone(),
            source,
        })?;
        Ok(Self {
            amazon: store(&bundle).ok_or_else(|| RootsError::Malformed(path.clone()))?,
            is_bundle: true,
        })
    }

    /// The roots for AWS.
    pub fn amazon(&self) -> RootCertStore {
        self.amazon.clone()
    }

    /// The roots for `host`: the system's for a host outside AWS.
    pub fn for_host(&self, host: &str) -> Result<RootCertStore, RootsError> {
        let is_amazon = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
        if is_amazon || self.is_bundle {
            return Ok(self.amazon());
        }
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        let (usable, _) = roots.add_parsable_certificates(found.certs);
        if usable == 0 {
            return Err(RootsError::NoneOnSystem(host.to_owned()));
        }
        Ok(roots)
    }
}

/// The certificates of a PEM file; `None` when there are none, or one is broken.
fn store(pem: &[u8]) -> Option<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.ok()?).ok()?;
    }
    (!roots.is_empty()).then_some(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amazon_has_five_roots() {
        assert_eq!(
            store(AMAZON_TRUST_SERVICES).map(|roots| roots.len()),
            Some(5)
        );
    }

    #[test]
    fn what_holds_no_certificate_or_a_broken_one_is_no_bundle() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let half = [AMAZON_TRUST_SERVICES, broken.as_bytes()].concat();

        for pem in [b"".as_slice(), b"no certificate", broken.as_bytes(), &half] {
            assert!(store(pem).is_none(), "{}", String::from_utf8_lossy(pem));
        }
    }
}
