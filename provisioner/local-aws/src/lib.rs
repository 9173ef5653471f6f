//! The embedded local AWS: the subset of Lambda, IAM, STS, `CloudWatch` Logs and Bedrock Agents that
//! the gateway and its provisioner use, in one process, over plain HTTP on 127.0.0.1.
//!
//! ```text
//! AWS clients -> server (SigV4, dispatch) -> iam | sts | logs | lambda | agents
//!                                                            |
//! browser, curl -> function_url -> invoker -> environment (the real bootstrap) <-> runtime_api
//! ```

use std::net::SocketAddr;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use account::Account;
use agents::Agents;
use invoker::{FunctionCredentials, Invoker, InvokerOptions};
use lambda::Lambda;
use server::Server;
use sigv4::{AccessKey, KeyRing};

pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod agents;
pub(crate) mod api_error;
pub(crate) mod catalog;
pub(crate) mod environment;
pub(crate) mod event_stream;
pub mod faults;
pub(crate) mod function_url;
pub(crate) mod iam;
pub(crate) mod invoker;
pub(crate) mod lambda;
pub(crate) mod logs;
mod options;
pub(crate) mod page;
pub(crate) mod prelude;
pub(crate) mod query_protocol;
pub(crate) mod runtime_api;
pub mod scenario;
pub(crate) mod server;
pub(crate) mod sigv4;
pub(crate) mod sts;
pub(crate) mod timestamp;
pub(crate) mod url_event;

pub use options::{FunctionAgent, LogLine, Options};

/// The account that everything belongs to.
pub const ACCOUNT_ID: &str = "123456789012";

/// A key pair that the local AWS accepts. It opens nothing else, so it may be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: &'static str,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: &'static str,
}

/// What a developer's clients sign with.
pub const DEVELOPER: Credentials = Credentials {
    access_key_id: "LOCALAWS00000000DEV0",
    secret_access_key: "local/only/developer/secret/0000000000dev",
};

/// What functions get in their environment.
pub const FUNCTION: Credentials = Credentials {
    access_key_id: "LOCALAWS00000000FUN0",
    secret_access_key: "local/only/function/secret/00000000000fun",
};

/// The local AWS could not start.
#[derive(Debug, thiserror::Error)]
pub enum LocalAwsError {
    /// The port is taken, or there is no loopback interface.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        port: u16,
        #[source]
        source: std::io::Error,
    },
    /// There is no place to unpack deployment packages.
    #[error("cannot make a temporary directory")]
    Scratch(#[source] std::io::Error),
}

/// A running local AWS.
#[derive(Debug)]
pub struct LocalAws {
    address: SocketAddr,
    /// What clients sign with.
    pub credentials: Credentials,
    /// The region that it plays.
    pub region: String,
    invoker: Invoker,
    server: Arc<Server>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
    /// Removed when the local AWS is gone.
    scratch: TempDir,
}

impl LocalAws {
    /// Starts it with an empty account.
    pub async fn start(options: Options) -> Result<Self, LocalAwsError> {
        let port = options.port;
        let failed = |source| LocalAwsError::Listen { port, source };
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let scratch = TempDir::with_prefix("local-aws-").map_err(LocalAwsError::Scratch)?;

        let account = Arc::new(Account::new(
            options.setting(),
            key_ring(),
            faults::Faults::new(options.faults.clone()),
        ));
        let (log_lines, written) = unbounded_channel();
        tokio::spawn(keep_logs(
            written,
            Arc::clone(&account),
            options.logs.clone(),
        ));
        let (endpoint_url, credentials) = function_access(&options.function_agent, address);
        let invoker = Invoker::new(InvokerOptions {
            endpoint_url,
            region: options.region.clone(),
            credentials,
            logs: log_lines,
            scratch_dir: scratch.path().to_owned(),
            bandwidth: Some(invoker::Bandwidth::LAMBDA),
        });
        let agents = Agents::new(options.scenario, options.speed);
        let lambda = Lambda::new(Arc::clone(&account), invoker.clone(), options.url_port);
        let server = Arc::new(Server::new(account, lambda, agents));
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(Arc::clone(&server).serve(listener, async {
            // Also when the sender is dropped: nobody could ask for it later.
            let _ = stopped.await;
        }));
        Ok(Self {
            address,
            credentials: DEVELOPER,
            region: options.region,
            invoker,
            server,
            stop,
            serving,
            scratch,
        })
    }

    /// What `AWS_ENDPOINT_URL` is set to.
    pub fn endpoint(&self) -> String {
        endpoint(self.address)
    }

    /// Ends the functions, then the endpoints. Open connections are cut.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
        self.invoker.shutdown().await;
        let _ = self.stop.send(());
        // Idle keep-alive connections of clients would hold a graceful end up for ever.
        self.serving.abort();
        let _ = self.serving.await;
        // What cannot be removed now is in the system's temporary directory, where it will be.
        let _ = self.scratch.close();
    }
}

/// Each line goes to the account's log group and to whoever listens.
async fn keep_logs(
    mut written: UnboundedReceiver<invoker::LogLine>,
    account: Arc<Account>,
    listener: UnboundedSender<LogLine>,
) {
    while let Some(line) = written.recv().await {
        account.append_log(
            &line.log_group,
            &line.log_stream,
            line.timestamp_ms,
            &line.text,
        );
        // Nobody has to listen.
        let _ = listener.send(LogLine {
            function_name: line.function_name,
            timestamp_ms: line.timestamp_ms,
            text: line.text,
        });
    }
}

/// The endpoint and the credentials in a function's environment.
fn function_access(
    agent: &FunctionAgent,
    address: SocketAddr,
) -> (Option<String>, FunctionCredentials) {
    match agent {
        FunctionAgent::Scripted => {
            let credentials = FunctionCredentials {
                access_key_id: FUNCTION.access_key_id.to_owned(),
                secret_access_key: FUNCTION.secret_access_key.to_owned(),
                session_token: None,
            };
            (Some(endpoint(address)), credentials)
        }
        FunctionAgent::Aws(own) => {
            let credentials = FunctionCredentials {
                access_key_id: own.access_key_id().to_owned(),
                secret_access_key: own.secret_access_key().to_owned(),
                session_token: own.session_token().map(str::to_owned),
            };
            (None, credentials)
        }
    }
}

fn endpoint(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn key_ring() -> KeyRing {
    let key = |credentials: Credentials, user_id: &str, arn: String| AccessKey {
        access_key_id: credentials.access_key_id.to_owned(),
        secret_access_key: credentials.secret_access_key.to_owned(),
        user_id: user_id.to_owned(),
        arn,
        session: None,
    };
    KeyRing::new(vec![
        key(
            DEVELOPER,
            "AIDALOCALAWSDEVELOPER",
            format!("arn:aws:iam::{ACCOUNT_ID}:user/developer"),
        ),
        key(
            FUNCTION,
            "AROALOCALAWSFUNCTION0:function",
            format!("arn:aws:sts::{ACCOUNT_ID}:assumed-role/function/function"),
        ),
    ])
}
