//! Alarms and the dashboard.

pub(crate) use cloudformation::cloudwatch::alarm::Statistic;
use cloudformation::cloudwatch::alarm::{ComparisonOperator, Dimension, TreatMissingData};
use cloudformation::intrinsic::{get_att, reference, sub};
use cloudformation::{Value, cloudwatch};
use serde_json::json;
use topology::documents;

use crate::naming::physical_name;
use crate::stack::StackBuilder;
use crate::{PlanError, backend};

/// A CloudWatch metric as an alarm looks at it.
pub(crate) struct Metric<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    pub(crate) dimensions: &'a [(&'a str, Value<String>)],
    pub(crate) statistic: Statistic,
    /// Minutes in a row that must breach.
    pub(crate) minutes: i64,
}

/// What an alarm compares with.
pub(crate) enum Comparison {
    Above(f64),
    Below(f64),
}

/// An alarm on a metric of one-minute periods.
///
/// An alarm may only notify a topic of its own region, so alarms elsewhere have a state but tell nobody.
pub(crate) fn alarm(
    stack: &StackBuilder<'_>,
    description: &str,
    metric: &Metric<'_>,
    comparison: Comparison,
) -> cloudwatch::Alarm {
    let (operator, threshold) = match comparison {
        Comparison::Above(limit) => (ComparisonOperator::GreaterThanThreshold, limit),
        Comparison::Below(limit) => (ComparisonOperator::LessThanThreshold, limit),
    };
    let dimensions: Vec<_> = metric
        .dimensions
        .iter()
        .map(|(name, value)| Dimension::new(*name, value.clone()))
        .collect();
    let resource = cloudwatch::Alarm::new()
        .comparison_operator(operator)
        .evaluation_periods(metric.minutes)
        .alarm_description(description)
        .namespace(metric.namespace)
        .metric_name(metric.name)
        .dimensions(dimensions)
        .statistic(metric.statistic)
        .period(60)
        .threshold(threshold)
        .treat_missing_data(TreatMissingData::NotBreaching);
    match notified_topic(stack) {
        Some(topic) => resource.alarm_actions(vec![topic]).ok_actions(vec![topic]),
        None => resource,
    }
}

fn notified_topic<'a>(stack: &StackBuilder<'a>) -> Option<&'a str> {
    let topic = stack
        .environment
        .monitoring
        .alarms
        .as_ref()?
        .notify
        .as_deref()?;
    (topic.split(':').nth(3) == Some(stack.region.as_str())).then_some(topic)
}

/// The alarms of the backend stack.
pub(crate) fn add_alarms(stack: &mut StackBuilder<'_>) {
    if stack.environment.monitoring.alarms.is_none() {
        return;
    }
    for (id, queue, meaning) in [
        (
            "UndeliveredEventsAlarm",
            "UndeliveredEvents",
            "SNS could not deliver matchmaking events",
        ),
        (
            "FailedInvocationsAlarm",
            "FailedInvocations",
            "Matchmaking events could not be processed",
        ),
    ] {
        let queue_name = get_att(queue, "QueueName").into();
        add(
            stack,
            id,
            meaning,
            &Metric {
                namespace: "AWS/SQS",
                name: "ApproximateNumberOfMessagesVisible",
                dimensions: &[("QueueName", queue_name)],
                statistic: Statistic::Maximum,
                minutes: 1,
            },
            0.0,
        );
    }
    for handler in ["MatchEvents", "ReconcileTickets"] {
        let function = reference(format!("{handler}Function")).into();
        add(
            stack,
            &format!("{handler}ErrorsAlarm"),
            &format!("{handler} fails"),
            &Metric {
                namespace: "AWS/Lambda",
                name: "Errors",
                dimensions: &[("FunctionName", function)],
                statistic: Statistic::Sum,
                minutes: 3,
            },
            0.0,
        );
    }
    let api = [
        ("ApiName", physical_name(stack.environment, "api").into()),
        ("Stage", backend::api::STAGE.into()),
    ];
    add(
        stack,
        "ApiErrorsAlarm",
        "The API answers with server errors",
        &Metric {
            namespace: "AWS/ApiGateway",
            name: "5XXError",
            dimensions: &api,
            statistic: Statistic::Sum,
            minutes: 3,
        },
        0.0,
    );
    let queues: Vec<_> = stack.environment.queues.keys().cloned().collect();
    for queue in queues {
        let name = physical_name(stack.environment, &queue);
        let id = crate::naming::logical_id(&[&queue, "placement", "alarm"]);
        add(
            stack,
            &id,
            &format!("Queue {queue} runs out of time before it finds room for a game session"),
            &Metric {
                namespace: "AWS/GameLift",
                name: "PlacementsTimedOut",
                dimensions: &[("QueueName", name.into())],
                statistic: Statistic::Sum,
                minutes: 3,
            },
            0.0,
        );
    }
}

fn add(stack: &mut StackBuilder<'_>, id: &str, meaning: &str, metric: &Metric<'_>, above: f64) {
    let resource = alarm(stack, meaning, metric, Comparison::Above(above));
    stack.add(id, resource);
}

/// The dashboard of the backend stack, when the topology wants one.
pub(crate) fn add_dashboard(
    stack: &mut StackBuilder<'_>,
    functions: &[String],
) -> Result<(), PlanError> {
    const TEMPLATE: &str = include_str!("../../../templates/dashboard.json.hbs");
    let environment = stack.environment;
    if !environment.monitoring.dashboard {
        return Ok(());
    }
    let names = |keys: Vec<&String>| {
        keys.into_iter()
            .map(|key| physical_name(environment, key))
            .collect::<Vec<_>>()
    };
    let data = json!({
        "matchmakers": names(environment.matchmaking.keys().collect()),
        "queues": names(environment.queues.keys().collect()),
        "functions": functions,
        "api": physical_name(environment, "api"),
    });
    let body =
        documents::render("dashboard", TEMPLATE, &data).map_err(|source| PlanError::Document {
            document: "the dashboard",
            source,
        })?;
    stack.add(
        "Dashboard",
        cloudwatch::Dashboard::new(sub(body.to_string())),
    );
    Ok(())
}
