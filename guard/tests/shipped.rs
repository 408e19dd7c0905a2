//! The shipped rules hold for what liftform makes, and find what they are for.

use std::collections::BTreeSet;
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

/// The rules that a resource breaks.
fn broken(resource: &str) -> Vec<String> {
    let template = format!(r#"{{"Resources": {{"It": {resource}}}}}"#);
    let found = shipped()
        .into_iter()
        .flat_map(|rules| check(&template, &rules).expect("rules"));
    let mut names: Vec<_> = found.map(|found| found.rule).collect();
    names.sort();
    names
}

/// The names of the rules in the shipped files.
fn rules() -> BTreeSet<String> {
    let texts = shipped().into_iter().map(|file| file.text);
    let names = texts.flat_map(|text| {
        let lines = text.lines().map(str::to_owned).collect::<Vec<_>>();
        lines.into_iter().filter_map(|line| {
            let name = line.strip_prefix("rule ")?.split_whitespace().next()?;
            Some(name.to_owned())
        })
    });
    names.collect()
}

/// For each rule a resource that breaks it alone, and one that keeps all rules.
fn examples() -> Vec<(&'static str, String, String)> {
    let of = |kind: &str, properties: &str| {
        format!(r#"{{"Type": "AWS::{kind}", "Properties": {properties}}}"#)
    };
    let kept = |kind: &str, properties: &str| {
        format!(
            r#"{{"Type": "AWS::{kind}", "DeletionPolicy": "Retain", "Properties": {properties}}}"#
        )
    };
    let statements = |statement: &str| format!(r#"{{"Statement": [{statement}]}}"#);
    let role = |statement: &str| {
        of(
            "IAM::Role",
            &format!(
                r#"{{"Policies": [{{"PolicyDocument": {}}}]}}"#,
                statements(statement)
            ),
        )
    };
    let trust = |statement: &str| {
        of(
            "IAM::Role",
            &format!(
                r#"{{"AssumeRolePolicyDocument": {}}}"#,
                statements(statement)
            ),
        )
    };
    let policy = |kind: &str, statement: &str| {
        of(
            kind,
            &format!(r#"{{"PolicyDocument": {}}}"#, statements(statement)),
        )
    };
    let key = |statement: &str| {
        of(
            "KMS::Key",
            &format!(
                r#"{{"EnableKeyRotation": true, "KeyPolicy": {}}}"#,
                statements(statement)
            ),
        )
    };
    let queue = r#"{"SqsManagedSseEnabled": true, "MessageRetentionPeriod": 1209600}"#;
    let bucket = r#"{"BucketEncryption": {}, "PublicAccessBlockConfiguration": {"BlockPublicAcls": true,
        "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}}"#;
    let table = r#"{"SSESpecification": {"SSEEnabled": true}}"#;
    let all = r#""Effect": "Allow", "Principal": "*""#;
    let any_account = r#""Effect": "Allow", "Principal": {"AWS": ["111122223333", "*"]}"#;
    let one_account =
        r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#;
    vec![
        (
            "topic_is_encrypted",
            of("SNS::Topic", "{\"TopicName\": \"a\"}"),
            of("SNS::Topic", "{\"KmsMasterKeyId\": \"a\"}"),
        ),
        (
            "queue_is_encrypted",
            of("SQS::Queue", "{\"MessageRetentionPeriod\": 60}"),
            of("SQS::Queue", queue),
        ),
        (
            "queue_says_how_long",
            of("SQS::Queue", "{\"KmsMasterKeyId\": \"a\"}"),
            of("SQS::Queue", queue),
        ),
        (
            "key_rotates",
            of("KMS::Key", "{\"KeyPolicy\": {}}"),
            of("KMS::Key", "{\"EnableKeyRotation\": true}"),
        ),
        (
            "logs_expire",
            of("Logs::LogGroup", "{\"LogGroupName\": \"a\"}"),
            of("Logs::LogGroup", "{\"RetentionInDays\": 5}"),
        ),
        (
            "table_is_encrypted",
            kept(
                "DynamoDB::Table",
                "{\"SSESpecification\": {\"SSEEnabled\": false}}",
            ),
            kept("DynamoDB::Table", table),
        ),
        (
            "table_says_what_outlives_its_stack",
            of("DynamoDB::Table", table),
            kept("DynamoDB::Table", table),
        ),
        (
            "bucket_is_private",
            kept("S3::Bucket", "{\"BucketEncryption\": {}}"),
            kept("S3::Bucket", bucket),
        ),
        (
            "bucket_is_private",
            kept("S3::Bucket", &bucket.replacen("true", "false", 1)),
            kept("S3::Bucket", bucket),
        ),
        (
            "bucket_is_encrypted",
            kept("S3::Bucket", &bucket.replace("BucketEncryption", "Tags")),
            kept("S3::Bucket", bucket),
        ),
        (
            "bucket_says_what_outlives_its_stack",
            of("S3::Bucket", bucket),
            kept("S3::Bucket", bucket),
        ),
        (
            "permission_names_its_source",
            of(
                "Lambda::Permission",
                "{\"Principal\": \"sns.amazonaws.com\"}",
            ),
            of(
                "Lambda::Permission",
                "{\"Principal\": \"sns.amazonaws.com\", \"SourceAccount\": \"1\"}",
            ),
        ),
        (
            "stage_logs_access",
            of("ApiGateway::Stage", "{\"StageName\": \"live\"}"),
            of("ApiGateway::Stage", "{\"AccessLogSetting\": {}}"),
        ),
        (
            "policy_is_not_public",
            policy(
                "SNS::TopicPolicy",
                &format!("{{{all}, \"Action\": \"sns:Publish\"}}"),
            ),
            policy(
                "SNS::TopicPolicy",
                &format!("{{{all}, \"Action\": \"sns:Publish\", \"Condition\": {{}}}}"),
            ),
        ),
        (
            "policy_is_not_public",
            policy(
                "S3::BucketPolicy",
                &format!("{{{any_account}, \"Action\": \"s3:GetObject\"}}"),
            ),
            policy(
                "S3::BucketPolicy",
                &any_account
                    .replace("Allow", "Deny")
                    .replace("\"Effect", "{\"Effect")
                    .replace("]}", "]}}"),
            ),
        ),
        (
            "policy_is_not_public",
            policy(
                "SQS::QueuePolicy",
                "{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"*\"}, \"Action\": \"sqs:SendMessage\"}",
            ),
            policy(
                "SQS::QueuePolicy",
                "{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"sns.amazonaws.com\"}, \"Action\": \"sqs:SendMessage\"}",
            ),
        ),
        (
            "key_is_not_public",
            key(&format!("{{{all}, \"Action\": \"kms:*\"}}")),
            key(&format!(
                "{{{all}, \"Action\": \"kms:*\", \"Condition\": {{}}}}"
            )),
        ),
        (
            "key_is_not_public",
            key(&format!("{{{any_account}, \"Action\": \"kms:*\"}}")),
            key(one_account),
        ),
        (
            "role_names_its_actions",
            role(r#"{"Effect": "Allow", "Action": "gamelift:*"}"#),
            role(r#"{"Effect": "Allow", "Action": "s3:Get*"}"#),
        ),
        (
            "role_names_its_actions",
            role(r#"{"Effect": "Allow", "Action": ["s3:GetObject", "*"]}"#),
            role(r#"{"Effect": "Deny", "Action": "*"}"#),
        ),
        (
            "attached_policy_names_its_actions",
            policy(
                "IAM::ManagedPolicy",
                r#"{"Effect": "Allow", "Action": "gamelift:*", "Resource": "*"}"#,
            ),
            policy(
                "IAM::ManagedPolicy",
                r#"{"Effect": "Allow", "Action": "gamelift:StartMatchmaking", "Resource": "*"}"#,
            ),
        ),
        (
            "attached_policy_names_its_actions",
            policy(
                "IAM::Policy",
                r#"{"Effect": "Allow", "Action": ["*"], "Resource": "*"}"#,
            ),
            policy(
                "IAM::Policy",
                r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#,
            ),
        ),
        (
            "role_is_not_for_everybody",
            trust(&format!(
                "{{{any_account}, \"Action\": \"sts:AssumeRole\"}}"
            )),
            trust(one_account),
        ),
        (
            "role_is_not_for_everybody",
            trust(&format!("{{{all}, \"Action\": \"sts:AssumeRole\"}}")),
            trust(
                r#"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
            ),
        ),
    ]
}

#[test]
fn each_rule_finds_what_it_is_for_and_nothing_else() {
    for (rule, fails, passes) in examples() {
        assert_eq!(broken(&fails), [rule], "{fails}");
        assert_eq!(broken(&passes), [""; 0], "{passes}");
    }
}

#[test]
fn each_rule_has_a_resource_that_breaks_it_and_one_that_keeps_it() {
    let shown: BTreeSet<_> = examples()
        .into_iter()
        .map(|(rule, ..)| rule.to_owned())
        .collect();
    assert_eq!(shown, rules());
}

#[test]
fn what_a_rule_does_not_speak_of_passes() {
    for resource in [
        r#"{"Type": "AWS::IAM::Role", "Properties": {"Path": "/"}}"#,
        r#"{"Type": "AWS::SNS::Subscription", "Properties": {"Protocol": "lambda"}}"#,
        r#"{"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "a"}}"#,
        r#"{"Type": "AWS::IAM::Role", "Properties": {"Policies": {"Fn::If": ["Live", [], []]}}}"#,
        r#"{"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": true, "KeyPolicy": {"Statement": [{"Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}, "Action": "kms:*"}]}}}"#,
    ] {
        assert_eq!(broken(resource), [""; 0], "{resource}");
    }
}
