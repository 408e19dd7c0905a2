//! What changes of resources mean for a game that is being played.
//!
//! In: what happens to a resource. Out: effects in words, and whether losing it needs an allowance by name.

use cloudformation::Resource;
use cloudformation::diff::{Collision, Rename};

use crate::model::{Effect, EffectLevel, PropertyReview, ResourceAction};

/// What a resource is to players and operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Runs the game servers.
    Fleet,
    /// Leads players to fleets.
    Alias,
    /// Brings players together.
    Matchmaking,
    /// Rows that nothing else holds.
    Table,
    /// Knows who players are.
    Identity,
    /// Objects that nothing else holds.
    Bucket,
    /// What it encrypted can't be read without it.
    Key,
    /// Where clients call.
    Api,
    Other,
}

impl Class {
    fn of(kind: &str) -> Self {
        match kind {
            "AWS::GameLift::Fleet" | "AWS::GameLift::ContainerFleet" => Self::Fleet,
            "AWS::GameLift::Alias" => Self::Alias,
            "AWS::GameLift::GameSessionQueue"
            | "AWS::GameLift::MatchmakingConfiguration"
            | "AWS::GameLift::MatchmakingRuleSet" => Self::Matchmaking,
            "AWS::DynamoDB::Table"
            | "AWS::DynamoDB::GlobalTable"
            | "AWS::RDS::DBInstance"
            | "AWS::RDS::DBCluster" => Self::Table,
            "AWS::Cognito::IdentityPool" | "AWS::Cognito::UserPool" => Self::Identity,
            "AWS::S3::Bucket" => Self::Bucket,
            "AWS::KMS::Key" => Self::Key,
            "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => Self::Api,
            _ => Self::Other,
        }
    }
}

/// Whether losing a resource of this type needs an allowance by its name.
#[must_use]
pub(crate) fn is_guarded(kind: &str) -> bool {
    match Class::of(kind) {
        Class::Fleet | Class::Table | Class::Identity | Class::Bucket | Class::Key => true,
        Class::Alias | Class::Matchmaking | Class::Api | Class::Other => false,
    }
}

/// What happens to players and data.
#[must_use]
pub(crate) fn effects(
    action: ResourceAction,
    before: Option<&Resource>,
    properties: &[PropertyReview],
) -> Vec<Effect> {
    let Some(old) = before else {
        return Vec::new();
    };
    let class = Class::of(&old.kind);
    let found = match action {
        ResourceAction::Replace | ResourceAction::MayReplace => replaced(class, old),
        ResourceAction::Delete | ResourceAction::Snapshot => removed(class),
        ResourceAction::Change => changed(class, properties),
        ResourceAction::Import | ResourceAction::Add | ResourceAction::Retain => None,
    };
    let effect = |(level, text): (EffectLevel, &str)| Effect {
        level,
        text: text.to_owned(),
    };
    found.map(effect).into_iter().collect()
}

/// What happens to players and data, when only the type is known.
#[must_use]
pub(crate) fn effects_by_kind(
    action: ResourceAction,
    kind: &str,
    properties: &[PropertyReview],
) -> Vec<Effect> {
    let resource = Resource::new(kind, serde_json::Map::new());
    effects(action, Some(&resource), properties)
}

/// What changes in place, but is felt.
fn changed(class: Class, properties: &[PropertyReview]) -> Option<(EffectLevel, &'static str)> {
    let touches = |name: &str| properties.iter().any(|it| it.path.starts_with(name));
    let shrinks = |name: &str| {
        let is_gone = |it: &&PropertyReview| it.after.is_none();
        let mut gone = properties.iter().filter(is_gone);
        // An item of the list, or the whole, rather than something within an item.
        gone.any(|it| it.path.starts_with(name) && !it.path.contains("]."))
    };
    match class {
        // <https://docs.aws.amazon.com/gamelift/latest/apireference/API_UpdateAlias.html>
        Class::Alias if touches("RoutingStrategy") => Some((
            EffectLevel::Note,
            "new sessions go to the other fleet from then on; running ones stay where they are",
        )),
        // <https://docs.aws.amazon.com/gamelift/latest/apireference/API_DeleteFleetLocations.html>
        Class::Fleet if shrinks("Locations") => Some((
            EffectLevel::Disruption,
            "sessions in the location that goes end with its instances",
        )),
        Class::Table | Class::Identity | Class::Bucket | Class::Key
            if shrinks("DeletionPolicy") || shrinks("UpdateReplacePolicy") =>
        {
            Some((
                EffectLevel::Note,
                "from then on it is removed with its stack, or when it is replaced",
            ))
        }
        Class::Fleet
        | Class::Alias
        | Class::Matchmaking
        | Class::Table
        | Class::Identity
        | Class::Bucket
        | Class::Key
        | Class::Api
        | Class::Other => None,
    }
}

fn replaced(class: Class, old: &Resource) -> Option<(EffectLevel, &'static str)> {
    let keeps = matches!(
        old.update_replace_policy,
        Some(
            cloudformation::DeletionPolicy::Retain
                | cloudformation::DeletionPolicy::RetainExceptOnCreate
        )
    );
    let kept_or_lost = |kept, lost| {
        if keeps {
            (EffectLevel::Disruption, kept)
        } else {
            (EffectLevel::Loss, lost)
        }
    };
    Some(match class {
        // How long it takes is experience, unverified by AWS.
        Class::Fleet => (
            EffectLevel::Disruption,
            "a new fleet is usually 35 to 60 min away from ACTIVE; sessions on the old one end unless they are drained",
        ),
        Class::Alias => (
            EffectLevel::Disruption,
            "queues and clients that know the old alias place no sessions",
        ),
        Class::Matchmaking => (
            EffectLevel::Disruption,
            "tickets that wait in the old one are lost",
        ),
        Class::Table => kept_or_lost(
            "a new, empty table; the old one stays outside of the stack with its rows",
            "a new, empty table; all rows of the old one are lost",
        ),
        Class::Identity => kept_or_lost(
            "players get new identities; the old pool stays outside of the stack",
            "players lose their identities, and with them what is stored under these",
        ),
        Class::Bucket => kept_or_lost(
            "a new, empty bucket; the old one stays outside of the stack",
            "a new, empty bucket; the old one is deleted",
        ),
        Class::Key => (
            EffectLevel::Loss,
            "what the old key encrypted can't be read when its waiting period is over",
        ),
        Class::Api => (
            EffectLevel::Disruption,
            "the API gets another address, which clients must learn",
        ),
        Class::Other => return None,
    })
}

fn removed(class: Class) -> Option<(EffectLevel, &'static str)> {
    Some(match class {
        Class::Fleet => (
            EffectLevel::Disruption,
            "sessions on the fleet end unless they are drained",
        ),
        Class::Alias => (
            EffectLevel::Disruption,
            "queues and clients that know the alias place no sessions",
        ),
        Class::Matchmaking => (
            EffectLevel::Disruption,
            "tickets that wait in it are lost, and no new ones are taken",
        ),
        Class::Table => (EffectLevel::Loss, "all rows are lost"),
        Class::Identity => (
            EffectLevel::Loss,
            "players lose their identities, and with them what is stored under these",
        ),
        Class::Bucket => (
            EffectLevel::Loss,
            "the bucket goes; CloudFormation fails if it isn't empty",
        ),
        Class::Key => (
            EffectLevel::Loss,
            "what the key encrypted can't be read when its waiting period is over",
        ),
        Class::Api => (EffectLevel::Disruption, "clients can't reach the API"),
        Class::Other => return None,
    })
}

/// A resource that can't be made because its name is taken.
#[must_use]
pub(crate) fn collision(action: ResourceAction, found: &Collision) -> Effect {
    let names = found.properties.join(" and ");
    let holder = if found.with == found.id {
        "the old one".to_owned()
    } else {
        format!("`{}`", found.with)
    };
    let condition = match action {
        ResourceAction::MayReplace => "if it is replaced, ",
        ResourceAction::Import
        | ResourceAction::Add
        | ResourceAction::Change
        | ResourceAction::Retain
        | ResourceAction::Replace
        | ResourceAction::Snapshot
        | ResourceAction::Delete => "",
    };
    Effect {
        level: EffectLevel::Failure,
        text: format!(
            "{condition}the new one is made while {holder} still has the same {names}, which AWS refuses; change {names}, too"
        ),
    }
}

/// A resource that looks like one that goes.
#[must_use]
pub(crate) fn rename(kind: &str, found: &Rename) -> Effect {
    let level = if is_guarded(kind) {
        EffectLevel::Disruption
    } else {
        EffectLevel::Note
    };
    Effect {
        level,
        text: format!(
            "looks like `{}` under another name; CloudFormation makes a new one and gives up the old one",
            found.from
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(kind: &str, properties: serde_json::Value) -> Resource {
        let serde_json::Value::Object(properties) = properties else {
            unreachable!("properties are an object")
        };
        Resource::new(kind, properties)
    }

    fn levels(action: ResourceAction, old: &Resource) -> Vec<EffectLevel> {
        let effects = effects(action, Some(old), &[]);
        effects.into_iter().map(|effect| effect.level).collect()
    }

    #[test]
    fn replaced_table_loses_its_rows_unless_it_is_retained() {
        let table = resource("AWS::DynamoDB::Table", serde_json::json!({}));
        let kept = table
            .clone()
            .update_replace_policy(cloudformation::DeletionPolicy::Retain);
        let replace = ResourceAction::Replace;
        assert_eq!(levels(replace, &table), [EffectLevel::Loss]);
        assert_eq!(levels(replace, &kept), [EffectLevel::Disruption]);
    }

    #[test]
    fn changes_in_place_disturb_nobody() {
        let fleet = resource("AWS::GameLift::Fleet", serde_json::json!({}));
        assert_eq!(levels(ResourceAction::Change, &fleet), []);
    }

    #[test]
    fn what_holds_state_or_sessions_is_guarded() {
        for kind in [
            "AWS::GameLift::Fleet",
            "AWS::DynamoDB::Table",
            "AWS::Cognito::IdentityPool",
        ] {
            assert!(is_guarded(kind), "{kind}");
        }
        assert!(!is_guarded("AWS::GameLift::Alias"));
    }
}
