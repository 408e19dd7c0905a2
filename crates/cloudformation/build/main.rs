//! Generates the typed resources from the registry schemas under `schemas/`.
//!
//! Comes in: `schemas/aws-*.json`. Goes out: `resources.rs` (one module per service, one type per resource and per
//! nested definition) and `schemas.rs` (the schema texts, embedded). Never touches the network.

#![expect(
    clippy::print_stdout,
    reason = "that is how a build script talks to cargo"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its output folder by a variable"
)]

mod model;
mod names;
mod render;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../schemas")
        .canonicalize()?;
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=build");

    let mut resources = Vec::new();
    for path in schema_files(&folder)? {
        let schema: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        resources.push((path, model::ResourceModel::from_schema(&schema)?));
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("resources.rs"), render::resources(&resources))?;
    fs::write(
        out.join("schemas.rs"),
        render::embedded(&resources, &folder.join("regions.json")),
    )?;
    Ok(())
}

fn schema_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("aws-") && name.ends_with(".json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
