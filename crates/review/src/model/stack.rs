//! What happens to one stack.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ResourceReview, Shown};

/// What happens to one stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StackReview {
    /// Its name; for two files, the new file.
    pub name: String,
    /// Its region; empty for two files.
    pub region: String,
    /// What happens to it.
    pub action: StackAction,
    /// Its status in CloudFormation; none: there is no such stack, or nobody asked.
    pub status: Option<String>,
    /// Who says what happens to its resources.
    pub method: Method,
    /// Why it is a forecast although change sets were asked for.
    pub forecast_reason: Option<String>,
    /// ARN of the change set.
    pub change_set: Option<String>,
    /// Changed resources by logical id.
    pub resources: Vec<ResourceReview>,
    /// What changes beside resources.
    pub values: Vec<ValueReview>,
    /// Permissions that come and go.
    pub grants: Vec<GrantReview>,
    /// Inbound ports that open and close.
    pub ports: Vec<PortReview>,
    /// What it means for the game that belongs to no single resource.
    pub effects: Vec<Effect>,
    /// How far the desired template is from CloudFormation's limits; none: the stack goes.
    pub headroom: Option<Headroom>,
}

impl StackReview {
    /// A stack of which nothing is known to change.
    #[must_use]
    pub fn unchanged(name: impl Into<String>, region: impl Into<String>, method: Method) -> Self {
        Self {
            name: name.into(),
            region: region.into(),
            action: StackAction::Unchanged,
            status: None,
            method,
            forecast_reason: None,
            change_set: None,
            resources: Vec::new(),
            values: Vec::new(),
            grants: Vec::new(),
            ports: Vec::new(),
            effects: Vec::new(),
            headroom: None,
        }
    }

    /// Whether nothing is known to change within it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.values.is_empty()
    }

    /// Whether anything differs.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.action != StackAction::Unchanged
    }
}

/// What happens to a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StackAction {
    /// It is as it should be.
    Unchanged,
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// What a failed creation left is deleted, then it is made.
    Recreate,
    /// It left the topology.
    Delete,
    /// Its status lets nobody change it now.
    Blocked,
}

/// Who says what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// CloudFormation, in a change set.
    Changeset,
    /// Our rules, from two templates and the registry schemas: a forecast.
    Template,
}

/// A change beside resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ValueReview {
    /// Which part of the stack.
    pub section: Section,
    /// Its name in that part.
    pub name: String,
    /// Before; none: it wasn't there.
    pub before: Option<Shown>,
    /// After; none: it goes.
    pub after: Option<Shown>,
}

/// A part of a stack beside its resources.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The value of a parameter.
    Parameter,
    /// The declaration of a parameter.
    ParameterDeclaration,
    /// An output.
    Output,
    /// A condition.
    Condition,
    /// A mapping.
    Mapping,
    /// A rule over parameters.
    Rule,
    /// Description, metadata, transform.
    Template,
    /// A stack tag.
    Tag,
    /// Termination protection and stack policy.
    Protection,
}

/// Whether something comes or goes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// It comes.
    Added,
    /// It goes.
    Removed,
}

/// A permission that comes or goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GrantReview {
    /// Whether it comes or goes.
    pub sign: Sign,
    /// Whether more is allowed than before.
    pub broadening: bool,
    /// The role, policy or resource that carries it.
    pub logical_id: String,
    /// `Allow` or `Deny`.
    pub effect: String,
    /// Who; empty for policies of a role.
    pub principal: String,
    /// What.
    pub actions: String,
    /// On what.
    pub resources: String,
    /// When; empty: always.
    pub condition: String,
}

/// Inbound ports that open or close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PortReview {
    /// Whether they open or close.
    pub sign: Sign,
    /// Whether more can be reached than before.
    pub broadening: bool,
    /// The fleet or security group.
    pub logical_id: String,
    /// Protocol and ports, like `UDP 7777-7877`.
    pub ports: String,
    /// From where, like `0.0.0.0/0`.
    pub source: String,
}

/// What a change means for the game.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Effect {
    /// How bad it is.
    pub level: EffectLevel,
    /// In words.
    pub text: String,
}

/// How bad an effect is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EffectLevel {
    /// Good to know.
    Note,
    /// Players notice.
    Disruption,
    /// Data is lost.
    Loss,
    /// The deployment will fail.
    Failure,
}

/// How far a template is from CloudFormation's limits.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Headroom {
    /// Resources in the template; 500 are allowed.
    pub resources: usize,
    /// Size of the template in bytes; 1,048,576 are allowed.
    pub bytes: usize,
}

impl Headroom {
    /// The most resources in one template.
    pub const MAX_RESOURCES: usize = 500;
    /// The longest template in bytes.
    pub const MAX_BYTES: usize = 1_048_576;

    /// Whether nine tenths of a limit are used.
    #[must_use]
    pub fn is_scarce(&self) -> bool {
        self.resources * 10 >= Self::MAX_RESOURCES * 9 || self.bytes * 10 >= Self::MAX_BYTES * 9
    }
}
