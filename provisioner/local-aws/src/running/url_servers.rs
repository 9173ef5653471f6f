//! The listeners of function URLs: each URL has a port of its own, from its creation to its end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::function_url::{self, MayInvoke};
use super::invoker::Invoker;
use crate::account::Account;
use crate::route::Call;
use crate::scope::Scope;
use crate::services::lambda::{Reply, create_url};
use crate::wire::api_error::ApiError;

/// The running servers, by the identifier of their URL.
#[derive(Debug)]
pub(crate) struct UrlServers {
    account: Arc<Account>,
    invoker: Invoker,
    may_invoke: MayInvoke,
    /// The port of the first URL; 0 takes a free one.
    first_port: u16,
    running: Mutex<BTreeMap<String, JoinHandle<()>>>,
}

impl UrlServers {
    pub(crate) fn new(
        account: Arc<Account>,
        invoker: Invoker,
        may_invoke: MayInvoke,
        first_port: u16,
    ) -> Self {
        Self {
            account,
            invoker,
            may_invoke,
            first_port,
            running: Mutex::default(),
        }
    }

    /// `CreateFunctionUrlConfig`. The port is bound first, and freed again if the operation is refused.
    pub(crate) fn create(&self, call: &Call, scope: &Scope<'_>) -> Result<Reply, ApiError> {
        let first = self.lock().is_empty();
        let port = if first { self.first_port } else { 0 };
        let (listener, port) = bind(port).map_err(|error| {
            ApiError::new(
                http::StatusCode::INTERNAL_SERVER_ERROR,
                "ServiceException",
                format!("cannot listen on 127.0.0.1:{port} for the function URL: {error}"),
            )
        })?;
        // Locked until the server is registered: a deletion in between would leave the server running.
        let mut state = self.account.lock();
        let (reply, url_id) = create_url(&mut state.functions, call, port, scope)?;
        let server = tokio::spawn(function_url::serve(
            listener,
            url_id.clone(),
            Arc::clone(&self.account),
            self.invoker.clone(),
            self.may_invoke,
        ));
        self.lock().insert(url_id, server);
        Ok(reply)
    }

    /// Ends the servers of URLs that are no longer in the account.
    pub(crate) async fn stop_deleted(&self) {
        let deleted = {
            let state = self.account.lock();
            let mut running = self.lock();
            let (kept, deleted) = std::mem::take(&mut *running)
                .into_iter()
                .partition(|(url_id, _)| state.functions.has_url(url_id));
            *running = kept;
            deleted
        };
        stop(deleted).await;
    }

    pub(crate) async fn stop_all(&self) {
        let all = std::mem::take(&mut *self.lock());
        stop(all).await;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, JoinHandle<()>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns when the ports are free again.
async fn stop(servers: BTreeMap<String, JoinHandle<()>>) {
    for server in servers.into_values() {
        server.abort();
        // An error here says that the task was cancelled, as it should be.
        let _ = server.await;
    }
}

fn bind(port: u16) -> std::io::Result<(TcpListener, u16)> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", port))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    Ok((TcpListener::from_std(listener)?, port))
}
