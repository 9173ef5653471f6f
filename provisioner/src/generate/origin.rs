//! How a job at GitHub comes by this `provision`.

use serde::Serialize;

/// The name of a released `provision` at npm and at `PyPI`.
pub const PACKAGE: &str = "bedrock-gateway";

/// How a job at GitHub comes by this `provision`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Origin {
    /// It was released: npm has it, with the function inside.
    Release {
        package: &'static str,
        version: String,
    },
    /// It was built in a clone: a job compiles the same commit.
    Clone { remote: String, commit: String },
}

/// The address at which everybody can fetch what a clone calls its remote; nothing for a directory of this
/// machine. A user name or a token in it stays here.
pub fn public_address(remote: &str) -> Option<String> {
    let (host, path) = match remote.split_once("://") {
        Some(("https" | "http" | "ssh" | "git", rest)) => rest.split_once('/')?,
        Some(_) => return None,
        // `git@github.com:owner/repository.git`
        None => remote
            .split_once(':')
            .filter(|(host, _)| !host.contains('/'))?,
    };
    let host = host.rsplit('@').next()?;
    // The port is that of SSH.
    let host = if remote.starts_with("ssh://") {
        host.split(':').next()?
    } else {
        host
    };
    let path = path.trim_matches('/');
    (!host.is_empty() && !path.is_empty()).then(|| format!("https://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_way_a_clone_was_fetched_the_address_is_public_and_without_secrets() {
        let public = Some("https://github.com/me/gateway.git".to_owned());
        for remote in [
            "https://github.com/me/gateway.git",
            "https://me:ghp_secret@github.com/me/gateway.git",
            "git@github.com:me/gateway.git",
            "ssh://git@github.com:22/me/gateway.git",
            "git://github.com/me/gateway.git",
        ] {
            assert_eq!(public_address(remote), public, "{remote}");
        }
        let own = Some("https://git.example:8443/gateway".to_owned());
        assert_eq!(public_address("https://git.example:8443/gateway/"), own);
    }

    #[test]
    fn a_directory_of_this_machine_is_nowhere_else() {
        for remote in [
            "/srv/gateway",
            "../gateway",
            "file:///srv/gateway",
            "gateway",
            "",
        ] {
            assert_eq!(public_address(remote), None, "{remote}");
        }
    }
}
