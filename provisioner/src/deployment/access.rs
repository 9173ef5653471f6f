//! Who may call the function URL, and from which origins.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::word::word_setting;

word_setting! {
    /// Who may call the function URL.
    Auth {
        /// Callers sign their requests and need permission in IAM.
        #[default]
        Iam = "iam",
        /// Callers bring a token of an OpenID Connect issuer, which the function checks.
        Jwt = "jwt",
        /// Anyone who knows the URL.
        None = "none",
    }
}

word_setting! {
    /// Whether the sessions of one role are one caller, where the role is no person's.
    RoleSessions {
        /// Whoever takes the role on is the same caller.
        #[default]
        Shared = "shared",
        /// A caller for each session name.
        Separate = "separate",
    }
}

word_setting! {
    /// Whether a function URL checks signatures, in the API's words.
    AuthType {
        #[default]
        AwsIam = "AWS_IAM",
        /// Anyone may call, who has the permission.
        None = "NONE",
    }
}

word_setting! {
    /// How a function URL answers, in the API's words.
    InvokeMode {
        /// URLs that are older than streaming have none, which means this.
        #[default]
        Buffered = "BUFFERED",
        ResponseStream = "RESPONSE_STREAM",
    }
}

/// The function URL's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlSettings {
    pub auth_type: AuthType,
    pub invoke_mode: InvokeMode,
    /// Wanted: `None` leaves it as it is. Found: `None` is none at all.
    pub cors: Option<Cors>,
}

/// Which other origins may call, and how. An empty list and no list are the same to AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cors {
    pub allow_credentials: bool,
    pub allow_headers: BTreeSet<String>,
    pub allow_methods: BTreeSet<String>,
    pub allow_origins: BTreeSet<String>,
    pub expose_headers: BTreeSet<String>,
    pub max_age_seconds: u32,
}

/// The function URL's auth type.
pub(crate) fn auth_type(auth: Auth) -> AuthType {
    match auth {
        Auth::Iam => AuthType::AwsIam,
        // The function checks the tokens itself.
        Auth::Jwt | Auth::None => AuthType::None,
    }
}
