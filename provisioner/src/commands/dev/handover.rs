//! How the keys of this run get to other programs of the developer: a profile in a file that only he can
//! read. Whoever has the keys may run programs as the developer.

use std::fmt;
use std::fs::{OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use local_aws::LocalAws;
use tempfile::TempDir;

/// Not `default`: after this run AWS's tools then say that there is no such profile, in place of going on
/// with the developer's own account.
pub(super) const PROFILE: &str = "local-aws";

/// The file; gone when it is dropped.
#[derive(Debug)]
pub(super) struct Handover {
    directory: TempDir,
}

impl Handover {
    /// Writes it for `aws`.
    pub(super) fn write(aws: &LocalAws) -> io::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("provision-dev-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        let this = Self { directory };
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(this.path())?;
        file.write_all(profile(aws).as_bytes())?;
        Ok(this)
    }

    /// What `AWS_CONFIG_FILE` is set to.
    pub(super) fn path(&self) -> PathBuf {
        self.directory.path().join("config")
    }
}

/// What to type in another terminal.
impl fmt::Display for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        write!(
            f,
            "export AWS_CONFIG_FILE={} AWS_PROFILE={PROFILE}",
            quoted(&path)
        )
    }
}

fn profile(aws: &LocalAws) -> String {
    let keys = &aws.developer;
    format!(
        "[profile {PROFILE}]\nregion = {}\nendpoint_url = {}\naws_access_key_id = {}\n\
         aws_secret_access_key = {}\n",
        aws.region,
        aws.endpoint(),
        keys.access_key_id,
        keys.secret_access_key
    )
}

/// For a shell: a temporary directory may be anywhere.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if path.chars().all(is_plain) {
        path
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_a_shell_would_take_it_apart() {
        let quoted = |path: &str| quoted(Path::new(path));

        assert_eq!(
            quoted("/tmp/provision-dev-aB3/config"),
            "/tmp/provision-dev-aB3/config"
        );
        assert_eq!(
            quoted("/home/o'hara/my tmp/config"),
            r"'/home/o'\''hara/my tmp/config'"
        );
    }
}
