//! An operation of AWS: how a request asks for it, and which permissions it takes.

/// A row of a service's table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// AWS's own name.
    pub(crate) name: &'static str,
    /// Method and path, where `{...}` stands for any one part. Empty where requests carry the name.
    pub(super) request: &'static str,
    /// The permission that it takes, without its service.
    pub(crate) permission: &'static str,
    pub(crate) on: On,
    pub(crate) also: &'static [Also],
    /// What the condition key `iam:PermissionsBoundary` is compared with; few operations have it.
    pub(crate) boundary: Option<Boundary>,
}

impl Operation {
    /// An operation that requests ask for by method and path.
    pub(super) const fn at(name: &'static str, request: &'static str, on: On) -> Self {
        Self {
            name,
            request,
            permission: name,
            on,
            also: &[],
            boundary: None,
        }
    }

    /// An operation whose requests carry its name.
    pub(super) const fn named(name: &'static str, on: On) -> Self {
        Self::at(name, "", on)
    }

    pub(super) const fn and(self, also: &'static [Also]) -> Self {
        Self { also, ..self }
    }

    pub(super) const fn judged_by(self, boundary: Boundary) -> Self {
        Self {
            boundary: Some(boundary),
            ..self
        }
    }

    /// For an operation whose permission has another name.
    pub(super) const fn permitted_as(self, permission: &'static str) -> Self {
        Self { permission, ..self }
    }
}

/// What the caller needs the permission on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// Nothing: anybody may.
    Anybody,
    /// The role's trust policy decides.
    TrustingRole,
    Everything,
    /// The function, whatever the qualifier.
    Function,
    /// The function, or the version or alias that the request names: a policy for the function alone
    /// does not cover these.
    Qualified,
    Role,
    AllRoles,
    /// A managed policy, by its ARN.
    Policy,
    /// The managed policy that the request asks for.
    NewPolicy,
    /// The group with its streams: the ARN that ends in `:*` in policies.
    LogGroup,
    /// The group's own ARN, which only the tagging operations take.
    LogGroupItself,
    AllLogGroups,
    Agent,
    AgentAlias,
    Endpoint,
    Runtime,
    Harness,
    /// A runtime and its endpoint: AWS checks both when the runtime is invoked.
    RuntimeAndEndpoint,
    HarnessAndEndpoint,
}

/// Whose permissions boundary a condition sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Boundary {
    /// The one that the request asks for.
    Asked,
    /// The one that the role has.
    OfRole,
}

/// What else an operation takes, depending on what the request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Also {
    /// This action, on the same.
    Action(&'static str),
    /// This action, on the same, where the request brings tags.
    ForTags(&'static str),
    /// This action, on the same; without it the tags are left out of the answer.
    ToSeeTags(&'static str),
    /// This action, on the same, where the request says in whose name a runtime is called.
    ForUser(&'static str),
    /// `iam:PassRole`, on the role that the request hands to Lambda.
    PassRole,
}
