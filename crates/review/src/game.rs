//! What changes of resources mean for a game that is being played.
//!
//! In: what happens to a resource. Out: effects in words, and whether losing it needs an allowance by name.

use cloudformation::Resource;
use cloudformation::diff::same_value;
use cloudformation::schema::resource_type;

use crate::model::{Effect, EffectLevel, ResourceAction};

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
    after: Option<&Resource>,
) -> Vec<Effect> {
    let Some(old) = before else {
        return Vec::new();
    };
    let class = Class::of(&old.kind);
    let found = match action {
        ResourceAction::Replace | ResourceAction::MayReplace => replaced(class, old),
        ResourceAction::Delete | ResourceAction::Snapshot => removed(class),
        ResourceAction::Import
        | ResourceAction::Add
        | ResourceAction::Change
        | ResourceAction::Retain => None,
    };
    let effect = |(level, text): (EffectLevel, &str)| Effect {
        level,
        text: text.to_owned(),
    };
    let mut effects: Vec<Effect> = found.map(effect).into_iter().collect();
    if action == ResourceAction::Replace {
        effects.extend(after.and_then(|new| collision(old, new)));
    }
    effects
}

/// What happens to players and data, when only the type is known.
#[must_use]
pub(crate) fn effects_by_kind(action: ResourceAction, kind: &str) -> Vec<Effect> {
    let resource = Resource::new(kind, serde_json::Map::new());
    effects(action, Some(&resource), None)
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

/// CloudFormation makes the new resource before it removes the old one, so a name that stays is taken.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html>
fn collision(old: &Resource, new: &Resource) -> Option<Effect> {
    let schema = resource_type(&new.kind).filter(|_| old.kind == new.kind)?;
    let names = schema
        .primary_identifier()
        .iter()
        .filter(|name| schema.create_only().contains(name) && !schema.read_only().contains(name));
    let mut taken = names.filter(|name| {
        let values = (old.properties.get(*name), new.properties.get(*name));
        matches!(values, (Some(old), Some(new)) if same_value(old, new))
    });
    taken.next().map(|name| Effect {
        level: EffectLevel::Failure,
        text: format!(
            "the new one is made while the old one still has the same {name}, which AWS refuses; change {name}, too"
        ),
    })
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

    fn levels(action: ResourceAction, old: &Resource, new: &Resource) -> Vec<EffectLevel> {
        let effects = effects(action, Some(old), Some(new));
        effects.into_iter().map(|effect| effect.level).collect()
    }

    #[test]
    fn rule_set_with_a_new_body_under_the_old_name_will_fail() {
        let kind = "AWS::GameLift::MatchmakingRuleSet";
        let old = resource(
            kind,
            serde_json::json!({ "Name": "duel", "RuleSetBody": "{}" }),
        );
        let same = resource(
            kind,
            serde_json::json!({ "Name": "duel", "RuleSetBody": "{1}" }),
        );
        let other = resource(
            kind,
            serde_json::json!({ "Name": "duel-2", "RuleSetBody": "{1}" }),
        );
        let replace = ResourceAction::Replace;
        assert_eq!(
            levels(replace, &old, &same),
            [EffectLevel::Disruption, EffectLevel::Failure]
        );
        assert_eq!(levels(replace, &old, &other), [EffectLevel::Disruption]);
    }

    #[test]
    fn replaced_table_loses_its_rows_unless_it_is_retained() {
        let table = resource("AWS::DynamoDB::Table", serde_json::json!({}));
        let kept = table
            .clone()
            .update_replace_policy(cloudformation::DeletionPolicy::Retain);
        let replace = ResourceAction::Replace;
        assert_eq!(levels(replace, &table, &table), [EffectLevel::Loss]);
        assert_eq!(levels(replace, &kept, &kept), [EffectLevel::Disruption]);
    }

    #[test]
    fn changes_in_place_disturb_nobody() {
        let fleet = resource("AWS::GameLift::Fleet", serde_json::json!({}));
        assert_eq!(levels(ResourceAction::Change, &fleet, &fleet), []);
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
