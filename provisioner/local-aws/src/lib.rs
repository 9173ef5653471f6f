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

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

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

pub use agents::OwnProgram;
pub use options::{FunctionAgent, LogLine, Options};
pub use scope::ACCOUNT_ID;
pub use wire::this_machine;

use account::Account;
use agents::Agents;
use faults::Faults;
use running::{Bandwidth, FunctionAccess, FunctionCredentials, Invoker, InvokerOptions};
use server::{Lambda, Server};
use wire::sigv4::{AccessKey, KeyRing};

/// A key pair that this one local AWS accepts until it ends. Its holder may run programs as the user
/// who has started it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            access_key_id,
            secret_access_key: _,
        } = self;
        f.debug_struct("Credentials")
            .field("access_key_id", access_key_id)
            .finish_non_exhaustive()
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
    /// There is no place to unpack deployment packages.
    #[error("cannot make a temporary directory")]
    Scratch(#[source] std::io::Error),
}

/// A running local AWS.
#[derive(Debug)]
pub struct LocalAws {
    address: SocketAddr,
    /// What the developer's clients sign with.
    pub developer: Credentials,
    /// The same person's second key. It is to stay in this process: what is deployed with it, and with
    /// nothing else, gets the credentials of [`FunctionAgent::Aws`].
    pub deployer: Credentials,
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
        let scratch = private_directory().map_err(LocalAwsError::Scratch)?;

        let [developer, deployer] = [(); 2].map(|()| random_credentials(options.new_id));
        let account = Arc::new(Account::new(
            options.setting(),
            KeyRing::new([&developer, &deployer].map(developers_key).into()),
            deployer.access_key_id.clone(),
            Faults::new(options.faults.clone()),
        ));
        let (log_lines, written) = unbounded_channel();
        tokio::spawn(keep_logs(
            written,
            Arc::clone(&account),
            options.logs.clone(),
        ));
        let invoker = Invoker::new(InvokerOptions {
            region: options.region.clone(),
            access: FunctionAccess {
                account: Arc::clone(&account),
                endpoint_url: endpoint(address),
                developers: developers_own(&options.function_agent),
            },
            logs: log_lines,
            scratch_dir: scratch.path().to_owned(),
            bandwidth: Some(Bandwidth::LAMBDA),
        });
        let own_program = match &options.function_agent {
            FunctionAgent::Own(program) => Some(program.clone()),
            FunctionAgent::Scripted | FunctionAgent::Aws(_) => None,
        };
        let agents = Agents::new(options.scenario, options.speed).with_own_program(own_program);
        let lambda = Lambda::new(Arc::clone(&account), invoker.clone(), options.url_port);
        let server = Arc::new(Server::new(account, lambda, agents));
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(Arc::clone(&server).serve(listener, async {
            // Also when the sender is dropped: nobody could ask for it later.
            let _ = stopped.await;
        }));
        Ok(Self {
            address,
            developer,
            deployer,
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

/// What `dev --agent aws` gives to what it has deployed.
fn developers_own(agent: &FunctionAgent) -> Option<FunctionCredentials> {
    match agent {
        FunctionAgent::Scripted | FunctionAgent::Own(_) => None,
        FunctionAgent::Aws(own) => Some(FunctionCredentials {
            access_key_id: own.access_key_id().to_owned(),
            secret_access_key: own.secret_access_key().to_owned(),
            session_token: own.session_token().map(str::to_owned),
        }),
    }
}

fn endpoint(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// The programs of functions are unpacked into it and run from there: nobody else may change or read
/// them, whatever the umask.
fn private_directory() -> std::io::Result<TempDir> {
    tempfile::Builder::new()
        .prefix("local-aws-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
}

/// An id as long as one of AWS; 244 bits of the secret are random.
fn random_credentials(new_id: fn() -> Uuid) -> Credentials {
    let id = new_id().simple().to_string().to_uppercase();
    Credentials {
        access_key_id: format!("LOCALAWS{id:.12}"),
        secret_access_key: format!("{}{}", new_id().simple(), new_id().simple()),
    }
}

fn developers_key(credentials: &Credentials) -> AccessKey {
    AccessKey {
        access_key_id: credentials.access_key_id.clone(),
        secret_access_key: credentials.secret_access_key.clone(),
        user_id: "AIDALOCALAWSDEVELOPER".to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT_ID}:user/developer"),
        session: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_has_keys_of_its_own_and_does_not_show_the_secret() {
        let [one, other] = [(); 2].map(|()| random_credentials(Uuid::new_v4));

        assert_ne!(one.access_key_id, other.access_key_id);
        assert_ne!(one.secret_access_key, other.secret_access_key);
        assert_eq!(one.access_key_id.len(), 20);
        assert!(!format!("{one:?}").contains(&one.secret_access_key));
    }
}
