//! Matchmaking configurations: which rule set and which queue a matchmaker uses.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::input::Record;
use crate::page::page;
use crate::world::{Call, World, answer, default_member, merge, text};

pub(super) const OPERATIONS: Table = &[
    ("CreateMatchmakingConfiguration", create),
    ("DescribeMatchmakingConfigurations", describe),
    ("UpdateMatchmakingConfiguration", update),
    ("DeleteMatchmakingConfiguration", delete),
];

fn create(world: &mut World, call: &Call) -> Answer {
    let name = call.input.text("Name")?;
    let arn = world.arn(call, "matchmakingconfiguration", name);
    let mut configuration = call.input.record_without(&["Tags"]);
    configuration.insert("ConfigurationArn".to_owned(), arn.clone().into());
    configuration.insert("CreationTime".to_owned(), call.now.into());
    default_member(&mut configuration, "FlexMatchMode", "WITH_QUEUE");
    default_member(&mut configuration, "BackfillMode", "MANUAL");
    complete(world, call, &mut configuration)?;
    world
        .region(call)
        .configurations
        .insert(name, configuration.clone())?;
    world.tag_new(call, &arn);
    Ok(answer("Configuration", configuration))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let wanted = call
        .input
        .text_or_none("RuleSetName")
        .map(|name| name.rsplit('/').next().unwrap_or(name));
    let configurations = world
        .region(call)
        .configurations
        .select(call.input.texts("Names"));
    let shown = configurations.into_iter().filter(|configuration| {
        wanted.is_none_or(|name| text(configuration, "RuleSetName") == name)
    });
    page(
        &call.input,
        "Configurations",
        50,
        shown.cloned().map(Value::Object).collect(),
    )
}

fn update(world: &mut World, call: &Call) -> Answer {
    let name = call.input.text("Name")?;
    let mut configuration = world.region(call).configurations.find(name)?.clone();
    merge(&mut configuration, call.input.record_without(&["Name"]));
    complete(world, call, &mut configuration)?;
    *world.region(call).configurations.find_mut(name)? = configuration.clone();
    Ok(answer("Configuration", configuration))
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let region = world.region(call);
    let name = text(
        region.configurations.find(call.input.text("Name")?)?,
        "Name",
    )
    .to_owned();
    if region
        .tickets
        .values()
        .any(|ticket| ticket.status.is_open() && ticket.configuration == name)
    {
        return Err(ApiError::invalid(format!(
            "matchmaking configuration `{name}` has tickets in progress"
        )));
    }
    let configuration = region.configurations.remove(&name)?;
    region.tags.remove(text(&configuration, "ConfigurationArn"));
    Ok(json!({}))
}

/// Checks what holds between the members, and resolves the rule set to its name and ARN.
fn complete(world: &mut World, call: &Call, configuration: &mut Record) -> Answer<()> {
    let region = world.region(call);
    let rule_set = region.rule_sets.find(text(configuration, "RuleSetName"))?;
    let (name, arn) = (
        text(rule_set, "RuleSetName").to_owned(),
        text(rule_set, "RuleSetArn").to_owned(),
    );
    configuration.insert("RuleSetName".to_owned(), name.into());
    configuration.insert("RuleSetArn".to_owned(), arn.into());
    check_queues(world, call, configuration)?;
    let acceptance = configuration.get("AcceptanceRequired") == Some(&Value::Bool(true));
    if acceptance && !configuration.contains_key("AcceptanceTimeoutSeconds") {
        return Err(ApiError::invalid(
            "`AcceptanceTimeoutSeconds` is required when acceptance is required",
        ));
    }
    Ok(())
}

fn check_queues(world: &mut World, call: &Call, configuration: &Record) -> Answer<()> {
    let queues = configuration
        .get("GameSessionQueueArns")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let standalone = text(configuration, "FlexMatchMode") == "STANDALONE";
    match (standalone, queues) {
        (true, []) => Ok(()),
        (true, _) => Err(ApiError::invalid(
            "`GameSessionQueueArns` must be empty with FlexMatchMode STANDALONE",
        )),
        (false, [queue]) => {
            let arn = queue.as_str().unwrap_or_default();
            // A queue may be in any region; only those of this one are known to exist here first.
            if arn.contains(&format!(":gamelift:{}:", call.region)) {
                world.region(call).queues.find(arn)?;
            }
            Ok(())
        }
        (false, _) => Err(ApiError::invalid(
            "`GameSessionQueueArns` needs exactly one queue with FlexMatchMode WITH_QUEUE",
        )),
    }
}
