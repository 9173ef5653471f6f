//! The services that are emulated.

/// A service, as the credential scope of a signature names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Lambda,
    Iam,
    Sts,
    Logs,
    /// Bedrock Agents: its control plane and its data plane sign for the same service.
    Bedrock,
    AgentCore,
}

impl Service {
    const ALL: [Self; 6] = [
        Self::Lambda,
        Self::Iam,
        Self::Sts,
        Self::Logs,
        Self::Bedrock,
        Self::AgentCore,
    ];

    /// The service that signatures and policies call `name`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lambda => "lambda",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::Logs => "logs",
            Self::Bedrock => "bedrock",
            Self::AgentCore => "bedrock-agentcore",
        }
    }

    /// IAM is global, and STS answers in every region.
    pub(crate) fn is_global(self) -> bool {
        matches!(self, Self::Iam | Self::Sts)
    }
}
