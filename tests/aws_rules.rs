//! `liftform validate --aws-rules` with AWS's own rules: through the real binary and the program that knows them.
//!
//! `cargo test --features aws-validate --ignore-rust-version --test aws_rules`; the first run builds that program.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;

const TEMPLATE: &str = "\
Resources:
  Code:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs8.10
      Handler: index.handler
      Role: arn:aws:iam::111122223333:role/code
      Code: { ZipFile: exports }
  Queue:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSecond: 5
";

/// Built once: Cargo waits for itself.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("aws-rules");
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--locked",
            "--bin",
            "liftform-aws-rules",
        ])
        .args(["--features", "aws-validate", "--ignore-rust-version"])
        .arg("--manifest-path")
        .arg(root.join("guard/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()
        .unwrap();
    assert!(built.success());
    target.join("debug/liftform-aws-rules")
});

#[track_caller]
fn validate(folder: &Path, arguments: &[&str], expected: i32) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_liftform"))
        .args(["validate", "--aws-rules"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("LIFTFORM_AWS_RULES", &*PROGRAM)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(expected), "{stderr}");
    output
}

#[test]
fn aws_rules_stand_beside_ours_at_their_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), TEMPLATE).unwrap();
    let output = validate(folder.path(), &["a.yaml", "--output", "json"], 3);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = document["problems"].as_array().unwrap().iter();
    let found: Vec<_> = problems
        .map(|problem| {
            assert_eq!(problem["file"], "a.yaml");
            let code = problem["code"].as_str().unwrap();
            (code, problem["line"].as_u64().unwrap())
        })
        .collect();
    for expected in [("L1003", 13), ("F3002", 13), ("E2533", 5)] {
        assert!(found.contains(&expected), "no {expected:?} in {found:?}");
    }
}

#[test]
fn own_templates_pass_aws_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for topology in ["stacks/skirmish.yaml", "stacks/bazaar.yaml"] {
        let output = validate(root, &[topology, "--output", "json"], 0);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let problems = document["problems"].as_array().unwrap().iter();
        let of_aws: Vec<_> = problems
            .filter(|problem| !problem["code"].as_str().unwrap().starts_with('L'))
            .collect();
        assert!(of_aws.is_empty(), "{topology}: {of_aws:#?}");
    }
}
