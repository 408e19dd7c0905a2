//! What CloudFormation says a change set will do, in values of our own.
//!
//! Names and meanings are those of the API:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html>

/// A change set that is computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// Its ARN: the only name that can't come to mean another change set.
    pub id: String,
    /// ARN of its stack.
    pub stack_id: String,
    /// Whether it can be executed.
    pub execution: Execution,
    /// What it does to resources, in CloudFormation's order.
    pub changes: Vec<PlannedChange>,
}

/// Whether a change set can be executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Execution {
    /// Now.
    #[default]
    Available,
    /// Not yet, or never: it is still computed, or computing it failed.
    Unavailable,
    /// It is being executed.
    Running,
    /// It was executed, well or badly.
    Spent,
    /// The stack changed after it was computed.
    Obsolete,
}

/// What a change set does to one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    /// What is done.
    pub action: ChangeAction,
    /// Name in the template.
    pub logical_id: String,
    /// Name in AWS; none: there is no resource yet.
    pub physical_id: Option<String>,
    /// CloudFormation type.
    pub kind: String,
    /// Whether a change replaces it; none for all but [`ChangeAction::Modify`].
    pub replacement: Option<Replacement>,
    /// What becomes of the resource that goes; none: none goes, or nobody says.
    pub policy_action: Option<PolicyAction>,
    /// Which parts of it change.
    pub scope: Vec<Attribute>,
    /// Each difference in it.
    pub details: Vec<ChangeDetail>,
    /// Its properties before, as JSON; none: there are none, or CloudFormation was not asked.
    pub before: Option<String>,
    /// Its properties after, as JSON; what isn't known yet is `{{changeSet:KNOWN_AFTER_APPLY}}`.
    pub after: Option<String>,
    /// ARN of the change set of a nested stack.
    pub nested: Option<String>,
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeAction {
    /// It is made.
    Add,
    /// It is changed or replaced.
    Modify,
    /// It goes.
    Remove,
    /// It enters the stack as it is.
    Import,
    /// It can't be said before, as for a nested stack; also what this version doesn't know.
    Dynamic,
    /// The stack takes over how the resource really is.
    Sync,
}

/// Whether a change replaces a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// It doesn't.
    No,
    /// It depends on values that are known only while the change runs; also what this version doesn't know.
    Conditional,
    /// It does.
    Yes,
}

/// What becomes of a resource that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyAction {
    /// It is removed.
    Delete,
    /// It stays in the account.
    Retain,
    /// It is removed; a snapshot stays.
    Snapshot,
    /// Replaced; the old one is removed.
    ReplaceAndDelete,
    /// Replaced; the old one stays in the account.
    ReplaceAndRetain,
    /// Replaced; of the old one a snapshot stays.
    ReplaceAndSnapshot,
}

/// A part of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// `Properties`.
    Properties,
    /// `Metadata`.
    Metadata,
    /// `CreationPolicy`.
    CreationPolicy,
    /// `UpdatePolicy`.
    UpdatePolicy,
    /// `DeletionPolicy`.
    DeletionPolicy,
    /// `UpdateReplacePolicy`.
    UpdateReplacePolicy,
    /// Tags, its own or those of the stack.
    Tags,
    /// One that this version doesn't know.
    Other,
}

/// One difference in a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeDetail {
    /// The part.
    pub attribute: Attribute,
    /// The property, when the part is `Properties`.
    pub name: Option<String>,
    /// Path of the value within the resource, like `/Properties/Tags/0`; none: CloudFormation doesn't say.
    pub path: Option<String>,
    /// Value before; none: there is none, or CloudFormation doesn't say.
    pub before: Option<String>,
    /// Value after; none: there is none, or CloudFormation doesn't say.
    pub after: Option<String>,
    /// Whether this difference replaces the resource.
    pub recreation: Recreation,
    /// How sure that is.
    pub evaluation: Evaluation,
    /// Where the difference comes from.
    pub source: Option<ChangeSource>,
    /// The parameter, resource or attribute that it comes from.
    pub causing_entity: Option<String>,
}

/// Whether a difference replaces its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recreation {
    /// Never.
    Never,
    /// Sometimes; also what this version doesn't know.
    Conditionally,
    /// Always.
    Always,
}

/// How sure a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// The value is known: it will happen.
    Static,
    /// It depends on a value that is known only while the change runs.
    Dynamic,
}

/// Where a difference comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeSource {
    /// The template says something else.
    DirectModification,
    /// A parameter has another value.
    ParameterReference,
    /// `Ref` to a resource that is replaced.
    ResourceReference,
    /// `GetAtt` of a resource that changes.
    ResourceAttribute,
    /// A nested stack, whose own template may have changed.
    Automatic,
    /// Nothing in it.
    NoModification,
}
