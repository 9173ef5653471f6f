//! What is wrong with a signature.

/// Why a request is not from whom it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SigV4Error {
    #[error("Missing Authentication Token")]
    Missing,
    #[error("{0}")]
    Malformed(String),
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    #[error("The security token included in the request is expired")]
    SessionOver,
    #[error("Credential should be scoped to correct service: '{expected}'.")]
    WrongService { expected: String },
    #[error("Credential should be scoped to a valid region: this local AWS is '{expected}'.")]
    WrongRegion { expected: String },
    #[error("Signature expired: {signed_at} is not within 5 minutes of the server's clock")]
    Expired { signed_at: String },
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    PayloadChanged,
    #[error(
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details."
    )]
    WrongSignature,
}
