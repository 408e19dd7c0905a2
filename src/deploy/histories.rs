//! Random histories: whatever goes wrong between us and CloudFormation, what is reported is what is true, nothing runs that
//! nobody approved, and nothing is done twice.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use plan::{ParameterSource, StackRole};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use review::Need;

use super::fake::{
    Ending, FakeCloudFormation, FakeStore, Fault, Meddling, Mutation, Recorder, VirtualPace, What,
};
use super::*;
use crate::bundle::ArtifactCatalog;
use crate::event::{Event, StackRef};
use crate::remote::Cause;

const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];

/// What happens in one run.
#[derive(Clone, Debug)]
struct History {
    /// For each stack: how it is before.
    before: Vec<&'static str>,
    /// Stacks whose resources fail.
    failing: BTreeSet<usize>,
    faults: Vec<Fault>,
    meddling: Vec<Meddling>,
    expire_after: Option<usize>,
    slow: Vec<u64>,
    wish: Option<(u64, Wish)>,
    /// Whether later change sets are agreed to.
    agrees: bool,
}

fn name(place: usize) -> StackRef {
    StackRef::new(format!("stack{place}"), REGIONS[place % REGIONS.len()])
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::Throttle),
        1 => Just(Fault::LoseAnswer),
    ]
}

fn meddling() -> impl Strategy<Value = Meddling> {
    let what = prop_oneof![
        Just(What::Update),
        Just(What::DeleteChangeSet),
        Just(What::DeleteStack)
    ];
    (0..60_u64, 0..4_usize, what).prop_map(|(at, place, what)| Meddling {
        at: Duration::from_secs(at),
        stack: name(place),
        what,
    })
}

fn before() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "",
        "CREATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "ROLLBACK_COMPLETE",
        "REVIEW_IN_PROGRESS",
        "UPDATE_ROLLBACK_FAILED",
    ])
}

fn wish() -> impl Strategy<Value = (u64, Wish)> {
    let wish = prop::sample::select(vec![Wish::StartNothing, Wish::Cancel, Wish::Detach]);
    (0..60_u64, wish)
}

fn history() -> impl Strategy<Value = History> {
    (
        vec(before(), 1..5),
        btree_set(0..4_usize, 0..3),
        vec(fault(), 0..80),
        vec(meddling(), 0..3),
        prop::option::weighted(0.2, 0..120_usize),
        vec(2..90_u64, 4),
        prop::option::weighted(0.2, wish()),
        any::<bool>(),
    )
        .prop_map(
            |(before, failing, faults, meddling, expire_after, slow, wish, agrees)| History {
                before,
                failing,
                faults,
                meddling,
                expire_after,
                slow,
                wish,
                agrees,
            },
        )
}

impl History {
    /// Each stack takes an output of the stack before the last: two chains.
    fn specs(&self) -> Vec<StackSpec> {
        (0..self.before.len())
            .map(|place| {
                let stack = name(place);
                let taken = place.checked_sub(2).map(name);
                StackSpec {
                    role: StackRole::Fleets,
                    wave: place / 2,
                    template: format!(
                        r#"{{"Parameters": {{"Taken": {{"Type": "String", "Default": ""}}}},
                            "Resources": {{"R{place}": {{"Type": "AWS::SNS::Topic"}}}},
                            "Outputs": {{"Arn": {{"Value": "arn:{place}"}}}}}}"#
                    ),
                    parameters: taken
                        .map(|taken| {
                            let source = ParameterSource::Output {
                                stack: taken.name,
                                region: taken.region,
                                output: "Arn".to_owned(),
                            };
                            ("Taken".to_owned(), source)
                        })
                        .into_iter()
                        .collect(),
                    tags: BTreeMap::new(),
                    protected: false,
                    guarded: BTreeSet::new(),
                    selection: Selection::Deploy,
                    stack,
                }
            })
            .collect()
    }

    fn cloud(&self) -> FakeCloudFormation {
        let mut cloud = FakeCloudFormation::default();
        for (place, status) in self.before.iter().enumerate() {
            let stack = name(place);
            if !status.is_empty() {
                cloud = cloud.with_in(&stack.region, &stack.name, status);
            }
            cloud.slow(&stack, self.slow[place]);
        }
        for place in &self.failing {
            cloud = cloud.failing(&format!("R{place}"), "limit exceeded");
        }
        cloud.faults(self.faults.clone());
        cloud.meddle(self.meddling.clone());
        cloud.expire_after(self.expire_after);
        cloud
    }
}

/// Notes what was agreed to.
struct Agreement {
    agrees: bool,
    agreed: RefCell<BTreeSet<String>>,
}

impl Approve for Agreement {
    fn approve(&self, prepared: &Prepared) -> Result<(), Need> {
        if !self.agrees {
            return Err(Need::default());
        }
        self.note(prepared);
        Ok(())
    }
}

impl Agreement {
    fn note(&self, prepared: &Prepared) {
        if let PreparedStep::Execute { change_set, .. } = &prepared.step {
            self.agreed.borrow_mut().insert(change_set.id.clone());
        }
    }
}

/// A run and what it left.
struct Ran {
    cloud: FakeCloudFormation,
    pace: VirtualPace,
    outcome: Result<DeployOutcome, PrepareError>,
    agreed: BTreeSet<String>,
    warnings: Vec<String>,
}

fn ran(history: &History) -> Ran {
    let cloud = history.cloud();
    let pace = cloud.clock();
    if let Some((time, wish)) = history.wish {
        pace.wish_at(Duration::from_secs(time), wish);
    }
    let options = DeployOptions {
        timeout: Some(Duration::from_secs(3600)),
        ..DeployOptions::new("run", 8, PollPolicy::AWS)
    };
    let agreement = Agreement {
        agrees: history.agrees,
        agreed: RefCell::default(),
    };
    let specs = history.specs();
    let recorder = Recorder::default();
    let outcome = {
        let stacks = Reliable::new(&cloud, &pace, CallRate::AWS);
        let operation = Operation {
            stacks: &stacks,
            store: &FakeStore::default(),
            pace: &pace,
            options: &options,
            events: &recorder,
        };
        pace.run(async {
            let catalog = ArtifactCatalog::default();
            settle_all(&operation, &specs).await?;
            let prepared = prepare(&operation, &specs, &catalog, Method::ChangeSet).await?;
            prepared.iter().for_each(|stack| agreement.note(stack));
            Ok(execute(&operation, &specs, &catalog, &prepared, &agreement).await)
        })
    };
    Ran {
        cloud,
        pace,
        outcome,
        agreed: agreement.agreed.into_inner(),
        warnings: warnings(recorder),
    }
}

fn warnings(recorder: Recorder) -> Vec<String> {
    let events = recorder.0.into_inner().into_iter();
    events
        .filter_map(|event| {
            if let Event::Warning { message } = event {
                Some(message)
            } else {
                None
            }
        })
        .collect()
}

/// What is reported of a stack is so.
fn reported_is_true(history: &History, ran: &Ran) -> Result<(), TestCaseError> {
    let Ok(outcome) = &ran.outcome else {
        return Ok(());
    };
    let specs = history.specs();
    for (spec, outcome) in specs.iter().zip(&outcome.stacks) {
        let is_meddled = history.meddling.iter().any(|one| one.stack == spec.stack);
        if is_meddled {
            reported_was_true(ran, spec, &outcome.result)?;
        }
        let truth = ran.cloud.truth(&spec.stack);
        let status = truth.as_ref().map(|(state, _)| state.status.as_str());
        match &outcome.result {
            StackResult::Created | StackResult::Updated | StackResult::Unchanged if !is_meddled => {
                let (state, template) = truth.clone().expect("a deployed stack exists");
                prop_assert!(
                    super::condition::is_success(&state.status),
                    "{}",
                    state.status
                );
                prop_assert_eq!(template, spec.template.clone());
            }
            StackResult::Failed(StackFailure::Settled { status: told, .. }) if !is_meddled => {
                prop_assert_eq!(status.unwrap_or("DELETE_COMPLETE"), told.as_str());
            }
            // Refused for good: then nothing was applied, not even by a call whose answer was lost.
            StackResult::Failed(StackFailure::Remote(error))
                if !is_meddled && error.cause() != Cause::Identity =>
            {
                let template = truth.map(|(_, template)| template);
                prop_assert_ne!(template, Some(spec.template.clone()), "{}", error);
            }
            StackResult::Skipped(_) => {
                prop_assert!(!was_executed(&ran.cloud.mutations(), &spec.stack));
            }
            StackResult::Created
            | StackResult::Updated
            | StackResult::Unchanged
            | StackResult::Started
            | StackResult::Deleted
            | StackResult::RolledBack
            | StackResult::Failed(_) => {}
        }
    }
    Ok(())
}

/// What is reported of a stack that others touched, too, was so when our operation ended: they may have gone on since.
fn reported_was_true(
    ran: &Ran,
    spec: &StackSpec,
    result: &StackResult,
) -> Result<(), TestCaseError> {
    let endings = ran.cloud.endings(&spec.stack);
    let is_deployed = |ending: &&Ending| {
        super::condition::is_success(&ending.status) && ending.template == spec.template
    };
    let ours: BTreeSet<_> = ran
        .cloud
        .mutations()
        .into_iter()
        .filter(|call| call.operation == "ExecuteChangeSet" && call.stack == spec.stack)
        .map(|call| call.token)
        .collect();
    match result {
        StackResult::Created | StackResult::Updated => {
            let mut deployed = endings.iter().filter(is_deployed);
            prop_assert!(
                deployed.any(|ending| ours.contains(&ending.token)),
                "{endings:?}"
            );
        }
        StackResult::Unchanged => prop_assert!(endings.iter().any(|ending| is_deployed(&ending))),
        StackResult::Failed(StackFailure::Settled { status, .. }) => {
            let mut reached = endings.iter().map(|ending| &ending.status);
            prop_assert!(reached.any(|reached| reached == status), "{endings:?}");
        }
        StackResult::Started
        | StackResult::Skipped(_)
        | StackResult::Deleted
        | StackResult::RolledBack
        | StackResult::Failed(_) => {}
    }
    Ok(())
}

fn was_executed(mutations: &[Mutation], stack: &StackRef) -> bool {
    mutations
        .iter()
        .any(|call| call.operation == "ExecuteChangeSet" && call.stack == *stack)
}

/// Every change set that was executed had been seen and agreed to.
fn executed_is_approved(ran: &Ran) -> Result<(), TestCaseError> {
    for call in ran.cloud.mutations() {
        if call.operation == "ExecuteChangeSet" {
            let id = call.change_set.unwrap_or_default();
            prop_assert!(ran.agreed.contains(&id), "{id} ran unseen");
        }
    }
    Ok(())
}

/// A call that is heard twice carries the token of the first time, and no two different calls share one.
fn repeated_calls_share_their_token(ran: &Ran) -> Result<(), TestCaseError> {
    let with_tokens = [
        "CreateChangeSet",
        "ExecuteChangeSet",
        "DeleteStack",
        "CancelUpdateStack",
    ];
    let mut owners: BTreeMap<String, (&str, StackRef)> = BTreeMap::new();
    for call in ran.cloud.mutations() {
        if !with_tokens.contains(&call.operation) {
            continue;
        }
        let token = call.token.clone();
        prop_assert!(token.is_some(), "{} has no token", call.operation);
        let owner = (call.operation, call.stack.clone());
        let known = owners
            .entry(token.unwrap_or_default())
            .or_insert(owner.clone());
        prop_assert_eq!(known.clone(), owner);
    }
    Ok(())
}

/// As long as we could call at all, no change set of ours waits to be executed by mistake, unless its removal was refused too
/// often and the user was told.
fn nothing_is_left_over(history: &History, ran: &Ran) -> Result<(), TestCaseError> {
    let is_calm = history.expire_after.is_none() && history.meddling.is_empty();
    if is_calm {
        for name in ran.cloud.left_over() {
            let is_told = ran.warnings.iter().any(|warning| warning.contains(&name));
            prop_assert!(is_told, "{name} is left, and nobody was told");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_goes_wrong_the_report_is_true(history in history()) {
        let ran = ran(&history);
        reported_is_true(&history, &ran)?;
        executed_is_approved(&ran)?;
        repeated_calls_share_their_token(&ran)?;
        nothing_is_left_over(&history, &ran)?;
        prop_assert!(ran.pace.now() < Duration::from_secs(2 * 3600));
    }
}
