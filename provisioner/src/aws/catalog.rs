//! The agents that an account has, for `init`: lists of three services, signed and read by hand. Whole
//! control-plane SDKs for four requests would double the build.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::Method;
use http_body_util::BodyExt as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::AwsError;
use super::failure::Answer;
use crate::signing::Signer;

/// Nobody at a terminal waits longer for a list.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Enough for a person to choose from.
const MOST_PAGES: usize = 20;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Asks for lists.
#[derive(Debug)]
pub struct Catalog {
    connector: Connector,
    region: String,
    endpoint_url: Option<String>,
    credentials: Credentials,
}

/// Something that an account has: an agent, an alias of one, a runtime or a harness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id; of a runtime or harness the ARN.
    pub id: String,
    pub name: String,
    /// In AWS's words, such as `PREPARED` or `READY`.
    pub status: String,
}

/// A list operation: what to send, and where in the answer the items are.
struct List<'a> {
    operation: &'static str,
    /// The name of the service in its address.
    host: &'static str,
    /// The same in the signature.
    service: &'static str,
    method: Method,
    path: &'a str,
    /// How the next page is asked for.
    token: Token,
    items: &'static str,
    /// The members of an item: id, name, status.
    members: [&'static str; 3],
}

#[derive(Clone, Copy)]
enum Token {
    InBody,
    InQuery,
}

impl Catalog {
    /// Of the account that `credentials` belong to.
    pub fn new(region: String, endpoint_url: Option<String>, credentials: Credentials) -> Self {
        let mut connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        connector.set_proxy_config(Some(match endpoint_url {
            None => ProxyConfig::from_env(),
            Some(_) => ProxyConfig::disabled(),
        }));
        Self {
            connector: connector.build(),
            region,
            endpoint_url,
            credentials,
        }
    }

    /// The agents of Bedrock Agents.
    pub async fn agents(&self) -> Result<Vec<Item>, AwsError> {
        self.list(List {
            operation: "bedrock:ListAgents",
            host: "bedrock-agent",
            service: "bedrock",
            method: Method::POST,
            path: "/agents/",
            token: Token::InBody,
            items: "agentSummaries",
            members: ["agentId", "agentName", "agentStatus"],
        })
        .await
    }

    /// The aliases of one of them.
    pub async fn aliases(&self, agent_id: &str) -> Result<Vec<Item>, AwsError> {
        self.list(List {
            operation: "bedrock:ListAgentAliases",
            host: "bedrock-agent",
            service: "bedrock",
            method: Method::POST,
            path: &format!("/agents/{agent_id}/agentaliases/"),
            token: Token::InBody,
            items: "agentAliasSummaries",
            members: ["agentAliasId", "agentAliasName", "agentAliasStatus"],
        })
        .await
    }

    /// AgentCore's runtimes.
    pub async fn runtimes(&self) -> Result<Vec<Item>, AwsError> {
        self.list(List {
            operation: "bedrock-agentcore:ListAgentRuntimes",
            host: "bedrock-agentcore-control",
            service: "bedrock-agentcore",
            method: Method::POST,
            path: "/runtimes/",
            token: Token::InQuery,
            items: "agentRuntimes",
            members: ["agentRuntimeArn", "agentRuntimeName", "status"],
        })
        .await
    }

    /// AgentCore's harnesses.
    pub async fn harnesses(&self) -> Result<Vec<Item>, AwsError> {
        self.list(List {
            operation: "bedrock-agentcore:ListHarnesses",
            host: "bedrock-agentcore-control",
            service: "bedrock-agentcore",
            method: Method::GET,
            path: "/harnesses",
            token: Token::InQuery,
            items: "harnesses",
            members: ["arn", "harnessName", "status"],
        })
        .await
    }

    async fn list(&self, list: List<'_>) -> Result<Vec<Item>, AwsError> {
        let mut items = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page = tokio::time::timeout(LONGEST_WAIT, self.page(&list, token.as_deref()));
            let page = page
                .await
                .unwrap_or_else(|elapsed| Err(self.unanswered(&list, &elapsed)))?;
            let found = page[list.items].as_array();
            let found = found.ok_or_else(|| AwsError::Incomplete {
                operation: list.operation,
                resource: self.resource(),
                missing: "a list",
            })?;
            items.extend(found.iter().map(|item| list.item(item)));
            token = page["nextToken"].as_str().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
        Ok(items)
    }

    async fn page(&self, list: &List<'_>, token: Option<&str>) -> Result<Value, AwsError> {
        let answer = self.send(list, token).await;
        let (head, body) = answer.map_err(|error| self.unanswered(list, &*error))?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        if head.status.is_success() {
            return Ok(value);
        }
        let text = |keys: &[&str]| {
            keys.iter()
                .find_map(|key| value[*key].as_str())
                .map(str::to_owned)
        };
        // `AccessDeniedException:http://internal.amazon.com/…`
        let code = head.error_type.or_else(|| text(&["__type", "code"]));
        let code = code.and_then(|code| code.split(':').next().map(str::to_owned));
        let answer = Answer {
            code: code.unwrap_or_else(|| format!("HTTP {}", head.status.as_u16())),
            message: text(&["message", "Message"]).unwrap_or_else(|| "no message".to_owned()),
            request_id: head.request_id,
        };
        Err(AwsError::refused(list.operation, self.resource(), answer))
    }

    async fn send(&self, list: &List<'_>, token: Option<&str>) -> Result<(Head, Bytes), BoxError> {
        let (query, body) = match (list.token, token) {
            (Token::InBody, token) => {
                let token = token.map_or_else(|| json!({}), |token| json!({ "nextToken": token }));
                (String::new(), token.to_string())
            }
            (Token::InQuery, None) => (String::new(), String::new()),
            (Token::InQuery, Some(token)) => {
                let token = utf8_percent_encode(token, NON_ALPHANUMERIC);
                (format!("?nextToken={token}"), String::new())
            }
        };
        let url = format!("{}{}{query}", self.endpoint(list.host), list.path);
        let mut request = http::Request::builder()
            .method(list.method.clone())
            .uri(url)
            .header("content-type", "application/json")
            .body(())?;
        let signer = Signer {
            credentials: &self.credentials,
            region: &self.region,
            service: list.service,
        };
        signer.sign(&mut request, body.as_bytes(), SystemTime::now())?;
        let request = request.map(|()| SdkBody::from(body));
        let response = self.connector.call(request.try_into()?).await?;
        let header = |name| response.headers().get(name).map(str::to_owned);
        let head = Head {
            status: http::StatusCode::from_u16(response.status().as_u16())?,
            error_type: header("x-amzn-errortype"),
            request_id: header("x-amzn-requestid"),
        };
        let body = response.into_body().collect().await?.to_bytes();
        Ok((head, body))
    }

    fn endpoint(&self, host: &str) -> String {
        let Self { region, .. } = self;
        let suffix = if region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        self.endpoint_url.as_deref().map_or_else(
            || format!("https://{host}.{region}.{suffix}"),
            |url| url.trim_end_matches('/').to_owned(),
        )
    }

    fn unanswered(&self, list: &List<'_>, error: &(dyn std::error::Error + 'static)) -> AwsError {
        AwsError::unanswered(list.operation, self.resource(), error)
    }

    fn resource(&self) -> String {
        format!("your account in {}", self.region)
    }
}

struct Head {
    status: http::StatusCode,
    error_type: Option<String>,
    request_id: Option<String>,
}

impl List<'_> {
    fn item(&self, item: &Value) -> Item {
        let [id, name, status] = self
            .members
            .map(|member| item[member].as_str().unwrap_or_default().to_owned());
        Item { id, name, status }
    }
}
