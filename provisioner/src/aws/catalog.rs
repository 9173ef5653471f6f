//! The agents that an account has, for `init`: lists of two services.

use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::control_plane::{AGENTCORE, BEDROCK_AGENTS, Call, ControlPlane};
use super::endpoint::Service;
use super::failure::AwsError;

/// Enough for a person to choose from.
const MOST_PAGES: usize = 20;

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
    service: Service,
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

impl ControlPlane {
    /// The agents of Bedrock Agents.
    pub(crate) async fn agents(&self) -> Result<Vec<Item>, AwsError> {
        self.list(List {
            operation: "bedrock:ListAgents",
            service: BEDROCK_AGENTS,
            method: Method::POST,
            path: "/agents/",
            token: Token::InBody,
            items: "agentSummaries",
            members: ["agentId", "agentName", "agentStatus"],
        })
        .await
    }

    /// The aliases of one of them.
    pub(crate) async fn aliases(&self, agent_id: &str) -> Result<Vec<Item>, AwsError> {
        self.list(List {
            operation: "bedrock:ListAgentAliases",
            service: BEDROCK_AGENTS,
            method: Method::POST,
            path: &format!("/agents/{agent_id}/agentaliases/"),
            token: Token::InBody,
            items: "agentAliasSummaries",
            members: ["agentAliasId", "agentAliasName", "agentAliasStatus"],
        })
        .await
    }

    /// AgentCore's runtimes.
    pub(crate) async fn runtimes(&self) -> Result<Vec<Item>, AwsError> {
        self.list(List {
            operation: "bedrock-agentcore:ListAgentRuntimes",
            service: AGENTCORE,
            method: Method::POST,
            path: "/runtimes/",
            token: Token::InQuery,
            items: "agentRuntimes",
            members: ["agentRuntimeArn", "agentRuntimeName", "status"],
        })
        .await
    }

    /// AgentCore's harnesses.
    pub(crate) async fn harnesses(&self) -> Result<Vec<Item>, AwsError> {
        self.list(List {
            operation: "bedrock-agentcore:ListHarnesses",
            service: AGENTCORE,
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
            let page = self.answer(self.page(&list, token.as_deref())).await?;
            let found = page[list.items].as_array();
            let found = found.ok_or_else(|| AwsError::Incomplete {
                operation: list.operation,
                resource: self.account(),
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

    fn page(&self, list: &List<'_>, token: Option<&str>) -> Call {
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
        Call {
            operation: list.operation,
            resource: self.account(),
            service: list.service,
            method: list.method.clone(),
            path: format!("{}{query}", list.path),
            body,
        }
    }

    fn account(&self) -> String {
        format!("your account in {}", self.region())
    }
}

impl List<'_> {
    fn item(&self, item: &Value) -> Item {
        let [id, name, status] = self
            .members
            .map(|member| item[member].as_str().unwrap_or_default().to_owned());
        Item { id, name, status }
    }
}
