//! Aliases: a stable name for a changing fleet.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError, ErrorKind};
use crate::input::Record;
use crate::page::page;
use crate::world::{Call, Fleet, Region, World, answer, merge, text};

pub(super) const OPERATIONS: Table = &[
    ("CreateAlias", create),
    ("DescribeAlias", describe),
    ("ListAliases", list),
    ("ResolveAlias", resolve),
    ("UpdateAlias", update),
    ("DeleteAlias", delete),
];

fn create(world: &mut World, call: &Call) -> Answer {
    check_strategy(world, call)?;
    let id = world.id("alias");
    let arn = world.arn(call, "alias", &id);
    let mut alias = call.input.record_without(&["Tags"]);
    alias.insert("AliasId".to_owned(), id.clone().into());
    alias.insert("AliasArn".to_owned(), arn.clone().into());
    alias.insert("CreationTime".to_owned(), call.now.into());
    alias.insert("LastUpdatedTime".to_owned(), call.now.into());
    drop_fleet_of_terminal(&mut alias);
    world.region(call).aliases.insert(&id, alias.clone())?;
    world.tag_new(call, &arn);
    Ok(answer("Alias", alias))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let alias = world
        .region(call)
        .aliases
        .find(call.input.text("AliasId")?)?;
    Ok(answer("Alias", alias.clone()))
}

fn list(world: &mut World, call: &Call) -> Answer {
    let name = call.input.text_or_none("Name");
    let kind = call.input.text_or_none("RoutingStrategyType");
    let aliases = world.region(call).aliases.values();
    let shown = aliases
        .filter(|alias| name.is_none_or(|name| text(alias, "Name") == name))
        .filter(|alias| kind.is_none_or(|kind| strategy(alias, "Type") == kind));
    page(
        &call.input,
        "Aliases",
        100,
        shown.cloned().map(Value::Object).collect(),
    )
}

fn resolve(world: &mut World, call: &Call) -> Answer {
    let fleet = fleet_of(world.region(call), call.input.text("AliasId")?)?;
    Ok(Value::Object(fleet.header()))
}

/// The fleet that an alias stands for.
pub(super) fn fleet_of<'a>(region: &'a Region, reference: &str) -> Answer<&'a Fleet> {
    let alias = region.aliases.find(reference)?;
    if strategy(alias, "Type") == "TERMINAL" {
        let message = strategy(alias, "Message").to_owned();
        return Err(ApiError::new(ErrorKind::TerminalRoutingStrategy, message));
    }
    region.fleets.find(strategy(alias, "FleetId"))
}

fn update(world: &mut World, call: &Call) -> Answer {
    check_strategy(world, call)?;
    let alias = world
        .region(call)
        .aliases
        .find_mut(call.input.text("AliasId")?)?;
    merge(alias, call.input.record_without(&["AliasId"]));
    alias.insert("LastUpdatedTime".to_owned(), call.now.into());
    drop_fleet_of_terminal(alias);
    Ok(answer("Alias", alias.clone()))
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let region = world.region(call);
    let alias = region.aliases.remove(call.input.text("AliasId")?)?;
    region.tags.remove(text(&alias, "AliasArn"));
    Ok(json!({}))
}

fn check_strategy(world: &mut World, call: &Call) -> Answer<()> {
    let Some(strategy) = call.input.get("RoutingStrategy") else {
        return Ok(());
    };
    let member = |name: &str| strategy.get(name).and_then(Value::as_str);
    match (member("Type"), member("FleetId"), member("Message")) {
        (Some("SIMPLE") | None, Some(fleet), _) => world
            .region(call)
            .fleets
            .find(fleet)
            .map(|_| ())
            .map_err(|error| {
                ApiError::invalid(format!("`RoutingStrategy.FleetId`: {}", error.message))
            }),
        (Some("TERMINAL"), _, Some(_)) => Ok(()),
        (Some("TERMINAL"), _, None) => Err(ApiError::invalid(
            "a TERMINAL routing strategy needs a `Message`",
        )),
        _ => Err(ApiError::invalid(
            "a SIMPLE routing strategy needs a `FleetId`",
        )),
    }
}

// GameLift drops it without a word.
fn drop_fleet_of_terminal(alias: &mut Record) {
    if strategy(alias, "Type") == "TERMINAL"
        && let Some(strategy) = alias
            .get_mut("RoutingStrategy")
            .and_then(Value::as_object_mut)
    {
        strategy.remove("FleetId");
    }
}

fn strategy<'a>(alias: &'a Record, member: &str) -> &'a str {
    alias
        .get("RoutingStrategy")
        .and_then(|strategy| strategy.get(member)?.as_str())
        .unwrap_or_default()
}
