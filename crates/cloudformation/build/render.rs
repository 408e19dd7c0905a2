//! Rust text for the models.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::model::{Field, ResourceModel, Structure};
use crate::names;

type Resources = [(PathBuf, ResourceModel)];

/// One module per service, with its resources and one module of nested types per resource.
pub(crate) fn resources(resources: &Resources) -> String {
    let mut services: BTreeMap<&str, Vec<&ResourceModel>> = BTreeMap::new();
    for (_, resource) in resources {
        services
            .entry(&resource.service)
            .or_default()
            .push(resource);
    }
    let mut out = String::new();
    for (service, models) in services {
        let family = models[0]
            .kind
            .rsplit_once("::")
            .map_or("", |(family, _)| family);
        line(&mut out, &format!("/// Resources of `{family}`."));
        line(&mut out, &format!("pub mod {service} {{"));
        for model in models {
            resource(&mut out, model);
        }
        line(&mut out, "}");
    }
    out
}

fn resource(out: &mut String, model: &ResourceModel) {
    let (kind, name, module) = (&model.kind, &model.name, names::snake(&model.name));
    line(
        out,
        &format!(
            "crate::typed::resource!({kind:?}, {name}, {:?});",
            model.attributes
        ),
    );
    structure(out, name, &model.resource, &|rust_type| {
        qualified(rust_type, &module)
    });
    if model.nested.is_empty() && model.enums.is_empty() {
        return;
    }
    line(out, &format!("/// Property types of `{kind}`."));
    line(out, &format!("pub mod {module} {{"));
    for (nested, fields) in &model.nested {
        line(
            out,
            &format!("crate::typed::structure!({kind:?}, {nested});"),
        );
        structure(out, nested, fields, &str::to_owned);
    }
    for (name, values) in &model.enums {
        line(
            out,
            &format!(
                "crate::typed::choice!({kind:?}, {name}, {{ {} }});",
                variants(values)
            ),
        );
    }
    line(out, "}");
}

/// Nested types seen from the resource, one module above.
fn qualified(rust_type: &str, module: &str) -> String {
    if let Some(inner) = rust_type
        .strip_prefix("::std::vec::Vec<")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return format!("::std::vec::Vec<{}>", qualified(inner, module));
    }
    let nested = rust_type.starts_with(|letter: char| letter.is_ascii_uppercase());
    if nested {
        format!("{module}::{rust_type}")
    } else {
        rust_type.to_owned()
    }
}

fn structure(out: &mut String, name: &str, fields: &Structure, path: &dyn Fn(&str) -> String) {
    line(out, &format!("impl {name} {{"));
    constructor(out, &fields.required, path);
    for field in &fields.optional {
        let note = if field.create_only {
            " A change replaces the resource."
        } else {
            ""
        };
        let (method, property, rust_type) = (
            names::snake(&field.property),
            &field.property,
            path(&field.rust_type),
        );
        line(out, &format!("/// Sets `{property}`.{note}"));
        line(
            out,
            &format!(
                "#[must_use] pub fn {method}(self, value: impl Into<crate::Value<{rust_type}>>) -> Self {{ Self(self.0.with({property:?}, value.into())) }}"
            ),
        );
    }
    line(out, "}");
    if fields.required.is_empty() {
        line(
            out,
            &format!("impl Default for {name} {{ fn default() -> Self {{ Self::new() }} }}"),
        );
    }
}

fn constructor(out: &mut String, required: &[Field], path: &dyn Fn(&str) -> String) {
    let mut arguments = String::new();
    let mut chain = String::new();
    for field in required {
        let method = names::snake(&field.property);
        let _ = write!(
            arguments,
            "{method}: impl Into<crate::Value<{}>>, ",
            path(&field.rust_type)
        );
        let _ = write!(chain, ".with({:?}, {method}.into())", field.property);
    }
    let what = if required.is_empty() {
        "no property set"
    } else {
        "its required properties, in order of name"
    };
    line(out, &format!("/// Starts with {what}."));
    line(
        out,
        &format!(
            "#[must_use] pub fn new({arguments}) -> Self {{ Self(crate::typed::Properties::default(){chain}) }}"
        ),
    );
}

fn variants(values: &[String]) -> String {
    let mut used = BTreeSet::new();
    let mut out = String::new();
    for value in values {
        let mut name = names::variant(value);
        while !used.insert(name.clone()) {
            name.push('_');
        }
        let _ = write!(out, "{name} = {value:?}, ");
    }
    out
}

/// The schema texts by type name, in order of name.
pub(crate) fn embedded(resources: &Resources, regions: &Path) -> String {
    let mut sorted: Vec<(&str, &Path)> = resources
        .iter()
        .map(|(path, model)| (model.kind.as_str(), path.as_path()))
        .collect();
    sorted.sort_unstable();
    let mut out = String::new();
    line(
        &mut out,
        &format!(
            "pub(super) static TEXTS: [(&str, &str); {}] = [",
            sorted.len()
        ),
    );
    for (kind, path) in sorted {
        line(&mut out, &format!("({kind:?}, include_str!({path:?})),"));
    }
    line(&mut out, "];");
    line(
        &mut out,
        &format!("pub(super) static REGIONS: &str = include_str!({regions:?});"),
    );
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
