//! Matchmaking rule sets. Never changed after creation.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::page::page;
use crate::world::{Call, World, answer, text};

pub(super) const OPERATIONS: Table = &[
    ("CreateMatchmakingRuleSet", create),
    ("DescribeMatchmakingRuleSets", describe),
    ("DeleteMatchmakingRuleSet", delete),
    ("ValidateMatchmakingRuleSet", validate),
];

fn create(world: &mut World, call: &Call) -> Answer {
    check_body(call.input.text("RuleSetBody")?)?;
    let name = call.input.text("Name")?;
    let arn = world.arn(call, "matchmakingruleset", name);
    let mut rule_set = call.input.record_without(&["Name", "Tags"]);
    rule_set.insert("RuleSetName".to_owned(), name.into());
    rule_set.insert("RuleSetArn".to_owned(), arn.clone().into());
    rule_set.insert("CreationTime".to_owned(), call.now.into());
    world
        .region(call)
        .rule_sets
        .insert(name, rule_set.clone())?;
    world.tag_new(call, &arn);
    Ok(answer("RuleSet", rule_set))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let rule_sets = &world.region(call).rule_sets;
    let names = call.input.texts("Names");
    // Unlike its siblings this operation refuses a name that does not exist.
    for name in names.iter().flatten() {
        rule_sets.find(name)?;
    }
    page(
        &call.input,
        "RuleSets",
        10,
        rule_sets
            .select(names)
            .into_iter()
            .cloned()
            .map(Value::Object)
            .collect(),
    )
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let region = world.region(call);
    let name = text(
        region.rule_sets.find(call.input.text("Name")?)?,
        "RuleSetName",
    )
    .to_owned();
    let user = region
        .configurations
        .values()
        .find(|configuration| text(configuration, "RuleSetName") == name);
    if let Some(configuration) = user {
        let user = text(configuration, "Name");
        return Err(ApiError::invalid(format!(
            "rule set `{name}` is in use by matchmaking configuration `{user}`"
        )));
    }
    let rule_set = region.rule_sets.remove(&name)?;
    region.tags.remove(text(&rule_set, "RuleSetArn"));
    Ok(json!({}))
}

fn validate(_: &mut World, call: &Call) -> Answer {
    check_body(call.input.text("RuleSetBody")?)?;
    Ok(json!({ "Valid": true }))
}

fn check_body(body: &str) -> Answer<()> {
    let problems = flexmatch::parse(body).problems;
    let error = problems
        .iter()
        .find(|problem| problem.severity == flexmatch::Severity::Error);
    match error {
        None => Ok(()),
        Some(problem) => Err(ApiError::invalid(format!(
            "the rule set is not valid: line {}, column {}: {}",
            problem.line, problem.column, problem.message
        ))),
    }
}
