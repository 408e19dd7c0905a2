//! Escape hatches: a template of the user's merged into the backend stack, and single values replaced.

use cloudformation::Template;
use serde_json::Value as Json;

use topology::environment::ExtensionTemplate;

use crate::PlanError;
use crate::stack::StackBuilder;

pub(crate) fn apply(stack: &mut StackBuilder<'_>) -> Result<(), PlanError> {
    let extensions = &stack.environment.extensions;
    if let Some(ExtensionTemplate { file, text }) = &extensions.resources {
        let extension = Template::parse(text).map_err(|source| PlanError::Extension {
            file: file.clone(),
            source,
        })?;
        merge(stack, extension)?;
    }
    for (path, value) in &extensions.overrides {
        set(&mut stack.template, path, value).map_err(|reason| PlanError::Override {
            path: path.clone(),
            reason,
        })?;
    }
    Ok(())
}

/// A name that both templates have is reported like any other duplicate.
fn merge(stack: &mut StackBuilder<'_>, extension: Template) -> Result<(), PlanError> {
    for (id, resource) in extension.resources {
        stack.add(&id, resource);
    }
    for (id, output) in extension.outputs {
        stack.add_output(&id, output);
    }
    for (id, condition) in extension.conditions {
        if stack.template.condition(&id, condition).is_err() {
            stack.duplicate(&id);
        }
    }
    for (id, mapping) in extension.mappings {
        if stack.template.mapping(&id, mapping).is_err() {
            stack.duplicate(&id);
        }
    }
    for (name, parameter) in extension.parameters {
        if parameter.default.is_none() {
            return Err(PlanError::ExtensionParameter { name });
        }
        if stack.template.parameter(&name, parameter).is_err() {
            stack.duplicate(&name);
        }
    }
    Ok(())
}

/// Sets `Resource.Properties.A.0.B` (or `Resource.DeletionPolicy`-like paths of properties only) to a value.
fn set(template: &mut Template, path: &str, value: &Json) -> Result<(), String> {
    let mut parts = path.split('.');
    let (Some(id), Some("Properties"), Some(first)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err("a path looks like `LogicalId.Properties.Name`".to_owned());
    };
    let resource = template
        .resources
        .get_mut(id)
        .ok_or_else(|| format!("the stack has no resource `{id}`"))?;
    let mut at = resource.properties.entry(first).or_insert(Json::Null);
    for part in parts {
        at = match at {
            Json::Array(items) => {
                let index: usize = part
                    .parse()
                    .map_err(|_| format!("`{part}` is no position in a list"))?;
                let length = items.len();
                items.get_mut(index).ok_or_else(|| {
                    format!("the list has {length} items, so there is no item {index}")
                })?
            }
            Json::Object(members) => members.entry(part).or_insert(Json::Null),
            Json::Null => at_new_member(at, part),
            Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                return Err(format!(
                    "what `{part}` should be a member of is a single value"
                ));
            }
        };
    }
    *at = value.clone();
    Ok(())
}

fn at_new_member<'a>(at: &'a mut Json, name: &str) -> &'a mut Json {
    *at = Json::Object(serde_json::Map::new());
    &mut at[name]
}
