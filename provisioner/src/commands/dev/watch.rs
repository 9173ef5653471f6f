//! Notices when something has changed that a version is made of: gateway.yaml, and the binary or else the
//! function's source.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::error::DevError;
use crate::package::source::Source;

/// Editors write a file in several steps: what follows within this time is the same change.
const SETTLED: Duration = Duration::from_millis(200);

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// The binary or the source.
    Program,
    /// gateway.yaml, and perhaps the program as well.
    Settings,
}

/// The changes since this was made.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Dropped at the end of the session, which ends the watching.
    _watcher: RecommendedWatcher,
    changes: mpsc::UnboundedReceiver<Change>,
}

impl Changes {
    /// Watches `settings`, and where the function comes from, if that can change.
    pub(crate) fn watch(settings: &Path, source: &Source) -> Result<Self, DevError> {
        let parts = Watched {
            settings: ways_to(settings),
            program: match source {
                Source::Binary(binary) => Program::Binary(ways_to(&binary.path)),
                Source::Checkout(directories) => directories
                    .iter()
                    .map(|directory| directory.join("function/src"))
                    .find(|source| source.join("main.rs").is_file())
                    .map_or(Program::Nowhere, |source| Program::Source(ways_to(&source))),
                Source::Carried(_) | Source::Nowhere => Program::Nowhere,
            },
        };
        let (sender, changes) = mpsc::unbounded_channel();
        let watcher = watch(parts, sender).map_err(DevError::Watch)?;
        Ok(Self {
            _watcher: watcher,
            changes,
        })
    }

    /// Waits for the next change, and for all that belongs to it.
    pub(crate) async fn next(&mut self) -> Option<Change> {
        let mut change = self.changes.recv().await?;
        while let Ok(Some(another)) = tokio::time::timeout(SETTLED, self.changes.recv()).await {
            if another == Change::Settings {
                change = another;
            }
        }
        Some(change)
    }
}

/// What is told about it before it begins.
pub(crate) fn told(source: &Source) -> String {
    let program = match source {
        Source::Binary(binary) => format!("`{}` or ", binary.path.display()),
        Source::Checkout(_) => "the function's sources or ".to_owned(),
        Source::Carried(_) | Source::Nowhere => String::new(),
    };
    format!("a change in {program}gateway.yaml is deployed at once")
}

/// A file or directory as it was named and, where a symbolic link leads elsewhere, as it is.
fn ways_to(path: &Path) -> Vec<PathBuf> {
    let named = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let real = path.canonicalize().ok().filter(|real| *real != named);
    [Some(named), real].into_iter().flatten().collect()
}

/// What a version is made of. Whatever else lies beside it may change as it likes: the log of `dev` itself,
/// what editors and builds leave there.
#[derive(Debug)]
struct Watched {
    /// All paths of the one file, which need not exist.
    settings: Vec<PathBuf>,
    program: Program,
}

#[derive(Debug)]
enum Program {
    /// All paths of the one file.
    Binary(Vec<PathBuf>),
    /// All paths of the directory.
    Source(Vec<PathBuf>),
    Nowhere,
}

impl Watched {
    /// What the system is asked to watch. A build or an editor replaces a file, and a watch of the file
    /// would stay with the old one.
    fn directories(&self) -> Vec<(&Path, RecursiveMode)> {
        let files = match &self.program {
            Program::Binary(ways) => ways.as_slice(),
            Program::Source(_) | Program::Nowhere => &[],
        };
        let files = self.settings.iter().chain(files);
        let mut directories: Vec<_> = files
            .filter_map(|file| Some((file.parent()?, RecursiveMode::NonRecursive)))
            .collect();
        if let Program::Source(source) = &self.program {
            directories.extend(
                source
                    .first()
                    .map(|way| (way.as_path(), RecursiveMode::Recursive)),
            );
        }
        directories
    }

    /// What an event changes.
    fn change(&self, event: &Event) -> Option<Change> {
        let is_change = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
        );
        let changes = |is_it: &dyn Fn(&Path) -> bool| event.paths.iter().any(|path| is_it(path));
        if !is_change {
            None
        } else if changes(&|path| self.settings.iter().any(|way| way == path)) {
            Some(Change::Settings)
        } else if changes(&|path| self.program.contains(path)) {
            Some(Change::Program)
        } else {
            None
        }
    }
}

impl Program {
    fn contains(&self, path: &Path) -> bool {
        match self {
            Self::Binary(ways) => ways.iter().any(|way| way == path),
            Self::Source(ways) => ways.iter().any(|way| path.starts_with(way)) && is_source(path),
            Self::Nowhere => false,
        }
    }
}

/// Not what an editor writes beside a file: `.main.rs.swp`, `.#main.rs`, `main.rs~`, `4913`. A directory
/// that was moved is.
fn is_source(path: &Path) -> bool {
    let is_hidden = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let is_part = path
        .extension()
        .is_some_and(|extension| extension == "rs" || extension == "pem");
    (is_part && !is_hidden) || path.is_dir()
}

fn watch(
    parts: Watched,
    sender: mpsc::UnboundedSender<Change>,
) -> notify::Result<RecommendedWatcher> {
    let parts = Arc::new(parts);
    let seen = Arc::clone(&parts);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let change = event.ok().and_then(|event| seen.change(&event));
        if let Some(change) = change {
            // The receiver is gone when the session has ended.
            let _: Result<(), _> = sender.send(change);
        }
    })?;
    for (directory, mode) in parts.directories() {
        watcher.watch(directory, mode)?;
    }
    Ok(watcher)
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, ModifyKind, RenameMode};

    use super::*;

    const RENAMED: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::To));
    const CREATED: EventKind = EventKind::Create(CreateKind::File);

    fn watched(program: Program) -> Watched {
        Watched {
            settings: vec![PathBuf::from("/project/gateway.yaml")],
            program,
        }
    }

    fn event(kind: EventKind, path: &str) -> Event {
        Event::new(kind).add_path(PathBuf::from(path))
    }

    #[test]
    fn only_the_binary_and_the_settings_are_watched() {
        let ways = ["/project/bootstrap", "/project/target/debug/bootstrap"].map(PathBuf::from);
        let watched = watched(Program::Binary(ways.into()));

        for path in ["/project/bootstrap", "/project/target/debug/bootstrap"] {
            let change = watched.change(&event(RENAMED, path));
            assert_eq!(change, Some(Change::Program), "{path}");
        }
        let change = watched.change(&event(CREATED, "/project/gateway.yaml"));
        assert_eq!(change, Some(Change::Settings));
        let read = EventKind::Access(AccessKind::Any);
        assert_eq!(watched.change(&event(read, "/project/bootstrap")), None);
        for other in [
            "dev.log",
            ".env.local",
            "bootstrap.zip",
            "target/debug/deps",
            "gateway.yaml~",
            "",
        ] {
            let path = format!("/project/{other}");
            assert_eq!(watched.change(&event(RENAMED, &path)), None, "{path}");
        }
    }

    #[test]
    fn only_what_is_compiled_is_source() {
        let watched = watched(Program::Source(vec![PathBuf::from(
            "/project/function/src",
        )]));

        for part in ["agent/speech.rs", "aws/amazon-trust-services.pem"] {
            let path = format!("/project/function/src/{part}");
            let change = watched.change(&event(CREATED, &path));
            assert_eq!(change, Some(Change::Program), "{path}");
        }
        for other in [
            "function/src/main.rs~",
            "function/src/.main.rs.swp",
            "function/src/.#main.rs",
            "function/src/#main.rs#",
            "function/src/4913",
            "function/src/dev.log",
            "function/src/main.rs.bak",
            "other.rs",
        ] {
            let path = format!("/project/{other}");
            assert_eq!(watched.change(&event(CREATED, &path)), None, "{path}");
        }
    }
}
