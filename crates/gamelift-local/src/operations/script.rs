//! Scripts of Realtime servers. The archive itself is never read.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::page::page;
use crate::world::{Call, World, answer, default_member, merge, text};

pub(super) const OPERATIONS: Table = &[
    ("CreateScript", create),
    ("DescribeScript", describe),
    ("ListScripts", list),
    ("UpdateScript", update),
    ("DeleteScript", delete),
];

fn create(world: &mut World, call: &Call) -> Answer {
    if call.input.has("StorageLocation") == call.input.has("ZipFile") {
        return Err(ApiError::invalid(
            "exactly one of `StorageLocation` and `ZipFile` is required",
        ));
    }
    let id = world.id("script");
    let arn = world.arn(call, "script", &id);
    let mut script = call.input.record_without(&["Tags", "ZipFile"]);
    script.insert("ScriptId".to_owned(), id.clone().into());
    script.insert("ScriptArn".to_owned(), arn.clone().into());
    script.insert("CreationTime".to_owned(), call.now.into());
    default_member(&mut script, "SizeOnDisk", 0);
    world.region(call).scripts.insert(&id, script.clone())?;
    world.tag_new(call, &arn);
    Ok(answer("Script", script))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let script = world
        .region(call)
        .scripts
        .find(call.input.text("ScriptId")?)?;
    Ok(answer("Script", script.clone()))
}

fn list(world: &mut World, call: &Call) -> Answer {
    let scripts = world
        .region(call)
        .scripts
        .values()
        .cloned()
        .map(Value::Object)
        .collect();
    page(&call.input, "Scripts", 50, scripts)
}

fn update(world: &mut World, call: &Call) -> Answer {
    let script = world
        .region(call)
        .scripts
        .find_mut(call.input.text("ScriptId")?)?;
    merge(script, call.input.record_without(&["ScriptId", "ZipFile"]));
    Ok(answer("Script", script.clone()))
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let region = world.region(call);
    let script = region.scripts.remove(call.input.text("ScriptId")?)?;
    region.tags.remove(text(&script, "ScriptArn"));
    Ok(json!({}))
}
