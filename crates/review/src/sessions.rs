//! Game sessions that run while a change is planned.
//!
//! In: how many run on which fleet. Out: effects on the fleets that a change replaces or removes.

use std::collections::BTreeMap;

use crate::model::{Effect, EffectLevel, StackReview};

/// Running game sessions by fleet id.
pub type Sessions = BTreeMap<String, u32>;

/// The ids of the fleets whose sessions matter: those that are, or may be, replaced or removed.
pub fn lost_fleets(stack: &StackReview) -> impl Iterator<Item = &str> {
    let lost = stack.resources.iter().filter(|it| it.action.is_loss());
    lost.filter(|resource| is_fleet(&resource.kind))
        .filter_map(|resource| resource.physical_id.as_deref())
}

/// Adds to each fleet that goes how many sessions run on it. Fleets without a figure stay as they are.
pub fn add_sessions(stack: &mut StackReview, sessions: &Sessions) {
    for resource in &mut stack.resources {
        if !resource.action.is_loss() || !is_fleet(&resource.kind) {
            continue;
        }
        let id = resource.physical_id.as_deref().unwrap_or_default();
        if let Some(&count) = sessions.get(id) {
            resource.effects.push(effect(count));
        }
    }
}

fn effect(sessions: u32) -> Effect {
    let (level, text) = match sessions {
        0 => (EffectLevel::Note, "no session runs on it now".to_owned()),
        1 => (
            EffectLevel::Disruption,
            "1 session runs on it now".to_owned(),
        ),
        _ => (
            EffectLevel::Disruption,
            format!("{sessions} sessions run on it now"),
        ),
    };
    Effect { level, text }
}

fn is_fleet(kind: &str) -> bool {
    matches!(
        kind,
        "AWS::GameLift::Fleet" | "AWS::GameLift::ContainerFleet"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ResourceAction;
    use crate::testing::{resource, stack};

    fn reviewed(action: ResourceAction, sessions: u32) -> Vec<String> {
        let mut stack = stack("game", "eu-west-1");
        let mut fleet = resource("Fleet", action);
        fleet.physical_id = Some("fleet-1".to_owned());
        stack.resources = vec![fleet, resource("Unknown", action)];
        add_sessions(
            &mut stack,
            &Sessions::from([("fleet-1".to_owned(), sessions)]),
        );
        let effects = stack.resources.into_iter().flat_map(|it| it.effects);
        effects.map(|effect| effect.text).collect()
    }

    #[test]
    fn sessions_of_fleets_that_go_are_told() {
        let replace = ResourceAction::Replace;
        assert_eq!(reviewed(replace, 14), ["14 sessions run on it now"]);
        assert_eq!(reviewed(replace, 1), ["1 session runs on it now"]);
        assert_eq!(
            reviewed(ResourceAction::Delete, 0),
            ["no session runs on it now"]
        );
    }

    #[test]
    fn sessions_of_fleets_that_stay_do_not_matter() {
        assert!(reviewed(ResourceAction::Change, 14).is_empty());
    }

    #[test]
    fn only_fleets_that_are_there_and_go_are_asked_for() {
        let mut stack = stack("game", "eu-west-1");
        let mut fleet = resource("Fleet", ResourceAction::Replace);
        fleet.physical_id = Some("fleet-1".to_owned());
        let mut kept = resource("Kept", ResourceAction::Change);
        kept.physical_id = Some("fleet-2".to_owned());
        stack.resources = vec![fleet, kept, resource("New", ResourceAction::Add)];
        assert_eq!(lost_fleets(&stack).collect::<Vec<_>>(), ["fleet-1"]);
    }
}
