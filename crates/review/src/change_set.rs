//! What CloudFormation says in a change set, laid over a forecast from the templates.
//!
//! In: the change set's changes. Out: the review with CloudFormation's verdicts. Values come from the change set where it
//! has them, else from the templates. What the change set doesn't list doesn't happen.

use cloudformation::diff::is_write_only;
use serde_json::Value as Json;

use crate::game;
use crate::model::{
    Certainty, EffectLevel, Method, PropertyReview, ResourceAction, ResourceReview, Shown,
    StackReview, Verdict,
};

/// A computed change set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// Its ARN.
    pub id: String,
    /// ARN of its stack; a change set that makes a stack has made an empty one.
    pub stack_id: String,
    /// Its changes, nested stacks' change sets not followed.
    pub changes: Vec<Change>,
}

/// A change of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Name in the template.
    pub logical_id: String,
    /// Name in AWS; none: it is new.
    pub physical_id: Option<String>,
    /// CloudFormation type.
    pub kind: String,
    /// What happens.
    pub action: Action,
    /// Whether a new one takes its place.
    pub replacement: Replacement,
    /// What becomes of the old one.
    pub policy: Option<PolicyAction>,
    /// What changes in it.
    pub details: Vec<Detail>,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Add,
    /// It is changed or replaced.
    Modify,
    /// It leaves the stack.
    Remove,
    /// It enters the stack as it is.
    Import,
    /// It is known only when the change set runs.
    Dynamic,
}

/// Whether a new resource takes the old one's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// It does.
    Yes,
    /// It doesn't.
    No,
    /// It may.
    Conditional,
}

/// What becomes of the old resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyAction {
    /// It is removed.
    Delete,
    /// It stays in the account.
    Retain,
    /// It is removed; a snapshot stays.
    Snapshot,
}

/// A change within a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// `Properties`, `Tags`, `DeletionPolicy` and so on.
    pub attribute: String,
    /// The property's name; none for other attributes.
    pub name: Option<String>,
    /// Path within the template, like `/Properties/Environment/Variables/TABLE`; none: CloudFormation gave none.
    pub path: Option<String>,
    /// Before, if CloudFormation told.
    pub before: Option<String>,
    /// After, if CloudFormation told.
    pub after: Option<String>,
    /// Whether this alone replaces the resource.
    pub recreation: Replacement,
    /// Whether it is certain before the change set runs.
    pub evaluation: Evaluation,
    /// The parameter, resource or attribute that causes it.
    pub cause: Option<String>,
}

/// When a change is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// Before the change set runs.
    Static,
    /// Only while it runs.
    Dynamic,
}

/// Lays a change set over a forecast.
#[must_use]
pub fn overlay(forecast: &StackReview, change_set: &ChangeSet) -> StackReview {
    let known = |id: &str| {
        let mut resources = forecast.resources.iter();
        resources.find(|resource| resource.logical_id == id)
    };
    let mut resources: Vec<ResourceReview> = change_set
        .changes
        .iter()
        .map(|change| resource(change, known(&change.logical_id)))
        .collect();
    resources.extend(unlisted(forecast, change_set));
    resources.sort_by(|one, other| one.logical_id.cmp(&other.logical_id));
    StackReview {
        method: Method::Changeset,
        change_set: Some(change_set.id.clone()),
        resources,
        ..forecast.clone()
    }
}

/// Resources that the change set doesn't list although a property changes that nobody can read back. That happens where a
/// provider compares with what is there; the template's word for it is kept, as a possibility.
fn unlisted(forecast: &StackReview, change_set: &ChangeSet) -> Vec<ResourceReview> {
    let is_listed = |id: &str| {
        let mut changes = change_set.changes.iter();
        changes.any(|change| change.logical_id == id)
    };
    let forecast = forecast.resources.iter();
    let unlisted = forecast.filter(|resource| {
        matches!(
            resource.action,
            ResourceAction::Change | ResourceAction::MayReplace | ResourceAction::Replace
        ) && !is_listed(&resource.logical_id)
    });
    unlisted
        .filter_map(|resource| {
            let properties: Vec<PropertyReview> = unreadable(&resource.properties).collect();
            (!properties.is_empty()).then(|| ResourceReview {
                action: ResourceAction::Change,
                verdict: UNLISTED,
                causes: Vec::new(),
                properties,
                effects: Vec::new(),
                ..resource.clone()
            })
        })
        .collect()
}

/// What the template says and the change set doesn't.
const UNLISTED: Verdict = Verdict {
    method: Method::Template,
    certainty: Certainty::Possible,
};

/// The properties among these that can't be read back, as the template's word. What was only expected of another resource isn't
/// its word.
fn unreadable(properties: &[PropertyReview]) -> impl Iterator<Item = PropertyReview> {
    let found = properties
        .iter()
        .filter(|property| property.write_only && !matches!(property.after, Some(Shown::Later(_))));
    found.map(|property| PropertyReview {
        replaces: false,
        verdict: UNLISTED,
        ..property.clone()
    })
}

fn resource(change: &Change, forecast: Option<&ResourceReview>) -> ResourceReview {
    let action = action(change);
    let properties = properties(change, forecast);
    let effects = match forecast {
        Some(forecast) if forecast.action == action => forecast.effects.clone(),
        _ => {
            let mut effects = game::effects_by_kind(action, &change.kind, &properties);
            // Whether a name is taken is told by the templates alone.
            let known = forecast.filter(|it| it.action.is_loss() && action.is_loss());
            let known = known.into_iter().flat_map(|it| &it.effects);
            effects.extend(known.filter(|it| it.level == EffectLevel::Failure).cloned());
            effects
        }
    };
    ResourceReview {
        logical_id: change.logical_id.clone(),
        physical_id: change.physical_id.clone().filter(|id| !id.is_empty()),
        kind: change.kind.clone(),
        action,
        verdict: certainty(change),
        causes: causes(change),
        properties,
        effects,
        guarded: game::is_guarded(&change.kind),
    }
}

fn action(change: &Change) -> ResourceAction {
    match (change.action, change.replacement) {
        (Action::Add, _) => ResourceAction::Add,
        (Action::Import, _) => ResourceAction::Import,
        (Action::Remove, _) => match change.policy {
            Some(PolicyAction::Retain) => ResourceAction::Retain,
            Some(PolicyAction::Snapshot) => ResourceAction::Snapshot,
            Some(PolicyAction::Delete) | None => ResourceAction::Delete,
        },
        (Action::Modify, Replacement::Yes) => ResourceAction::Replace,
        (Action::Modify, Replacement::Conditional) | (Action::Dynamic, _) => {
            ResourceAction::MayReplace
        }
        (Action::Modify, Replacement::No) => ResourceAction::Change,
    }
}

/// A change is certain when one of the details that make it what it is is.
fn certainty(change: &Change) -> Verdict {
    let decisive = || {
        change
            .details
            .iter()
            .filter(|detail| detail.recreation == change.replacement)
    };
    let any = decisive().next().is_some();
    let all_dynamic = decisive().all(|detail| detail.evaluation == Evaluation::Dynamic);
    let possible = change.action == Action::Dynamic
        || change.replacement == Replacement::Conditional
        || (any && all_dynamic);
    verdict(if possible {
        Certainty::Possible
    } else {
        Certainty::Certain
    })
}

fn verdict(certainty: Certainty) -> Verdict {
    Verdict {
        method: Method::Changeset,
        certainty,
    }
}

/// What makes a replacement necessary.
fn causes(change: &Change) -> Vec<String> {
    let mut causes = Vec::new();
    if change.replacement == Replacement::No {
        return causes;
    }
    for detail in change
        .details
        .iter()
        .filter(|detail| detail.recreation != Replacement::No)
    {
        let name = detail.name.as_deref().unwrap_or(&detail.attribute);
        let cause = format!("{name} changes");
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    causes
}

fn properties(change: &Change, forecast: Option<&ResourceReview>) -> Vec<PropertyReview> {
    if change.action != Action::Modify {
        return Vec::new();
    }
    let mut found: Vec<PropertyReview> = Vec::new();
    for detail in &change.details {
        for property in of_detail(&change.kind, detail, forecast) {
            // CloudFormation lists a property once for each reason.
            match found.iter_mut().find(|known| known.path == property.path) {
                None => found.push(property),
                Some(known) => merge(known, property),
            }
        }
    }
    let forecast = forecast.map(|it| it.properties.as_slice());
    for property in unreadable(forecast.unwrap_or_default()) {
        let is_told = |known: &PropertyReview| {
            is_within(&known.path, &property.path) || is_within(&property.path, &known.path)
        };
        if !found.iter().any(is_told) {
            found.push(property);
        }
    }
    found
}

/// Two reasons for one change: the surer one counts, and a value says more than that there will be one.
fn merge(known: &mut PropertyReview, other: PropertyReview) {
    known.replaces |= other.replaces;
    if other.verdict.certainty == Certainty::Certain {
        known.verdict = other.verdict;
    }
    if !matches!(known.after, Some(Shown::Value(_))) && other.after.is_some() {
        known.after = other.after;
    }
    known.before = known.before.take().or(other.before);
}

/// What one detail changes, as deep down as the templates tell.
fn of_detail(
    kind: &str,
    detail: &Detail,
    forecast: Option<&ResourceReview>,
) -> Vec<PropertyReview> {
    let name = path(detail);
    let verdict = verdict(match detail.evaluation {
        Evaluation::Static => Certainty::Certain,
        Evaluation::Dynamic => Certainty::Possible,
    });
    let replaces = detail.recreation != Replacement::No;
    let told = detail.before.is_some() || detail.after.is_some();
    let forecast = forecast
        .into_iter()
        .flat_map(|resource| &resource.properties)
        .filter(|property| !told && is_within(&property.path, &name))
        .map(|property| PropertyReview {
            replaces,
            verdict,
            ..property.clone()
        });
    let found: Vec<PropertyReview> = forecast.collect();
    if !found.is_empty() {
        return found;
    }
    let later = || {
        let cause = detail.cause.as_deref().unwrap_or("known later");
        Shown::Later(format!("from {cause}"))
    };
    let after = detail.after.as_deref().map(value);
    vec![PropertyReview {
        write_only: detail.attribute == "Properties" && is_write_only(kind, &name),
        path: name,
        before: detail.before.as_deref().map(value),
        after: after.or_else(|| (!told).then(later)),
        replaces,
        verdict,
    }]
}

/// `/Properties/Environment/Variables` becomes `Environment.Variables`, as in forecasts.
fn path(detail: &Detail) -> String {
    let from_path = detail
        .path
        .as_deref()
        .and_then(|path| path.strip_prefix("/Properties/"))
        .map(|path| {
            let mut shown = String::new();
            for part in path.split('/') {
                if part.bytes().all(|byte| byte.is_ascii_digit()) {
                    shown.push_str(&format!("[{part}]"));
                } else {
                    if !shown.is_empty() {
                        shown.push('.');
                    }
                    shown.push_str(part);
                }
            }
            shown
        });
    from_path
        .or_else(|| detail.name.clone())
        .unwrap_or_else(|| detail.attribute.clone())
}

fn is_within(path: &str, name: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Values come as text; objects and lists in it as JSON.
fn value(text: &str) -> Shown {
    let is_document = text.starts_with(['{', '[']);
    let parsed = is_document
        .then(|| serde_json::from_str(text).ok())
        .flatten();
    Shown::Value(parsed.unwrap_or_else(|| Json::from(text)))
}

#[cfg(test)]
mod tests;
