//! Builds and deploys the function again whenever its source changes.

use std::path::Path;
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::deploy::deploy;
use super::error::DevError;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::package::Profile;
use crate::package::source::Source;
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
    /// Watches where the function comes from; nothing where that cannot change.
    pub(crate) fn watch(source: &Source) -> Result<Option<Self>, DevError> {
        let Some(path) = source.watched() else {
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
pub(crate) async fn redeploy_on_change(
    changes: Option<Changes>,
    context: &Context,
    source: &Source,
) -> Result<(), CommandError> {
    if let Some(mut changes) = changes {
        while let Some(()) = changes.next().await {
            if let Err(error) = rebuild(context, source).await {
                context.printer.say(&Report {
                    error: &error,
                    profile: None,
                });
            }
        }
    }
    std::future::pending().await
}

async fn rebuild(context: &Context, source: &Source) -> Result<(), CommandError> {
    let package = source
        .package(Profile::Dev, context.config.architecture)
        .await;
    deploy(context, package.map_err(CommandError::Package)?).await?;
    Ok(())
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
