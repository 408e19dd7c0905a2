//! Whole topologies against their golden templates under `tests/cases` of the repository.
//!
//! `SNAPSHOTS=overwrite cargo test -p liftform-plan --test golden` writes them anew; then read the diff.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cloudformation::validate::{ValidateOptions, validate};
use plan::{PlannedStack, StackPlan, StackRole};
use snapbox::IntoData as _;
use topology::sources::Folder;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn plan_of(topology: &str, environment: &str) -> StackPlan {
    let folder = repository().join("stacks");
    let file = format!("stacks/{topology}.yaml");
    let text = std::fs::read_to_string(repository().join(&file)).expect("a shipped topology");
    let document = topology::parse(&file, &text).expect("a topology without problems");
    let resolved = topology::resolve(&document, environment, &[], &Folder::new(folder))
        .expect("a valid environment");
    plan::build(&resolved.environment).expect("a plan")
}

fn path_of(plan: &StackPlan, stack: &PlannedStack) -> PathBuf {
    let case = format!("{}-{}", plan.topology, plan.environment);
    repository()
        .join("tests/cases")
        .join(case)
        .join(&stack.region)
        .join(format!("{}.template.json", stack.name))
}

const CASES: [(&str, &str); 4] = [
    ("skirmish", "local"),
    ("skirmish", "prod"),
    ("bazaar", "live"),
    ("worldwide", "dev"),
];

#[test]
fn templates_are_as_they_were() {
    let assert = snapbox::Assert::new().action_env("SNAPSHOTS");
    for (topology, environment) in CASES {
        let plan = plan_of(topology, environment);
        // One artifact stack says it all: it is the same in every region, which `artifact_stacks_are_all_the_same` shows.
        for stack in plan
            .stacks
            .iter()
            .filter(|stack| stack.role != StackRole::Artifacts || stack.region == plan.home)
        {
            let golden = snapbox::Data::read_from(
                &path_of(&plan, stack),
                Some(snapbox::data::DataFormat::Text),
            )
            .raw();
            assert.eq(stack.template.to_json().raw(), golden);
        }
    }
}

#[test]
fn artifact_stacks_are_all_the_same() {
    for (topology, environment) in CASES {
        let plan = plan_of(topology, environment);
        let artifacts: Vec<_> = plan
            .stacks
            .iter()
            .filter(|stack| stack.role == StackRole::Artifacts)
            .collect();
        assert!(artifacts.iter().all(
            |stack| stack.template == artifacts[0].template && stack.tags == artifacts[0].tags
        ));
    }
}

#[test]
fn every_template_passes_our_own_validation() {
    for (topology, environment) in CASES {
        for stack in plan_of(topology, environment).stacks {
            let findings = validate(&stack.template, &ValidateOptions::default());
            assert!(
                findings.is_empty(),
                "{} in {}: {findings:#?}",
                stack.name,
                stack.region
            );
        }
    }
}

#[test]
fn golden_cases_hold_every_resource_type_of_a_backend() {
    let seen: BTreeSet<String> = CASES
        .iter()
        .flat_map(|(topology, environment)| plan_of(topology, environment).stacks)
        .flat_map(|stack| {
            stack
                .template
                .resources
                .into_values()
                .map(|resource| resource.kind)
        })
        .collect();
    let wanted = [
        "AWS::ApiGateway::Account",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Stage",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Cognito::IdentityPool",
        "AWS::Cognito::IdentityPoolRoleAttachment",
        "AWS::DynamoDB::Table",
        "AWS::Events::Rule",
        "AWS::GameLift::Alias",
        "AWS::GameLift::Build",
        "AWS::GameLift::ContainerFleet",
        "AWS::GameLift::ContainerGroupDefinition",
        "AWS::GameLift::Fleet",
        "AWS::GameLift::GameSessionQueue",
        "AWS::GameLift::Location",
        "AWS::GameLift::MatchmakingConfiguration",
        "AWS::GameLift::MatchmakingRuleSet",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::SSM::Parameter",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
    ];
    let missing: Vec<_> = wanted
        .iter()
        .filter(|kind| !seen.contains(**kind))
        .collect();
    assert!(missing.is_empty(), "no golden case has {missing:?}");
    let unlisted: Vec<_> = seen
        .iter()
        .filter(|kind| !wanted.contains(&kind.as_str()))
        .collect();
    assert!(unlisted.is_empty(), "list them here: {unlisted:?}");
}

#[test]
fn planning_twice_gives_the_same_bytes() {
    let bytes = || -> Vec<String> {
        plan_of("worldwide", "prod")
            .stacks
            .iter()
            .map(|stack| stack.template.to_json())
            .collect()
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn parameters_come_from_stacks_of_earlier_waves_that_have_the_output() {
    for (topology, environment) in CASES {
        let plan = plan_of(topology, environment);
        for stack in &plan.stacks {
            let declared: Vec<_> = stack.template.parameters.keys().collect();
            let sources: Vec<_> = stack.parameters.keys().collect();
            assert_eq!(declared, sources, "{}", stack.name);
            for source in stack.parameters.values() {
                let plan::ParameterSource::Output {
                    stack: name,
                    region,
                    output,
                } = source
                else {
                    continue;
                };
                let giver = plan
                    .stacks
                    .iter()
                    .find(|other| other.name == *name && other.region == *region);
                let giver = giver.unwrap_or_else(|| panic!("no stack {name} in {region}"));
                assert!(
                    giver.wave < stack.wave && giver.template.outputs.contains_key(output),
                    "{name}.{output}"
                );
            }
        }
    }
}

#[test]
fn what_an_environment_protects_is_guarded_by_stack_policies() {
    for (environment, is_guarded) in [("prod", true), ("local", false)] {
        for stack in plan_of("skirmish", environment).stacks {
            let kinds = ["AWS::DynamoDB::Table", "AWS::GameLift::Fleet"];
            for (id, resource) in &stack.template.resources {
                let expected = is_guarded && kinds.contains(&resource.kind.as_str());
                assert_eq!(stack.guarded.contains(id), expected, "{environment} {id}");
            }
        }
    }
}
