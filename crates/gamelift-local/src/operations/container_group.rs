//! Container group definitions: every update adds a version under the same name.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::input::Record;
use crate::lifecycle;
use crate::page::page;
use crate::world::{Call, Collection, Region, World, answer, default_member, merge, text};

pub(super) const OPERATIONS: Table = &[
    ("CreateContainerGroupDefinition", create),
    ("DescribeContainerGroupDefinition", describe),
    ("ListContainerGroupDefinitions", list),
    ("ListContainerGroupDefinitionVersions", list_versions),
    ("UpdateContainerGroupDefinition", update),
    ("DeleteContainerGroupDefinition", delete),
];

fn create(world: &mut World, call: &Call) -> Answer {
    let name = call.input.text("Name")?;
    let arn = world.arn(call, "containergroupdefinition", name);
    let mut definition = call.input.record_without(&["Tags"]);
    default_member(&mut definition, "ContainerGroupType", "GAME_SERVER");
    if text(&definition, "ContainerGroupType") == "GAME_SERVER"
        && !call.input.has("GameServerContainerDefinition")
    {
        return Err(ApiError::invalid(
            "a GAME_SERVER container group needs a `GameServerContainerDefinition`",
        ));
    }
    number_version(&mut definition, &arn, 1, call.now);
    let created = shown(&definition, call);
    world
        .region(call)
        .container_groups
        .insert(name, vec![definition])?;
    world.tag_new(call, &arn);
    Ok(answer("ContainerGroupDefinition", created))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let reference = call.input.text("Name")?;
    let version = call
        .input
        .number("VersionNumber")
        .or(reference_version(reference));
    let definition = version_of(&world.region(call).container_groups, reference, version)?;
    Ok(answer("ContainerGroupDefinition", shown(definition, call)))
}

fn list(world: &mut World, call: &Call) -> Answer {
    let kind = call.input.text_or_none("ContainerGroupType");
    let groups = world.region(call).container_groups.values();
    let latest = groups
        .filter_map(|versions| versions.last())
        .filter(|definition| {
            kind.is_none_or(|kind| text(definition, "ContainerGroupType") == kind)
        });
    page(
        &call.input,
        "ContainerGroupDefinitions",
        50,
        latest.map(|definition| shown(definition, call)).collect(),
    )
}

fn list_versions(world: &mut World, call: &Call) -> Answer {
    let versions = world
        .region(call)
        .container_groups
        .find(base(call.input.text("Name")?))?;
    let newest_first = versions
        .iter()
        .rev()
        .map(|definition| shown(definition, call));
    page(
        &call.input,
        "ContainerGroupDefinitions",
        50,
        newest_first.collect(),
    )
}

fn update(world: &mut World, call: &Call) -> Answer {
    let reference = call.input.text("Name")?;
    let groups = &mut world.region(call).container_groups;
    let source = version_of(groups, reference, call.input.number("SourceVersionNumber"))?;
    let mut definition = source.clone();
    merge(
        &mut definition,
        call.input.record_without(&["Name", "SourceVersionNumber"]),
    );
    let versions = groups.find_mut(base(reference))?;
    let arn = versions
        .first()
        .map(|first| text(first, "BaseArn").to_owned())
        .unwrap_or_default();
    let next = versions.last().map_or(1, |last| version(last) + 1);
    number_version(&mut definition, &arn, next, call.now);
    let updated = shown(&definition, call);
    versions.push(definition);
    Ok(answer("ContainerGroupDefinition", updated))
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let reference = call.input.text("Name")?;
    let region = world.region(call);
    let versions = region.container_groups.find(base(reference))?;
    let doomed: Vec<i64> = match (
        call.input.number("VersionNumber"),
        call.input.number("VersionCountToRetain"),
    ) {
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid(
                "`VersionNumber` and `VersionCountToRetain` exclude each other",
            ));
        }
        (Some(number), None) => {
            vec![version(version_of(
                &region.container_groups,
                reference,
                Some(number),
            )?)]
        }
        (None, Some(kept)) => versions
            .iter()
            .rev()
            .skip(usize::try_from(kept).unwrap_or_default())
            .map(version)
            .collect(),
        (None, None) => versions.iter().map(version).collect(),
    };
    refuse_used(region, versions, &doomed)?;
    let arn = versions
        .first()
        .map(|first| text(first, "BaseArn").to_owned())
        .unwrap_or_default();
    let versions = region.container_groups.find_mut(base(reference))?;
    versions.retain(|definition| !doomed.contains(&version(definition)));
    if versions.is_empty() {
        region.container_groups.remove(base(reference))?;
        region.tags.remove(&arn);
    }
    Ok(json!({}))
}

fn refuse_used(region: &Region, versions: &[Record], doomed: &[i64]) -> Answer<()> {
    for definition in versions
        .iter()
        .filter(|definition| doomed.contains(&version(definition)))
    {
        let arn = text(definition, "ContainerGroupDefinitionArn");
        let user = region.fleets.values().find(|fleet| {
            [
                "GameServerContainerGroupDefinitionArn",
                "PerInstanceContainerGroupDefinitionArn",
            ]
            .iter()
            .any(|member| text(&fleet.record, member) == arn)
        });
        if let Some(fleet) = user {
            return Err(ApiError::invalid(format!(
                "container group definition `{arn}` is in use by fleet `{}`",
                fleet.id()
            )));
        }
    }
    Ok(())
}

/// The version that a name or ARN means; the latest one when it names none.
pub(super) fn version_of<'a>(
    groups: &'a Collection<Vec<Record>>,
    reference: &str,
    wanted: Option<i64>,
) -> Answer<&'a Record> {
    let versions = groups.find(base(reference))?;
    let wanted = wanted.or(reference_version(reference));
    let found = match wanted {
        Some(wanted) => versions
            .iter()
            .find(|definition| version(definition) == wanted),
        None => versions.last(),
    };
    found.ok_or_else(|| {
        let number = wanted.map(|wanted| wanted.to_string()).unwrap_or_default();
        ApiError::not_found(format!(
            "container group definition `{reference}` has no version {number}"
        ))
    })
}

/// Whether the images of a definition have been copied.
pub(super) fn is_ready(definition: &Record, call: &Call) -> bool {
    let created = definition
        .get("CreationTime")
        .and_then(Value::as_f64)
        .unwrap_or_default();
    call.age(created) >= lifecycle::COPYING
}

fn number_version(definition: &mut Record, base_arn: &str, number: i64, now: f64) {
    definition.insert("BaseArn".to_owned(), base_arn.into());
    definition.insert(
        "ContainerGroupDefinitionArn".to_owned(),
        format!("{base_arn}:{number}").into(),
    );
    definition.insert("VersionNumber".to_owned(), number.into());
    definition.insert("CreationTime".to_owned(), now.into());
}

fn shown(definition: &Record, call: &Call) -> Value {
    let mut shown = definition.clone();
    shown.insert(
        "Status".to_owned(),
        if is_ready(definition, call) {
            "READY"
        } else {
            "COPYING"
        }
        .into(),
    );
    Value::Object(shown)
}

fn version(definition: &Record) -> i64 {
    definition
        .get("VersionNumber")
        .and_then(Value::as_i64)
        .unwrap_or_default()
}

/// A name or ARN without its version.
fn base(reference: &str) -> &str {
    match reference.rsplit_once(':') {
        Some((base, version)) if version.bytes().all(|byte| byte.is_ascii_digit()) => base,
        _ => reference,
    }
}

fn reference_version(reference: &str) -> Option<i64> {
    reference.rsplit_once(':')?.1.parse().ok()
}
