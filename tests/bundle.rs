//! Bundles real Cargo workspaces: small ones without dependencies, made for each test.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use liftform::bundle::{Architecture, ArtifactCatalog, BundleError, BundleOptions, bundle};
use liftform::event::NoEvents;
use liftform::ops::init;
use plan::{Artifact, BuildFiles};

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A workspace with one handler whose panic message holds the path of its source, and a topology folder inside.
fn workspace(root: &Path, member: &str, message: &str) {
    write(
        &root.join("Cargo.toml"),
        "[workspace]\nmembers = [\"lambdas/*\"]\nresolver = \"3\"\n",
    );
    let package = root.join("lambdas").join(member);
    let manifest =
        format!("[package]\nname = \"{member}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    write(&package.join("Cargo.toml"), &manifest);
    write(
        &package.join("src/main.rs"),
        &format!("fn main() {{ if std::env::args().count() > 1 {{ panic!(\"{message}\") }} }}\n"),
    );
    fs::create_dir_all(root.join("stacks")).unwrap();
}

fn options(root: &Path) -> BundleOptions {
    BundleOptions {
        folder: root.join("stacks"),
        caches: root.join("caches"),
        architecture: Architecture::X86_64,
        cargo: PathBuf::from("cargo"),
        cargo_home: None,
        target_directory: Some(root.join("target")),
        out: Some(root.join("out")),
    }
}

fn handler(package: &str) -> Artifact {
    Artifact::Handler {
        package: package.to_owned(),
    }
}

fn bundled(
    root: &Path,
    artifacts: impl IntoIterator<Item = Artifact>,
) -> Result<ArtifactCatalog, BundleError> {
    bundle(
        &artifacts.into_iter().collect::<BTreeSet<_>>(),
        &options(root),
        &NoEvents,
    )
}

#[test]
fn same_handler_in_two_folders_gives_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    let built = ["one", "another/much/deeper/folder"].map(|folder| {
        let root = home.path().join(folder);
        workspace(&root, "echo", "no");
        let catalog = bundled(&root, [handler("echo")]).unwrap();
        let artifact = catalog.get(&handler("echo")).unwrap();
        (artifact.key.clone(), fs::read(&artifact.path).unwrap())
    });
    assert_eq!(built[0].0, built[1].0);
    assert_eq!(built[0].1, built[1].1);
}

#[test]
fn changed_source_gives_another_key() {
    let root = tempfile::tempdir().unwrap();
    let key = |message: &str| {
        workspace(root.path(), "echo", message);
        bundled(root.path(), [handler("echo")])
            .unwrap()
            .get(&handler("echo"))
            .unwrap()
            .key
            .clone()
    };
    assert_ne!(key("before"), key("afterwards"));
}

#[test]
fn compiler_error_is_part_of_the_error() {
    let root = tempfile::tempdir().unwrap();
    workspace(root.path(), "echo", "no");
    write(
        &root.path().join("lambdas/echo/src/main.rs"),
        "fn main() { nonsense }\n",
    );
    let error = bundled(root.path(), [handler("echo")]).unwrap_err();
    assert!(
        error.to_string().contains("cannot find value `nonsense`"),
        "{error}"
    );
}

#[test]
fn unknown_package_is_refused_before_anything_is_built() {
    let root = tempfile::tempdir().unwrap();
    workspace(root.path(), "echo", "no");
    let error = bundled(root.path(), [handler("ecko")]).unwrap_err();
    assert!(
        matches!(&error, BundleError::UnknownPackage { package, .. } if package == "ecko"),
        "{error}"
    );
    assert_eq!(error.hint().as_deref(), Some("Did you mean `echo`?"));
    assert!(!root.path().join("target").exists());
}

#[test]
fn build_folder_is_found_beside_the_topology() {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("stacks/server/linux/game"), "binary");
    let build = Artifact::Build {
        name: "server".to_owned(),
        files: BuildFiles::Folder("server/linux".to_owned()),
    };
    let catalog = bundled(root.path(), [build.clone()]).unwrap();
    let artifact = catalog.get(&build).unwrap();
    assert!(
        artifact.key.starts_with("builds/server-") && artifact.key.ends_with(".zip"),
        "{}",
        artifact.key
    );
}

#[test]
fn game_server_of_a_crate_lies_beside_the_files_of_its_folder() {
    let root = tempfile::tempdir().unwrap();
    workspace(root.path(), "arena", "no");
    write(
        &root.path().join("stacks/server/linux/install.sh"),
        "#!/bin/sh\n",
    );
    write(
        &root.path().join("stacks/server/linux/arena"),
        "an older build",
    );
    let build = Artifact::Build {
        name: "server".to_owned(),
        files: BuildFiles::Crate {
            package: "arena".to_owned(),
            architecture: Architecture::X86_64,
            beside: Some("server/linux".to_owned()),
        },
    };
    let catalog = bundled(root.path(), [build.clone()]).unwrap();
    let archive = fs::File::open(&catalog.get(&build).unwrap().path).unwrap();
    let mut archive = zip::ZipArchive::new(archive).unwrap();
    assert_eq!(
        archive.file_names().map(Result::unwrap).collect::<Vec<_>>(),
        ["arena", "install.sh"]
    );
    let program = archive.by_name("arena").unwrap();
    assert_eq!(program.unix_mode(), Some(0o100_755));
    assert!(program.size() > 1_000);
}

/// `list-regions` is the smallest handler; the other ones are built in the same way.
#[test]
fn new_project_outside_any_checkout_builds_its_function_and_the_built_in_handlers() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("project");
    fs::create_dir(&root).unwrap();
    init::write(&root, &init::project("arena").unwrap()).unwrap();
    // Dependencies take most of the time, and are the same in every run.
    let options = BundleOptions {
        target_directory: Some(Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside")),
        ..options(&root)
    };
    let artifacts = BTreeSet::from([handler("hello"), handler("list-regions")]);
    let catalog = bundle(&artifacts, &options, &NoEvents).unwrap();
    assert!(catalog.get(&handler("hello")).is_some());

    let checkout = BundleOptions {
        folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("stacks"),
        ..options
    };
    let artifacts = BTreeSet::from([handler("list-regions")]);
    let ours = bundle(&artifacts, &checkout, &NoEvents).unwrap();
    let key =
        |catalog: &ArtifactCatalog| catalog.get(&handler("list-regions")).unwrap().key.clone();
    assert_eq!(key(&catalog), key(&ours));
}
