//! Which files a target consists of. A template's path below `templates/<target>/` is the file's path
//! below the directory that is generated into.

use crate::cli::Target;

/// A file to be filled.
#[derive(Debug)]
pub(super) struct Template {
    /// Its path in the repository's `templates/`.
    pub(super) name: &'static str,
    /// The path of what is made of it.
    pub(super) path: &'static str,
    pub(super) text: &'static str,
}

/// A file of `templates/$directory/`.
macro_rules! template {
    ($directory:literal / $path:literal) => {
        template!($directory / $path => $path)
    };
    ($directory:literal / $name:literal => $path:literal) => {
        Template {
            name: concat!($directory, "/", $name),
            path: $path,
            text: include_str!(concat!("../../../templates/", $directory, "/", $name)),
        }
    };
}

pub(super) fn templates(target: Target) -> &'static [Template] {
    match target {
        Target::Cloudformation => &[template!("cloudformation" / "bedrock-gateway.yaml")],
        Target::Policy => &[template!("policy" / "deploy-role.yaml")],
        Target::Github => &[template!("github" / "deploy.yml" => ".github/workflows/deploy.yml")],
    }
}
