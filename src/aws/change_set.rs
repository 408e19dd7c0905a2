//! Change sets as the SDK describes them.

use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types::{
    self as sdk, ChangeSetStatus, ExecutionStatus, ResourceChange, ResourceChangeDetail,
};

use crate::deploy::{
    Attribute, ChangeAction, ChangeDetail, ChangeSet, ChangeSetState, ChangeSource, Evaluation,
    Execution, PlannedChange, PolicyAction, Recreation, Replacement,
};

/// What CloudFormation says instead of making an empty change set, in its two wordings.
const EMPTY: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

/// How far a change set is; changes are those of this page.
pub(super) fn state(answer: &DescribeChangeSetOutput) -> ChangeSetState {
    match answer.status() {
        Some(ChangeSetStatus::CreateComplete) => ChangeSetState::Ready(ready(answer)),
        Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) => {
            ChangeSetState::Pending
        }
        other => {
            let reason = answer.status_reason().unwrap_or_default();
            if EMPTY.iter().any(|text| reason.contains(text)) {
                return ChangeSetState::Empty;
            }
            let status = other.map_or("no status", ChangeSetStatus::as_str);
            let reason = Some(reason).filter(|reason| !reason.is_empty());
            ChangeSetState::Failed {
                reason: reason.unwrap_or(status).to_owned(),
            }
        }
    }
}

fn ready(answer: &DescribeChangeSetOutput) -> ChangeSet {
    ChangeSet {
        id: text(answer.change_set_id()),
        stack_id: text(answer.stack_id()),
        execution: match answer.execution_status() {
            Some(ExecutionStatus::Available) => Execution::Available,
            Some(ExecutionStatus::ExecuteInProgress) => Execution::Running,
            Some(ExecutionStatus::ExecuteComplete | ExecutionStatus::ExecuteFailed) => {
                Execution::Spent
            }
            Some(ExecutionStatus::Obsolete) => Execution::Obsolete,
            _ => Execution::Unavailable,
        },
        changes: changes(answer),
    }
}

/// The changes of one page.
pub(super) fn changes(answer: &DescribeChangeSetOutput) -> Vec<PlannedChange> {
    let changes = answer.changes().iter();
    changes
        .filter_map(|change| change.resource_change())
        .map(planned)
        .collect()
}

fn planned(change: &ResourceChange) -> PlannedChange {
    let is_modification = change.action() == Some(&sdk::ChangeAction::Modify);
    PlannedChange {
        action: match change.action() {
            Some(sdk::ChangeAction::Add) => ChangeAction::Add,
            Some(sdk::ChangeAction::Modify) => ChangeAction::Modify,
            Some(sdk::ChangeAction::Remove) => ChangeAction::Remove,
            Some(sdk::ChangeAction::Import) => ChangeAction::Import,
            Some(sdk::ChangeAction::SyncWithActual) => ChangeAction::Sync,
            _ => ChangeAction::Dynamic,
        },
        logical_id: text(change.logical_resource_id()),
        physical_id: some(change.physical_resource_id()),
        kind: text(change.resource_type()),
        replacement: is_modification.then(|| match change.replacement() {
            Some(sdk::Replacement::False) => Replacement::No,
            Some(sdk::Replacement::True) => Replacement::Yes,
            _ => Replacement::Conditional,
        }),
        policy_action: change.policy_action().and_then(policy_action),
        scope: change.scope().iter().map(attribute).collect(),
        details: change.details().iter().map(detail).collect(),
        before: some(change.before_context()),
        after: some(change.after_context()),
        nested: some(change.change_set_id()),
    }
}

fn policy_action(action: &sdk::PolicyAction) -> Option<PolicyAction> {
    match action {
        sdk::PolicyAction::Delete => Some(PolicyAction::Delete),
        sdk::PolicyAction::Retain => Some(PolicyAction::Retain),
        sdk::PolicyAction::Snapshot => Some(PolicyAction::Snapshot),
        sdk::PolicyAction::ReplaceAndDelete => Some(PolicyAction::ReplaceAndDelete),
        sdk::PolicyAction::ReplaceAndRetain => Some(PolicyAction::ReplaceAndRetain),
        sdk::PolicyAction::ReplaceAndSnapshot => Some(PolicyAction::ReplaceAndSnapshot),
        _ => None,
    }
}

fn attribute(attribute: &sdk::ResourceAttribute) -> Attribute {
    match attribute {
        sdk::ResourceAttribute::Properties => Attribute::Properties,
        sdk::ResourceAttribute::Metadata => Attribute::Metadata,
        sdk::ResourceAttribute::CreationPolicy => Attribute::CreationPolicy,
        sdk::ResourceAttribute::UpdatePolicy => Attribute::UpdatePolicy,
        sdk::ResourceAttribute::DeletionPolicy => Attribute::DeletionPolicy,
        sdk::ResourceAttribute::UpdateReplacePolicy => Attribute::UpdateReplacePolicy,
        sdk::ResourceAttribute::Tags => Attribute::Tags,
        _ => Attribute::Other,
    }
}

fn detail(detail: &ResourceChangeDetail) -> ChangeDetail {
    let target = detail.target();
    ChangeDetail {
        attribute: target
            .and_then(|target| target.attribute())
            .map_or(Attribute::Other, attribute),
        name: some(target.and_then(|target| target.name())),
        path: some(target.and_then(|target| target.path())),
        before: some(target.and_then(|target| target.before_value())),
        after: some(target.and_then(|target| target.after_value())),
        recreation: match target.and_then(|target| target.requires_recreation()) {
            Some(sdk::RequiresRecreation::Always) => Recreation::Always,
            Some(sdk::RequiresRecreation::Never) | None => Recreation::Never,
            _ => Recreation::Conditionally,
        },
        evaluation: match detail.evaluation() {
            Some(sdk::EvaluationType::Static) => Evaluation::Static,
            _ => Evaluation::Dynamic,
        },
        source: detail.change_source().and_then(source),
        causing_entity: some(detail.causing_entity()),
    }
}

fn source(source: &sdk::ChangeSource) -> Option<ChangeSource> {
    match source {
        sdk::ChangeSource::DirectModification => Some(ChangeSource::DirectModification),
        sdk::ChangeSource::ParameterReference => Some(ChangeSource::ParameterReference),
        sdk::ChangeSource::ResourceReference => Some(ChangeSource::ResourceReference),
        sdk::ChangeSource::ResourceAttribute => Some(ChangeSource::ResourceAttribute),
        sdk::ChangeSource::Automatic => Some(ChangeSource::Automatic),
        sdk::ChangeSource::NoModification => Some(ChangeSource::NoModification),
        _ => None,
    }
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

fn some(value: Option<&str>) -> Option<String> {
    value.filter(|text| !text.is_empty()).map(str::to_owned)
}
