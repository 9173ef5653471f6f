use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

const URL: &str = "https://abc.lambda-url.ap-northeast-1.on.aws/";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_new_file_is_for_its_owner_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".env.local");

    assert_eq!(update(&path, Edit::Set(URL)).unwrap(), Written::Changed);

    let expected = format!("BEDROCK_GATEWAY_LAMBDA_URL={URL}\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(current(&path).unwrap().as_deref(), Some(URL));
}

#[test]
fn the_mode_of_an_existing_file_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".env.local");
    fs::write(&path, "A=1\n").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();

    update(&path, Edit::Set(URL)).unwrap();

    assert_eq!(mode(&path), 0o640);
}

#[test]
fn nothing_is_written_when_nothing_changes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".env.local");
    update(&path, Edit::Set(URL)).unwrap();
    // Writing would need the directory.
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();

    assert_eq!(update(&path, Edit::Set(URL)).unwrap(), Written::Unchanged);

    let missing = directory.path().join("missing");
    assert_eq!(update(&missing, Edit::Remove).unwrap(), Written::Unchanged);
    assert!(!missing.exists());
}

#[test]
fn a_symbolic_link_stays_one() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("shared")).unwrap();
    let target = directory.path().join("shared/env");
    let path = directory.path().join(".env.local");
    // Dangling at first, relative to its own directory, and over two hops.
    symlink("shared/env", directory.path().join("hop")).unwrap();
    symlink("hop", &path).unwrap();

    for edit in [Edit::Set(URL), Edit::Remove] {
        assert_eq!(update(&path, edit).unwrap(), Written::Changed);
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert!(fs::symlink_metadata(&target).unwrap().is_file());
    }
    assert_eq!(fs::read_to_string(&target).unwrap(), "");
}

#[test]
fn a_circle_of_links_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".env.local");
    symlink(".env.local", &path).unwrap();

    assert!(update(&path, Edit::Set(URL)).is_err());
}

#[test]
fn a_read_only_file_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".env.local");
    fs::write(&path, "A=1\n").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();

    let error = update(&path, Edit::Set(URL)).unwrap_err();

    assert!(matches!(error, EnvFileError::ReadOnly { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "A=1\n");
}

#[test]
fn a_failed_write_leaves_the_file_and_no_rubbish() {
    let directory = tempfile::tempdir().unwrap();
    let error = update(
        &directory.path().join("no/such/directory/.env"),
        Edit::Set(URL),
    )
    .unwrap_err();
    assert!(matches!(error, EnvFileError::NoDirectory { .. }), "{error}");

    // Not UTF-8: it is read, not written, and stays.
    let path = directory.path().join(".env.local");
    fs::write(&path, b"A=\xff\n").unwrap();
    let error = update(&path, Edit::Set(URL)).unwrap_err();
    assert!(matches!(error, EnvFileError::Read { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"A=\xff\n");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}
