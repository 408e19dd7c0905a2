//! Alarms and the dashboard.

pub(crate) use cloudformation::cloudwatch::alarm::Statistic;
use cloudformation::cloudwatch::alarm::{ComparisonOperator, Dimension, TreatMissingData};
use cloudformation::intrinsic::{get_att, reference, sub};
use cloudformation::{Value, cloudwatch};
use serde_json::json;
use topology::documents;
use topology::environment::Environment;

use crate::naming::{logical_id, physical_name};
use crate::stack::StackBuilder;
use crate::{PlanError, backend};

/// A CloudWatch metric as an alarm looks at it.
pub(crate) struct Metric {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) dimensions: Vec<(&'static str, Value<String>)>,
    pub(crate) statistic: Statistic,
    /// Minutes in a row that must breach.
    pub(crate) minutes: i64,
}

impl Metric {
    /// Counts of something that should not happen, three minutes in a row.
    fn count(
        namespace: &'static str,
        name: &'static str,
        of: &'static str,
        value: Value<String>,
    ) -> Self {
        Self {
            namespace,
            name,
            dimensions: vec![(of, value)],
            statistic: Statistic::Sum,
            minutes: 3,
        }
    }
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
    metric: &Metric,
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

/// The alarms of the backend stack: each tells of something that should not happen at all.
pub(crate) fn add_alarms(stack: &mut StackBuilder<'_>) {
    if stack.environment.monitoring.alarms.is_none() {
        return;
    }
    let mut alarms = vec![
        waiting(
            "UndeliveredEvents",
            "SNS could not deliver matchmaking events",
        ),
        waiting(
            "FailedInvocations",
            "Matchmaking events could not be processed",
        ),
        failing("MatchEvents"),
        failing("ReconcileTickets"),
        api_errors(stack.environment),
    ];
    alarms.extend(
        stack
            .environment
            .queues
            .keys()
            .map(|queue| placements(stack.environment, queue)),
    );
    for (id, meaning, metric) in alarms {
        let resource = alarm(stack, &meaning, &metric, Comparison::Above(0.0));
        stack.add(&id, resource);
    }
}

/// Logical id, meaning and metric of an alarm.
type Watched = (String, String, Metric);

fn waiting(queue: &str, meaning: &str) -> Watched {
    let name = get_att(queue, "QueueName").into();
    let metric = Metric {
        statistic: Statistic::Maximum,
        minutes: 1,
        ..Metric::count(
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "QueueName",
            name,
        )
    };
    (format!("{queue}Alarm"), meaning.to_owned(), metric)
}

fn failing(handler: &str) -> Watched {
    let function = reference(format!("{handler}Function")).into();
    let metric = Metric::count("AWS/Lambda", "Errors", "FunctionName", function);
    (
        format!("{handler}ErrorsAlarm"),
        format!("{handler} fails"),
        metric,
    )
}

fn api_errors(environment: &Environment) -> Watched {
    let name = physical_name(environment, "api").into();
    let mut metric = Metric::count("AWS/ApiGateway", "5XXError", "ApiName", name);
    metric
        .dimensions
        .push(("Stage", backend::api::STAGE.into()));
    (
        "ApiErrorsAlarm".to_owned(),
        "The API answers with server errors".to_owned(),
        metric,
    )
}

fn placements(environment: &Environment, queue: &str) -> Watched {
    let name = physical_name(environment, queue).into();
    let metric = Metric::count("AWS/GameLift", "PlacementsTimedOut", "QueueName", name);
    let meaning = format!("Queue {queue} runs out of time before it finds room for a game session");
    (logical_id(&[queue, "placement", "alarm"]), meaning, metric)
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
