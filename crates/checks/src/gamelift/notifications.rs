//! Topics that GameLift publishes to: without permission, events are lost silently.
//!
//! Source: <https://docs.aws.amazon.com/gameliftservers/latest/flexmatchguide/match-notification.html>

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
    if literal::is_function(document) {
        return true;
    }
    let one = document
        .get("Statement")
        .map(std::slice::from_ref)
        .unwrap_or_default();
    let statements = literal::list(document.get("Statement")).unwrap_or(one);
    statements.iter().any(|statement| {
        let principal = statement.get("Principal").unwrap_or(&Json::Null);
        literal::is_function(statement)
            || literal::text(statement.get("Effect")) == Some("Allow")
                && (principal == "*" || {
                    let text = principal.to_string();
                    text.contains("gamelift")
                        || text.contains("Fn::")
                        || text.contains("\"Ref\"")
                        || text.contains("\"AWS\":\"*\"")
                })
    })
}
