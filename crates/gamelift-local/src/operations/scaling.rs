//! Scaling policies. They are kept and shown; no capacity is ever scaled by them.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::page::page;
use crate::world::{Call, Hosting, World, default_member, text};

pub(super) const OPERATIONS: Table = &[
    ("PutScalingPolicy", put),
    ("DescribeScalingPolicies", describe),
    ("DeleteScalingPolicy", delete),
];

const TARGET_METRIC: &str = "PercentAvailableGameSessions";

fn put(world: &mut World, call: &Call) -> Answer {
    check(call)?;
    let fleet = world
        .region(call)
        .fleets
        .find_mut(call.input.text("FleetId")?)?;
    if fleet.hosting == Hosting::Anywhere {
        return Err(ApiError::invalid(
            "Anywhere fleets have no scaling policies",
        ));
    }
    let name = call.input.text("Name")?;
    let mut policy = call.input.record_without(&[]);
    policy.extend(fleet.header());
    policy.insert("Status".to_owned(), "ACTIVE".into());
    default_member(&mut policy, "PolicyType", "RuleBased");
    fleet.policies.insert(name.to_owned(), policy);
    Ok(json!({ "Name": name }))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find(call.input.text("FleetId")?)?;
    let status = call.input.text_or_none("StatusFilter");
    let policies = fleet
        .policies
        .values()
        .filter(|policy| status.is_none_or(|status| text(policy, "Status") == status));
    page(
        &call.input,
        "ScalingPolicies",
        50,
        policies.cloned().map(Value::Object).collect(),
    )
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find_mut(call.input.text("FleetId")?)?;
    let name = call.input.text("Name")?;
    if fleet.policies.remove(name).is_none() {
        return Err(ApiError::not_found(format!(
            "fleet `{}` has no scaling policy `{name}`",
            fleet.id()
        )));
    }
    Ok(json!({}))
}

fn check(call: &Call) -> Answer<()> {
    if call.input.text_or_none("PolicyType") == Some("TargetBased") {
        if call.input.text("MetricName")? != TARGET_METRIC {
            return Err(ApiError::invalid(format!(
                "a TargetBased policy needs `MetricName` {TARGET_METRIC}"
            )));
        }
        if !call.input.has("TargetConfiguration") {
            return Err(ApiError::invalid(
                "a TargetBased policy needs a `TargetConfiguration`",
            ));
        }
        return Ok(());
    }
    let rule = [
        "ScalingAdjustment",
        "ScalingAdjustmentType",
        "Threshold",
        "ComparisonOperator",
        "EvaluationPeriods",
    ];
    match rule.into_iter().find(|member| !call.input.has(member)) {
        Some(member) => Err(ApiError::invalid(format!(
            "a RuleBased policy needs `{member}`"
        ))),
        None => Ok(()),
    }
}
