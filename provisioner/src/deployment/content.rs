//! What a function consists of: its configuration and its code.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::word::word_setting;

/// The settings of a function that `UpdateFunctionConfiguration` changes, as far as they are ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Configuration {
    pub role_arn: String,
    pub runtime: String,
    pub handler: String,
    pub memory_mb: i32,
    pub timeout_seconds: i32,
    /// Of `/tmp`, in MB. Wanted: `None` leaves it as it is. Found: AWS always answers it.
    pub ephemeral_storage_mb: Option<i32>,
    pub logging: Logging,
    pub environment: BTreeMap<String, String>,
}

/// Where and how the function logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Logging {
    pub log_group: String,
    /// `JSON` or `Text`.
    pub format: String,
}

/// The identity of a function's code. Lambda changes the architecture together with the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The base64 of the zip's SHA-256, as Lambda reports it.
    pub sha256: String,
    pub architecture: Architecture,
}

impl Configuration {
    /// Whether a function with the configuration `live` has this one. What is to be left as it is, is not
    /// compared.
    pub fn agrees_with(&self, live: &Self) -> bool {
        let compared = Self {
            ephemeral_storage_mb: self.ephemeral_storage_mb.or(live.ephemeral_storage_mb),
            ..self.clone()
        };
        compared == *live
    }
}

/// How often this tool has learned new settings; `settings` says which.
pub(super) const GENERATION: u8 = 2;

/// The content of a function, as far as this tool knew its settings in `generation`. The order stays: what
/// was noted down is a hash of it.
pub(super) fn settings(generation: u8, configuration: &Configuration, code: &Code) -> Vec<Value> {
    // In full, so that a new setting does not compile until it has its place.
    let Configuration {
        role_arn,
        runtime,
        handler,
        memory_mb,
        timeout_seconds,
        ephemeral_storage_mb,
        logging,
        environment,
    } = configuration;
    let Code {
        sha256,
        architecture,
    } = code;
    let mut settings = vec![
        json!(role_arn),
        json!(runtime),
        json!(handler),
        json!(memory_mb),
        json!(timeout_seconds),
        json!([logging.log_group, logging.format]),
        json!(environment),
        json!(sha256),
        json!(architecture),
    ];
    if generation >= 2 {
        settings.push(json!(ephemeral_storage_mb));
    }
    settings
}

impl Code {
    /// What the function holds once `package` is sent.
    pub fn of(package: &Package) -> Self {
        Self {
            sha256: package.code_sha256.clone(),
            architecture: package.architecture,
        }
    }
}

word_setting! {
    /// The instruction set the function runs on.
    Architecture {
        #[default]
        X86_64 = "x86_64",
        Arm64 = "arm64",
    }
}

impl Architecture {
    /// What a binary built here runs on.
    pub fn of_this_machine() -> Self {
        if cfg!(target_arch = "aarch64") {
            Self::Arm64
        } else {
            Self::X86_64
        }
    }
}

/// A zip ready to upload.
#[derive(Clone)]
pub struct Package {
    pub zip: Arc<[u8]>,
    /// The base64 of the zip's SHA-256: what Lambda answers as `CodeSha256`.
    pub code_sha256: String,
    pub architecture: Architecture,
    /// The version of the released `provision` that carries it; nothing where it was built here.
    pub edition: Option<String>,
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            zip,
            code_sha256,
            architecture,
            edition,
        } = self;
        f.debug_struct("Package")
            .field("zip", &format_args!("{} bytes", zip.len()))
            .field("code_sha256", code_sha256)
            .field("architecture", architecture)
            .field("edition", edition)
            .finish()
    }
}

/// The same code, whatever it came from.
impl PartialEq for Package {
    fn eq(&self, other: &Self) -> bool {
        self.code_sha256 == other.code_sha256 && self.architecture == other.architecture
    }
}

impl Eq for Package {}
