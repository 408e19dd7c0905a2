//! The real binary as a process: exit status, what goes to stdout and what to stderr.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use std::fs;
use std::path::Path;

use snapbox::cmd::{Command, cargo_bin};
use snapbox::str;

const TOPOLOGY: &str = "\
name: skirmish
home: us-east-1
identity: { guests: true }
environments:
  local: { target: local }
  dev: { account: \"111122223333\" }
";

/// A process that knows nothing of this machine.
#[expect(
    clippy::disallowed_methods,
    reason = "Cargo and Python are found by the path of this machine"
)]
fn liftform(folder: &Path) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Command::new(cargo_bin!("liftform"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder)
        .env("AWS_EC2_METADATA_DISABLED", "true")
}

/// A project with these topologies.
fn project(topologies: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("stacks")).unwrap();
    for (name, text) in topologies {
        fs::write(folder.path().join("stacks").join(name), text).unwrap();
    }
    folder
}

fn skirmish() -> tempfile::TempDir {
    project(&[("skirmish.yaml", TOPOLOGY)])
}

#[test]
fn help_is_a_result() {
    let folder = project(&[]);
    let run = liftform(folder.path()).arg("--help").assert();
    run.success()
        .stdout_eq(str![
            "Game backends on Amazon GameLift from one YAML topology\n..."
        ])
        .stderr_eq(str![]);
}

#[test]
fn every_command_explains_itself() {
    let folder = project(&[]);
    for command in [
        "init",
        "config",
        "graph",
        "version",
        "validate",
        "synth",
        "bundle",
        "diff",
        "bootstrap",
        "deploy",
        "rollback",
        "assets",
        "destroy",
        "drift",
        "status",
        "manifest",
        "events",
        "diagnose",
        "outputs",
        "local",
        "explain",
        "schema",
        "completion",
    ] {
        let run = liftform(folder.path()).args([command, "--help"]).assert();
        run.success()
            .stdout_eq(str!["...\nExamples:\n..."])
            .stderr_eq(str![]);
    }
}

#[test]
fn unknown_flag_is_a_usage_error() {
    let folder = project(&[]);
    let run = liftform(folder.path())
        .args(["deploy", "--frobnicate"])
        .assert();
    run.code(64)
        .stdout_eq(str![])
        .stderr_eq(str!["error: unexpected argument '--frobnicate' found\n..."]);
}

#[test]
fn missing_command_is_a_usage_error() {
    let folder = project(&[]);
    liftform(folder.path()).assert().code(64).stdout_eq(str![]);
}

#[test]
fn project_without_a_topology_says_how_to_name_one() {
    let folder = project(&[]);
    let run = liftform(folder.path()).arg("synth").assert();
    run.code(64).stdout_eq(str![]).stderr_eq(str![[r#"
error: no topology in `stacks`
hint: Name one with `--topology FILE`.

"#]]);
}

#[test]
fn several_topologies_are_listed() {
    let folder = project(&[("b.yaml", TOPOLOGY), ("a.yaml", TOPOLOGY)]);
    let run = liftform(folder.path()).arg("synth").assert();
    run.code(64).stderr_eq(str![[r#"
error: several topologies in `stacks`: a.yaml, b.yaml
hint: Choose one, as in `--topology stacks/a.yaml`.

"#]]);
}

#[test]
fn missing_file_is_refused_by_name() {
    let folder = project(&[]);
    let run = liftform(folder.path())
        .args(["synth", "-f", "nowhere.yaml"])
        .assert();
    run.code(3).stdout_eq(str![]).stderr_eq(str![[r#"
error: cannot read the topology `nowhere.yaml`
  caused by: No such file or directory (os error 2)
hint: Name another one with `--topology FILE`.

"#]]);
}

#[test]
fn folder_is_no_topology() {
    let folder = project(&[]);
    liftform(folder.path())
        .args(["synth", "-f", "stacks"])
        .assert()
        .code(3)
        .stderr_eq(str![[r#"
error: `stacks` is a folder, not a topology file
hint: Name a file in it, as in `--topology stacks/game.yaml`.

"#]]);
}

#[test]
fn nonsense_is_refused_and_never_a_crash() {
    let long = "x: [".repeat(250_000);
    for text in ["", "\0\0\0", "- a\n- b\n", "name: [\n", long.as_str()] {
        let folder = project(&[("game.yaml", text)]);
        liftform(folder.path()).arg("validate").assert().code(3);
    }
}

#[test]
fn problem_in_the_topology_is_drawn_with_its_line() {
    let folder = project(&[("game.yaml", &TOPOLOGY.replace("home:", "hom:"))]);
    let run = liftform(folder.path())
        .args(["synth", "-e", "dev"])
        .assert();
    run.code(3)
        .stdout_eq(str![])
        .stderr_eq(str!["...\n[..]--> stacks/game.yaml:2:1\n..."]);
}

#[test]
fn unknown_environment_is_refused() {
    liftform(skirmish().path())
        .args(["synth", "-e", "nowhere"])
        .assert()
        .code(3)
        .stdout_eq(str![]);
}

#[test]
fn valid_topology_is_valid() {
    let folder = skirmish();
    liftform(folder.path())
        .arg("validate")
        .assert()
        .success()
        .stdout_eq(str!["`stacks/skirmish.yaml`: valid[..]\n"]);
}

#[test]
fn synth_writes_templates_and_a_manifest() {
    let folder = skirmish();
    let run = liftform(folder.path())
        .args(["synth", "-e", "dev"])
        .assert();
    run.success().stdout_eq(str![
        "target/liftform/dev: 2 templates and manifest.json

"
    ]);
    let manifest =
        fs::read_to_string(folder.path().join("target/liftform/dev/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    for stack in manifest["stacks"].as_array().unwrap() {
        let template = stack["template"].as_str().unwrap();
        assert!(
            folder
                .path()
                .join("target/liftform/dev")
                .join(template)
                .is_file(),
            "{template}"
        );
    }
}

#[test]
fn two_runs_write_the_same_bytes() {
    liftform(skirmish().path())
        .args(["synth", "-e", "all", "--check"])
        .assert()
        .success();
}

#[test]
fn reader_that_goes_away_is_no_failure() {
    let folder = skirmish();
    let script = format!(
        "'{}' synth -e dev --stdout | head -c 1",
        cargo_bin!("liftform").display()
    );
    let run = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder.path())
        .assert();
    run.success().stdout_eq(str!["{"]).stderr_eq(str![]);
}

#[test]
fn deployment_without_a_terminal_needs_yes_at_once() {
    let folder = skirmish();
    let run = liftform(folder.path())
        .args(["deploy", "-e", "dev"])
        .assert();
    run.code(9).stdout_eq(str![]).stderr_eq(str![[r#"
error: deploying `dev` needs an approval, and there is no terminal to ask on
hint: Approve it in advance with `--yes` or `--approve`, or deploy a `--plan`.

"#]]);
}

#[test]
fn missing_credentials_are_an_identity_problem() {
    let folder = skirmish();
    let run = liftform(folder.path())
        .args(["outputs", "-e", "dev"])
        .assert();
    run.code(6).stdout_eq(str![]).stderr_eq(str![
        "error: GetCallerIdentity: no usable credentials: [..]\n..."
    ]);
}

#[test]
fn local_environment_that_does_not_run_has_nothing_to_destroy() {
    let folder = skirmish();
    liftform(folder.path())
        .args(["destroy", "-e", "local", "--yes"])
        .assert()
        .success()
        .stdout_eq(str![]);
}

#[test]
fn local_cloud_that_does_not_run_says_so() {
    let folder = skirmish();
    liftform(folder.path())
        .args(["local", "status"])
        .assert()
        .success()
        .stdout_eq(str![
            "not running

"
        ]);
}

#[test]
fn environment_variable_stands_in_for_a_flag() {
    let folder = skirmish();
    let run = liftform(folder.path())
        .env("LIFTFORM_ENV", "dev")
        .args(["synth", "--out", "out"])
        .assert();
    run.success().stdout_eq(str![
        "out: 2 templates and manifest.json

"
    ]);
}

#[test]
fn colours_follow_the_flag() {
    let folder = project(&[]);
    let run = liftform(folder.path())
        .args(["synth", "--color", "always"])
        .assert();
    run.code(64).stderr_eq(str![
        "\u{1b}[1;31merror\u{1b}[0m: no topology in `stacks`\n..."
    ]);
    let run = liftform(folder.path())
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .arg("synth")
        .assert();
    run.code(64)
        .stderr_eq(str!["error: no topology in `stacks`\n..."]);
}

#[test]
fn code_is_explained() {
    let folder = project(&[]);
    liftform(folder.path())
        .args(["explain", "L0102"])
        .assert()
        .success()
        .stdout_eq(str!["L0102: YAML syntax\n\n..."]);
    liftform(folder.path())
        .args(["explain", "L9999"])
        .assert()
        .code(64)
        .stdout_eq(str![]);
}

#[test]
fn schemas_are_those_that_are_published() {
    let folder = project(&[]);
    for (of, file) in [
        ("topology", "topology.schema.json"),
        ("output", "diff-output.schema.json"),
        ("plan", "plan-file.schema.json"),
    ] {
        let run = liftform(folder.path()).args(["schema", of]).assert();
        let run = run.success().stderr_eq(str![]);
        let published = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("schemas")
            .join(file);
        let published: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(published).unwrap()).unwrap();
        let printed: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
        assert_eq!(printed, published, "{of}");
    }
}

#[test]
fn problems_become_sarif() {
    let folder = project(&[("game.yaml", &TOPOLOGY.replace("home:", "hom:"))]);
    let run = liftform(folder.path())
        .args(["validate", "--output", "sarif"])
        .assert();
    let run = run.code(3);
    let log: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "stacks/game.yaml");
    assert_eq!(place["region"]["startLine"], 2);
}

#[test]
fn problems_are_annotated_in_github_actions() {
    let folder = project(&[("game.yaml", &TOPOLOGY.replace("home:", "hom:"))]);
    liftform(folder.path())
        .env("GITHUB_ACTIONS", "true")
        .args(["synth", "-e", "dev"])
        .assert()
        .code(3)
        .stdout_eq(str![])
        .stderr_eq(str![
            "...\n::error file=stacks/game.yaml,line=2,col=1,title=[..]::[..]\n..."
        ]);
}

#[test]
fn nobody_plays_where_no_local_cloud_runs() {
    let folder = skirmish();
    let run = liftform(folder.path()).args(["local", "play"]).assert();
    run.code(3).stdout_eq(str![]).stderr_eq(str![[r#"
error: the local cloud isn't running
hint: Run `liftform deploy --env local`.

"#]]);
}

#[test]
fn players_of_a_test_stay_out_of_aws() {
    let folder = skirmish();
    let line = ["--env", "dev", "local", "play"];
    let run = liftform(folder.path()).args(line).assert();
    run.code(3).stdout_eq(str![]).stderr_eq(str![[r#"
error: `dev` doesn't live in the local cloud
hint: Choose an environment with `target: local`, and deploy it first.

"#]]);
}

#[test]
fn more_players_than_a_ticket_holds_are_no_party() {
    let folder = skirmish();
    let run = liftform(folder.path())
        .args(["local", "play", "--party", "11"])
        .assert();
    run.code(64).stdout_eq(str![]);
}

fn doctor(folder: &Path, arguments: &[&str], code: i32) -> serde_json::Value {
    let run = liftform(folder)
        .arg("doctor")
        .args(arguments)
        .args(["--output", "json"])
        .assert()
        .code(code)
        .stderr_eq(str![]);
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

/// How a check ended.
fn state<'answer>(answer: &'answer serde_json::Value, check: &str) -> &'answer str {
    let mut checks = answer["checks"].as_array().unwrap().iter();
    let check = checks.find(|found| found["check"] == check);
    check.unwrap()["state"].as_str().unwrap()
}

#[test]
fn doctor_finds_what_this_machine_has_and_lacks() {
    let folder = project(&[]);
    let run = liftform(folder.path())
        .env("PATH", "/nowhere")
        .arg("doctor")
        .assert();
    let run = run.code(1).stderr_eq(str![]);
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(text.contains("missing  cargo"), "{text}");
    assert!(text.contains("https://rustup.rs"), "{text}");
    assert!(text.contains("note     topology"), "{text}");
}

#[test]
fn doctor_names_missing_credentials_of_an_environment() {
    let folder = skirmish();
    let answer = doctor(folder.path(), &["--env", "dev"], 1);
    assert_eq!(answer["healthy"], false);
    assert_eq!(state(&answer, "topology"), "ok");
    assert_eq!(state(&answer, "environment"), "ok");
    assert_eq!(state(&answer, "credentials"), "missing");
    let answer = doctor(folder.path(), &["--env", "nowhere"], 1);
    assert_eq!(state(&answer, "environment"), "missing");
}

#[test]
fn doctor_asks_no_account_about_a_local_environment() {
    let folder = skirmish();
    let run = liftform(folder.path())
        .args(["doctor", "--env", "local", "--output", "json"])
        .assert();
    let answer: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(state(&answer, "environment"), "ok");
    assert_eq!(state(&answer, "local cloud"), "note");
    let mut checks = answer["checks"].as_array().unwrap().iter();
    assert!(checks.all(|check| check["check"] != "credentials"));
}
