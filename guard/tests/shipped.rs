//! The shipped rules hold for what liftform makes, and find what they are for.

use std::fs;
use std::path::{Path, PathBuf};

use guard::{RuleFile, check};

fn shipped() -> Vec<RuleFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates/policies");
    let entries = fs::read_dir(folder).expect("the shipped policies");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let file = |path: &PathBuf| RuleFile {
        name: path.display().to_string(),
        text: fs::read_to_string(path).expect("a file of rules"),
    };
    paths.iter().map(file).collect()
}

fn templates(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)
        .expect("the cases of the repository")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            found.extend(templates(&path));
        } else if path.to_string_lossy().ends_with(".template.json") {
            found.push(path);
        }
    }
    found
}

#[test]
fn own_templates_pass() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases");
    let templates = templates(&cases);
    assert!(templates.len() > 5, "{templates:?}");
    for path in templates {
        let text = fs::read_to_string(&path).expect("a case");
        for rules in shipped() {
            assert_eq!(check(&text, &rules), Ok(Vec::new()), "{}", path.display());
        }
    }
}

/// The rules that the resource of this type and with these properties breaks.
fn broken(kind: &str, properties: &str) -> Vec<String> {
    let template = format!(
        r#"{{"Resources": {{"It": {{"Type": "AWS::{kind}", "Properties": {properties}}}}}}}"#
    );
    let found = shipped()
        .into_iter()
        .flat_map(|rules| check(&template, &rules).expect("rules"));
    let mut names: Vec<_> = found.map(|found| found.rule).collect();
    names.dedup();
    names
}

#[test]
fn each_rule_finds_what_it_is_for() {
    let statement = |statement: &str| {
        format!(r#"{{"Policies": [{{"PolicyDocument": {{"Statement": [{statement}]}}}}]}}"#)
    };
    for (kind, properties, rules) in [
        ("SNS::Topic", "{\"TopicName\": \"a\"}".to_owned(), vec!["topic_is_encrypted"]),
        ("SQS::Queue", "{\"QueueName\": \"a\"}".to_owned(), vec!["queue_is_encrypted", "queue_says_how_long"]),
        ("KMS::Key", "{\"KeyPolicy\": {}}".to_owned(), vec!["key_rotates"]),
        ("Logs::LogGroup", "{\"LogGroupName\": \"a\"}".to_owned(), vec!["logs_expire"]),
        ("DynamoDB::Table", "{\"SSESpecification\": {\"SSEEnabled\": false}}".to_owned(), vec!["table_is_encrypted"]),
        (
            "S3::Bucket",
            "{\"BucketName\": \"a\"}".to_owned(),
            vec!["bucket_is_private", "bucket_is_encrypted", "bucket_says_what_outlives_its_stack"],
        ),
        ("Lambda::Permission", "{\"Principal\": \"sns.amazonaws.com\"}".to_owned(), vec!["permission_names_its_source"]),
        ("ApiGateway::Stage", "{\"StageName\": \"live\"}".to_owned(), vec!["stage_logs_access"]),
        (
            "SNS::TopicPolicy",
            r#"{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish"}]}}"#.to_owned(),
            vec!["policy_is_not_public"],
        ),
        ("IAM::Role", statement(r#"{"Effect": "Allow", "Action": "gamelift:*"}"#), vec!["role_names_its_actions"]),
        ("IAM::Role", statement(r#"{"Effect": "Allow", "Action": ["s3:GetObject", "*"]}"#), vec!["role_names_its_actions"]),
        ("IAM::Role", statement(r#"{"Effect": "Allow", "Action": "s3:Get*"}"#), vec![]),
        ("IAM::Role", statement(r#"{"Effect": "Deny", "Action": "*"}"#), vec![]),
        ("IAM::Role", "{\"Path\": \"/\"}".to_owned(), vec![]),
    ] {
        assert_eq!(broken(kind, &properties), rules, "{kind} {properties}");
    }
}
