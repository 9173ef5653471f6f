//! The embedded local AWS: the subset of Lambda, IAM, STS, `CloudWatch` Logs, Bedrock Agents and
//! AgentCore that the gateway and its provisioner use, in one process, over plain HTTP on 127.0.0.1.
//!
//! ```text
//! AWS clients -> server -> route -> faults -> access -> services | agents | running
//! browser, curl ------------------------------------> running (the real bootstrap)
//! ```
//!
//! The modules, from the ground up; each uses only those above it in this list:
//!
//! - [`scope`]: Where an operation runs: the account, the region, the time, and fresh identifiers.
//! - [`wire`]: What the protocols of AWS look like: signatures, parameters, answers, errors, streams.
//! - [`route`]: Which operation a request asks for, and on what.
//! - [`scenario`]: What the scripted agents say, read from YAML.
//! - [`services`]: The control planes: each operation acts on the stores that it changes.
//! - [`agents`]: Plays the agents of a scenario in the protocols of Bedrock Agents and AgentCore.
//! - [`faults`]: Lets things go wrong on demand, so that a test sees what a client does then.
//! - [`account`]: Everything that exists, behind one lock.
//! - [`options`]: The settings of a local AWS.
//! - [`access`]: Who may do what: policies, trust policies, function URLs, logs.
//! - [`running`]: What runs: functions in their environments, and the ways to invoke them.
//! - [`server`]: The one endpoint of all AWS APIs.

use std::net::SocketAddr;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

mod access;
mod account;
mod agents;
pub mod faults;
mod options;
mod route;
mod running;
pub mod scenario;
mod scope;
mod server;
mod services;
mod wire;

pub use options::{FunctionAgent, LogLine, Options};
pub use scope::ACCOUNT_ID;

use account::Account;
use agents::Agents;
use faults::Faults;
use running::{Bandwidth, FunctionCredentials, Invoker, InvokerOptions};
use server::{Lambda, Server};
use wire::sigv4::{AccessKey, KeyRing};

/// A key pair that the local AWS accepts. It opens nothing else, so it may be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: &'static str,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: &'static str,
}

/// The key with which a developer's clients sign.
const DEVELOPER: Credentials = Credentials {
    access_key_id: "LOCALAWS00000000DEV0",
    secret_access_key: "local/only/developer/secret/0000000000dev",
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
            Faults::new(options.faults.clone()),
        ));
        let (log_lines, written) = unbounded_channel();
        tokio::spawn(keep_logs(
            written,
            Arc::clone(&account),
            options.logs.clone(),
        ));
        let (endpoint_url, credentials) =
            function_access(&options.function_agent, address, &account);
        let invoker = Invoker::new(InvokerOptions {
            endpoint_url,
            region: options.region.clone(),
            credentials,
            logs: log_lines,
            scratch_dir: scratch.path().to_owned(),
            bandwidth: Some(Bandwidth::LAMBDA),
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
        // If it fails, the system clears its temporary directory some day.
        let _ = self.scratch.close();
    }
}

/// Each line goes to whoever listens, and to its log group if the function's role may write there.
async fn keep_logs(
    mut written: UnboundedReceiver<running::LogLine>,
    account: Arc<Account>,
    listener: UnboundedSender<LogLine>,
) {
    while let Some(line) = written.recv().await {
        let (group, stream) = (&line.log_group, &line.log_stream);
        if access::may_write_log(&account, &line.role, group, stream) {
            account.append_log(group, stream, line.timestamp_ms, &line.text);
        }
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
    account: &Arc<Account>,
) -> (Option<String>, running::Credentials) {
    match agent {
        FunctionAgent::Scripted => {
            let of_role = running::Credentials::OfRole(Arc::clone(account));
            (Some(endpoint(address)), of_role)
        }
        FunctionAgent::Aws(own) => {
            let given = running::Credentials::Given(FunctionCredentials {
                access_key_id: own.access_key_id().to_owned(),
                secret_access_key: own.secret_access_key().to_owned(),
                session_token: own.session_token().map(str::to_owned),
            });
            (None, given)
        }
    }
}

fn endpoint(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn key_ring() -> KeyRing {
    KeyRing::new(vec![AccessKey {
        access_key_id: DEVELOPER.access_key_id.to_owned(),
        secret_access_key: DEVELOPER.secret_access_key.to_owned(),
        user_id: "AIDALOCALAWSDEVELOPER".to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT_ID}:user/developer"),
        session: None,
    }])
}
