//! Topics that GameLift publishes to: without permission, events are lost silently.
//!
//! Source: <https://docs.aws.amazon.com/gameliftservers/latest/flexmatchguide/match-notification.html>; that a service which
//! publishes to an encrypted topic needs the topic's key: <https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html>

use serde_json::Value as Json;

use super::Scope;
use crate::{Finding, codes, literal};

pub(super) fn check(scope: &mut Scope<'_>) {
    if scope.template.has_unknown_resources() {
        return;
    }
    for kind in ["MatchmakingConfiguration", "GameSessionQueue"] {
        for sender in scope.parts(kind) {
            let target = sender.get("NotificationTarget").and_then(literal::target);
            let Some(topic) = target.filter(|id| is_topic(scope, id)) else {
                continue;
            };
            let path = sender.path("NotificationTarget");
            if !may_publish(scope, topic) {
                let message =
                    format!("nothing allows GameLift to publish to `{topic}`: its events are lost");
                let hint =
                    "add an AWS::SNS::TopicPolicy that allows gamelift.amazonaws.com sns:Publish";
                scope.push(Finding::warning(codes::SILENT_TOPIC, &path, message).hint(hint));
            }
            if let Some(key) = own_key(scope, topic)
                && !serves_gamelift(scope, key)
            {
                let message = format!(
                    "the policy of key `{key}`, which encrypts `{topic}`, gives GameLift no right to use it: its events are lost"
                );
                let hint = "allow gamelift.amazonaws.com kms:Decrypt and kms:GenerateDataKey in its KeyPolicy";
                scope.push(Finding::warning(codes::SILENT_TOPIC, &path, message).hint(hint));
            }
            if is_managed_key(scope, topic) {
                let message = format!(
                    "`{topic}` is encrypted with the key of SNS, which GameLift has no right to use (unverified)"
                );
                let hint = "use a key of your own whose policy allows gamelift.amazonaws.com kms:Decrypt and kms:GenerateDataKey";
                scope.push(Finding::warning(codes::SILENT_TOPIC, path, message).hint(hint));
            }
        }
    }
}

fn is_topic(scope: &Scope<'_>, id: &str) -> bool {
    scope
        .template
        .resources
        .get(id)
        .is_some_and(|resource| resource.kind == "AWS::SNS::Topic")
}

fn is_managed_key(scope: &Scope<'_>, topic: &str) -> bool {
    let key = scope
        .template
        .resources
        .get(topic)
        .and_then(|topic| topic.properties.get("KmsMasterKeyId"));
    literal::text(key) == Some("alias/aws/sns")
}

/// The key of the same template that encrypts a topic, named directly or by an alias.
fn own_key<'run>(scope: &Scope<'run>, topic: &str) -> Option<&'run str> {
    let resources = &scope.template.resources;
    let mut named = resources.get(topic)?.properties.get("KmsMasterKeyId")?;
    // One alias leads to one key, so two steps reach it.
    for _ in 0..2 {
        let id = literal::target(named)?;
        let (id, resource) = resources.get_key_value(id)?;
        match resource.kind.as_str() {
            "AWS::KMS::Key" => return Some(id),
            "AWS::KMS::Alias" => named = resource.properties.get("TargetKeyId")?,
            _ => return None,
        }
    }
    None
}

/// Whether a key's policy may let the service use it. Rights of an account don't: GameLift publishes as itself.
fn serves_gamelift(scope: &Scope<'_>, key: &str) -> bool {
    let resource = scope.template.resources.get(key);
    let Some(document) = resource.and_then(|key| key.properties.get("KeyPolicy")) else {
        // The default policy gives rights to the account only.
        return false;
    };
    statements(document).is_none_or(|statements| {
        statements.iter().any(|statement| {
            let principal = statement.get("Principal").unwrap_or(&Json::Null);
            let service = principal.get("Service").unwrap_or(&Json::Null);
            let everybody = principal == "*" || principal.get("AWS").is_some_and(|who| who == "*");
            literal::is_function(statement)
                || is_allowed(statement)
                    && (everybody
                        || literal::is_function(principal)
                        || literal::is_function(service)
                        || service.to_string().contains("gamelift")
                        || service.to_string().contains("Fn::"))
        })
    })
}

/// The statements of a policy; `None` when a function gives them.
fn statements(document: &Json) -> Option<&[Json]> {
    let Some(given) = document.get("Statement") else {
        return (!literal::is_function(document)).then_some(&[]);
    };
    let is_open = literal::is_function(given);
    (!is_open).then(|| literal::list(Some(given)).unwrap_or(std::slice::from_ref(given)))
}

fn is_allowed(statement: &Json) -> bool {
    literal::text(statement.get("Effect")) == Some("Allow")
}

/// Whether a policy of the topic may allow it; one that a function writes counts as one.
fn may_publish(scope: &Scope<'_>, topic: &str) -> bool {
    let policies = scope.template.resources.values();
    policies
        .filter(|resource| {
            matches!(
                resource.kind.as_str(),
                "AWS::SNS::TopicPolicy" | "AWS::SNS::TopicInlinePolicy"
            )
        })
        .any(|policy| {
            let topics = policy
                .properties
                .get("Topics")
                .or_else(|| policy.properties.get("TopicArn"));
            let document = policy.properties.get("PolicyDocument");
            topics.is_some_and(|topics| mentions_or_unknown(topics, topic))
                && document.is_some_and(allows_gamelift)
        })
}

fn mentions_or_unknown(topics: &Json, topic: &str) -> bool {
    match literal::list(Some(topics)) {
        Some(list) => list.iter().any(|item| {
            literal::target(item).map_or_else(|| literal::is_function(item), |id| id == topic)
        }),
        None => literal::target(topics).is_none_or(|id| id == topic),
    }
}

/// Any statement that names the service, or everybody, or that a function gives.
fn allows_gamelift(document: &Json) -> bool {
    statements(document).is_none_or(|statements| {
        statements.iter().any(|statement| {
            let principal = statement.get("Principal").unwrap_or(&Json::Null);
            let text = principal.to_string();
            literal::is_function(statement)
                || is_allowed(statement)
                    && (principal == "*"
                        || ["gamelift", "Fn::", "\"Ref\"", "\"AWS\":\"*\""]
                            .iter()
                            .any(|part| text.contains(part)))
        })
    })
}
