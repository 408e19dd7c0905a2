//! The published JSON Schema is the one that the tables of the language give, and says of topologies what they say.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use snapbox::IntoData as _;

/// `SNAPSHOTS=overwrite cargo test -p liftform-topology --test schema` writes it anew.
#[test]
fn published_schema_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/topology.schema.json");
    let schema = format!("{:#}\n", topology::schema());
    let published = snapbox::Data::read_from(&file, Some(snapbox::data::DataFormat::Text)).raw();
    snapbox::Assert::new()
        .action_env("SNAPSHOTS")
        .eq(schema.raw(), published);
}

/// What a validator says about a text.
fn complaints(text: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(&topology::schema()).expect("a JSON Schema");
    let document = topology::parse("game.yaml", text).expect("YAML").to_json();
    let errors = validator.iter_errors(&document);
    errors.map(|error| error.to_string()).collect()
}

#[test]
fn shipped_topologies_and_examples_validate() {
    let stacks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks");
    let entries = fs::read_dir(stacks)
        .expect("the shipped topologies")
        .flatten();
    let files = entries.map(|entry| entry.path());
    let files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    assert!(files.len() >= 3, "{files:?}");
    for path in files {
        let text = fs::read_to_string(&path).expect("a topology");
        assert_eq!(complaints(&text), [""; 0], "{}", path.display());
    }
    assert_eq!(complaints(topology::examples::BASE), [""; 0]);
}

#[test]
fn misspelt_keys_and_values_of_the_wrong_form_do_not_validate() {
    for (good, bad) in [
        ("home:", "hone:"),
        ("us-east-1", "mars"),
        ("guests: true", "guests: yes"),
        ("concurrent: 10", "concurrent: ten"),
        ("udp 7777-7877", "7777"),
        ("sdk: 5.3.0", "sdk: five"),
        ("  dev: {}", "  dev: { fleets: { arena: { instanse: x } } }"),
    ] {
        let text = topology::examples::BASE.replacen(good, bad, 1);
        assert!(!complaints(&text).is_empty(), "{bad}");
    }
}

/// Calls back for every field below a schema.
fn each(schema: &Value, path: &str, visit: &mut dyn FnMut(&str, &Value)) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        visit(&path, field);
        each(field, &path, visit);
    }
    for inner in [&schema["additionalProperties"], &schema["items"]] {
        // What is absent reads as null, and has nothing below.
        if inner.is_object() {
            each(inner, path, visit);
        }
    }
    for inner in schema["anyOf"].as_array().into_iter().flatten() {
        each(inner, path, visit);
    }
}

#[test]
fn every_key_has_a_text_and_defaults_and_examples_validate() {
    let whole = topology::schema();
    let mut fields = 0;
    let mut wrong = String::new();
    each(&whole, "", &mut |path, field| {
        // Overlays repeat the fields inside of an alternative to null.
        let own = field
            .get("description")
            .map_or(&field["anyOf"][0], |_| field);
        fields += 1;
        if own["description"].as_str().is_none_or(str::is_empty) {
            wrong += &format!("{path}: no description\n");
        }
        let validator = jsonschema::validator_for(own).expect("a JSON Schema");
        let none = json!([]);
        let examples = own.get("examples").unwrap_or(&none).as_array();
        for value in examples.into_iter().flatten().chain(own.get("default")) {
            if !validator.is_valid(value) && own.get("required").is_none() {
                wrong += &format!("{path}: {value}\n");
            }
        }
    });
    assert!(fields > 300, "{fields}");
    assert!(wrong.is_empty(), "{wrong}");
}
