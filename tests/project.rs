//! `init`, `config`, `graph` and `version` through the real binary: a project before anything is deployed.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use std::fs;
use std::path::Path;

use snapbox::cmd::{Command, cargo_bin};
use snapbox::str;

/// A process that knows nothing of this machine.
fn liftform(folder: &Path) -> Command {
    Command::new(cargo_bin!("liftform"))
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("AWS_EC2_METADATA_DISABLED", "true")
}

fn new_project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let run = liftform(folder.path()).args(["init", "arena"]).assert();
    run.success().stdout_eq(str![[r#"
.gitignore
Cargo.toml
lambdas/hello/Cargo.toml
lambdas/hello/src/main.rs
stacks/arena.yaml
stacks/rules/arena.json

"#]]);
    folder
}

#[test]
fn new_project_is_valid_and_gives_the_same_templates_twice() {
    let folder = new_project();
    let run = liftform(folder.path()).arg("validate").assert();
    run.success()
        .stdout_eq(str!["`stacks/arena.yaml`: valid\n\n"])
        .stderr_eq(str![]);
    let run = liftform(folder.path())
        .args(["synth", "--env", "all", "--check"])
        .assert();
    run.success().stderr_eq(str![]);
}

#[test]
fn existing_files_are_never_overwritten() {
    let folder = new_project();
    liftform(folder.path())
        .args(["init", "arena"])
        .assert()
        .success()
        .stdout_eq(str![]);
    fs::write(folder.path().join("stacks/arena.yaml"), "name: mine\n").unwrap();
    let run = liftform(folder.path()).args(["init", "arena"]).assert();
    run.code(3).stdout_eq(str![]).stderr_eq(str![[r#"
error: these files exist already: stacks/arena.yaml
hint: Choose another name, as in `liftform init NAME`, or move them away.

"#]]);
    assert_eq!(
        fs::read_to_string(folder.path().join("stacks/arena.yaml")).unwrap(),
        "name: mine\n"
    );
}

#[test]
fn name_that_no_stack_could_have_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["Arena", "../arena", "1st", "a_b"] {
        liftform(folder.path())
            .args(["init", name])
            .assert()
            .code(64)
            .stdout_eq(str![]);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn workflow_is_written_for_the_topology_that_is_here() {
    let folder = new_project();
    let run = liftform(folder.path())
        .args(["init", "--ci", "github", "--env", "prod"])
        .assert();
    run.success()
        .stdout_eq(str![".github/workflows/liftform-prod.yml\n\n"]);
    let workflow =
        fs::read_to_string(folder.path().join(".github/workflows/liftform-prod.yml")).unwrap();
    for part in [
        "LIFTFORM_TOPOLOGY: stacks/arena.yaml",
        "LIFTFORM_ENV: prod",
        "aws-region: us-east-1",
    ] {
        assert!(workflow.contains(part), "`{part}` is not in\n{workflow}");
    }
}

#[test]
fn setting_is_explained_with_its_layer_and_line() {
    let folder = new_project();
    let explain = |more: &[&str]| {
        let arguments = [
            &[
                "config",
                "explain",
                "matchmaking.duel.timeout",
                "--env",
                "prod",
            ],
            more,
        ]
        .concat();
        liftform(folder.path()).args(arguments).assert().success()
    };
    explain(&[]).stdout_eq(str![
        "matchmaking.duel.timeout  120s  (topology, stacks/arena.yaml:[..])\n\n"
    ]);
    explain(&["--set", "matchmaking.duel.timeout=60s"])
        .stdout_eq(str!["matchmaking.duel.timeout  60s  (--set)\n\n"]);
    let run = liftform(folder.path())
        .args(["config", "explain", "matchmaking.nothing", "--env", "prod"])
        .assert();
    run.code(3).stdout_eq(str![]);
}

#[test]
fn all_settings_are_rendered_with_defaults() {
    let folder = new_project();
    let run = liftform(folder.path())
        .args(["config", "render", "--env", "prod", "--output", "json"])
        .assert()
        .success();
    let rendered: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    let settings = rendered["settings"].as_array().unwrap();
    let layer = |key: &str| {
        let found = settings.iter().find(|setting| setting["key"] == key);
        found.unwrap_or_else(|| panic!("{key} is not in {rendered}"))["layer"].clone()
    };
    assert_eq!(layer("home"), "topology");
    assert_eq!(layer("matchmaking.duel.backfill"), "default");
    assert_eq!(layer("protect"), "environment");
}

#[test]
fn graph_leads_from_matchmaker_to_fleet_and_from_route_to_function() {
    let folder = new_project();
    let run = liftform(folder.path())
        .args(["graph", "--env", "local"])
        .assert();
    run.success().stdout_eq(str![[r#"
fleet workstation (us-east-1)
function hello
matchmaker duel
  -> queue worldwide
queue worldwide
  -> fleet workstation (us-east-1)
route GET /hello
  -> function hello

"#]]);
    let run = liftform(folder.path())
        .args(["graph", "--env", "local", "--format", "mermaid"])
        .assert();
    run.success().stdout_eq(str!["flowchart LR\n..."]);
}

#[test]
fn version_is_told_to_people_and_programs() {
    let folder = tempfile::tempdir().unwrap();
    let run = liftform(folder.path()).arg("version").assert();
    run.success()
        .stdout_eq(str!["liftform [..] ([..], [..])\n\n"]);
    let run = liftform(folder.path())
        .args(["version", "--output", "json"])
        .assert()
        .success();
    let version: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
}
