//! Embeds the sources of the built-in handlers, so that liftform builds them where there is no checkout of it.
//!
//! Comes in: `lambdas/`. Goes out: `handlers.rs`, a list of paths and texts. Never: what only this repository's tests need.

#![expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its output folder by a variable"
)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The sample of a topology's own function; built-in ones don't need it.
const SAMPLE: &str = "profile";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=lambdas");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets it")?);
    let mut files = Vec::new();
    for member in folders(&root.join("lambdas"))? {
        let manifest = member.join("Cargo.toml");
        if manifest.exists() && !member.ends_with(SAMPLE) {
            files.push(manifest);
            collect(&member.join("src"), &mut files)?;
        }
    }
    // Folders are listed in another order on every file system.
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&root)?.to_string_lossy().into_owned();
        list += &format!("({name:?}, include_str!({file:?})),\n");
    }
    list += "]\n";
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets it")?);
    fs::write(out.join("handlers.rs"), list)?;
    Ok(())
}

fn folders(parent: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(parent)? {
        found.push(entry?.path());
    }
    found.retain(|path| path.is_dir());
    Ok(found)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
