use super::*;
use crate::model::Subject;

const CHANGE_SET: &str = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/x/1";

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|&(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn scope() -> Scope {
    Scope {
        liftform: "0.1.0".to_owned(),
        topology: "skirmish".to_owned(),
        environment: "prod".to_owned(),
        account: Some("111122223333".to_owned()),
    }
}

fn stamp() -> Stamp {
    Stamp {
        id: "arn:aws:cloudformation:eu-west-1:111122223333:stack/game/1".to_owned(),
        status: "UPDATE_COMPLETE".to_owned(),
        last_updated: Some("2026-01-01T00:00:00Z".to_owned()),
    }
}

fn inputs() -> Inputs {
    Inputs::of("{}", Some(&map(&[("Key", "a.zip")])), &map(&[]))
}

fn plan(step: Step) -> PlanFile {
    let pin = Pin {
        name: "game".to_owned(),
        region: "eu-west-1".to_owned(),
        stamp: Some(stamp()),
        inputs: inputs(),
        step,
    };
    let review = Review::new(Subject::default(), vec![], vec![]);
    PlanFile::new(scope(), vec![pin], review)
}

fn execute() -> PlanFile {
    plan(Step::Execute {
        change_set: CHANGE_SET.to_owned(),
    })
}

fn current() -> Current {
    Current {
        scope: scope(),
        stacks: vec![CurrentStack {
            name: "game".to_owned(),
            region: "eu-west-1".to_owned(),
            stamp: Some(stamp()),
            inputs: inputs(),
            change_set: Some(PinnedChangeSet::Executable),
        }],
    }
}

/// Verifies a plan against a world that changed; empty: it holds.
#[track_caller]
fn check(plan: &PlanFile, change: impl FnOnce(&mut Current), expected: &str) {
    let mut current = current();
    change(&mut current);
    let found = plan.verify(&current).err().map(|stale| stale.to_string());
    let expected = Some(expected.to_owned())
        .filter(|expected| !expected.is_empty())
        .map(|expected| format!("the plan is stale: {expected}"));
    assert_eq!(found, expected);
}

#[test]
fn same_world_holds() {
    check(&execute(), |_| {}, "");
}

#[test]
fn stack_that_somebody_changed_is_stale() {
    check(
        &execute(),
        |current| current.stacks[0].stamp.as_mut().unwrap().last_updated = None,
        "game (eu-west-1) changed since",
    );
}

#[test]
fn stack_that_somebody_deleted_is_stale_even_when_nothing_was_to_be_done() {
    check(
        &plan(Step::Leave),
        |current| current.stacks[0].stamp = None,
        "game (eu-west-1) changed since",
    );
}

#[test]
fn other_inputs_are_named() {
    check(
        &execute(),
        |current| {
            current.stacks[0].inputs =
                Inputs::of("{ }", Some(&map(&[("Key", "b.zip")])), &map(&[("a", "b")]));
        },
        "game (eu-west-1) has another template now; game (eu-west-1) has other parameters now; game (eu-west-1) has other \
         tags now",
    );
}

#[test]
fn values_that_were_not_known_may_become_known() {
    let mut plan = plan(Step::Later);
    plan.stacks[0].inputs.parameters = None;
    check(&plan, |_| {}, "");
}

#[test]
fn executed_and_removed_change_sets_are_stale() {
    let set = |state| move |current: &mut Current| current.stacks[0].change_set = state;
    check(
        &execute(),
        set(Some(PinnedChangeSet::Spent)),
        "the change set of game (eu-west-1) was executed or replaced already",
    );
    let gone = "the change set of game (eu-west-1) is gone";
    check(&execute(), set(Some(PinnedChangeSet::Gone)), gone);
    check(&execute(), set(None), gone);
    check(&plan(Step::Leave), set(None), "");
}

#[test]
fn other_account_and_version_are_stale() {
    check(
        &execute(),
        |current| {
            current.scope.account = None;
            current.scope.liftform = "0.2.0".to_owned();
        },
        "it was made for liftform 0.1.0, and this is 0.2.0; it was made for account 111122223333, and this is none",
    );
}

#[test]
fn stacks_that_came_or_went_are_stale() {
    check(
        &execute(),
        |current| current.stacks[0].region = "us-east-1".to_owned(),
        "game (us-east-1) is not in it; game (eu-west-1) left the topology",
    );
}

#[test]
fn plan_reads_back_as_it_was_written() {
    let plan = execute();
    assert_eq!(PlanFile::parse(&plan.to_text()).unwrap(), plan);
}

#[test]
fn other_version_and_other_files_are_told_apart() {
    let newer = execute()
        .to_text()
        .replacen("\"format_version\": 1", "\"format_version\": 2", 1);
    let error = PlanFile::parse(&newer).unwrap_err();
    assert!(
        matches!(error, PlanFileError::Version { found: 2 }),
        "{error}"
    );
    for text in ["", "{}", "[]", "{\"format_version\": 1}"] {
        assert!(
            matches!(PlanFile::parse(text), Err(PlanFileError::Form(_))),
            "{text}"
        );
    }
}

#[test]
fn parameter_values_do_not_stand_in_the_file() {
    let values = map(&[("Password", "hunter2hunter2")]);
    let mut plan = execute();
    plan.stacks[0].inputs = Inputs::of("{}", Some(&values), &map(&[]));
    assert!(!plan.to_text().contains("hunter2"));
}
