//! The way of matchmaking events: topic, key, handler, and the queues for what fails on the way.

use cloudformation::intrinsic::{get_att, reference};
use cloudformation::{Resource, Value, events, kms, lambda, sns, sqs};
use serde_json::json;

use crate::naming::physical_name;
use crate::policy;
use crate::stack::StackBuilder;

/// Logical id of the topic that FlexMatch and queues publish to.
pub(crate) const TOPIC: &str = "MatchEventsTopic";
/// Logical id of its policy: publishers must wait for it, or their first events are lost without a word.
pub(crate) const TOPIC_POLICY: &str = "MatchEventsTopicPolicy";

/// Failed events wait this long for a redrive, seconds: the longest SQS allows.
const RETENTION: i64 = 14 * 24 * 3600;

pub(crate) fn add(stack: &mut StackBuilder<'_>) {
    stack.add("MatchEventsKey", key(stack));
    stack.add(
        TOPIC,
        sns::Topic::new().kms_master_key_id(reference("MatchEventsKey")),
    );
    let publish = json!({
        "Sid": "GameLiftPublishes",
        "Effect": "Allow",
        "Principal": { "Service": "gamelift.amazonaws.com" },
        "Action": "sns:Publish",
        "Resource": reference(TOPIC),
        "Condition": { "ArnLike": { "aws:SourceArn": publishers(stack) } },
    });
    let topics: Vec<Value<String>> = vec![reference(TOPIC).into()];
    stack.add(
        TOPIC_POLICY,
        sns::TopicPolicy::new(policy::document(&[publish]), topics),
    );
    stack.output(
        "MatchEventsTopic",
        "ARN of the topic with matchmaking and placement events",
        reference(TOPIC),
    );
    for (id, meaning) in [
        (
            "UndeliveredEvents",
            "Queue of events that SNS could not deliver",
        ),
        (
            "FailedInvocations",
            "Queue of events that the handler could not process",
        ),
    ] {
        stack.add(
            id,
            sqs::Queue::new()
                .sqs_managed_sse_enabled(true)
                .message_retention_period(RETENTION),
        );
        stack.output(id, &format!("URL: {meaning}"), reference(id));
    }
    let deliver = json!({
        "Sid": "SnsDelivers",
        "Effect": "Allow",
        "Principal": { "Service": "sns.amazonaws.com" },
        "Action": "sqs:SendMessage",
        "Resource": get_att("UndeliveredEvents", "Arn"),
        "Condition": { "ArnEquals": { "aws:SourceArn": reference(TOPIC) } },
    });
    let queues: Vec<Value<String>> = vec![reference("UndeliveredEvents").into()];
    stack.add(
        "UndeliveredEventsPolicy",
        sqs::QueuePolicy::new(policy::document(&[deliver]), queues),
    );
}

/// ARNs of what may publish, built from the names: a reference would close a circle, since they refer to the topic.
///
/// The account is part of the ARN. `aws:SourceAccount` is not asked for beside it: GameLift's guide documents the ARN
/// condition only, and a key that the service doesn't send would silence all events.
fn publishers(stack: &StackBuilder<'_>) -> Vec<serde_json::Value> {
    let arn = |kind: &str, name: &str| {
        let name = physical_name(stack.environment, name);
        policy::sub(&format!(
            "arn:${{AWS::Partition}}:gamelift:${{AWS::Region}}:${{AWS::AccountId}}:{kind}/{name}"
        ))
    };
    let matchmakers = stack
        .environment
        .matchmaking
        .keys()
        .map(|name| arn("matchmakingconfiguration", name));
    let queues = stack
        .environment
        .queues
        .keys()
        .map(|name| arn("gamesessionqueue", name));
    matchmakers.chain(queues).collect()
}

/// A key of our own: the policy of the AWS managed key for SNS can't let GameLift use it.
fn key(stack: &StackBuilder<'_>) -> Resource {
    let policy = policy::document(&[
        json!({
            "Sid": "AccountAdministers",
            "Effect": "Allow",
            "Principal": { "AWS": policy::sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root") },
            "Action": "kms:*",
            "Resource": "*",
        }),
        json!({
            "Sid": "GameLiftPublishes",
            "Effect": "Allow",
            "Principal": { "Service": "gamelift.amazonaws.com" },
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": { "ArnLike": { "aws:SourceArn": publishers(stack) } },
        }),
    ]);
    Resource::from(
        kms::Key::new()
            .description(format!(
                "Matchmaking events of {} ({})",
                stack.environment.topology, stack.environment.name
            ))
            .enable_key_rotation(true)
            .key_policy(policy),
    )
}

/// Brings the topic's messages to the handler.
pub(crate) fn add_subscription(stack: &mut StackBuilder<'_>) {
    let function = get_att("MatchEventsFunction", "Arn");
    let permission = lambda::Permission::new(
        "lambda:InvokeFunction",
        function.clone(),
        "sns.amazonaws.com",
    )
    .source_arn(reference(TOPIC));
    stack.add("MatchEventsPermission", permission);
    let subscription = sns::Subscription::new("lambda", reference(TOPIC))
        .endpoint(function)
        .redrive_policy(json!({ "deadLetterTargetArn": get_att("UndeliveredEvents", "Arn") }));
    stack.add(
        "MatchEventsSubscription",
        Resource::from(subscription)
            .depends_on("MatchEventsPermission")
            .depends_on("UndeliveredEventsPolicy"),
    );
}

/// Runs the reconciler every minute: it asks FlexMatch about tickets whose events did not come.
pub(crate) fn add_schedule(stack: &mut StackBuilder<'_>) {
    let function = get_att("ReconcileTicketsFunction", "Arn");
    let rule = events::Rule::new()
        .description("Looks for tickets whose events did not come")
        .schedule_expression("rate(1 minute)")
        .state(events::rule::State::Enabled)
        .targets(vec![events::rule::Target::new(
            function.clone(),
            "reconcile-tickets",
        )]);
    stack.add("ReconcileTicketsSchedule", rule);
    let permission =
        lambda::Permission::new("lambda:InvokeFunction", function, "events.amazonaws.com")
            .source_arn(get_att("ReconcileTicketsSchedule", "Arn"));
    stack.add("ReconcileTicketsPermission", permission);
}
