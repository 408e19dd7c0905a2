//! The published JSON Schema is the one that the tables of the language give.

use std::path::Path;

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
