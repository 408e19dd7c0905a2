//! One registry schema read as Rust types: structures with fields, and enums.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::names;

/// Longer lists (instance types, say) are open sets in practice; they stay strings.
const MAX_VARIANTS: usize = 40;

pub(crate) struct ResourceModel {
    pub(crate) kind: String,
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) attributes: Vec<String>,
    pub(crate) resource: Structure,
    pub(crate) nested: BTreeMap<String, Structure>,
    pub(crate) enums: BTreeMap<String, Vec<String>>,
}

#[derive(Default)]
pub(crate) struct Structure {
    /// In order of name.
    pub(crate) required: Vec<Field>,
    pub(crate) optional: Vec<Field>,
}

pub(crate) struct Field {
    pub(crate) property: String,
    pub(crate) rust_type: String,
    pub(crate) create_only: bool,
}

impl ResourceModel {
    pub(crate) fn from_schema(schema: &Value) -> Result<Self, String> {
        let kind = schema["typeName"]
            .as_str()
            .ok_or("a schema without typeName")?
            .to_owned();
        let mut parts = kind.split("::").skip(1);
        let (Some(service), Some(name)) = (parts.next(), parts.next()) else {
            return Err(format!("`{kind}` is not of the form AWS::Service::Type"));
        };
        let (service, name) = (service.to_ascii_lowercase(), name.to_owned());
        let mut reader = Reader::new(schema);
        let resource = reader.structure(&name, schema);
        reader.drain();
        Ok(Self {
            attributes: attributes(schema),
            resource,
            nested: reader.nested,
            enums: reader.enums,
            kind,
            service,
            name,
        })
    }
}

fn attributes(schema: &Value) -> Vec<String> {
    let mut names: Vec<String> = pointers(schema, "readOnlyProperties")
        .map(|path| path.replace('/', "."))
        .collect();
    names.retain(|name| !name.contains('*'));
    names.sort();
    names
}

fn pointers<'a>(schema: &'a Value, list: &str) -> impl Iterator<Item = &'a str> {
    let paths = schema[list]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    paths.filter_map(|path| path.strip_prefix("/properties/"))
}

struct Reader<'a> {
    root: &'a Value,
    /// Base name of an enum -> the different lists of values that ask for that name.
    wanted_enums: BTreeMap<String, BTreeSet<Vec<String>>>,
    nested: BTreeMap<String, Structure>,
    enums: BTreeMap<String, Vec<String>>,
    /// Structures referred to but not read yet.
    queue: Vec<(String, &'a Value)>,
    /// Every structure by name, with its schema.
    known: BTreeMap<String, &'a Value>,
}

impl<'a> Reader<'a> {
    fn new(root: &'a Value) -> Self {
        let mut wanted_enums = BTreeMap::new();
        collect_enums(root, "", &mut wanted_enums);
        Self {
            root,
            wanted_enums,
            nested: BTreeMap::new(),
            enums: BTreeMap::new(),
            queue: Vec::new(),
            known: BTreeMap::new(),
        }
    }

    fn drain(&mut self) {
        while let Some((name, schema)) = self.queue.pop() {
            let structure = self.structure(&name, schema);
            self.nested.insert(name, structure);
        }
    }

    fn structure(&mut self, owner: &str, schema: &'a Value) -> Structure {
        let is_root = std::ptr::eq(schema, self.root);
        let list = |name: &str| -> Vec<&'a str> {
            if is_root {
                pointers(self.root, name).collect()
            } else {
                Vec::new()
            }
        };
        let (read_only, create_only) = (list("readOnlyProperties"), list("createOnlyProperties"));
        let mut fields = BTreeMap::new();
        for (property, inner) in schema["properties"].as_object().into_iter().flatten() {
            if read_only.contains(&property.as_str()) {
                continue;
            }
            let rust_type = self.rust_type(owner, property, inner);
            let create_only = create_only.contains(&property.as_str());
            fields.insert(
                property.as_str(),
                Field {
                    property: property.clone(),
                    rust_type,
                    create_only,
                },
            );
        }
        let names: Vec<_> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        // In order of name: schemas list them in any order, and two strings that change places would still compile.
        let (required, optional): (Vec<_>, Vec<_>) = fields
            .into_values()
            .partition(|field| names.contains(&field.property.as_str()));
        Structure { required, optional }
    }

    /// The type parameter of `Value<…>` for a property.
    fn rust_type(&mut self, owner: &str, property: &str, schema: &'a Value) -> String {
        if let Some((name, target)) = self.definition(schema) {
            return self.rust_type(owner, name, target);
        }
        if schema["properties"].is_object() {
            return self.structure_type(owner, property, schema);
        }
        if let Some(first) = schema["oneOf"]
            .get(0)
            .filter(|first| first["$ref"].is_string())
        {
            return self.rust_type(owner, property, first);
        }
        if let Some(values) = enum_values(schema) {
            return self.enum_type(owner, property, values);
        }
        match schema["type"].as_str() {
            Some("string") => "::std::string::String".to_owned(),
            Some("integer") => "i64".to_owned(),
            Some("number") => "f64".to_owned(),
            Some("boolean") => "bool".to_owned(),
            Some("array") => {
                let item = self.rust_type(owner, &item_name(property, schema), &schema["items"]);
                format!("::std::vec::Vec<{item}>")
            }
            _ if schema["type"].is_null()
                && schema["format"].is_string()
                && schema["pattern"].is_null() =>
            {
                "::std::string::String".to_owned()
            }
            _ => "::serde_json::Value".to_owned(),
        }
    }

    fn definition(&self, schema: &'a Value) -> Option<(&'a str, &'a Value)> {
        let name = schema["$ref"].as_str()?.strip_prefix("#/definitions/")?;
        Some((name, self.root["definitions"].get(name)?))
    }

    /// Inline structures share a name, and so a type, when they have the same properties.
    fn structure_type(&mut self, owner: &str, property: &str, schema: &'a Value) -> String {
        let definition = self.root["definitions"].get(property).map(items_of);
        let taken = self.known.get(property).copied().or(definition);
        let name = match taken {
            Some(other) if property_names(other) != property_names(schema) => {
                format!("{owner}{property}")
            }
            _ => property.to_owned(),
        };
        // A definition says more than the copy of it that a property carries.
        let schema = if name == property {
            definition.unwrap_or(schema)
        } else {
            schema
        };
        if self.known.insert(name.clone(), schema).is_none() {
            self.queue.push((name.clone(), schema));
        }
        name
    }

    fn enum_type(&mut self, owner: &str, property: &str, values: Vec<String>) -> String {
        let alone = self
            .wanted_enums
            .get(property)
            .is_none_or(|lists| lists.len() <= 1);
        let shadowed = self.root["definitions"]
            .get(property)
            .is_some_and(|other| enum_values(items_of(other)).is_none());
        let name = if alone && !shadowed {
            property.to_owned()
        } else {
            format!("{owner}{property}")
        };
        self.enums.insert(name.clone(), values);
        name
    }
}

/// What the items of a list are called: as the definition says, or the property in the singular.
fn item_name(property: &str, schema: &Value) -> String {
    if schema["items"]["properties"].is_object() && property == "KeySchema" {
        return property.to_owned();
    }
    names::singular(property)
}

fn items_of(schema: &Value) -> &Value {
    if schema["type"] == "array" {
        &schema["items"]
    } else {
        schema
    }
}

fn property_names(schema: &Value) -> Vec<&String> {
    schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .collect()
}

fn enum_values(schema: &Value) -> Option<Vec<String>> {
    let values = schema["enum"]
        .as_array()
        .filter(|values| (1..=MAX_VARIANTS).contains(&values.len()))?;
    values
        .iter()
        .map(|value| value.as_str().map(str::to_owned))
        .collect()
}

fn collect_enums(schema: &Value, name: &str, found: &mut BTreeMap<String, BTreeSet<Vec<String>>>) {
    if let Some(values) = enum_values(schema) {
        found.entry(name.to_owned()).or_default().insert(values);
    }
    for section in ["properties", "definitions"] {
        for (property, inner) in schema[section].as_object().into_iter().flatten() {
            collect_enums(inner, property, found);
        }
    }
    if schema["items"].is_object() {
        collect_enums(&schema["items"], &item_name(name, schema), found);
    }
}
