//! Which files a target consists of. A template's path below `templates/<target>/` is the file's path
//! below the directory that is generated into.

use std::fmt;

use clap::ValueEnum;

/// What `generate` writes the deployment down for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// A template for AWS CloudFormation
    Cloudformation,
    /// A template for the AWS Serverless Application Model
    Sam,
    /// A Terraform module for version 6 of the AWS provider
    Terraform,
    /// A construct for the AWS CDK in TypeScript
    Cdk,
    /// A function for an Amplify Gen 2 backend
    Amplify,
    /// A route, a browser client and a page for a Next.js app
    Nextjs,
    /// The role with which GitHub Actions deploys, as a template for AWS CloudFormation
    Policy,
    /// A workflow for GitHub Actions
    Github,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_possible_value() {
            Some(value) => f.write_str(value.get_name()),
            None => Ok(()),
        }
    }
}

/// A file to be filled.
#[derive(Debug)]
pub(super) struct Template {
    /// Its path in the repository's `templates/`.
    pub(super) name: &'static str,
    /// The path of what is made of it; `{env}` is `-staging` with `--env staging`, else nothing.
    pub(super) path: &'static str,
    pub(super) text: &'static str,
    pub(super) starter: bool,
}

impl Template {
    /// The same as a file to start from.
    const fn starting_point(self) -> Self {
        Self {
            starter: true,
            ..self
        }
    }
}

/// A file of `templates/$directory/`.
macro_rules! template {
    ($directory:literal / $path:literal) => {
        template!($directory / $path => $path)
    };
    ($directory:literal / $name:literal => $path:literal) => {
        Template {
            name: concat!($directory, "/", $name),
            path: $path,
            text: include_str!(concat!("../../../templates/", $directory, "/", $name)),
            starter: false,
        }
    };
}

pub(super) fn templates(target: Target) -> &'static [Template] {
    match target {
        Target::Cloudformation => &[template!("cloudformation" / "bedrock-gateway.yaml")],
        Target::Sam => &[template!("sam" / "template.yaml")],
        Target::Terraform => &[
            template!("terraform" / "main.tf"),
            template!("terraform" / "variables.tf"),
            template!("terraform" / "outputs.tf"),
            template!("terraform" / "versions.tf"),
        ],
        Target::Cdk => &[template!("cdk" / "bedrock-gateway.ts")],
        Target::Amplify => &[
            template!("amplify" / "resource.ts" => "amplify/functions/bedrock-agent-gateway/resource.ts"),
            template!("cdk" / "bedrock-gateway.ts" => "amplify/functions/bedrock-agent-gateway/bedrock-gateway.ts"),
        ],
        Target::Nextjs => NEXTJS,
        Target::Policy => &[template!("policy" / "deploy-role.yaml" => "deploy-role{env}.yaml")],
        Target::Github => {
            &[template!("github" / "deploy.yml" => ".github/workflows/deploy{env}.yml")]
        }
    }
}

const NEXTJS: &[Template] = &[
    template!("nextjs" / "src/lib/magi/events.ts"),
    template!("nextjs" / "src/lib/magi/sse.ts"),
    template!("nextjs" / "src/lib/magi/gateway-client.ts"),
    template!("nextjs" / "src/lib/magi/council.ts"),
    template!("nextjs" / "src/lib/magi/use-council.ts"),
    template!("nextjs" / "src/lib/magi/credentials.ts"),
    template!("nextjs" / "src/lib/magi/forward.ts"),
    template!("nextjs" / "src/lib/magi/question.ts"),
    template!("nextjs" / "src/app/api/magi/stream/route.ts").starting_point(),
    template!("nextjs" / "src/app/council/council.tsx").starting_point(),
    template!("nextjs" / "src/app/council/member-card.tsx").starting_point(),
    template!("nextjs" / "src/app/council/words.ts").starting_point(),
    template!("nextjs" / "src/app/council/failures.ts").starting_point(),
    template!("nextjs" / "src/app/council/language.ts").starting_point(),
    template!("nextjs" / "src/app/council/council.module.css").starting_point(),
    template!("nextjs" / "src/app/council/page.tsx").starting_point(),
    template!("nextjs" / "src/app/council/direct/page.tsx").starting_point(),
    template!("nextjs" / "src/app/council/direct/sign-in.ts").starting_point(),
];
