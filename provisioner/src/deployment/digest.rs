//! What tells the content of one version from that of another, short enough to be noted down.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::content::{Code, Configuration, GENERATION, settings};

/// Enough of a SHA-256 to tell two settings apart.
const BYTES: usize = 16;

/// The digest of a function's content: its configuration and code, as AWS tells them.
///
/// It says which generation of settings it was made of. A setting that this tool learns later is no part
/// of the digests that it has noted down before: with them it goes on comparing what they knew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentDigest {
    generation: u8,
    hex: String,
}

impl ContentDigest {
    /// Of what `$LATEST` or a version holds.
    pub fn of(configuration: &Configuration, code: &Code) -> Self {
        Self {
            generation: GENERATION,
            hex: hex(GENERATION, configuration, code),
        }
    }

    /// Whether it is the digest of this content; `None` if a newer version of this tool has made it, of
    /// settings that are not known here.
    pub fn is_of(&self, configuration: &Configuration, code: &Code) -> Option<bool> {
        (1..=GENERATION)
            .contains(&self.generation)
            .then(|| hex(self.generation, configuration, code) == self.hex)
    }
}

fn hex(generation: u8, configuration: &Configuration, code: &Code) -> String {
    let settings = serde_json::Value::from(settings(generation, configuration, code));
    let hash = Sha256::digest(settings.to_string());
    hash.iter().take(BYTES).fold(String::new(), |hex, byte| {
        let byte = format!("{byte:02x}");
        hex + &byte
    })
}

impl fmt::Display for ContentDigest {
    /// The first generation is not named: its digests were noted down before there was another.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { generation, hex } = self;
        match generation {
            1 => f.write_str(hex),
            generation => write!(f, "{generation}:{hex}"),
        }
    }
}

/// The text is no digest of any generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADigest;

impl FromStr for ContentDigest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let (generation, hex) = match text.split_once(':') {
            Some((generation, hex)) => (generation.parse().map_err(|_| NotADigest)?, hex),
            None => (1, text),
        };
        Ok(Self {
            generation,
            hex: hex.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::content::{Architecture, Logging};

    #[test]
    fn every_setting_counts() {
        let configuration = Configuration {
            role_arn: "r".to_owned(),
            runtime: "p".to_owned(),
            handler: "h".to_owned(),
            memory_mb: 128,
            timeout_seconds: 3,
            ephemeral_storage_mb: Some(512),
            logging: Logging {
                log_group: "g".to_owned(),
                format: "JSON".to_owned(),
            },
            environment: [("A".to_owned(), "1".to_owned())].into(),
        };
        let code = Code {
            sha256: "s".to_owned(),
            architecture: Architecture::X86_64,
        };
        let changes: [fn(&mut Configuration, &mut Code); 11] = [
            |it, _| it.role_arn.push('x'),
            |it, _| it.runtime.push('x'),
            |it, _| it.handler.push('x'),
            |it, _| it.memory_mb += 1,
            |it, _| it.timeout_seconds += 1,
            |it, _| it.ephemeral_storage_mb = Some(1024),
            |it, _| it.logging.log_group.push('x'),
            |it, _| it.logging.format.push('x'),
            |it, _| it.environment.clear(),
            |_, it| it.sha256.push('x'),
            |_, it| it.architecture = Architecture::Arm64,
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let (mut other, mut other_code) = (configuration.clone(), code.clone());
            change(&mut other, &mut other_code);
            assert_ne!(
                ContentDigest::of(&configuration, &code),
                ContentDigest::of(&other, &other_code),
                "{index}"
            );
        }
    }

    #[test]
    fn what_a_newer_version_of_this_tool_noted_down_is_no_change() {
        let live = crate::plan::tests::fixtures::live_function(
            &crate::plan::tests::fixtures::desired("AWS_IAM"),
        );
        let newer: ContentDigest = "255:00".parse().unwrap();
        assert_eq!(newer.is_of(&live.configuration, &live.code), None);
    }

    #[test]
    fn each_generation_is_compared_with_what_it_knew() {
        let live = crate::plan::tests::fixtures::live_function(
            &crate::plan::tests::fixtures::desired("AWS_IAM"),
        );
        let (configuration, code) = (&live.configuration, &live.code);
        for generation in 1..=GENERATION {
            let hex = hex(generation, configuration, code);
            let noted = ContentDigest { generation, hex };
            assert_eq!(noted.is_of(configuration, code), Some(true), "{noted}");
            assert_eq!(noted.to_string().parse(), Ok(noted));
        }
    }
}
