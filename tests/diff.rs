//! `liftform diff` as a process, against files, folders and commits: nothing is called.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use std::fs;
use std::path::Path;

use snapbox::cmd::{Command, cargo_bin};
use snapbox::str;

const OLD: &str = "\
Parameters: { Password: { Type: String, NoEcho: true, Default: hunter2-hunter2 } }
Resources:
  Build: { Type: 'AWS::GameLift::Build', Properties: { OperatingSystem: AMAZON_LINUX_2 } }
  Fleet: { Type: 'AWS::GameLift::Fleet', Properties: { Name: arena, BuildId: !Ref Build, EC2InstanceType: c6i.large } }
  Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 5 } }
  Players: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: Retain, Properties: { KeySchema: [] } }
";

const NEW: &str = "\
Parameters: { Password: { Type: String, NoEcho: true, Default: hunter3-hunter3 } }
Resources:
  Build: { Type: 'AWS::GameLift::Build', Properties: { OperatingSystem: AMAZON_LINUX_2023 } }
  Fleet: { Type: 'AWS::GameLift::Fleet', Properties: { Name: arena, BuildId: !Ref Build, EC2InstanceType: c6i.large,
    EC2InboundPermissions: [{ FromPort: 7777, ToPort: 7877, Protocol: UDP, IpRange: 0.0.0.0/0 }] } }
  Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: '9' } }
  Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyName: p, PolicyDocument: { Statement: [
    { Effect: Allow, Action: 's3:GetObject', Resource: '*' }] } }] } }
";

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
    reason = "git is found by the path of this machine"
)]
fn command(program: &Path, folder: &Path) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Command::new(program)
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder)
}

fn diff(folder: &Path) -> Command {
    command(Path::new(cargo_bin!("liftform")), folder).arg("diff")
}

fn templates() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), OLD).unwrap();
    fs::write(folder.path().join("new.yaml"), NEW).unwrap();
    folder
}

/// A repository with a topology in two commits; the tag `before` stands at the first.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("stacks")).unwrap();
    let topology = folder.path().join("stacks/skirmish.yaml");
    fs::write(&topology, TOPOLOGY).unwrap();
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
        command(Path::new("git"), folder.path())
            .args(who)
            .args(arguments)
            .assert()
            .success();
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "first"]);
    git(&["tag", "before"]);
    let tables = "tables:\n  loadouts: { key: player_id }\n";
    fs::write(&topology, format!("{TOPOLOGY}{tables}")).unwrap();
    git(&["commit", "--quiet", "-am", "second"]);
    folder
}

#[test]
fn templates_compare_as_text() {
    let run = diff(templates().path())
        .args(["old.yaml", "new.yaml"])
        .assert();
    run.success().stderr_eq(str![]).stdout_eq(str![[r#"
Plan old.yaml -> new.yaml

new.yaml  4/500 resources, 1 of 1024 KiB
  -/+  Build    GameLift::Build  REPLACE because OperatingSystem changes (forecast)
         OperatingSystem  AMAZON_LINUX_2 -> AMAZON_LINUX_2023  replaces (forecast)
  -/+  Fleet    GameLift::Fleet  REPLACE because BuildId changes (forecast)
         EC2InboundPermissions  (absent) -> [{"FromPort":7777,"IpRange":"0.0.0.0/0","Protocol":"UDP","ToPort":7877}]  (forecast)
         BuildId                !Ref Build -> (new Build)  replaces (forecast)
         DISRUPTION  a new fleet is usually 35 to 60 min away from ACTIVE; sessions on the old one end unless they are drained
  .    Players  DynamoDB::Table  LEAVES THE STACK, stays in the account (forecast)
  ~    Queue    SQS::Queue       DelaySeconds  5 -> 9  (forecast)
  +    Role     IAM::Role        (forecast)
  ~    parameter declaration Password  {"Default":"****","NoEcho":true,"Type":"String"} -> {"Default":"****","NoEcho":true,"Type":"String"}  (forecast)
  ~    parameter Password              **** -> ****  (forecast)
  IAM  + broader   Allow  Role  s3:GetObject  *  (forecast)
  PORT + broader   Fleet  UDP 7777-7877  from 0.0.0.0/0  (forecast)
Plan: 1 to add, 1 to change, 2 to replace, 0 to delete, 1 to leave its stack, 1 grant added, 1 port range opened. Needs approval: replacement, broader permissions, `Fleet` by name.

"#]]);
}

#[test]
fn exit_code_tells_differences_only_when_asked() {
    let folder = templates();
    let run = |arguments: &[&str]| diff(folder.path()).args(arguments).assert();
    run(&["old.yaml", "new.yaml"]).success();
    run(&["old.yaml", "new.yaml", "--exit-code"]).code(2);
    run(&["old.yaml", "old.yaml", "--exit-code"]).success();
}

#[test]
fn plan_is_another_name_for_diff() {
    let folder = templates();
    command(Path::new(cargo_bin!("liftform")), folder.path())
        .args(["plan", "old.yaml", "old.yaml"])
        .assert()
        .success()
        .stdout_eq(str![[r#"
Plan old.yaml -> old.yaml
  1 stack unchanged
No changes.

"#]]);
}

#[test]
fn json_is_one_document_that_fits_its_schema() {
    let run = diff(templates().path())
        .args(["old.yaml", "new.yaml", "--output", "json"])
        .assert()
        .success()
        .stderr_eq(str![]);
    let document: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    let validator = jsonschema::draft202012::new(&review::schema::document()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(document["format_version"], 1);
    let totals = &document["reviews"][0]["totals"];
    assert_eq!(totals["replace"], 2);
    assert_eq!(totals["add"], 1);
    assert_eq!(totals["retain"], 1);
}

#[test]
fn json_lines_begin_with_the_version() {
    let run = diff(templates().path())
        .args(["old.yaml", "new.yaml", "--output", "jsonl"])
        .assert()
        .success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    let types: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| line["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(types, ["version", "stack_review", "review"]);
}

#[test]
fn markdown_is_a_comment_with_a_marker() {
    diff(templates().path())
        .args(["old.yaml", "new.yaml", "--output", "markdown"])
        .assert()
        .success()
        .stderr_eq(str![])
        .stdout_eq(str![
            "<!-- liftform:plan old.yaml new.yaml -->\n### Plan [..]\n..."
        ]);
}

#[test]
fn secrets_are_masked_in_every_form() {
    let folder = templates();
    for form in ["text", "json", "jsonl", "markdown"] {
        let run = diff(folder.path())
            .args(["old.yaml", "new.yaml", "-v", "--output", form])
            .assert()
            .success();
        let shown = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
        assert!(!shown.contains("hunter"), "{form}: {shown}");
        assert!(shown.contains("Password"), "{form}: {shown}");
    }
}

#[test]
fn group_that_does_not_exist_lists_those_that_do() {
    diff(templates().path())
        .args(["old.yaml", "new.yaml", "--group", "z"])
        .assert()
        .code(64)
        .stdout_eq(str![])
        .stderr_eq(str![[r#"
error: there is no group `z`
hint: There are A.

"#]]);
}

#[test]
fn folders_of_synth_compare_by_stack() {
    let folder = repository();
    let synth = |out: &str, setting: &[&str]| {
        command(Path::new(cargo_bin!("liftform")), folder.path())
            .args(["-e", "dev", "synth", "--out", out])
            .args(setting)
            .assert()
            .success();
    };
    synth("one", &[]);
    synth("two", &["--set", "identity.guests=false"]);
    diff(folder.path())
        .args(["one", "one", "--exit-code"])
        .assert()
        .success();
    diff(folder.path())
        .args(["one", "two", "--exit-code"])
        .assert()
        .code(2);
    diff(folder.path())
        .args(["-e", "dev", "--against", "one", "--exit-code"])
        .assert()
        .success();
}

#[test]
fn commit_shows_what_the_work_tree_adds() {
    let folder = repository();
    diff(folder.path())
        .args(["-e", "dev", "--against", "git:before", "--exit-code"])
        .assert()
        .code(2)
        .stderr_eq(str![])
        .stdout_eq(str!["...\n  +    LoadoutsTable [..] (forecast)\n..."]);
    diff(folder.path())
        .args(["-e", "all", "--against", "git:HEAD", "--exit-code"])
        .assert()
        .success();
    // Neither the index nor the work tree was touched.
    command(Path::new("git"), folder.path())
        .args(["status", "--porcelain"])
        .assert()
        .success()
        .stdout_eq(str![]);
}

#[test]
fn commit_that_does_not_exist_is_refused() {
    for reference in ["git:nowhere", "git:--upload-pack=x"] {
        diff(repository().path())
            .args(["-e", "dev", "--against", reference])
            .assert()
            .code(3)
            .stdout_eq(str![])
            .stderr_eq(str![
                "error: git knows no `[..]` here: [..]\nhint: Name a branch, a tag or a commit.\n\n"
            ]);
    }
}

#[test]
fn wrong_input_is_refused() {
    let folder = templates();
    fs::write(folder.path().join("bad.yaml"), "Resources: [").unwrap();
    for (arguments, code) in [
        (vec!["old.yaml", "nowhere.yaml"], 3),
        (vec!["old.yaml", "bad.yaml"], 3),
        (vec!["old.yaml", "."], 3),
        (vec![".", "."], 3),
        (vec!["old.yaml"], 64),
        (vec!["old.yaml", "new.yaml", "--method", "changeset"], 64),
        (vec!["--against", "git:"], 64),
        (vec!["old.yaml", "new.yaml", "--output", "sarif"], 64),
    ] {
        diff(folder.path())
            .args(&arguments)
            .assert()
            .code(code)
            .stdout_eq(str![]);
    }
}
