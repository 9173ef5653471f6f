//! The listeners of function URLs: each URL has a port of its own, from its creation to its end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::super::account::{Account, Scope};
use super::super::api_error::ApiError;
use super::super::function_url;
use super::super::invoker::Invoker;
use super::call::{Call, Reply};
use super::urls;

/// The running servers, by the identifier of their URL.
#[derive(Debug)]
pub(super) struct UrlServers {
    account: Arc<Account>,
    invoker: Invoker,
    running: Mutex<BTreeMap<String, AbortHandle>>,
}

impl UrlServers {
    pub(super) fn new(account: Arc<Account>, invoker: Invoker) -> Self {
        Self {
            account,
            invoker,
            running: Mutex::default(),
        }
    }

    /// `CreateFunctionUrlConfig`: the port is taken first, and given back if AWS would say no.
    pub(super) fn create(&self, call: &Call, scope: &Scope<'_>) -> Result<Reply, ApiError> {
        let (listener, port) = bind().map_err(|error| {
            ApiError::new(
                http::StatusCode::INTERNAL_SERVER_ERROR,
                "ServiceException",
                format!("no port on 127.0.0.1 for the function URL: {error}"),
            )
        })?;
        let (reply, url_id) = urls::create(&mut self.account.lock(), call, port, scope)?;
        let server = tokio::spawn(function_url::serve(
            listener,
            url_id.clone(),
            Arc::clone(&self.account),
            self.invoker.clone(),
        ));
        self.lock().insert(url_id, server.abort_handle());
        Ok(reply)
    }

    /// Ends the servers of URLs that are no longer in the account.
    pub(super) fn stop_deleted(&self) {
        let state = self.account.lock();
        self.lock().retain(|url_id, server| {
            let kept = state.functions.has_url(url_id);
            if !kept {
                server.abort();
            }
            kept
        });
    }

    pub(super) fn stop_all(&self) {
        for server in std::mem::take(&mut *self.lock()).into_values() {
            server.abort();
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, AbortHandle>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bind() -> std::io::Result<(TcpListener, u16)> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    Ok((TcpListener::from_std(listener)?, port))
}
