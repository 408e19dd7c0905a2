//! Who may work on an environment: the stacks that `bootstrap` deploys before anything else.
//!
//! Three roles: `diff` reads and computes change sets, `publish` uploads archives, `deploy` does everything that the
//! environment's own stacks take and nothing to those of others. Trusted is the account, or GitHub's OpenID Connect tokens
//! of one repository.

mod policies;

use cloudformation::intrinsic::{get_att, reference};
use cloudformation::{Output, iam};
use serde_json::{Value, json};
use topology::environment::Environment;

pub use self::policies::{AccessRole, policy_documents};
use crate::stack::StackBuilder;
use crate::{PlanError, PlannedStack, StackPlan, StackRole, policy};

/// Where GitHub's tokens come from.
const ISSUER: &str = "token.actions.githubusercontent.com";
/// Whom `aws-actions/configure-aws-credentials` asks tokens for.
const AUDIENCE: &str = "sts.amazonaws.com";
/// The stack with GitHub's provider: an account has one by that address, whatever the region.
const PROVIDER_STACK: &str = "liftform-github";
/// IAM is global; its stack has to be somewhere, and always in the same place.
const PROVIDER_REGION: &str = "us-east-1";

/// A GitHub repository whose workflows get the roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitHub {
    /// `OWNER/REPOSITORY`.
    pub repository: String,
    /// Who may deploy: a branch like `main`, or `environment:prod` for jobs that GitHub holds until they are approved.
    pub reference: String,
    /// Whether the account has GitHub's provider already.
    pub provider: Provider,
}

/// Whether an account has GitHub's OpenID Connect provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// It is made, in a stack of its own.
    Create,
    /// Somebody else made it.
    Existing,
}

/// Plans what an account needs before an environment can be deployed to it: the artifact stacks of its regions and its
/// access stack, with the rights that `plan` takes.
///
/// # Errors
/// When the environment's artifact stacks can't be planned.
pub fn access(
    environment: &Environment,
    plan: &StackPlan,
    github: Option<&GitHub>,
) -> Result<StackPlan, PlanError> {
    let is_shared = |stack: &&PlannedStack| stack.role == StackRole::Artifacts;
    let mut stacks: Vec<_> = plan.stacks.iter().filter(is_shared).cloned().collect();
    if github.is_some_and(|github| github.provider == Provider::Create) {
        stacks.push(provider(environment)?);
    }
    stacks.push(roles(environment, plan, github)?);
    for stack in &mut stacks {
        stack.tags = crate::tags(environment, stack.role);
    }
    Ok(StackPlan {
        stacks,
        ..plan.clone()
    })
}

/// Name of an environment's access stack.
fn stack_name(environment: &Environment) -> String {
    crate::naming::physical_name(environment, "access")
}

fn provider(environment: &Environment) -> Result<PlannedStack, PlanError> {
    let mut stack = StackBuilder::new(
        environment,
        PROVIDER_STACK.to_owned(),
        PROVIDER_REGION,
        "Lets workflows of GitHub Actions sign in to this account; which ones is up to each role",
    );
    let provider = iam::OIDCProvider::new()
        .url(format!("https://{ISSUER}"))
        .client_id_list(vec![AUDIENCE]);
    stack.add("GitHub", provider);
    let mut planned = stack.finish(StackRole::Access)?;
    // The roles trust it, so that it has to be there first.
    planned.wave = 0;
    Ok(planned)
}

fn roles(
    environment: &Environment,
    plan: &StackPlan,
    github: Option<&GitHub>,
) -> Result<PlannedStack, PlanError> {
    let description = format!(
        "Roles that work on {} ({})",
        environment.topology, environment.name
    );
    let name = stack_name(environment);
    let mut stack = StackBuilder::new(environment, name, &environment.home, &description);
    for role in AccessRole::ALL {
        let id = format!("{}Role", role.title());
        let mut policies = Vec::new();
        for (number, document) in policy_documents(role, environment, plan).iter().enumerate() {
            let policy = format!("{}Policy{}", role.title(), number + 1);
            stack.add(&policy, iam::ManagedPolicy::new(substituted(document)));
            policies.push(reference(policy));
        }
        let description = format!(
            "{} of {} ({})",
            role.purpose(),
            environment.topology,
            environment.name
        );
        let resource = iam::Role::new(trust(role, github))
            .description(description)
            .managed_policy_arns(policies);
        stack.add(&id, resource);
        let output = Output::new(get_att(id, "Arn")).description(role.purpose());
        stack.add_output(&format!("{}RoleArn", role.title()), output);
    }
    stack.finish(StackRole::Access)
}

/// Texts with `${...}` as `Fn::Sub`; nothing else of a policy is CloudFormation's.
fn substituted(value: &Value) -> Value {
    match value {
        Value::String(text) if text.contains("${") => policy::sub(text),
        Value::Array(items) => items.iter().map(substituted).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(key, value)| (key.clone(), substituted(value)))
                    .collect(),
            )
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn trust(role: AccessRole, github: Option<&GitHub>) -> Value {
    let Some(github) = github else {
        let account = policy::sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root");
        return policy::document(&[json!({
            "Effect": "Allow", "Principal": { "AWS": account }, "Action": "sts:AssumeRole",
        })]);
    };
    let provider =
        format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{ISSUER}");
    policy::document(&[json!({
        "Effect": "Allow",
        "Principal": { "Federated": policy::sub(&provider) },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": { format!("{ISSUER}:aud"): AUDIENCE },
            "StringLike": { format!("{ISSUER}:sub"): github.subject(role) },
        },
    })])
}

impl GitHub {
    /// The subjects of the tokens that get a role. Every job of the repository may look, pull requests among them; GitHub
    /// gives none to those of forks. <https://docs.github.com/actions/reference/security/oidc>
    fn subject(&self, role: AccessRole) -> String {
        let Self {
            repository,
            reference,
            ..
        } = self;
        let deployer = match reference.strip_prefix("environment:") {
            Some(environment) => format!("repo:{repository}:environment:{environment}"),
            None => format!("repo:{repository}:ref:refs/heads/{reference}"),
        };
        match role {
            AccessRole::Diff => format!("repo:{repository}:*"),
            AccessRole::Deploy | AccessRole::Publish => deployer,
        }
    }
}
