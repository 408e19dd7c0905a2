//! What happens to one resource.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Effect;

/// What happens to one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResourceReview {
    /// Name in the template.
    pub logical_id: String,
    /// Name in AWS; none: not known, or there is none yet.
    pub physical_id: Option<String>,
    /// CloudFormation type.
    pub kind: String,
    /// What happens.
    pub action: ResourceAction,
    /// How sure that is.
    pub verdict: Verdict,
    /// Why, like `BuildId changes`; empty: because the template says so.
    pub causes: Vec<String>,
    /// What changes in it.
    pub properties: Vec<PropertyReview>,
    /// What that means for the game.
    pub effects: Vec<Effect>,
    /// Whether losing it needs an allowance by name.
    pub guarded: bool,
}

/// What happens to a resource, the harmless first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ResourceAction {
    /// It enters the stack as it is.
    Import,
    /// It is made.
    Add,
    /// It is changed in place.
    Change,
    /// It leaves the stack and stays in the account.
    Retain,
    /// It is changed in place or replaced; CloudFormation decides.
    MayReplace,
    /// A new one takes its place.
    Replace,
    /// It is removed; a snapshot stays.
    Snapshot,
    /// It is removed.
    Delete,
}

impl ResourceAction {
    /// Whether the resource that is there now is lost, or may be.
    #[must_use]
    pub fn is_loss(self) -> bool {
        match self {
            Self::Import | Self::Add | Self::Change | Self::Retain => false,
            Self::MayReplace | Self::Replace | Self::Snapshot | Self::Delete => true,
        }
    }
}

/// How sure something is, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub struct Verdict {
    /// Who says so.
    pub method: super::Method,
    /// How sure it is.
    pub certainty: Certainty,
}

/// How sure a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It will happen.
    Certain,
    /// It depends on values that are known only while the change runs.
    Possible,
}

/// One change within a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PropertyReview {
    /// Where, like `LatencyPolicies[0].Maximum`; attributes like `DeletionPolicy` stand here, too.
    pub path: String,
    /// Before; none: it wasn't there.
    pub before: Option<Shown>,
    /// After; none: it goes.
    pub after: Option<Shown>,
    /// Whether this change alone replaces the resource.
    pub replaces: bool,
    /// How sure it is.
    pub verdict: Verdict,
    /// Whether the value can be set and not read back: drift detection never sees it.
    #[serde(default)]
    pub write_only: bool,
}

/// A value as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The value; secrets in it are masked.
    Value(Json),
    /// It is known only later: why, in words.
    Later(String),
}
