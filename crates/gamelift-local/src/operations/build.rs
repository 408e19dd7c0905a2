//! Builds: an archive of a game server. The archive itself is never read.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::page::page;
use crate::world::{Call, World, answer, default_member, merge, text};

pub(super) const OPERATIONS: Table = &[
    ("CreateBuild", create),
    ("DescribeBuild", describe),
    ("ListBuilds", list),
    ("UpdateBuild", update),
    ("DeleteBuild", delete),
];

/// What GameLift assumes when a build doesn't say which server SDK it was made with.
const DEFAULT_SDK: &str = "4.0.2";

fn create(world: &mut World, call: &Call) -> Answer {
    if call.input.has("StorageLocation") && !call.input.has("OperatingSystem") {
        return Err(ApiError::invalid(
            "`OperatingSystem` is required with `StorageLocation`",
        ));
    }
    let id = world.id("build");
    let arn = world.arn(call, "build", &id);
    let mut build = call.input.record_without(&["Tags"]);
    // Without a storage location the archive is still to be uploaded, and nobody can do that here.
    let status = if call.input.has("StorageLocation") {
        "READY"
    } else {
        "INITIALIZED"
    };
    build.insert("BuildId".to_owned(), id.clone().into());
    build.insert("BuildArn".to_owned(), arn.clone().into());
    build.insert("Status".to_owned(), status.into());
    build.insert("CreationTime".to_owned(), call.now.into());
    default_member(&mut build, "ServerSdkVersion", DEFAULT_SDK);
    default_member(&mut build, "SizeOnDisk", 0);
    world.region(call).builds.insert(&id, build.clone())?;
    world.tag_new(call, &arn);
    Ok(json!({ "Build": build, "StorageLocation": build.get("StorageLocation") }))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let build = world
        .region(call)
        .builds
        .find(call.input.text("BuildId")?)?;
    Ok(answer("Build", build.clone()))
}

fn list(world: &mut World, call: &Call) -> Answer {
    let wanted = call.input.text_or_none("Status");
    let builds = world.region(call).builds.values();
    let shown = builds.filter(|build| wanted.is_none_or(|status| text(build, "Status") == status));
    page(
        &call.input,
        "Builds",
        50,
        shown.cloned().map(Value::Object).collect(),
    )
}

fn update(world: &mut World, call: &Call) -> Answer {
    let build = world
        .region(call)
        .builds
        .find_mut(call.input.text("BuildId")?)?;
    merge(build, call.input.record_without(&["BuildId"]));
    Ok(answer("Build", build.clone()))
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let region = world.region(call);
    let build = region.builds.remove(call.input.text("BuildId")?)?;
    region.tags.remove(text(&build, "BuildArn"));
    Ok(json!({}))
}
