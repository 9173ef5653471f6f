//! Other people's programs that a command starts: cargo, which runs the build scripts of every dependency,
//! and git. None of them gets the credentials that `provision` itself was given.

use std::ffi::OsStr;
use std::process::Command;

/// `program`, without the variables of this process that let somebody act as its user.
pub fn tool(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_credential(name)) {
        command.env_remove(name);
    }
    command
}

/// All of AWS's: the profile and the file that a variable names lead to keys as well. GitHub's tokens for the
/// job become a role, or change what later jobs find in its cache. The last one is a caller's, for `ask`.
fn is_credential(name: &OsStr) -> bool {
    const BEGINNINGS: [&[u8]; 2] = [b"AWS_", b"ACTIONS_ID_TOKEN_"];
    const NAMES: [&str; 2] = ["ACTIONS_RUNTIME_TOKEN", "BEDROCK_GATEWAY_TOKEN"];

    let bytes = name.as_encoded_bytes();
    BEGINNINGS
        .iter()
        .any(|beginning| bytes.starts_with(beginning))
        || NAMES.iter().any(|known| name == *known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_known_by_their_names_and_settings_of_tools_are_none() {
        for (name, expected) in [
            ("AWS_SECRET_ACCESS_KEY", true),
            ("AWS_PROFILE", true),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", true),
            ("ACTIONS_RUNTIME_TOKEN", true),
            ("BEDROCK_GATEWAY_TOKEN", true),
            ("BEDROCK_GATEWAY_NAME", false),
            ("CARGO_TARGET_DIR", false),
            ("HTTPS_PROXY", false),
            ("PATH", false),
        ] {
            assert_eq!(is_credential(OsStr::new(name)), expected, "{name}");
        }
    }
}
