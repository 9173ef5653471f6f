//! `init`: the first-time setup. Finds the Region and the agents of the account, asks what it cannot
//! know, and writes a gateway.yaml that explains itself.

mod agents;
mod dialog;
mod draft;
pub mod error;

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use serde_json::json;

use super::context::connection;
use super::error::CommandError;
use crate::aws::{AwsError, ControlPlane};
use crate::cli::{GlobalArgs, InitArgs, Lang, Locale};
use crate::config::schema::{self, SCHEMA_FILE};
use crate::config::{Audience, Config, Issuer, Jwt, Name, Needs, Region, SettingFlags};
use crate::deployment::access::Auth;
use crate::env_file::kind::other_than_file;
use crate::terminal::printer;
use crate::terminal::printer::Printer;
use dialog::{Dialog, Prompt};
use draft::Draft;
use error::InitError;

/// Writes the file; nothing in the account is changed.
pub async fn run(
    global: &GlobalArgs,
    args: &InitArgs,
    printer: Printer,
) -> Result<(), CommandError> {
    let path = &global.settings.config;
    // Told before five questions are asked, not after.
    if path.exists() && !args.force {
        return Err(InitError::Exists { path: path.clone() }.into());
    }
    agents::one_kind(&global.settings, &args.agent)?;
    let cannot_write = |source| InitError::Write {
        path: path.clone(),
        source,
    };
    if let Some(what) = other_than_file_at(path) {
        let path = path.clone();
        return Err(InitError::NoFile { path, what }.into());
    }
    writable(path).map_err(cannot_write)?;
    let dialog = Dialog {
        printer,
        interactive: printer::is_interactive() && !global.ci,
    };
    let comments = language(args);
    let text = draft(global, args, dialog).await?.text(comments);
    let flags = SettingFlags {
        name: None,
        region: None,
        env: None,
        agent_id: None,
        agent_alias: None,
        agent_runtime: None,
        agent_harness: None,
        permissions_boundary: None,
        ..global.settings.clone()
    };
    Config::resolve(&text, &flags, Needs::Deployment).map_err(CommandError::Config)?;
    write(path, &text, args.force).map_err(cannot_write)?;
    write_schema(&path.with_file_name(SCHEMA_FILE), printer);
    printer
        .result(&json!({ "path": path }), &path.display())
        .map_err(CommandError::Print)?;
    printer.say(&"look at it, then `provision plan` shows what it makes");
    Ok(())
}

/// The language of the comments: the flag's, else that of the first variable that is set, else English.
fn language(args: &InitArgs) -> Lang {
    let Locale {
        lc_all,
        lc_messages,
        lang,
    } = &args.locale;
    let variables = [lc_all, lc_messages, lang];
    let of_terminal = variables
        .into_iter()
        .flatten()
        .find(|text| !text.is_empty());
    let is_japanese = |text: &String| text.split(['_', '.', '@']).next() == Some("ja");
    args.lang
        .unwrap_or(if of_terminal.is_some_and(is_japanese) {
            Lang::Ja
        } else {
            Lang::En
        })
}

async fn draft(
    global: &GlobalArgs,
    args: &InitArgs,
    dialog: Dialog,
) -> Result<Draft, CommandError> {
    let region = region(global, args, dialog).await?;
    let agents = agents::wanted(dialog, &global.settings, &args.agent, async || {
        let connection = connection(global, &region)?;
        ControlPlane::connect(&connection, dialog.printer)
            .await
            .map_err(|error| InitError::Credentials(AwsError::no_credentials(&*error)).into())
    })
    .await?;
    let prompt = Prompt {
        text: "name of the deployment",
        flag: "--name",
    };
    let name = dialog.setting(
        prompt,
        global.settings.name.as_deref(),
        directory_name(&global.settings.config),
    )?;
    let (auth, jwt) = access(args, dialog)?;
    Ok(Draft {
        name,
        region,
        agents,
        auth,
        jwt,
    })
}

/// The Region of the flag or variable, else the one that is asked for; the profile's or that of other
/// tools is suggested.
async fn region(
    global: &GlobalArgs,
    args: &InitArgs,
    dialog: Dialog,
) -> Result<Region, CommandError> {
    let suggested = match &args.default_region {
        Some(region) => Some(region.clone()),
        None => crate::aws::region_of_profile(global.profile.as_deref()).await,
    };
    let prompt = Prompt {
        text: "AWS Region",
        flag: "--region",
    };
    let suggested = suggested.and_then(|region| region.parse().ok());
    dialog.setting(prompt, global.settings.region.as_deref(), suggested)
}

fn access(args: &InitArgs, dialog: Dialog) -> Result<(Auth, Option<Jwt>), CommandError> {
    let InitArgs {
        auth,
        issuer,
        audience,
        agent: _,
        default_region: _,
        force: _,
        lang: _,
        locale: _,
    } = args;
    let prompt = Prompt {
        text: "who may call: iam (signed), jwt (with a token), none (anybody, at your cost)",
        flag: "--auth",
    };
    let suggested = if issuer.is_some() {
        Auth::Jwt
    } else {
        Auth::Iam
    };
    let auth = dialog.setting(prompt, auth.as_deref(), Some(suggested))?;
    if auth != Auth::Jwt {
        return Ok((auth, None));
    }
    let prompt = Prompt {
        text: "issuer of the tokens, an https URL",
        flag: "--issuer",
    };
    let issuer: Issuer = dialog.setting(prompt, issuer.as_deref(), None)?;
    let prompt = Prompt {
        text: "audience or client id of the tokens",
        flag: "--audience",
    };
    let audience: Vec<Audience> = if audience.is_empty() {
        vec![dialog.setting(prompt, None, None)?]
    } else {
        let parsed = audience
            .iter()
            .map(|text| dialog.setting(prompt, Some(text), None));
        parsed.collect::<Result<_, _>>()?
    };
    Ok((auth, Some(Jwt::new(issuer, audience))))
}

/// The directory that the file will be in, as a deployment's name.
fn directory_name(config: &Path) -> Option<Name> {
    let directory = std::path::absolute(config)
        .ok()?
        .parent()?
        .file_name()?
        .to_owned();
    let word = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let text: String = directory.to_string_lossy().chars().map(word).collect();
    let text: String = text.trim_matches('-').chars().take(40).collect();
    text.trim_end_matches('-').parse().ok()
}

/// What is at `path` that is no file, if something is. Whoever opens a named pipe waits for its other end.
fn other_than_file_at(path: &Path) -> Option<&'static str> {
    other_than_file(fs::metadata(path).ok()?.file_type())
}

/// Whether a file can be written there. Nothing is left behind.
fn writable(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let path = std::path::absolute(path)?;
            tempfile::tempfile_in(path.parent().unwrap_or(&path)).map(drop)
        }
        opened => opened.map(drop),
    }
}

/// Writes the schema that gateway.yaml's first line names. Without it editors only explain less, so that it cannot
/// be written is no failure; what somebody else keeps under its name stays.
fn write_schema(path: &Path, printer: Printer) {
    let is_foreign = || match fs::read_to_string(path) {
        Ok(text) => !schema::is_ours(&text),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    };
    if other_than_file_at(path).is_some() || is_foreign() {
        printer.warn(&format_args!(
            "`{}` is something else, so editors will not explain gateway.yaml: `provision schema` prints what they need",
            path.display()
        ));
    } else if let Err(error) = fs::write(path, schema::text()) {
        printer.warn(&format_args!(
            "could not write `{}`, with which editors explain gateway.yaml: {error}",
            path.display()
        ));
    }
}

/// Writes the file, but without `--force` never over one that has appeared meanwhile.
fn write(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(force)
        .truncate(force)
        .create_new(!force)
        .open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comments_are_in_the_language_of_the_flag_or_the_terminal() {
        let of = |lang, variables: [&str; 3]| {
            let [lc_all, lc_messages, variable] =
                variables.map(|text| Some(text.to_owned()).filter(|text| text != "-"));
            let locale = Locale {
                lc_all,
                lc_messages,
                lang: variable,
            };
            language(&InitArgs {
                lang,
                locale,
                ..InitArgs::default()
            })
        };
        assert_eq!(of(None, ["-", "-", "-"]), Lang::En);
        assert_eq!(of(None, ["-", "-", "ja_JP.UTF-8"]), Lang::Ja);
        assert_eq!(of(None, ["", "", "ja"]), Lang::Ja);
        assert_eq!(of(None, ["-", "ja_JP", "en_US.UTF-8"]), Lang::Ja);
        assert_eq!(of(None, ["C", "ja_JP", "ja_JP"]), Lang::En);
        assert_eq!(of(None, ["-", "-", "jam_JM"]), Lang::En);
        assert_eq!(of(Some(Lang::En), ["ja_JP.UTF-8", "-", "-"]), Lang::En);
        assert_eq!(of(Some(Lang::Ja), ["C", "-", "-"]), Lang::Ja);
    }
}
