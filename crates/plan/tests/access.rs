//! The roles of the shipped topologies: valid, short enough, and no wider than their environment.

use std::path::{Path, PathBuf};

use cloudformation::validate::{ValidateOptions, validate};
use plan::{AccessRole, GitHub, PlannedStack, Provider, StackPlan, policy_documents};
use serde_json::Value;
use topology::environment::Environment;
use topology::sources::Folder;

fn planned(topology: &str, environment: &str) -> (Environment, StackPlan) {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks");
    let file = format!("{topology}.yaml");
    let text = std::fs::read_to_string(folder.join(&file)).expect("a shipped topology");
    let document = topology::parse(&file, &text).expect("a topology without problems");
    let resolved = topology::resolve(&document, environment, &[], &Folder::new(folder));
    let environment = resolved.expect("a valid environment").environment;
    let plan = plan::build(&environment).expect("a plan");
    (environment, plan)
}

fn github(reference: &str, provider: Provider) -> GitHub {
    GitHub {
        repository: "studio/skirmish".to_owned(),
        reference: reference.to_owned(),
        provider,
    }
}

fn stacks(github: Option<&GitHub>) -> Vec<PlannedStack> {
    let (environment, plan) = planned("skirmish", "prod");
    plan::access(&environment, &plan, github)
        .expect("a plan")
        .stacks
}

fn role(stacks: &[PlannedStack], id: &str) -> Value {
    let stack = stacks.last().expect("the access stack");
    stack.template.to_value()["Resources"][id]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0].clone()
}

#[test]
fn access_templates_pass_our_own_validation() {
    let github = github("main", Provider::Create);
    for stack in stacks(Some(&github)).iter().chain(&stacks(None)) {
        let findings = validate(&stack.template, &ValidateOptions::default());
        assert!(findings.is_empty(), "{}: {findings:#?}", stack.name);
    }
}

#[test]
fn access_is_artifacts_then_roles_and_the_provider_where_it_is_missing() {
    let names = |github: Option<&GitHub>| {
        let stacks = stacks(github).into_iter();
        stacks
            .map(|stack| (stack.wave, stack.name))
            .collect::<Vec<_>>()
    };
    let expected = |names: &[(usize, &str)]| {
        names
            .iter()
            .map(|(wave, name)| (*wave, (*name).to_owned()))
            .collect::<Vec<_>>()
    };
    let artifacts = (0, "liftform-artifacts");
    let roles = (1, "skirmish-prod-access");
    assert_eq!(names(None), expected(&[artifacts, artifacts, roles]));
    let existing = github("main", Provider::Existing);
    assert_eq!(
        names(Some(&existing)),
        expected(&[artifacts, artifacts, roles])
    );
    let missing = github("main", Provider::Create);
    assert_eq!(
        names(Some(&missing)),
        expected(&[artifacts, artifacts, (0, "liftform-github"), roles])
    );
}

#[test]
fn every_job_of_the_repository_may_look_and_one_environment_may_deploy() {
    let stacks = stacks(Some(&github("environment:prod", Provider::Create)));
    let subject = |id: &str| {
        role(&stacks, id)["Condition"]["StringLike"]["token.actions.githubusercontent.com:sub"]
            .clone()
    };
    let deployer = "repo:studio/skirmish:environment:prod";
    assert_eq!(subject("DiffRole"), "repo:studio/skirmish:*");
    assert_eq!(subject("DeployRole"), deployer);
    assert_eq!(subject("PublishRole"), deployer);
}

#[test]
fn without_github_the_account_itself_is_trusted() {
    let statement = role(&stacks(None), "DeployRole");
    assert_eq!(statement["Action"], "sts:AssumeRole");
    assert!(
        statement["Principal"]["AWS"].to_string().contains(":root"),
        "{statement}"
    );
}

#[test]
fn every_policy_is_short_enough_and_a_role_has_few_of_them() {
    for (topology, environment) in [
        ("skirmish", "prod"),
        ("bazaar", "live"),
        ("worldwide", "dev"),
    ] {
        let (environment, plan) = planned(topology, environment);
        for role in AccessRole::ALL {
            let documents = policy_documents(role, &environment, &plan);
            // Ten managed policies per role.
            assert!(
                documents.len() <= 10,
                "{topology} {role:?}: {}",
                documents.len()
            );
            for document in documents {
                // Partition and account take fewer letters than what stands for them.
                assert!(document.to_string().len() <= 6144, "{topology} {role:?}");
            }
        }
    }
}

/// Every action and resource of a role.
fn allowed(role: AccessRole) -> Vec<(String, String)> {
    let (environment, plan) = planned("skirmish", "prod");
    let texts = |value: &Value| -> Vec<String> {
        let items = value.as_array().expect("a list").iter();
        items
            .map(|item| item.as_str().expect("text").to_owned())
            .collect()
    };
    policy_documents(role, &environment, &plan)
        .iter()
        .flat_map(|document| document["Statement"].as_array().expect("a list").clone())
        .filter(|statement| statement["Effect"] == "Allow")
        .flat_map(|statement| {
            let resources = texts(&statement["Resource"]);
            texts(&statement["Action"])
                .into_iter()
                .flat_map(move |action| {
                    resources
                        .clone()
                        .into_iter()
                        .map(move |arn| (action.clone(), arn))
                })
        })
        .collect()
}

#[test]
fn diff_role_changes_no_resource() {
    for (action, _) in allowed(AccessRole::Diff) {
        let (service, verb) = action.split_once(':').expect("a service");
        let harmless = ["Describe", "Detect", "Get", "List"]
            .iter()
            .any(|start| verb.starts_with(start));
        let change_set = service == "cloudformation" && verb != "ExecuteChangeSet";
        let template = action == "s3:PutObject";
        assert!(harmless || change_set || template, "{action}");
    }
}

#[test]
fn deploy_role_can_do_what_each_resource_takes_and_only_to_its_own() {
    let allowed = allowed(AccessRole::Deploy);
    for action in [
        "gamelift:CreateFleet",
        "dynamodb:CreateTable",
        "lambda:CreateFunction",
        "iam:PassRole",
        "wafv2:CreateWebACL",
    ] {
        assert!(allowed.iter().any(|(known, _)| known == action), "{action}");
    }
    for (action, arn) in &allowed {
        if [
            "dynamodb:DeleteTable",
            "iam:DeleteRole",
            "lambda:DeleteFunction",
            "sns:DeleteTopic",
        ]
        .contains(&action.as_str())
        {
            let own = arn.contains("skirmish-prod-*")
                || arn.contains("liftform-artifacts-")
                || arn.contains("event-source-mapping");
            assert!(own, "{action} on {arn}");
        }
    }
    assert!(
        !allowed.iter().any(|(action, _)| action.ends_with(":*")),
        "no action is a wildcard of a whole service"
    );
}

#[test]
fn deploy_role_cannot_widen_its_own_rights() {
    let (environment, plan) = planned("skirmish", "prod");
    let documents = policy_documents(AccessRole::Deploy, &environment, &plan);
    let denied = documents
        .iter()
        .flat_map(|document| document["Statement"].as_array().expect("a list"))
        .find(|statement| statement["Effect"] == "Deny")
        .expect("a statement that denies");
    assert_eq!(
        denied["Action"],
        serde_json::json!(["cloudformation:*", "iam:*"])
    );
    assert!(
        denied["Resource"]
            .to_string()
            .contains("role/skirmish-prod-access-*"),
        "{denied}"
    );
}
