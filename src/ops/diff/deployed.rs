//! Reviews of stacks that are deployed, from what deploying would do with them.

use std::collections::{BTreeMap, BTreeSet};

use cloudformation::diff::Side;
use cloudformation::{ParseError, Template};
use review::change_set::overlay;
use review::forecast::{Pair, collect_secrets, forecast};
use review::model::{self, Section, Shown, StackAction, ValueReview};
use review::sessions::{add_sessions, lost_fleets};
use review::{Secrets, StackReview};

use super::change_set;
use crate::deploy::{ChangeSetKind, Prepared, PreparedStep, guarded_by};
use crate::event::StackRef;
use crate::ops::observe::GameLift;
use crate::remote::RemoteError;

/// A template that can't be compared.
#[derive(Debug, thiserror::Error)]
#[error("the {side} template of {stack} can't be read")]
pub struct TemplateError {
    /// Its stack.
    pub stack: StackRef,
    side: &'static str,
    source: ParseError,
}

/// Reviews prepared stacks. What is secret in them is collected on the way.
///
/// # Errors
///
/// When a template can't be read.
pub fn review_all(
    prepared: &[Prepared],
    secrets: &mut Secrets,
) -> Result<Vec<StackReview>, TemplateError> {
    prepared
        .iter()
        .map(|stack| review(stack, secrets))
        .collect()
}

/// Adds how many sessions run on the fleets that go. A figure that can't be read is left out and its error handed back: the
/// role that shows a change may not be allowed to look into GameLift.
pub async fn add_running_sessions(
    cloud: &impl GameLift,
    stacks: &mut [StackReview],
) -> Vec<RemoteError> {
    let mut errors = Vec::new();
    for stack in stacks {
        let fleets: Vec<String> = lost_fleets(stack).map(str::to_owned).collect();
        if fleets.is_empty() {
            continue;
        }
        match cloud.fleets(&stack.region, &fleets).await {
            Ok(found) => {
                let sessions = found.into_iter().map(|fleet| {
                    let running = fleet.locations.iter().map(|place| place.game_sessions);
                    (fleet.id.clone(), running.sum())
                });
                add_sessions(stack, &sessions.collect());
            }
            Err(error) => errors.push(error),
        }
    }
    errors
}

fn review(prepared: &Prepared, secrets: &mut Secrets) -> Result<StackReview, TemplateError> {
    let parse = |side, text: &str| {
        Template::parse(text).map_err(|source| TemplateError {
            stack: prepared.stack().clone(),
            side,
            source,
        })
    };
    let desired = parse("desired", &prepared.spec.template)?;
    let deployed = prepared.template.as_deref();
    let deployed = deployed.map(|text| parse("deployed", text)).transpose()?;
    let StackRef { name, region } = prepared.stack();
    let pair = Pair {
        name,
        region,
        old: deployed.as_ref().map(|template| Side {
            parameters: parameters(prepared),
            ..Side::new(template)
        }),
        new: Some(prepared.side(&desired)),
    };
    for side in pair.old.iter().chain(&pair.new) {
        collect_secrets(side, secrets);
    }
    let mut found = forecast(&pair);
    if let PreparedStep::Execute { change_set, .. } = &prepared.step {
        found = overlay(&found, &change_set::read(change_set));
    }
    settle(&mut found, prepared);
    Ok(found)
}

fn parameters(prepared: &Prepared) -> BTreeMap<String, String> {
    let state = prepared.existing();
    state
        .map(|state| state.parameters.clone())
        .unwrap_or_default()
}

/// What the stack's state says about it goes before what its templates say.
fn settle(found: &mut StackReview, prepared: &Prepared) {
    let state = prepared.state.as_ref();
    found.status = state.map(|state| state.status.clone());
    found.values.extend(tags(prepared));
    found.values.extend(protection(prepared));
    found.values.extend(policy(prepared));
    found.action = match &prepared.step {
        PreparedStep::Execute {
            kind: ChangeSetKind::Create,
            ..
        } => StackAction::Create,
        PreparedStep::Execute { .. } | PreparedStep::Protect => StackAction::Update,
        PreparedStep::Remake => StackAction::Recreate,
        PreparedStep::Blocked => StackAction::Blocked,
        PreparedStep::Change if found.is_empty() => StackAction::Unchanged,
        PreparedStep::Change if prepared.existing().is_none() => StackAction::Create,
        PreparedStep::Change => StackAction::Update,
        PreparedStep::Leave => StackAction::Unchanged,
    };
    if found.action == StackAction::Unchanged {
        let headroom = found.headroom;
        *found = StackReview {
            status: found.status.take(),
            headroom,
            ..StackReview::unchanged(&found.name, &found.region, found.method)
        };
    } else {
        found.forecast_reason = reason(found, prepared);
    }
}

/// Why there is no change set, unless nobody wanted one.
fn reason(found: &StackReview, prepared: &Prepared) -> Option<String> {
    if found.method == model::Method::Changeset {
        return None;
    }
    let later: Vec<String> = prepared
        .later
        .iter()
        .map(|(parameter, why)| format!("{parameter} comes {why}"))
        .collect();
    match (&prepared.step, later.as_slice()) {
        (PreparedStep::Remake, _) => Some("what is left must be deleted first".to_owned()),
        (PreparedStep::Blocked, _) => Some("its status allows no change set".to_owned()),
        (_, []) => None,
        (_, [only]) => Some(format!("{only}, which changes first")),
        (_, [first, rest @ ..]) => Some(format!(
            "{first}, which changes first, and {} more of its parameters are known only then",
            rest.len()
        )),
    }
}

fn tags(prepared: &Prepared) -> Vec<ValueReview> {
    let Some(state) = prepared.existing() else {
        return Vec::new();
    };
    let (old, new) = (&state.tags, &prepared.spec.tags);
    let shown = |value: Option<&String>| value.map(|value| Shown::Value(value.as_str().into()));
    let names = old
        .keys()
        .chain(new.keys().filter(|name| !old.contains_key(*name)));
    names
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| ValueReview {
            section: Section::Tag,
            name: name.clone(),
            before: shown(old.get(name)),
            after: shown(new.get(name)),
        })
        .collect()
}

fn protection(prepared: &Prepared) -> Option<ValueReview> {
    let before = prepared.existing()?.protected;
    let after = prepared.spec.protected;
    (before != after).then(|| ValueReview {
        section: Section::Protection,
        name: "termination".to_owned(),
        before: Some(Shown::Value(before.into())),
        after: Some(Shown::Value(after.into())),
    })
}

/// What the stack policy guards, before and after.
fn policy(prepared: &Prepared) -> Option<ValueReview> {
    let deployed = prepared.existing()?.policy.as_deref();
    let before = deployed.map(guarded_by);
    let after = &prepared.spec.guarded;
    let is_same = match &before {
        None | Some(None) => after.is_empty(),
        Some(Some(before)) => before == after,
    };
    let shown = |ids: &BTreeSet<String>| {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let text = match ids.as_slice() {
            [] => "everything may be replaced and deleted".to_owned(),
            _ => format!("no replacement or deletion of {}", ids.join(", ")),
        };
        Shown::Value(text.into())
    };
    (!is_same).then(|| ValueReview {
        section: Section::Protection,
        name: "stack policy".to_owned(),
        before: before.map(|before| {
            before.map_or_else(|| Shown::Value("another policy".into()), |ids| shown(&ids))
        }),
        after: Some(shown(after)),
    })
}
