//! What each role may do, as IAM policy documents.
//!
//! ARNs carry `${AWS::Partition}` and `${AWS::AccountId}`, which a template substitutes. Physical names that
//! CloudFormation makes begin with the stack's name, and so with `<topology>-<environment>-`.

use std::collections::{BTreeMap, BTreeSet};

use cloudformation::permissions::permissions;
use serde_json::{Value, json};
use topology::environment::Environment;

use crate::{StackPlan, naming, policy};

/// Characters of a policy document; a managed policy may have 6,144, white space not counted, after substitution.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const LONGEST: usize = 5_600;

/// A role of the access stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessRole {
    /// Reads, and computes change sets.
    Diff,
    /// Does everything that the environment takes.
    Deploy,
    /// Uploads archives.
    Publish,
}

impl AccessRole {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Diff, Self::Deploy, Self::Publish];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Diff => "Diff",
            Self::Deploy => "Deploy",
            Self::Publish => "Publish",
        }
    }

    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Diff => "Reads stacks and computes change sets",
            Self::Deploy => "Deploys and removes stacks",
            Self::Publish => "Uploads archives of handlers and builds",
        }
    }
}

/// The policies of a role, each short enough to be a managed policy.
pub fn policy_documents(
    role: AccessRole,
    environment: &Environment,
    plan: &StackPlan,
) -> Vec<Value> {
    let names = Names {
        prefix: naming::physical_name(environment, "*"),
        access: super::stack_name(environment),
    };
    let statements = match role {
        AccessRole::Diff => [looks(&names), vec![uploads(&["templates/*"])]].concat(),
        AccessRole::Publish => publishes(&names),
        AccessRole::Deploy => [
            looks(&names),
            publishes(&names),
            deploys(&names),
            resources(&names, plan),
            vec![stays_in_bounds(&names)],
        ]
        .concat(),
    };
    packed(statements)
}

/// Reading, and change sets. `DeleteStack` is for the empty stack that a change set of a new stack leaves; without rights
/// to its resources it deletes nothing else.
fn looks(names: &Names) -> Vec<Value> {
    let everywhere = [
        "cloudformation:DescribeStackDriftDetectionStatus",
        "cloudformation:DescribeStacks",
        "cloudformation:ListStacks",
        "gamelift:Describe*",
        "gamelift:List*",
    ];
    let stacks = [
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DeleteStack",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStackResourceDrifts",
        "cloudformation:DescribeStackResources",
        "cloudformation:DetectStackDrift",
        "cloudformation:DetectStackResourceDrift",
        "cloudformation:GetStackPolicy",
        "cloudformation:GetTemplate",
        "cloudformation:GetTemplateSummary",
        "cloudformation:ListChangeSets",
        "cloudformation:ListStackResources",
        "cloudformation:TagResource",
    ];
    vec![
        allow(everywhere, &["*".to_owned()]),
        allow(stacks, &names.stacks()),
    ]
}

fn publishes(names: &Names) -> Vec<Value> {
    let folders = ["builds/*", "handlers/*", "templates/*"];
    vec![
        allow(["cloudformation:DescribeStacks"], &names.stacks()),
        uploads(&folders),
    ]
}

/// Objects of the artifact buckets. Bucket names are global, so that anybody could make one of such a name elsewhere.
fn uploads(folders: &[&str]) -> Value {
    let bucket = "arn:${AWS::Partition}:s3:::liftform-artifacts-bucket-*";
    let objects = folders.iter().map(|folder| format!("{bucket}/{folder}"));
    let arns: Vec<_> = std::iter::once(bucket.to_owned()).chain(objects).collect();
    let actions = [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:PutObject",
    ];
    let mut statement = allow(actions, &arns);
    statement["Condition"] =
        json!({ "StringEquals": { "aws:ResourceAccount": "${AWS::AccountId}" } });
    statement
}

fn deploys(names: &Names) -> Vec<Value> {
    let stacks = [
        "cloudformation:CancelUpdateStack",
        "cloudformation:ContinueUpdateRollback",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:RollbackStack",
        "cloudformation:SetStackPolicy",
        "cloudformation:UntagResource",
        "cloudformation:UpdateTerminationProtection",
    ];
    let emptying = [
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:ListBucketVersions",
    ];
    let buckets = service_arns("s3", names);
    vec![
        allow(stacks, &names.stacks()),
        allow(emptying, &buckets),
        allow(["sts:DecodeAuthorizationMessage"], &["*".to_owned()]),
    ]
}

/// Who deploys must not widen their own rights. They still decide what the environment's functions may do, so that the
/// role is worth as much as these are.
fn stays_in_bounds(names: &Names) -> Value {
    let access = &names.access;
    let arns = [
        format!("arn:${{AWS::Partition}}:cloudformation:*:${{AWS::AccountId}}:stack/{access}/*"),
        format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{access}-*"),
        format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{access}-*"),
    ];
    json!({ "Effect": "Deny", "Action": ["cloudformation:*", "iam:*"], "Resource": arns })
}

/// What managing the resource types of the plan takes, by service.
fn resources(names: &Names, plan: &StackPlan) -> Vec<Value> {
    let kinds: BTreeSet<&str> = plan
        .stacks
        .iter()
        .flat_map(|stack| stack.template.resources.values())
        .map(|resource| resource.kind.as_str())
        .collect();
    let mut narrow: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut wide: BTreeSet<&str> = BTreeSet::new();
    for found in kinds.into_iter().filter_map(permissions) {
        for action in &found.narrow {
            if let Some(service) = service(action) {
                narrow.entry(service).or_default().insert(action);
            }
        }
        wide.extend(
            found
                .wide
                .iter()
                .map(String::as_str)
                .filter(|action| service(action).is_some()),
        );
    }
    let narrow = narrow
        .into_iter()
        .map(|(service, actions)| allow(actions, &service_arns(service, names)));
    narrow.chain([allow(wide, &["*".to_owned()])]).collect()
}

/// The service of an action, if a template of ours has resources of it. The registry also names what optional features of a
/// type need: VPCs and file systems of functions, Kinesis streams of tables.
fn service(action: &str) -> Option<&str> {
    const USED: [&str; 15] = [
        "apigateway",
        "cloudwatch",
        "cognito-identity",
        "dynamodb",
        "events",
        "gamelift",
        "iam",
        "kms",
        "lambda",
        "logs",
        "s3",
        "sns",
        "sqs",
        "wafv2",
        "ssm",
    ];
    let (service, _) = action.split_once(':')?;
    USED.contains(&service).then_some(service)
}

/// The resources of a service that belong to an environment. Where AWS makes up the ids, all of the account.
fn service_arns(service: &str, names: &Names) -> Vec<String> {
    let prefix = &names.prefix;
    let arn = |resource: &str| {
        format!("arn:${{AWS::Partition}}:{service}:*:${{AWS::AccountId}}:{resource}")
    };
    match service {
        "iam" => [prefix.as_str(), "liftform-artifacts-*"]
            .map(|name| format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{name}"))
            .to_vec(),
        "s3" => ["", "/*"]
            .map(|objects| {
                format!("arn:${{AWS::Partition}}:s3:::liftform-artifacts-bucket-*{objects}")
            })
            .to_vec(),
        "cloudwatch" => vec![
            arn(&format!("alarm:{prefix}")),
            // Dashboards have no region.
            format!("arn:${{AWS::Partition}}:cloudwatch::${{AWS::AccountId}}:dashboard/{prefix}"),
        ],
        "dynamodb" => vec![arn(&format!("table/{prefix}"))],
        "events" => vec![arn(&format!("rule/{prefix}"))],
        "lambda" => vec![
            arn(&format!("function:{prefix}")),
            arn("event-source-mapping:*"),
        ],
        "logs" => vec![
            arn(&format!("log-group:{prefix}")),
            arn(&format!("log-group:/aws/lambda/{prefix}")),
        ],
        "sns" | "sqs" => vec![arn(prefix)],
        "ssm" => vec![arn(&format!("parameter/{prefix}"))],
        _ => vec!["*".to_owned()],
    }
}

/// The names of an environment's things.
struct Names {
    /// `<topology>-<environment>-*`.
    prefix: String,
    /// The access stack.
    access: String,
}

impl Names {
    /// The environment's stacks, and those that it shares.
    fn stacks(&self) -> Vec<String> {
        [self.prefix.as_str(), "liftform-artifacts"]
            .map(|name| {
                format!(
                    "arn:${{AWS::Partition}}:cloudformation:*:${{AWS::AccountId}}:stack/{name}/*"
                )
            })
            .to_vec()
    }
}

fn allow<'text>(actions: impl IntoIterator<Item = &'text str>, resources: &[String]) -> Value {
    let actions: Vec<_> = actions.into_iter().collect();
    let resources: Vec<_> = resources.iter().map(|arn| json!(arn)).collect();
    policy::allow(&actions, &resources)
}

/// Puts statements into as few documents as their lengths allow, in order; a statement too long for one is cut.
fn packed(statements: Vec<Value>) -> Vec<Value> {
    let mut documents: Vec<Vec<Value>> = Vec::new();
    for statement in statements.into_iter().flat_map(cut) {
        match documents.last_mut() {
            Some(last) if length(last) + statement.to_string().len() < LONGEST => {
                last.push(statement);
            }
            _ => documents.push(vec![statement]),
        }
    }
    documents
        .iter()
        .map(|statements| policy::document(statements))
        .collect()
}

fn length(statements: &[Value]) -> usize {
    policy::document(statements).to_string().len()
}

/// Halves the actions of a statement until it fits.
fn cut(statement: Value) -> Vec<Value> {
    let actions = statement["Action"].as_array().cloned().unwrap_or_default();
    if statement.to_string().len() < LONGEST / 2 || actions.len() < 2 {
        return vec![statement];
    }
    let (first, second) = actions.split_at(actions.len() / 2);
    [first, second]
        .into_iter()
        .flat_map(|actions| {
            let mut half = statement.clone();
            half["Action"] = json!(actions);
            cut(half)
        })
        .collect()
}
