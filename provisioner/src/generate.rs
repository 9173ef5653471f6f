//! Writes a deployment down for other tools: fills the templates of `templates/<target>/` from the
//! same `Desired` that `up` applies. Pure; `commands::generate` prints, writes or compares.
//!
//! ```text
//! config -> desired, in an account that is only a reference -> view -> render <- templates/<target>/
//!                                                                        ^
//!                                         literal: every value in the file's own language
//! ```

mod agent_checks;
pub mod files;
mod literal;
pub mod origin;
mod reference;
mod render;
pub(crate) mod target;
mod view;

use std::path::PathBuf;

use crate::config::{Agents, Config};
use crate::generate::target::Target;
use crate::plan::desired::desired;
use origin::Origin;
use reference::Reference;
use render::Templates;
use target::{Template, templates};
use view::View;

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Where it belongs, seen from the directory that is generated into.
    pub path: PathBuf,
    pub text: String,
    /// A file to start from: written the first time only, and the user's own from then on.
    pub starter: bool,
}

/// A template could not be filled: a bug of ours.
#[derive(Debug, thiserror::Error)]
#[error("could not fill the template `{template}`")]
pub struct GenerateError {
    template: &'static str,
    #[source]
    source: minijinja::Error,
}

/// The files of `target` that describe what `up` would make of `config`, which has the overlay of `env`. The
/// workflow for GitHub needs to know the origin of this `provision`.
pub fn generate(
    target: Target,
    env: Option<&str>,
    config: &Config,
    agents: &Agents,
    origin: Option<&Origin>,
) -> Result<Vec<GeneratedFile>, GenerateError> {
    // The account is the one that is deployed to, which only the other tool knows.
    let desired = desired(config, agents, &Reference::account(), None);
    let environment = Templates::new().map_err(|source| GenerateError {
        template: "any",
        source,
    })?;
    let view = View::new(config, &desired, target, env, origin);
    // Those of several environments stand side by side.
    let suffix = env.map(|env| format!("-{env}")).unwrap_or_default();
    templates(target)
        .iter()
        .map(|template| {
            let Template {
                name,
                path,
                text,
                starter,
            } = template;
            environment
                .render(name, text, &view)
                .map(|text| GeneratedFile {
                    path: PathBuf::from(path.replace("{env}", &suffix)),
                    text,
                    starter: *starter,
                })
                .map_err(|source| GenerateError {
                    template: name,
                    source,
                })
        })
        .collect()
}

/// Whether `text` is of a file that was generated, and may be generated again.
pub fn is_generated(text: &str) -> bool {
    text.lines()
        .take(MARK_WITHIN)
        .any(|line| line.contains(MARK))
}

/// What the first lines of every generated file contain.
const MARK: &str = "Made by `provision generate ";
const MARK_WITHIN: usize = 10;

#[cfg(test)]
mod tests;
