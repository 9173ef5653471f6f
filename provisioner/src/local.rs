//! The embedded local AWS: the subset of Lambda, IAM, STS, CloudWatch Logs and Bedrock Agents that
//! the gateway and its provisioner use, in one process, over plain HTTP on 127.0.0.1.
//!
//! ```text
//! AWS clients -> server (SigV4, dispatch) -> iam | sts | logs | lambda | agents
//!                                                            |
//! browser, curl -> function_url -> invoker -> environment (the real bootstrap) <-> runtime_api
//! ```

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use account::{Account, Setting};
use agents::Agents;
use invoker::Invoker;
use server::Server;
use sigv4::{AccessKey, KeyRing};

pub(crate) mod account;
pub(crate) mod agents;
pub(crate) mod api_error;
pub(crate) mod environment;
pub(crate) mod event_stream;
pub(crate) mod function_url;
pub(crate) mod iam;
pub(crate) mod invoker;
pub(crate) mod lambda;
pub(crate) mod logs;
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

/// How a local AWS is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// On 127.0.0.1; 0 takes a free one.
    pub port: u16,
    pub region: String,
    /// How long a function stays `Pending`, or its update `InProgress`.
    pub transition: Duration,
    /// How long a new role cannot be assumed by Lambda; some seconds on AWS.
    pub role_propagation: Duration,
    pub clock: fn() -> SystemTime,
    pub new_id: fn() -> Uuid,
}

impl Options {
    /// A free port and short waits: what a developer wants.
    pub fn new(region: impl Into<String>) -> Self {
        Self {
            port: 0,
            region: region.into(),
            transition: Duration::from_millis(300),
            role_propagation: Duration::ZERO,
            clock: SystemTime::now,
            new_id: Uuid::new_v4,
        }
    }
}

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

        let setting = Setting {
            account_id: ACCOUNT_ID.to_owned(),
            region: options.region.clone(),
            transition: options.transition,
            role_propagation: options.role_propagation,
            clock: options.clock,
            new_id: options.new_id,
        };
        let account = Arc::new(Account::new(setting, key_ring()));
        let invoker = Invoker::new(Arc::clone(&account), endpoint(address));
        let server = Arc::new(Server::new(account, invoker.clone(), Agents::default()));
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
        })
    }

    /// What `AWS_ENDPOINT_URL` is set to.
    pub fn endpoint(&self) -> String {
        endpoint(self.address)
    }

    /// Ends the functions, then the endpoints. Open connections are cut.
    pub async fn shutdown(self) {
        self.server.shutdown();
        self.invoker.shutdown().await;
        let _ = self.stop.send(());
        // Idle keep-alive connections of clients would hold a graceful end up for ever.
        self.serving.abort();
        let _ = self.serving.await;
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
