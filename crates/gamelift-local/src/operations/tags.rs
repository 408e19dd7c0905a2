//! Tags of every kind of resource.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError, ErrorKind};
use crate::world::{Call, World, answer, tags_of};

pub(super) const OPERATIONS: Table = &[
    ("TagResource", tag),
    ("UntagResource", untag),
    ("ListTagsForResource", list),
];

/// The most tags that one resource can have.
const MOST_TAGS: usize = 200;

fn tag(world: &mut World, call: &Call) -> Answer {
    let tags = tags(world, call)?;
    let mut changed = tags.clone();
    changed.extend(tags_of(&call.input));
    if changed.len() > MOST_TAGS {
        return Err(ApiError::new(
            ErrorKind::LimitExceeded,
            format!("a resource can have at most {MOST_TAGS} tags"),
        ));
    }
    *tags = changed;
    Ok(json!({}))
}

fn untag(world: &mut World, call: &Call) -> Answer {
    let tags = tags(world, call)?;
    for key in call.input.texts("TagKeys").unwrap_or_default() {
        tags.remove(key);
    }
    Ok(json!({}))
}

fn list(world: &mut World, call: &Call) -> Answer {
    let tags = tags(world, call)?;
    let listed: Vec<Value> = tags
        .iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect();
    Ok(answer("Tags", listed))
}

fn tags<'a>(
    world: &'a mut World,
    call: &Call,
) -> Answer<&'a mut std::collections::BTreeMap<String, String>> {
    let arn = call.input.text("ResourceARN")?;
    let tags = world.region(call).tags.get_mut(arn);
    tags.ok_or_else(|| ApiError::not_found(format!("resource `{arn}` does not exist")))
}
