//! `bootstrap`: what an account needs before an environment can be deployed to it.

use crate::cloud::{GARAGE, Project};

#[test]
fn bootstrap_makes_bucket_and_roles_once() {
    let project = Project::new(GARAGE);
    let bootstrap = || {
        project
            .liftform(&["bootstrap", "--env", "local", "--output", "json"], 0)
            .json()
    };
    let first = bootstrap();
    let roles = &first["stacks"]["garage-local-access"]["us-east-1"];
    for role in ["DiffRoleArn", "DeployRoleArn", "PublishRoleArn"] {
        let arn = roles[role].as_str().expect("an ARN");
        assert!(arn.contains(":role/garage-local-access-"), "{arn}");
    }
    assert!(first["stacks"]["liftform-artifacts"]["us-east-1"]["ArtifactBucket"].is_string());
    let second = bootstrap();
    let results = second["results"].as_array().expect("a list");
    assert!(
        results.iter().all(|stack| stack["result"] == "unchanged"),
        "{second}"
    );
}

#[test]
fn policies_name_the_account_and_nothing_is_called_for_them() {
    let topology = GARAGE.replace(
        "twin: { target: local }",
        "prod: { account: \"111122223333\" }",
    );
    let project = Project::new(&topology);
    let shown = project.liftform(
        &["bootstrap", "--env", "prod", "--show-policy", "deploy"],
        0,
    );
    let policies = shown.stdout;
    assert!(
        policies.contains("arn:aws:cloudformation:*:111122223333:stack/garage-prod-*/*"),
        "{policies}"
    );
    assert!(!policies.contains("${"), "{policies}");
    let template = project
        .liftform(&["bootstrap", "--env", "prod", "--show-template"], 0)
        .json();
    assert_eq!(template["Resources"]["DiffRole"]["Type"], "AWS::IAM::Role");
}
