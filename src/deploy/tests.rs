//! Deployments on a fake CloudFormation in virtual time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use plan::{Artifact, ParameterSource, StackRole};

use super::fake::{FakeCloudFormation, FakeStore, Recorder, VirtualPace};
use super::*;
use crate::bundle::{ArtifactCatalog, BuiltArtifact, Digest};
use crate::event::{Event, NoEvents, StackRef};

const REGION: &str = "eu-west-1";

/// A stack of the resources; `{}` stands for any resource.
fn spec(name: &str, wave: usize, resources: &str) -> StackSpec {
    let resources = resources.replace("{}", r#"{"Type": "AWS::SNS::Topic"}"#);
    StackSpec {
        stack: StackRef::new(name, REGION),
        role: StackRole::Fleets,
        wave,
        template: format!(
            r#"{{"Resources": {{{resources}}}, "Outputs": {{"Arn": {{"Value": "arn:{name}"}}}}}}"#
        ),
        parameters: BTreeMap::new(),
        tags: BTreeMap::from([(TAG_TOPOLOGY.to_owned(), "game".to_owned())]),
        protected: false,
        guarded: BTreeSet::new(),
        selection: Selection::Deploy,
    }
}

fn artifacts() -> StackSpec {
    StackSpec {
        role: StackRole::Artifacts,
        template:
            r#"{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}, "Outputs": {"ArtifactBucket": {"Value": "bucket-1"}}}"#
                .to_owned(),
        ..spec("liftform-artifacts", 0, "")
    }
}

fn options() -> DeployOptions {
    DeployOptions {
        timeout: Some(Duration::from_secs(3600)),
        ..DeployOptions::new("r1", 8, PollPolicy::AWS)
    }
}

struct World {
    cloud: FakeCloudFormation,
    store: FakeStore,
    pace: VirtualPace,
    events: Recorder,
    options: DeployOptions,
    catalog: ArtifactCatalog,
}

impl World {
    fn new(cloud: FakeCloudFormation) -> Self {
        Self {
            pace: cloud.clock(),
            cloud,
            store: FakeStore::default(),
            events: Recorder::default(),
            options: options(),
            catalog: ArtifactCatalog::default(),
        }
    }

    fn run<T>(
        &self,
        work: impl AsyncFnOnce(&Operation<'_, FakeCloudFormation, FakeStore, VirtualPace>) -> T,
    ) -> T {
        let operation = Operation {
            stacks: &self.cloud,
            store: &self.store,
            pace: &self.pace,
            options: &self.options,
            events: &self.events,
        };
        self.pace.run(work(&operation))
    }

    fn deploy(&self, specs: &[StackSpec]) -> DeployOutcome {
        self.run(async |operation| {
            settle_all(operation, specs).await?;
            let prepared = prepare(operation, specs, &self.catalog, Method::ChangeSet).await?;
            Ok(execute(operation, specs, &self.catalog, &prepared, &Everything).await)
        })
        .unwrap_or_else(|error: PrepareError| DeployOutcome {
            stacks: vec![StackOutcome {
                stack: error.stack,
                result: StackResult::Failed(*error.failure),
                took: Duration::ZERO,
                outputs: Vec::new(),
            }],
        })
    }

    fn results(&self, specs: &[StackSpec]) -> Vec<StackResult> {
        self.deploy(specs)
            .stacks
            .into_iter()
            .map(|outcome| outcome.result)
            .collect()
    }
}

fn failure(results: Vec<StackResult>) -> StackFailure {
    match results.into_iter().next() {
        Some(StackResult::Failed(failure)) => failure,
        other => panic!("expected a failure, found {other:?}"),
    }
}

#[test]
fn absent_stack_is_created_and_puts_out_its_outputs() {
    let world = World::new(FakeCloudFormation::default());
    let outcome = world.deploy(&[spec("game", 0, r#""Topic": {}"#)]);
    assert_eq!(outcome.stacks[0].result, StackResult::Created);
    assert_eq!(
        outcome.stacks[0].outputs,
        [("Arn".to_owned(), "arn:game".to_owned())]
    );
    assert_eq!(outcome.verdict(), Verdict::Done);
    assert_eq!(
        world.cloud.calls(),
        ["CreateChangeSet game", "ExecuteChangeSet game"]
    );
}

#[test]
fn second_deployment_changes_nothing_and_calls_nothing() {
    let world = World::new(FakeCloudFormation::default());
    let specs = [spec("game", 0, r#""Topic": {}"#)];
    assert_eq!(world.results(&specs), [StackResult::Created]);
    world.cloud.calls();
    assert_eq!(world.results(&specs), [StackResult::Unchanged]);
    assert!(world.cloud.calls().is_empty());
}

#[test]
fn changed_template_is_an_update() {
    let world = World::new(FakeCloudFormation::default());
    assert_eq!(
        world.results(&[spec("game", 0, r#""Topic": {}"#)]),
        [StackResult::Created]
    );
    assert_eq!(
        world.results(&[spec("game", 0, r#""Topic": {}, "Queue": {}"#)]),
        [StackResult::Updated]
    );
}

#[test]
fn status_of_the_operation_before_is_no_end() {
    // The fake shows the old status once after each call; taking it for the end would report an update as done
    // before it began, and a creation as never reviewed.
    let world = World::new(FakeCloudFormation::default());
    world.results(&[spec("game", 0, r#""Topic": {}"#)]);
    world.results(&[spec("game", 0, r#""Queue": {}"#)]);
    assert_eq!(world.cloud.state("game").unwrap().status, "UPDATE_COMPLETE");
}

#[test]
fn empty_change_set_is_success_and_is_cleaned_up() {
    let world = World::new(FakeCloudFormation::default().with("game", "CREATE_COMPLETE"));
    // Differs for us, since the deployed text is no JSON of the same value, but not for CloudFormation.
    let mut spec = spec("game", 0, "");
    spec.template = r#"{"Resources": {}}"#.to_owned();
    spec.tags.clear();
    spec.parameters.clear();
    let same = world.results(std::slice::from_ref(&spec));
    assert_eq!(same, [StackResult::Unchanged]);
}

#[test]
fn protection_is_set_after_creation_and_alone() {
    let world = World::new(FakeCloudFormation::default());
    let mut specs = [spec("game", 0, r#""Topic": {}"#)];
    specs[0].protected = true;
    world.results(&specs);
    assert!(world.cloud.state("game").unwrap().protected);
    specs[0].protected = false;
    world.cloud.calls();
    assert_eq!(world.results(&specs), [StackResult::Updated]);
    assert_eq!(world.cloud.calls(), ["UpdateTerminationProtection game"]);
}

#[test]
fn failed_creation_names_the_first_cause_rather_than_the_cancelled_ones() {
    let world = World::new(FakeCloudFormation::default().failing("Queue", "no such fleet"));
    let failed =
        failure(world.results(&[spec("game", 0, r#""Alias": {}, "Queue": {}, "Topic": {}"#)]));
    assert_eq!(
        failed.to_string(),
        "ROLLBACK_COMPLETE: Queue (AWS::SNS::Topic) CREATE_FAILED: no such fleet"
    );
}

#[test]
fn failed_update_is_a_failure_though_its_status_ends_in_complete() {
    let world = World::new(FakeCloudFormation::default());
    world.results(&[spec("game", 0, r#""Topic": {}"#)]);
    let world = World {
        cloud: world.cloud.failing("Queue", "limit exceeded"),
        ..world
    };
    let failed = failure(world.results(&[spec("game", 0, r#""Queue": {}"#)]));
    assert!(
        failed
            .to_string()
            .starts_with("UPDATE_ROLLBACK_COMPLETE: Queue"),
        "{failed}"
    );
}

#[test]
fn remains_of_a_failed_creation_are_removed_first() {
    let world = World::new(FakeCloudFormation::default().failing("Topic", "no"));
    let specs = [spec("game", 0, r#""Topic": {}"#)];
    world.results(&specs);
    world.cloud.mended();
    world.cloud.calls();
    assert_eq!(world.results(&specs), [StackResult::Created]);
    assert_eq!(
        world.cloud.calls(),
        [
            "DeleteStack game",
            "CreateChangeSet game",
            "ExecuteChangeSet game"
        ]
    );
}

#[test]
fn abandoned_review_is_removed_first() {
    let world = World::new(FakeCloudFormation::default().with("game", "REVIEW_IN_PROGRESS"));
    assert_eq!(
        world.results(&[spec("game", 0, r#""Topic": {}"#)]),
        [StackResult::Created]
    );
}

#[test]
fn refused_change_set_of_a_new_stack_leaves_no_stack() {
    let world = World::new(FakeCloudFormation::default());
    let outcome = world.deploy(&[spec("game", 0, r#""Topic": {"Type": "AWS::Nonsense"}"#)]);
    assert_eq!(outcome.verdict(), Verdict::Refused);
    assert_eq!(
        world.cloud.calls(),
        [
            "CreateChangeSet game",
            "DeleteChangeSet game",
            "DeleteStack game"
        ]
    );
}

#[test]
fn stacks_of_one_wave_run_side_by_side() {
    let world = World::new(FakeCloudFormation::default());
    let specs = ["a", "b", "c"].map(|name| spec(name, 0, r#""Topic": {}"#));
    assert_eq!(
        world.results(&specs),
        [
            StackResult::Created,
            StackResult::Created,
            StackResult::Created
        ]
    );
    assert_eq!(world.cloud.most_running.get(), 3);
}

#[test]
fn limit_of_parallel_stacks_is_kept() {
    let mut world = World::new(FakeCloudFormation::default());
    world.options.max_parallel = 1;
    let specs = ["a", "b", "c"].map(|name| spec(name, 0, r#""Topic": {}"#));
    world.results(&specs);
    assert_eq!(world.cloud.most_running.get(), 1);
}

#[test]
fn output_of_an_earlier_wave_becomes_a_parameter() {
    let world = World::new(FakeCloudFormation::default());
    let mut backend = spec("backend", 1, r#""Topic": {}"#);
    let source = ParameterSource::Output {
        stack: "fleets".to_owned(),
        region: REGION.to_owned(),
        output: "Arn".to_owned(),
    };
    backend.parameters.insert("Alias".to_owned(), source);
    world.results(&[spec("fleets", 0, r#""Fleet": {}"#), backend]);
    assert_eq!(
        world.cloud.state("backend").unwrap().parameters["Alias"],
        "arn:fleets"
    );
}

#[test]
fn missing_output_is_named() {
    let world = World::new(FakeCloudFormation::default());
    let mut backend = spec("backend", 1, r#""Topic": {}"#);
    let source = ParameterSource::Output {
        stack: "fleets".to_owned(),
        region: REGION.to_owned(),
        output: "Nothing".to_owned(),
    };
    backend.parameters.insert("Alias".to_owned(), source);
    let outcome = world.deploy(&[spec("fleets", 0, r#""Fleet": {}"#), backend]);
    let (_, failure) = outcome.failures().next().unwrap();
    assert_eq!(
        failure.to_string(),
        "parameter `Alias` takes output `Nothing` of fleets (eu-west-1), which has no such output"
    );
    assert_eq!(outcome.verdict(), Verdict::Partial);
}

#[test]
fn failure_skips_later_waves_but_lets_neighbours_finish() {
    let world = World::new(FakeCloudFormation::default().failing("Bad", "no"));
    let specs = [
        spec("bad", 0, r#""Bad": {}"#),
        spec("good", 0, r#""Good": {}"#),
        spec("later", 1, r#""Topic": {}"#),
    ];
    let outcome = world.deploy(&specs);
    assert_eq!(outcome.verdict(), Verdict::Partial);
    assert_eq!(outcome.stacks[1].result, StackResult::Created);
    assert_eq!(
        outcome.stacks[2].result,
        StackResult::Skipped(crate::event::SkipReason::EarlierFailure)
    );
    assert_eq!(world.cloud.state("later"), None);
}

#[test]
fn throttled_polls_do_not_decide_the_outcome() {
    let world = World::new(FakeCloudFormation::default().throttled(20));
    assert_eq!(
        world.results(&[spec("game", 0, r#""Topic": {}"#)]),
        [StackResult::Created]
    );
}

#[test]
fn expired_credentials_while_following_are_no_failure_of_the_stack() {
    let world = World::new(FakeCloudFormation::default().denied());
    let outcome = world.deploy(&[spec("game", 0, r#""Topic": {}"#)]);
    assert_eq!(outcome.verdict(), Verdict::Identity);
    let (_, failure) = outcome.failures().next().unwrap();
    assert!(matches!(failure, StackFailure::LostSight(_)), "{failure}");
}

#[test]
fn running_operation_of_somebody_else_is_waited_for() {
    let cloud = FakeCloudFormation::default()
        .with("game", "UPDATE_IN_PROGRESS")
        .then("game", 5, "UPDATE_COMPLETE");
    let world = World::new(cloud);
    assert_eq!(
        world.results(&[spec("game", 0, r#""Topic": {}"#)]),
        [StackResult::Updated]
    );
    let busy = |event: &Event| matches!(event, Event::StackBusy { .. });
    assert!(world.events.0.borrow().iter().any(busy));
}

#[test]
fn running_operation_of_somebody_else_can_be_refused() {
    let mut world = World::new(FakeCloudFormation::default().with("game", "UPDATE_IN_PROGRESS"));
    world.options.when_busy = WhenBusy::Refuse;
    assert_eq!(
        world.deploy(&[spec("game", 0, r#""Topic": {}"#)]).verdict(),
        Verdict::Conflict
    );
}

#[test]
fn operation_that_never_ends_is_given_up() {
    let world = World::new(FakeCloudFormation::default().with("game", "UPDATE_IN_PROGRESS"));
    assert_eq!(
        world.deploy(&[spec("game", 0, r#""Topic": {}"#)]).verdict(),
        Verdict::GaveUp
    );
}

#[test]
fn failed_rollback_is_left_to_a_person() {
    let world = World::new(FakeCloudFormation::default().with("game", "UPDATE_ROLLBACK_FAILED"));
    let failed = failure(world.results(&[spec("game", 0, r#""Topic": {}"#)]));
    let hint = failed.hint(&StackRef::new("game", REGION)).unwrap();
    assert!(
        hint.contains("liftform rollback --region eu-west-1 --stack game"),
        "{hint}"
    );
}

#[test]
fn stack_that_is_not_selected_only_lends_its_outputs() {
    let world = World::new(FakeCloudFormation::default());
    let mut fleets = spec("fleets", 0, r#""Fleet": {}"#);
    world.results(std::slice::from_ref(&fleets));
    world.cloud.calls();
    fleets.template = fleets.template.replace("Fleet", "Other");
    fleets.selection = Selection::ReadOutputs;
    let mut backend = spec("backend", 1, r#""Topic": {}"#);
    let source = ParameterSource::Output {
        stack: "fleets".to_owned(),
        region: REGION.to_owned(),
        output: "Arn".to_owned(),
    };
    backend.parameters.insert("Alias".to_owned(), source);
    assert_eq!(world.deploy(&[fleets, backend]).verdict(), Verdict::Done);
    assert_eq!(
        world.cloud.calls(),
        ["CreateChangeSet backend", "ExecuteChangeSet backend"]
    );
}

fn with_handler(world: &mut World, spec: &mut StackSpec) {
    let artifact = Artifact::Handler {
        package: "echo".to_owned(),
    };
    let built = BuiltArtifact {
        key: "handlers/echo-1.zip".to_owned(),
        path: "/nowhere/echo.zip".into(),
        size: 1,
        digest: Digest::of(b"x"),
    };
    world.catalog.insert(artifact.clone(), built, &NoEvents);
    spec.parameters
        .insert("EchoKey".to_owned(), ParameterSource::Artifact(artifact));
}

#[test]
fn artifact_is_uploaded_once_to_the_bucket_of_its_region() {
    let mut world = World::new(FakeCloudFormation::default());
    let mut backend = spec("backend", 1, r#""Topic": {}"#);
    with_handler(&mut world, &mut backend);
    let mut specs = [artifacts(), backend];
    assert_eq!(world.deploy(&specs).verdict(), Verdict::Done);
    assert!(
        world
            .store
            .objects
            .borrow()
            .contains("eu-west-1/bucket-1/handlers/echo-1.zip")
    );
    assert_eq!(
        world.cloud.state("backend").unwrap().parameters["EchoKey"],
        "handlers/echo-1.zip"
    );
    specs[1].template = specs[1].template.replace("Topic", "Queue");
    world.events.0.borrow_mut().clear();
    assert_eq!(world.deploy(&specs).verdict(), Verdict::Done);
    let uploads = |event: &Event| matches!(event, Event::ArtifactUploading { .. });
    assert!(!world.events.0.borrow().iter().any(uploads));
}

#[test]
fn long_template_goes_through_the_bucket() {
    let world = World::new(FakeCloudFormation::default());
    let mut long = spec("backend", 1, r#""Topic": {}"#);
    long.template.push_str(&" ".repeat(60_000));
    // The fake doesn't fetch templates, so the operation never begins; what matters is where the template went.
    let _ = world.deploy(&[artifacts(), long]);
    assert!(
        world
            .store
            .objects
            .borrow()
            .contains("eu-west-1/bucket-1/templates/backend-r1.json")
    );
}

#[test]
fn destroy_removes_everything_and_empties_the_bucket() {
    let mut world = World::new(FakeCloudFormation::default());
    let mut backend = spec("backend", 1, r#""Topic": {}"#);
    with_handler(&mut world, &mut backend);
    backend
        .tags
        .insert(TAG_ENVIRONMENT.to_owned(), "dev".to_owned());
    let mut bucket = artifacts();
    bucket.tags.clear();
    bucket.protected = true;
    let specs = [bucket, backend];
    assert_eq!(world.deploy(&specs).verdict(), Verdict::Done);
    let outcome = world.run(async |operation| {
        let plan = survey_for_destroy(operation, &specs, "game", "dev")
            .await
            .unwrap();
        destroy(operation, &plan).await
    });
    let results: Vec<_> = outcome
        .stacks
        .into_iter()
        .map(|outcome| outcome.result)
        .collect();
    assert_eq!(results, [StackResult::Deleted, StackResult::Deleted]);
    assert!(world.store.objects.borrow().is_empty());
    assert_eq!(world.cloud.state("liftform-artifacts"), None);
}

/// The end of a stack that is stuck because `Topic` can't be taken back.
fn taken_back(status: &str, skip: &[&str]) -> (DeployOutcome, Vec<String>) {
    let cloud = FakeCloudFormation::default()
        .with("game", status)
        .failing("Topic", "in use");
    let world = World::new(cloud);
    let step = RollbackStep {
        stack: StackRef::new("game", REGION),
        way: WayBack::out_of(status).unwrap(),
        skip: skip.iter().map(|id| (*id).to_owned()).collect(),
    };
    let outcome = world.run(async |operation| rollback(operation, &[step]).await);
    (outcome, world.cloud.calls())
}

#[test]
fn stuck_rollback_goes_on_once_what_failed_is_skipped() {
    let (outcome, calls) = taken_back("UPDATE_ROLLBACK_FAILED", &["Topic"]);
    assert_eq!(outcome.stacks[0].result, StackResult::RolledBack);
    assert_eq!(outcome.verdict(), Verdict::Done);
    assert_eq!(calls, ["ContinueUpdateRollback game"]);
}

#[test]
fn stuck_rollback_that_fails_again_names_what_failed() {
    let (outcome, _) = taken_back("UPDATE_ROLLBACK_FAILED", &[]);
    assert_eq!(outcome.verdict(), Verdict::Failed);
    let (_, failure) = outcome.failures().next().unwrap();
    assert!(
        failure.to_string().ends_with("UPDATE_FAILED: in use"),
        "{failure}"
    );
}

#[test]
fn update_that_was_left_half_done_is_taken_back() {
    let (outcome, calls) = taken_back("UPDATE_FAILED", &[]);
    assert_eq!(outcome.stacks[0].result, StackResult::RolledBack);
    assert_eq!(calls, ["RollbackStack game"]);
}

/// Fleets in so many regions that take longer in each, and a backend that takes an output of each.
fn spread(regions: u64) -> Vec<StackSpec> {
    let region = |number: u64| format!("region-{number}");
    let mut specs: Vec<_> = (0..regions)
        .map(|number| StackSpec {
            stack: StackRef::new("fleets", region(number)),
            ..spec("fleets", 0, r#""Fleet": {}"#)
        })
        .collect();
    let mut backend = spec("backend", 1, r#""Topic": {}"#);
    for number in 0..regions {
        let source = ParameterSource::Output {
            stack: "fleets".to_owned(),
            region: region(number),
            output: "Arn".to_owned(),
        };
        backend.parameters.insert(format!("Alias{number}"), source);
    }
    specs.push(backend);
    specs
}

/// How long a deployment of eight regions takes, in seconds, with calls paced as in AWS.
fn eight_regions(max_parallel: usize) -> u64 {
    let mut world = World::new(FakeCloudFormation::default());
    world.options.max_parallel = max_parallel;
    world.options.timeout = None;
    let specs = spread(8);
    for (spec, seconds) in specs
        .iter()
        .zip([900, 1_000, 1_100, 1_200, 1_300, 1_400, 1_500, 2_000, 120])
    {
        world.cloud.slow(&spec.stack, seconds);
    }
    let stacks = Reliable::new(&world.cloud, &world.pace, CallRate::AWS);
    let operation = Operation {
        stacks: &stacks,
        store: &world.store,
        pace: &world.pace,
        options: &world.options,
        events: &world.events,
    };
    let outcome = world.pace.run(async {
        let catalog = &world.catalog;
        let prepared = prepare(&operation, &specs, catalog, Method::ChangeSet).await?;
        Ok::<_, PrepareError>(execute(&operation, &specs, catalog, &prepared, &Everything).await)
    });
    assert_eq!(outcome.unwrap().verdict(), Verdict::Done);
    world.pace.now().as_secs()
}

#[test]
fn eight_regions_take_the_time_of_the_slowest_chain() {
    let slowest = 2_000 + 120;
    let side_by_side = eight_regions(16);
    assert!(side_by_side * 5 <= slowest * 6, "{side_by_side} s");
    let one_by_one = eight_regions(1);
    assert!(one_by_one >= 10_400 + 120, "{one_by_one} s");
}

/// An update that takes two minutes, in which the user wants something after one.
fn updated_with(wish: Wish) -> (StackResult, World) {
    let world = World::new(FakeCloudFormation::default());
    world.results(&[spec("game", 0, r#""Topic": {}"#)]);
    world.cloud.slow(&StackRef::new("game", REGION), 120);
    world
        .pace
        .wish_at(world.pace.now() + Duration::from_secs(60), wish);
    let specs = [
        spec("game", 0, r#""Queue": {}"#),
        spec("later", 1, r#""Topic": {}"#),
    ];
    let outcome = world.deploy(&specs);
    assert_eq!(world.cloud.state("later"), None);
    assert!(world.cloud.left_over().is_empty());
    (outcome.stacks[0].result.clone(), world)
}

#[test]
fn cancelled_update_is_taken_back_and_nothing_new_begins() {
    let (result, world) = updated_with(Wish::Cancel);
    assert!(
        matches!(&result, StackResult::Failed(StackFailure::Settled { status, .. }) if status == "UPDATE_ROLLBACK_COMPLETE"),
        "{result:?}"
    );
    let cancels = |call: &String| call.starts_with("CancelUpdateStack");
    assert_eq!(
        world
            .cloud
            .calls()
            .iter()
            .filter(|call| cancels(call))
            .count(),
        1
    );
}

#[test]
fn detached_update_goes_on_and_the_way_back_to_it_is_said() {
    let (result, world) = updated_with(Wish::Detach);
    let failure = failure(vec![result]);
    assert_eq!(failure, StackFailure::Detached);
    let hint = failure.hint(&StackRef::new("game", REGION)).unwrap();
    assert!(
        hint.contains("liftform watch --region eu-west-1 --stack game"),
        "{hint}"
    );
    assert_eq!(
        world.cloud.state("game").unwrap().status,
        "UPDATE_IN_PROGRESS"
    );
}

#[test]
fn waiting_after_an_interruption_finishes_what_runs() {
    let (result, _) = updated_with(Wish::StartNothing);
    assert_eq!(result, StackResult::Updated);
}

#[test]
fn operation_begun_elsewhere_is_watched_to_its_end() {
    let cloud = FakeCloudFormation::default()
        .with("game", "UPDATE_IN_PROGRESS")
        .then("game", 50, "UPDATE_ROLLBACK_COMPLETE");
    let world = World::new(cloud);
    let stacks = [StackRef::new("game", REGION), StackRef::new("none", REGION)];
    let outcome = world.run(async |operation| watch(operation, &stacks).await);
    assert_eq!(outcome.verdict(), Verdict::Failed);
    assert_eq!(
        outcome.stacks[1].result,
        StackResult::Skipped(crate::event::SkipReason::Absent)
    );
}

/// Agrees to nothing.
struct Nobody;

impl Approve for Nobody {
    fn approve(&self, _prepared: &Prepared) -> Result<(), review::Need> {
        Err(review::Need::default())
    }
}

#[test]
fn later_change_set_that_nobody_approved_is_taken_away() {
    let world = World::new(FakeCloudFormation::default());
    let specs = spread(1);
    let outcome = world.run(async |operation| {
        let prepared = prepare(operation, &specs, &world.catalog, Method::ChangeSet)
            .await
            .unwrap();
        execute(operation, &specs, &world.catalog, &prepared, &Nobody).await
    });
    assert!(matches!(
        outcome.stacks[1].result,
        StackResult::Failed(StackFailure::NotApproved { .. })
    ));
    assert_eq!(world.cloud.state("backend"), None);
}

/// A plan of one new stack, as `diff --out` leaves it.
fn planned() -> (World, [StackSpec; 1], Vec<Prepared>) {
    let mut world = World::new(FakeCloudFormation::default());
    let specs = [spec("game", 0, r#""Topic": {}"#)];
    world.options.lifetime = Lifetime::Plan;
    let prepared = prepared(&world, &specs);
    world.options = DeployOptions {
        run: "r2".to_owned(),
        ..options()
    };
    (world, specs, prepared)
}

fn prepared(world: &World, specs: &[StackSpec]) -> Vec<Prepared> {
    let catalog = &world.catalog;
    world
        .run(async |operation| prepare(operation, specs, catalog, Method::ChangeSet).await)
        .unwrap()
}

#[test]
fn resuming_removes_left_overs_but_not_what_a_plan_pins() {
    let (world, specs, plan) = planned();
    let _ = prepared(&world, &specs);
    assert_eq!(world.cloud.left_over().len(), 2);
    let pinned = world.run(async |operation| sweep_earlier(operation, &specs).await);
    assert_eq!(pinned.len(), 1);
    assert_eq!(world.cloud.left_over(), [pinned[0].change_set.clone()]);
    let outcome = world.run(async |operation| {
        execute(operation, &specs, &world.catalog, &plan, &Everything).await
    });
    assert_eq!(outcome.stacks[0].result, StackResult::Created);
    assert_eq!(world.cloud.left_over(), Vec::<String>::new());
}

#[test]
fn looking_again_leaves_the_empty_stack_of_a_plan() {
    let (world, specs, plan) = planned();
    let again = prepared(&world, &specs);
    assert_eq!(again[0].existing(), None);
    world.run(async |operation| discard(operation, &again).await);
    assert_eq!(
        world.cloud.state("game").unwrap().status,
        "REVIEW_IN_PROGRESS"
    );
    let outcome = world.run(async |operation| {
        execute(operation, &specs, &world.catalog, &plan, &Everything).await
    });
    assert_eq!(outcome.stacks[0].result, StackResult::Created);
}

#[test]
fn deployment_beside_a_plan_deletes_nothing() {
    let (world, specs, _) = planned();
    world.cloud.calls();
    assert_eq!(world.results(&specs), [StackResult::Created]);
    assert_eq!(
        world.cloud.calls(),
        ["CreateChangeSet game", "ExecuteChangeSet game"]
    );
}

#[test]
fn discarded_plan_leaves_neither_change_sets_nor_empty_stacks() {
    let (world, specs, _) = planned();
    let (removed, again) = world.run(async |operation| {
        let found = pinned(operation, &specs).await.unwrap();
        let removed = remove(operation, &found).await.unwrap();
        (removed, remove(operation, &found).await.unwrap())
    });
    assert_eq!(removed.len(), 1);
    assert!(again.is_empty(), "{again:?}");
    assert_eq!(world.cloud.state("game"), None);
}

#[test]
fn detached_deployment_names_what_it_could_not_begin_and_resuming_deploys_it() {
    let mut world = World::new(FakeCloudFormation::default());
    world.options.detach = true;
    let specs = [
        spec("fleets", 0, r#""Fleet": {}"#),
        spec("backend", 1, r#""Topic": {}"#),
    ];
    let outcome = world.deploy(&specs);
    assert_eq!(outcome.stacks[0].result, StackResult::Started);
    assert_eq!(outcome.verdict(), Verdict::Partial);
    let left: Vec<_> = outcome.not_begun().collect();
    assert_eq!(left, [&specs[1].stack]);
    assert_eq!(world.cloud.left_over(), Vec::<String>::new());
    world.options = DeployOptions {
        run: "r2".to_owned(),
        ..options()
    };
    assert_eq!(
        world.results(&specs),
        [StackResult::Unchanged, StackResult::Created]
    );
}

#[test]
fn failure_in_a_wave_of_regions_keeps_the_next_from_beginning() {
    let world = World::new(FakeCloudFormation::default().failing("Bad", "no"));
    let mut specs = spread(3);
    specs[1].template = specs[1].template.replace("Fleet", "Bad");
    let waves = RegionWaves::parse("region-0/region-1").unwrap();
    waves.apply(&mut specs).unwrap();
    let skipped = StackResult::Skipped(crate::event::SkipReason::EarlierFailure);
    let outcome = world.deploy(&specs);
    let results: Vec<_> = outcome.stacks.iter().map(|stack| &stack.result).collect();
    assert_eq!(results[0], &StackResult::Created);
    assert!(matches!(results[1], StackResult::Failed(_)));
    assert_eq!(results[2..], [&skipped, &skipped]);
}

fn guarding(resources: &str) -> StackSpec {
    StackSpec {
        guarded: BTreeSet::from(["Fleet".to_owned()]),
        ..spec("game", 0, resources)
    }
}

#[test]
fn stack_policy_is_set_once_and_follows_the_topology() {
    let world = World::new(FakeCloudFormation::default());
    let guarding = guarding(r#""Fleet": {}"#);
    world.results(std::slice::from_ref(&guarding));
    assert_eq!(world.cloud.guarded("game"), ["Fleet"]);
    world.cloud.calls();
    let again = world.results(std::slice::from_ref(&guarding));
    assert_eq!(again, [StackResult::Unchanged]);
    let open = StackSpec {
        guarded: BTreeSet::new(),
        ..guarding
    };
    assert_eq!(world.results(&[open]), [StackResult::Updated]);
    assert_eq!(world.cloud.calls(), ["SetStackPolicy game"]);
    assert_eq!(world.cloud.guarded("game"), [""; 0]);
}

#[test]
fn loss_that_was_allowed_by_name_happens_and_what_is_guarded_then_is_guarded() {
    let mut world = World::new(FakeCloudFormation::default());
    world.results(&[guarding(r#""Fleet": {}, "Other": {}"#)]);
    let without = StackSpec {
        guarded: BTreeSet::from(["Other".to_owned()]),
        ..spec("game", 0, r#""Other": {}"#)
    };
    let denied = failure(world.results(std::slice::from_ref(&without)));
    assert!(
        denied.to_string().ends_with("denied by stack policy"),
        "{denied}"
    );
    assert_eq!(world.cloud.guarded("game"), ["Fleet"]);
    world.options.allow_replace = BTreeSet::from(["Fleet".to_owned()]);
    world.options.run = "r2".to_owned();
    assert_eq!(world.results(&[without]), [StackResult::Updated]);
    assert_eq!(world.cloud.guarded("game"), ["Other"]);
}

#[test]
fn lifted_policy_is_restored_when_the_update_fails() {
    let mut world = World::new(FakeCloudFormation::default().failing("Bad", "no"));
    world.results(&[guarding(r#""Fleet": {}"#)]);
    world.options.allow_replace = BTreeSet::from(["Fleet".to_owned()]);
    let failed = failure(world.results(&[guarding(r#""Bad": {}"#)]));
    assert!(matches!(failed, StackFailure::Settled { .. }), "{failed}");
    assert_eq!(world.cloud.guarded("game"), ["Fleet"]);
}

#[test]
fn detached_update_under_a_lifted_policy_is_told_and_the_next_deployment_mends_it() {
    let mut world = World::new(FakeCloudFormation::default());
    world.results(&[guarding(r#""Fleet": {}"#)]);
    world.options.allow_replace = BTreeSet::from(["Fleet".to_owned()]);
    world.options.detach = true;
    let changed = [guarding(r#""Fleet": {}, "Topic": {}"#)];
    assert_eq!(world.results(&changed), [StackResult::Started]);
    assert_eq!(world.cloud.guarded("game"), [""; 0]);
    let told =
        |event: &Event| matches!(event, Event::Warning { message } if message.contains("weakened"));
    assert!(world.events.0.borrow().iter().any(told));
    world.options = DeployOptions {
        run: "r2".to_owned(),
        ..options()
    };
    assert_eq!(world.results(&changed), [StackResult::Updated]);
    assert_eq!(world.cloud.guarded("game"), ["Fleet"]);
}
