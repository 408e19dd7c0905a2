//! Turns the difference of two templates into a review of their stack.

use cloudformation::Template;
use cloudformation::diff::{
    After, Cause, EntryChange, Grant, Impact, OpenPort, PropertyChange, Reach, ResourceChange,
    SecurityDiff, Side, TemplateDiff, compare_with_security,
};

use crate::game;
use crate::model::{
    Certainty, GrantReview, Headroom, Method, PortReview, PropertyReview, ResourceAction,
    ResourceReview, Section, Shown, Sign, StackAction, StackReview, ValueReview, Verdict,
};
use crate::secret::Secrets;

/// A stack before and after a change.
#[derive(Clone, Debug)]
pub struct Pair<'template> {
    /// Its name.
    pub name: &'template str,
    /// Its region; empty for plain files.
    pub region: &'template str,
    /// What is there; none: nothing.
    pub old: Option<Side<'template>>,
    /// What shall be; none: nothing.
    pub new: Option<Side<'template>>,
}

/// Forecasts what happens to a stack; nothing is an empty template.
#[must_use]
pub fn forecast(pair: &Pair<'_>) -> StackReview {
    let nothing = Template::default();
    let old = pair.old.clone().unwrap_or_else(|| Side::new(&nothing));
    let new = pair.new.clone().unwrap_or_else(|| Side::new(&nothing));
    let (diff, found) = compare_with_security(&old, &new);
    review(pair, &diff, &found)
}

/// Words a difference of the two sides as a review.
fn review(pair: &Pair<'_>, diff: &TemplateDiff, found: &SecurityDiff) -> StackReview {
    let action = match (&pair.old, &pair.new) {
        (None, Some(_)) => StackAction::Create,
        (Some(_), None) => StackAction::Delete,
        _ if diff.is_empty() => StackAction::Unchanged,
        _ => StackAction::Update,
    };
    StackReview {
        action,
        resources: diff
            .resources
            .iter()
            .filter(|(_, change)| change.is_felt())
            .map(|(id, change)| resource(id, change, diff))
            .collect(),
        values: diff.entries.iter().map(value).collect(),
        grants: grants(found),
        ports: ports(found),
        headroom: pair.new.as_ref().map(|side| headroom(side.template)),
        ..StackReview::unchanged(pair.name, pair.region, Method::Template)
    }
}

/// How far a template is from CloudFormation's limits. Its size is that of the text without white space, the shortest that
/// can be sent.
#[must_use]
pub fn headroom(template: &Template) -> Headroom {
    Headroom {
        resources: template.resources.len(),
        bytes: template.to_json_compact().len(),
    }
}

/// Collects what a template and its parameter values hold of secrets.
pub fn collect_secrets(side: &Side<'_>, secrets: &mut Secrets) {
    for (name, parameter) in &side.template.parameters {
        if parameter.no_echo {
            side.parameter(name)
                .into_iter()
                .for_each(|value| secrets.add(value));
        }
    }
    for resource in side.template.resources.values() {
        for (name, value) in &resource.properties {
            secrets.add_from(name, value);
        }
    }
}

fn resource(id: &str, change: &ResourceChange, diff: &TemplateDiff) -> ResourceReview {
    let action = action(change.impact);
    let mut found = ResourceReview {
        logical_id: id.to_owned(),
        physical_id: None,
        kind: change.kind().to_owned(),
        action,
        verdict: verdict(change.impact),
        causes: change.causes.iter().map(cause).collect(),
        properties: change.properties.iter().map(property).collect(),
        effects: Vec::new(),
        guarded: game::is_guarded(change.before.as_ref().map_or("", |old| old.kind.as_str())),
    };
    found.effects = game::effects(action, change.before.as_ref(), &found.properties);
    let mut renames = diff.renames.iter();
    let rename = renames.find(|rename| rename.to == id);
    found
        .effects
        .extend(rename.map(|rename| game::rename(change.kind(), rename)));
    let mut collisions = diff.collisions.iter();
    let collision = collisions.find(|collision| collision.id == id);
    found
        .effects
        .extend(collision.map(|collision| game::collision(action, collision)));
    found
}

fn action(impact: Impact) -> ResourceAction {
    match impact {
        Impact::None | Impact::Update => ResourceAction::Change,
        Impact::Create => ResourceAction::Add,
        Impact::Orphan => ResourceAction::Retain,
        Impact::MayReplace => ResourceAction::MayReplace,
        Impact::Replace => ResourceAction::Replace,
        Impact::Snapshot => ResourceAction::Snapshot,
        Impact::Destroy => ResourceAction::Delete,
    }
}

fn verdict(impact: Impact) -> Verdict {
    Verdict {
        method: Method::Template,
        certainty: match impact {
            Impact::MayReplace => Certainty::Possible,
            Impact::None
            | Impact::Update
            | Impact::Create
            | Impact::Orphan
            | Impact::Replace
            | Impact::Snapshot
            | Impact::Destroy => Certainty::Certain,
        },
    }
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Property(path) => format!("{path} changes"),
        Cause::Kind => "its type changes".to_owned(),
        Cause::Condition(name) => format!("the outcome of {name} changes"),
    }
}

fn property(change: &PropertyChange) -> PropertyReview {
    PropertyReview {
        path: change.path.clone(),
        before: change.before.clone().map(Shown::Value),
        after: shown(&change.after),
        replaces: change.impact >= Impact::MayReplace,
        verdict: verdict(change.impact),
        write_only: change.write_only,
    }
}

fn shown(after: &After) -> Option<Shown> {
    match after {
        After::Gone => None,
        After::Value(value) => Some(Shown::Value(value.clone())),
        After::Later(why) => Some(Shown::Later(why.clone())),
    }
}

fn value(entry: &EntryChange) -> ValueReview {
    use cloudformation::diff::Section as Of;
    ValueReview {
        section: match entry.section {
            Of::ParameterValue => Section::Parameter,
            Of::Parameter => Section::ParameterDeclaration,
            Of::Output => Section::Output,
            Of::Condition => Section::Condition,
            Of::Mapping => Section::Mapping,
            Of::Rule => Section::Rule,
            Of::Template => Section::Template,
        },
        name: entry.name.clone(),
        before: entry.before.clone().map(Shown::Value),
        after: shown(&entry.after),
    }
}

fn grants(found: &SecurityDiff) -> Vec<GrantReview> {
    let granted = found
        .granted
        .iter()
        .map(|grant| permission(Sign::Added, grant));
    let revoked = found
        .revoked
        .iter()
        .map(|grant| permission(Sign::Removed, grant));
    granted.chain(revoked).collect()
}

fn permission(sign: Sign, grant: &Grant) -> GrantReview {
    GrantReview {
        sign,
        broadening: grant.reach == Reach::Broader,
        logical_id: grant.logical_id.clone(),
        effect: grant.effect.clone(),
        principal: grant.principal.clone(),
        actions: grant.actions.join(", "),
        resources: grant.resource.clone(),
        condition: grant.condition.clone(),
    }
}

fn ports(found: &SecurityDiff) -> Vec<PortReview> {
    let opened = found.opened.iter().map(|open| port(Sign::Added, open));
    let closed = found.closed.iter().map(|open| port(Sign::Removed, open));
    opened.chain(closed).collect()
}

fn port(sign: Sign, open: &OpenPort) -> PortReview {
    PortReview {
        sign,
        broadening: open.reach == Reach::Broader,
        logical_id: open.logical_id.clone(),
        ports: open.ports.clone(),
        source: open.source.clone(),
    }
}

#[cfg(test)]
mod tests;
