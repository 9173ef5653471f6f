//! Builds and deploys the function again whenever its source changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::deploy::{deploy, package};
use super::error::DevError;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::package::function_source;
use crate::terminal::report::Report;

/// Editors write a file in several steps: what follows within this time is the same change.
const SETTLED: Duration = Duration::from_millis(200);

/// The changes since this was made.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Dropped at the end of the session, which ends the watching.
    _watcher: RecommendedWatcher,
    events: mpsc::UnboundedReceiver<()>,
}

impl Changes {
    /// Watches `binary`, or else the function's source; nothing where `provision` was installed
    /// without it.
    pub(crate) fn watch(binary: Option<&Path>) -> Result<Option<Self>, DevError> {
        let watched = match binary {
            Some(path) => Some(Watched::Binary(ways_to(path))),
            None => function_source().map(Watched::Source),
        };
        let Some(watched) = watched else {
            return Ok(None);
        };
        let (sender, events) = mpsc::unbounded_channel();
        let watcher = watch(watched, sender).map_err(DevError::Watch)?;
        Ok(Some(Self {
            _watcher: watcher,
            events,
        }))
    }

    async fn next(&mut self) -> Option<()> {
        self.events.recv().await?;
        while let Ok(Some(())) = tokio::time::timeout(SETTLED, self.events.recv()).await {}
        Some(())
    }
}

/// What is told about it before it begins.
pub(crate) fn told(is_watching: bool, binary: Option<&Path>) -> String {
    match binary {
        Some(path) => format!("another `{}` is deployed at once", path.display()),
        None if is_watching => "a change in function/src is built and deployed at once".to_owned(),
        None => "nothing is built again: this `provision` has no sources beside it".to_owned(),
    }
}

/// Goes on for ever. What goes wrong is shown, and the last good version stays live.
///
/// With `binary`, that file is deployed instead of a build.
pub(crate) async fn redeploy_on_change(
    changes: Option<Changes>,
    context: &Context,
    binary: Option<&Path>,
) -> Result<(), CommandError> {
    if let Some(mut changes) = changes {
        while let Some(()) = changes.next().await {
            if let Err(error) = rebuild(context, binary).await {
                context.printer.say(&Report {
                    error: &error,
                    profile: None,
                });
            }
        }
    }
    std::future::pending().await
}

async fn rebuild(context: &Context, binary: Option<&Path>) -> Result<(), CommandError> {
    deploy(context, package(binary, context.config.architecture).await?).await?;
    Ok(())
}

/// The program as it was named and, where a symbolic link leads elsewhere, as it is.
fn ways_to(binary: &Path) -> Vec<PathBuf> {
    let named = std::path::absolute(binary).unwrap_or_else(|_| binary.to_owned());
    let real = binary.canonicalize().ok().filter(|real| *real != named);
    [Some(named), real].into_iter().flatten().collect()
}

/// What a version is made of. Whatever else lies beside it may change as it likes: the log of `dev` itself,
/// what editors and builds leave there.
#[derive(Debug)]
enum Watched {
    /// All paths of the one file.
    Binary(Vec<PathBuf>),
    /// The directory of the function's source.
    Source(PathBuf),
}

impl Watched {
    /// What the system is asked to watch.
    fn directories(&self) -> Vec<(&Path, RecursiveMode)> {
        match self {
            // A build replaces the file, and a watch of it would stay with the old one.
            Self::Binary(ways) => ways
                .iter()
                .filter_map(|way| Some((way.parent()?, RecursiveMode::NonRecursive)))
                .collect(),
            Self::Source(directory) => vec![(directory, RecursiveMode::Recursive)],
        }
    }

    fn is_changed_by(&self, event: &Event) -> bool {
        let is_change = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
        );
        is_change && event.paths.iter().any(|path| self.contains(path))
    }

    fn contains(&self, path: &Path) -> bool {
        match self {
            Self::Binary(ways) => ways.iter().any(|way| way == path),
            Self::Source(_) => is_source(path),
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
    watched: Watched,
    sender: mpsc::UnboundedSender<()>,
) -> notify::Result<RecommendedWatcher> {
    let watched = Arc::new(watched);
    let seen = Arc::clone(&watched);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| seen.is_changed_by(&event)) {
            // The receiver is gone when the session has ended.
            let _: Result<(), _> = sender.send(());
        }
    })?;
    for (directory, mode) in watched.directories() {
        watcher.watch(directory, mode)?;
    }
    Ok(watcher)
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, ModifyKind, RenameMode};

    use super::*;

    fn event(kind: EventKind, path: &str) -> Event {
        Event::new(kind).add_path(PathBuf::from(path))
    }

    #[test]
    fn only_the_binary_itself_is_a_new_version() {
        let ways = ["/work/bootstrap", "/work/target/debug/bootstrap"].map(PathBuf::from);
        let watched = Watched::Binary(ways.into());
        let renamed = EventKind::Modify(ModifyKind::Name(RenameMode::To));

        assert!(watched.is_changed_by(&event(renamed, "/work/bootstrap")));
        assert!(watched.is_changed_by(&event(renamed, "/work/target/debug/bootstrap")));
        let read = EventKind::Access(AccessKind::Any);
        assert!(!watched.is_changed_by(&event(read, "/work/bootstrap")));
        for other in [
            "dev.log",
            ".env.local",
            "bootstrap.zip",
            "target/debug/deps",
            "",
        ] {
            let path = format!("/work/{other}");
            assert!(!watched.is_changed_by(&event(renamed, &path)), "{path}");
        }
    }

    #[test]
    fn only_rust_is_source() {
        let watched = Watched::Source(PathBuf::from("function/src"));
        let created = EventKind::Create(CreateKind::File);

        assert!(watched.is_changed_by(&event(created, "function/src/agent/speech.rs")));
        for other in [
            "main.rs~",
            ".main.rs.swp",
            ".#main.rs",
            "#main.rs#",
            "4913",
            "dev.log",
            "main.rs.bak",
        ] {
            let path = format!("function/src/{other}");
            assert!(!watched.is_changed_by(&event(created, &path)), "{path}");
        }
    }
}
