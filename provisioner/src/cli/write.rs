//! The arguments of the commands that write files.

use super::deploy::CodeArgs;
use crate::generate::target::Target;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of `init`; what is not given here is asked for on a terminal.
#[derive(Debug, Clone, Default, Args)]
pub struct InitArgs {
    /// An agent, instead of those that are found: ID/ALIAS or the ARN of a runtime or harness, with a
    /// name before it if there are several; the first one is the default
    #[arg(long, value_name = "[NAME=]AGENT")]
    pub agent: Vec<String>,
    /// Who may call the function URL
    #[arg(long, value_name = "iam|jwt|none")]
    pub auth: Option<String>,
    /// The issuer of the tokens, for `--auth jwt`
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// An audience or client id that tokens are made for, for `--auth jwt`
    #[arg(long, value_name = "ID")]
    pub audience: Vec<String>,
    /// The Region that other tools take where none is given
    #[arg(long, hide = true, env = "AWS_DEFAULT_REGION")]
    pub default_region: Option<String>,
    /// Take the place of a file that is there already
    #[arg(long)]
    pub force: bool,
    /// The language of the comments in the file [default: the terminal's]
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
    #[command(flatten)]
    pub locale: Locale,
}

/// A language in which gateway.yaml can explain itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English
    En,
    /// Japanese
    Ja,
}

/// The variables by which a terminal tells its language; POSIX reads them in this order.
#[derive(Debug, Clone, Default, Args)]
pub struct Locale {
    #[arg(long, hide = true, env = "LC_ALL")]
    pub lc_all: Option<String>,
    #[arg(long, hide = true, env = "LC_MESSAGES")]
    pub lc_messages: Option<String>,
    #[arg(id = "locale", long, hide = true, env = "LANG")]
    pub lang: Option<String>,
}

/// Arguments of `completions`.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArgs {
    /// The shell that is to complete
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// The directory for the pages, which is made if need be
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Arguments of `package`.
#[derive(Debug, Clone, Args)]
pub struct PackageArgs {
    #[command(flatten)]
    pub code: CodeArgs,
    /// Compress harder, as releases are: a quarter of a minute for 3 % fewer bytes, and another hash than `up` makes
    #[arg(long)]
    pub smallest: bool,
    /// The directory for bootstrap.zip, which is made if need be
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

/// Arguments of `generate`.
#[derive(Debug, Clone, Args)]
pub struct GenerateArgs {
    /// What to generate
    #[arg(value_enum)]
    pub target: Target,
    /// The directory to write to, which is made if need be [default: print the files]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write nothing; exit with 2 when a file in --out is not what would be generated
    #[arg(long, requires = "out")]
    pub check: bool,
}
