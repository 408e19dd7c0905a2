//! CloudFormation's change sets as reviews read them.

use review::change_set::{
    Action, Change, ChangeSet, Detail, Evaluation, PolicyAction, Replacement,
};

use crate::deploy::{self, Attribute, ChangeAction, ChangeDetail, PlannedChange, Recreation};

/// Reads a change set.
pub(super) fn read(found: &deploy::ChangeSet) -> ChangeSet {
    ChangeSet {
        id: found.id.clone(),
        stack_id: found.stack_id.clone(),
        changes: found.changes.iter().map(change).collect(),
    }
}

fn change(found: &PlannedChange) -> Change {
    Change {
        logical_id: found.logical_id.clone(),
        physical_id: found.physical_id.clone(),
        kind: found.kind.clone(),
        action: match found.action {
            ChangeAction::Add => Action::Add,
            ChangeAction::Modify | ChangeAction::Sync => Action::Modify,
            ChangeAction::Remove => Action::Remove,
            ChangeAction::Import => Action::Import,
            ChangeAction::Dynamic => Action::Dynamic,
        },
        replacement: found
            .replacement
            .map_or(Replacement::No, |found| match found {
                deploy::Replacement::No => Replacement::No,
                deploy::Replacement::Conditional => Replacement::Conditional,
                deploy::Replacement::Yes => Replacement::Yes,
            }),
        policy: found.policy_action.map(policy),
        details: found.details.iter().map(detail).collect(),
    }
}

fn policy(found: deploy::PolicyAction) -> PolicyAction {
    match found {
        deploy::PolicyAction::Delete | deploy::PolicyAction::ReplaceAndDelete => {
            PolicyAction::Delete
        }
        deploy::PolicyAction::Retain | deploy::PolicyAction::ReplaceAndRetain => {
            PolicyAction::Retain
        }
        deploy::PolicyAction::Snapshot | deploy::PolicyAction::ReplaceAndSnapshot => {
            PolicyAction::Snapshot
        }
    }
}

fn detail(found: &ChangeDetail) -> Detail {
    Detail {
        attribute: attribute(found.attribute).to_owned(),
        name: found.name.clone(),
        path: found.path.clone(),
        before: found.before.clone(),
        after: found.after.clone(),
        recreation: match found.recreation {
            Recreation::Never => Replacement::No,
            Recreation::Conditionally => Replacement::Conditional,
            Recreation::Always => Replacement::Yes,
        },
        evaluation: match found.evaluation {
            deploy::Evaluation::Static => Evaluation::Static,
            deploy::Evaluation::Dynamic => Evaluation::Dynamic,
        },
        cause: found.causing_entity.clone(),
    }
}

fn attribute(found: Attribute) -> &'static str {
    match found {
        Attribute::Properties => "Properties",
        Attribute::Metadata => "Metadata",
        Attribute::CreationPolicy => "CreationPolicy",
        Attribute::UpdatePolicy => "UpdatePolicy",
        Attribute::DeletionPolicy => "DeletionPolicy",
        Attribute::UpdateReplacePolicy => "UpdateReplacePolicy",
        Attribute::Tags => "Tags",
        Attribute::Other => "other",
    }
}
