//! `liftform validate` on files of any origin, and `liftform explain`, through the real binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const TEMPLATE: &str = "\
Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingRuleSet
    Properties:
      Name: duel
      RuleSetBody: '{\"ruleLanguageVersion\": \"1.0\", \"teams\": [{\"name\": \"a\", \"minPlayers\": 3, \"maxPlayers\": 2}]}'
  Queue:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      Destinations: [{ DestinationArn: !GetAtt Nowhere.AliasArn }]
";
const RULES: &str = "{\n  \"ruleLanguageVersion\": \"1.0\",\n  \"teams\": []\n}\n";
const TOPOLOGY: &str =
    "name: game\nhome: mars\nidentity: { guests: true }\nenvironments: { dev: {} }\n";

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[track_caller]
fn liftform(folder: &Path, arguments: &[&str], expected: i32) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liftform"));
    let output = command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(expected), "{shown}");
    output
}

/// Code and place of every problem, in the order of the report.
#[track_caller]
fn problems(folder: &Path, arguments: &[&str], expected: i32) -> Vec<String> {
    let all = [&["validate", "--output", "jsonl"], arguments].concat();
    let output = liftform(folder, &all, expected);
    let lines = String::from_utf8(output.stdout).unwrap();
    let problems = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    problems
        .map(|problem| {
            let text = |key: &str| problem[key].as_str().unwrap_or("?").to_owned();
            format!("{} {}:{}", text("code"), text("file"), problem["line"])
        })
        .collect()
}

#[test]
fn files_are_told_apart_by_content_and_checked_together() {
    let folder = folder(&[("a.yaml", TEMPLATE), ("b.json", RULES), ("c.yml", TOPOLOGY)]);
    assert_eq!(
        problems(folder.path(), &["a.yaml", "b.json", "c.yml"], 3),
        [
            "L1013 a.yaml:11",
            "L0513 a.yaml:6",
            "L0511 b.json:3",
            "L0208 c.yml:2"
        ]
    );
}

#[test]
fn folders_are_searched_and_foreign_files_passed_over() {
    let folder = folder(&[
        ("x/deep/t.template", TEMPLATE),
        ("x/package.json", "{\"name\": \"x\"}"),
        ("x/notes.yaml", "- a\n"),
        ("x/node_modules/t.yaml", TEMPLATE),
        ("x/.hidden/t.yaml", TEMPLATE),
        ("x/data.json", &format!("[{}1]", "1,\n".repeat(2_000_000))),
    ]);
    let found = problems(folder.path(), &["x"], 3);
    assert_eq!(
        found,
        ["L1013 x/deep/t.template:11", "L0513 x/deep/t.template:6"]
    );
}

#[test]
fn folder_with_nothing_to_check_is_a_usage_error() {
    let folder = folder(&[("x/notes.yaml", "- a\n")]);
    liftform(folder.path(), &["validate", "x"], 64);
}

#[test]
fn problem_of_a_template_is_drawn_at_its_line() {
    let folder = folder(&[("a.yaml", TEMPLATE)]);
    let output = liftform(folder.path(), &["validate", "a.yaml"], 3);
    let stderr = String::from_utf8(output.stderr).unwrap();
    for part in [
        "error[L1013]: there is no resource called `Nowhere`",
        "--> a.yaml:11:",
        "at Resources/Queue/Properties/Destinations/0/DestinationArn/Fn::GetAtt",
        "error[L0513]",
    ] {
        assert!(stderr.contains(part), "no {part:?} in\n{stderr}");
    }
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(stdout, "`a.yaml`: 2 errors, 0 warnings\n");
}

#[test]
fn region_decides_what_exists() {
    let text = TEMPLATE
        .replace("\"minPlayers\": 3", "\"minPlayers\": 1")
        .replace("!GetAtt Nowhere.AliasArn", "a");
    let folder = folder(&[("a.yaml", &text)]);
    assert_eq!(problems(folder.path(), &["a.yaml"], 0), [""; 0]);
    let region = ["a.yaml", "--region", "eu-west-2"];
    assert_eq!(
        problems(folder.path(), &region, 3),
        ["L1129 a.yaml:3"],
        "queues live there, FlexMatch doesn't"
    );
}

#[test]
fn broken_templates_are_reported_at_their_place() {
    for (text, expected) in [
        ("Resources:\n  A: { Typ: X }\n", "L1031 a.yaml:2"),
        ("Resources:\n  A: {}\n  A: {}\n", "L1031 a.yaml:3"),
        ("Resources: [\n", "L1031 a.yaml:2"),
        ("{\"Resources\": {\"A\": }\n", "L1031 a.yaml:1"),
    ] {
        let folder = folder(&[("a.yaml", text)]);
        assert_eq!(
            problems(folder.path(), &["a.yaml"], 3),
            [expected],
            "{text}"
        );
    }
}

/// Builds the program that applies policies, once per run of the tests: Cargo waits for itself.
fn guard() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guard");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--manifest-path"])
        .arg(root.join("guard/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()
        .unwrap();
    assert!(built.success());
    target.join("debug/liftform-guard")
}

/// Codes and places of a validation with policies.
#[track_caller]
fn broken(folder: &Path, arguments: &[&str], expected: i32) -> (Vec<String>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_liftform"))
        .args(["validate", "--output", "json"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("LIFTFORM_GUARD", guard())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(expected), "{stderr}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let problems = document["problems"].as_array().into_iter().flatten();
    let places = problems.map(|problem| format!("{} {}", problem["code"], problem["line"]));
    (places.collect(), stderr)
}

#[test]
fn policies_hold_for_own_templates_and_are_found_broken_in_others() {
    let logs = "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties:\n      LogGroupClass: STANDARD\n";
    let rule = "rule named { Resources.Logs.Properties.LogGroupName exists <<name it>> }\n";
    let folder = folder(&[("a.yaml", logs), ("own/named.guard", rule)]);
    let (shipped, _) = broken(folder.path(), &["a.yaml", "--policy", "shipped"], 3);
    assert_eq!(shipped, ["\"L1201\" 4"]);
    let both = ["a.yaml", "--policy", "own", "--policy", "shipped"];
    assert_eq!(broken(folder.path(), &both, 3).0.len(), 2);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for topology in ["stacks/skirmish.yaml", "stacks/bazaar.yaml"] {
        let (found, _) = broken(root, &[topology, "--policy", "shipped"], 0);
        assert_eq!(found, [""; 0], "{topology}");
    }
}

#[test]
fn unusable_policies_are_refused() {
    let folder = folder(&[
        ("a.yaml", "Resources: { T: { Type: AWS::SNS::Topic } }\n"),
        ("broken.guard", "rule r {"),
        ("empty/notes.txt", ""),
    ]);
    for policy in ["broken.guard", "empty", "nowhere"] {
        let (_, stderr) = broken(folder.path(), &["a.yaml", "--policy", policy], 3);
        assert!(stderr.contains(policy), "{stderr}");
    }
    let run = ["validate", "a.yaml", "--policy", "shipped"];
    let output = liftform(folder.path(), &run, 3);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("liftform-guard") && stderr.contains("LIFTFORM_GUARD"),
        "without that program: {stderr}"
    );
}

#[test]
fn without_their_program_the_way_to_aws_rules_is_said() {
    let folder = folder(&[
        ("a.yaml", "Resources: { T: { Type: AWS::SNS::Topic } }\n"),
        ("b.json", RULES),
    ]);
    let output = liftform(folder.path(), &["validate", "a.yaml", "--aws-rules"], 3);
    assert_eq!(output.stdout, b"", "no verdict without the rules");
    let stderr = String::from_utf8(output.stderr).unwrap();
    for part in [
        "cannot run `",
        "liftform-aws-rules`, which knows AWS's own rules",
        "cargo build --release --manifest-path guard/Cargo.toml --features aws-validate --ignore-rust-version",
        "LIFTFORM_AWS_RULES",
    ] {
        assert!(stderr.contains(part), "no {part:?} in\n{stderr}");
    }
    let rule_set = problems(folder.path(), &["b.json", "--aws-rules"], 3);
    assert_eq!(rule_set, ["L0511 b.json:3"], "there are none for rule sets");
}

/// A program that answers, whatever it is asked, with this text.
#[cfg(unix)]
fn answering(folder: &Path, answer: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;

    let path = folder.join("program");
    let script = format!("#!/bin/sh\n/bin/cat > /dev/null\n/bin/cat <<'END'\n{answer}\nEND\n");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[cfg(unix)]
#[test]
fn what_aws_rules_say_stands_after_our_findings_of_each_file() {
    let found = r#"{"rule": "F3002", "severity": "error", "path": "Resources/Duel", "line": 2, "column": 3, "message": "no", "hint": "So."}"#;
    let warned = r#"{"rule": "W1", "severity": "warning", "path": "", "line": null, "column": null, "message": "hm", "hint": null}"#;
    let folder = folder(&[
        ("a.yaml", TEMPLATE),
        ("b.json", RULES),
        ("c.yaml", TEMPLATE),
    ]);
    let program = answering(folder.path(), &format!("[[{found}], [{warned}]]"));
    let run = |output: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_liftform"))
            .args(["validate", "--aws-rules", "--output", output])
            .args(["a.yaml", "b.json", "c.yaml"])
            .current_dir(folder.path())
            .env_clear()
            .env("LIFTFORM_AWS_RULES", &program)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3));
        output
    };
    let document: Value = serde_json::from_slice(&run("json").stdout).unwrap();
    let problems = document["problems"].as_array().unwrap();
    let codes: Vec<_> = problems.iter().map(|problem| &problem["code"]).collect();
    assert_eq!(
        codes,
        ["L1013", "L0513", "F3002", "L0511", "L1013", "L0513", "W1"]
    );
    assert_eq!(
        (&problems[2]["line"], &problems[2]["hint"]),
        (&Value::from(2), &Value::from("So."))
    );
    let log: Value = serde_json::from_slice(&run("sarif").stdout).unwrap();
    let result = &log["runs"][0]["results"][2];
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&Value::from("F3002"), &Value::from("error"))
    );
    let drawn = String::from_utf8(run("text").stderr).unwrap();
    for part in [
        "error[F3002]: no\n",
        "--> a.yaml:2:3",
        "at Resources/Duel",
        "hint: So.",
    ] {
        assert!(drawn.contains(part), "no {part:?} in\n{drawn}");
    }
}

#[cfg(unix)]
#[test]
fn program_that_answers_for_fewer_templates_is_not_believed() {
    let folder = folder(&[("a.yaml", TEMPLATE)]);
    let output = Command::new(env!("CARGO_BIN_EXE_liftform"))
        .args(["validate", "--aws-rules", "a.yaml"])
        .current_dir(folder.path())
        .env_clear()
        .env("LIFTFORM_AWS_RULES", answering(folder.path(), "[]"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("answered for 0 of 1 templates"), "{stderr}");
}

#[test]
fn every_code_of_every_part_is_listed_and_explained() {
    let folder = folder(&[]);
    let output = liftform(folder.path(), &["explain", "--output", "json"], 0);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<_> = document["explanations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|known| known["code"].as_str().unwrap().to_owned())
        .collect();
    for prefix in [
        "L01", "L02", "L03", "L04", "L05", "L06", "L07", "L08", "L09", "L10", "L11",
    ] {
        assert!(
            codes.iter().any(|code| code.starts_with(prefix)),
            "{prefix}"
        );
    }
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    for code in ["l0608", "L0513", "L1013"] {
        let output = liftform(folder.path(), &["explain", code], 0);
        let page = String::from_utf8(output.stdout).unwrap();
        assert!(page.contains("For example:") && page.contains("Write instead:"));
    }
    liftform(folder.path(), &["explain", "L9999"], 64);
    let output = liftform(folder.path(), &["explain", "E2533"], 64);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("rules of AWS"), "{stderr}");
}

const EXTENDED: &str = "\
name: game
home: us-east-1
identity: { guests: true }
environments: { dev: {} }
extensions:
  resources: extra.yaml
  overrides:
    MatchEventsTopic.Properties.KmsMasterKeyId: [1]
";
const EXTRA: &str = "\
Resources:
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      EvaluationPeriods: many
      ComparisonOperator: GreaterThanThreshold
";

#[test]
fn findings_in_templates_name_the_line_of_the_topology_that_made_them() {
    let folder = folder(&[("game.yaml", EXTENDED), ("extra.yaml", EXTRA)]);
    let arguments = ["validate", "game.yaml", "--output", "jsonl"];
    let output = liftform(folder.path(), &arguments, 3);
    let shown = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = shown
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let made_by = |resource: &str| {
        let of = |problem: &&Value| {
            let path = problem["path"].as_str();
            path.is_some_and(|path| path.starts_with(&format!("Resources/{resource}/")))
        };
        let problem = lines.iter().find(of);
        problem.unwrap_or_else(|| panic!("{resource}: {shown}"))["made_by"].clone()
    };
    let alarm = made_by("Alarm");
    assert_eq!(
        (&alarm["file"], &alarm["line"]),
        (&"game.yaml".into(), &6.into()),
        "{alarm}"
    );
    let topic = made_by("MatchEventsTopic");
    assert_eq!(
        (&topic["file"], &topic["line"]),
        (&"game.yaml".into(), &8.into()),
        "{topic}"
    );

    let drawn = liftform(folder.path(), &["validate", "game.yaml"], 3);
    let drawn = String::from_utf8(drawn.stderr).unwrap();
    assert!(
        drawn.contains("  = made by `extensions.resources` at game.yaml:6:14"),
        "{drawn}"
    );
}
