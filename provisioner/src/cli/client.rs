//! The arguments of the commands that use a deployment.

use crate::gateway::dialect::Dialect;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::gateway::client::Token;

/// Arguments of `ask`.
#[derive(Clone, Args)]
pub struct AskArgs {
    /// The question; `-` reads it from stdin. May be empty where there are files
    pub question: String,
    /// An image or another file that comes with the question; may be given several times
    #[arg(long = "file", value_name = "PATH")]
    pub files: Vec<PathBuf>,
    /// Whom to ask, by the name in `agents`
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// The session to go on with; a new one if left out
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
    /// Which kind of client to be
    #[arg(long, value_enum, default_value_t)]
    pub dialect: Dialect,
    /// How much of the agent's trace to ask for
    #[arg(long, value_name = "LEVEL", value_parser = ["off", "summary", "full"])]
    pub trace: Option<String>,
    /// Show what each message of an AgentCore runtime was taken for, and why
    #[arg(long, conflicts_with_all = ["dialect", "raw"])]
    pub explain: bool,
    /// Print the bytes of the answer as they come
    #[arg(long, conflicts_with = "json")]
    pub raw: bool,
    /// The caller's token, for `auth: jwt`
    #[arg(long, env = "BEDROCK_GATEWAY_TOKEN", hide_env_values = true)]
    pub token: Option<Token>,
}

impl fmt::Debug for AskArgs {
    /// Without the question and the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AskArgs").finish_non_exhaustive()
    }
}

/// Arguments of `logs`.
#[derive(Debug, Clone, Args)]
pub struct LogsArgs {
    /// Go on as more is logged, until Ctrl-C
    #[arg(long, short)]
    pub follow: bool,
    /// How far back to begin: 90s, 10m, 2h or 1d
    #[arg(long, value_name = "AGE", default_value = "10m", value_parser = age)]
    pub since: Duration,
}

/// `10m` and the like.
fn age(text: &str) -> Result<Duration, String> {
    let expected = || "a number and one of s, m, h, d, such as `10m`".to_owned();
    let unit = text.chars().next_back().ok_or_else(expected)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return Err(expected()),
    };
    let number = text.strip_suffix(unit).unwrap_or_default();
    let number: u32 = number.parse().map_err(|_| expected())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_a_unit() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("2h", 7200), ("1d", 86400)] {
            assert_eq!(age(text), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "m", "10", "10x", "-1m", "1.5h", "10mm", "時"] {
            assert!(age(text).is_err(), "{text}");
        }
    }
}
