//! Builds and deploys the function again whenever its source changes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
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
        let Some(path) = watched(binary) else {
            return Ok(None);
        };
        let (sender, events) = mpsc::unbounded_channel();
        let watcher = watch(&path, sender).map_err(DevError::Watch)?;
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

fn watched(binary: Option<&Path>) -> Option<PathBuf> {
    match binary {
        // Its directory: a build replaces the file, and a watch would stay with the old one.
        Some(path) => path.parent().map(Path::to_owned),
        None => function_source(),
    }
}

fn watch(path: &Path, sender: mpsc::UnboundedSender<()>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let is_change = event.is_ok_and(|event| {
            matches!(
                event.kind,
                EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
            )
        });
        if is_change {
            // The receiver is gone when the session has ended.
            let _: Result<(), _> = sender.send(());
        }
    })?;
    watcher.watch(path, RecursiveMode::Recursive)?;
    Ok(watcher)
}
