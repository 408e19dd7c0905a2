use super::*;
use crate::forecast::{Pair, forecast};
use cloudformation::Template;
use cloudformation::diff::Side;

fn detail(name: &str, recreation: Replacement, evaluation: Evaluation) -> Detail {
    Detail {
        attribute: "Properties".to_owned(),
        name: Some(name.to_owned()),
        path: None,
        before: None,
        after: None,
        recreation,
        evaluation,
        cause: None,
    }
}

fn change(action: Action, replacement: Replacement, details: Vec<Detail>) -> Change {
    Change {
        logical_id: "Fleet".to_owned(),
        physical_id: Some("fleet-1".to_owned()),
        kind: "AWS::GameLift::Fleet".to_owned(),
        action,
        replacement,
        policy: None,
        details,
    }
}

fn template(build: &str) -> Template {
    Template::parse(&format!(
        "Resources: {{ Fleet: {{ Type: 'AWS::GameLift::Fleet', Properties: {{ Name: f, BuildId: {build} }} }} }}"
    ))
    .unwrap()
}

/// The only resource of a review: forecast from two templates, then this change laid over it.
fn reviewed(change: Change) -> ResourceReview {
    let (old, new) = (template("a"), template("b"));
    let pair = Pair {
        name: "game",
        region: "eu-west-1",
        old: Some(Side::new(&old)),
        new: Some(Side::new(&new)),
    };
    let change_set = ChangeSet {
        id: "arn:x".to_owned(),
        stack_id: String::new(),
        changes: vec![change],
    };
    overlay(&forecast(&pair), &change_set).resources.remove(0)
}

#[test]
fn verdict_is_of_the_change_set_and_values_are_of_the_templates() {
    let always = detail("BuildId", Replacement::Yes, Evaluation::Static);
    let fleet = reviewed(change(Action::Modify, Replacement::Yes, vec![always]));
    assert_eq!(fleet.action, ResourceAction::Replace);
    assert_eq!(fleet.verdict, verdict(Certainty::Certain));
    assert_eq!(fleet.causes, ["BuildId changes"]);
    assert_eq!(fleet.properties[0].before, Some(Shown::Value("a".into())));
    assert_eq!(fleet.properties[0].after, Some(Shown::Value("b".into())));
    assert!(fleet.guarded);
    assert_eq!(fleet.physical_id.as_deref(), Some("fleet-1"));
}

#[test]
fn values_of_the_change_set_win() {
    let told = Detail {
        path: Some("/Properties/Locations/0/Location".to_owned()),
        before: Some("eu-west-1".to_owned()),
        after: Some("{\"Ref\":\"X\"}".to_owned()),
        ..detail("Locations", Replacement::No, Evaluation::Static)
    };
    let fleet = reviewed(change(Action::Modify, Replacement::No, vec![told]));
    let property = &fleet.properties[0];
    assert_eq!(property.path, "Locations[0].Location");
    assert_eq!(property.before, Some(Shown::Value("eu-west-1".into())));
    assert_eq!(
        property.after,
        Some(Shown::Value(serde_json::json!({ "Ref": "X" })))
    );
}

#[test]
fn replacement_that_only_running_will_tell_is_possible() {
    let dynamic = detail("BuildId", Replacement::Yes, Evaluation::Dynamic);
    let fleet = reviewed(change(Action::Modify, Replacement::Yes, vec![dynamic]));
    assert_eq!(fleet.action, ResourceAction::Replace);
    assert_eq!(fleet.verdict, verdict(Certainty::Possible));
    let conditional = change(Action::Modify, Replacement::Conditional, vec![]);
    assert_eq!(reviewed(conditional).action, ResourceAction::MayReplace);
}

#[test]
fn one_certain_reason_is_enough() {
    let details = vec![
        detail("BuildId", Replacement::Yes, Evaluation::Dynamic),
        detail("BuildId", Replacement::Yes, Evaluation::Static),
    ];
    let fleet = reviewed(change(Action::Modify, Replacement::Yes, details));
    assert_eq!(fleet.verdict.certainty, Certainty::Certain);
    assert_eq!(fleet.properties.len(), 1);
    assert_eq!(fleet.properties[0].verdict.certainty, Certainty::Certain);
}

#[test]
fn value_that_nobody_knows_yet_names_its_cause() {
    let caused = Detail {
        cause: Some("Build.Arn".to_owned()),
        ..detail("ScriptId", Replacement::Yes, Evaluation::Dynamic)
    };
    let fleet = reviewed(change(Action::Modify, Replacement::Yes, vec![caused]));
    assert_eq!(
        fleet.properties[0].after,
        Some(Shown::Later("from Build.Arn".to_owned()))
    );
}

#[test]
fn what_becomes_of_the_old_one_is_its_policy() {
    for (policy, expected) in [
        (None, ResourceAction::Delete),
        (Some(PolicyAction::Delete), ResourceAction::Delete),
        (Some(PolicyAction::Retain), ResourceAction::Retain),
        (Some(PolicyAction::Snapshot), ResourceAction::Snapshot),
    ] {
        let mut change = change(Action::Remove, Replacement::No, vec![]);
        change.policy = policy;
        assert_eq!(reviewed(change).action, expected);
    }
}

#[test]
fn what_the_change_set_does_not_list_does_not_happen() {
    let (old, new) = (template("a"), template("b"));
    let pair = Pair {
        name: "game",
        region: "eu-west-1",
        old: Some(Side::new(&old)),
        new: Some(Side::new(&new)),
    };
    let review = overlay(&forecast(&pair), &ChangeSet::default());
    assert!(review.resources.is_empty());
}

/// A new archive of a function, with what a change set says of it laid over.
fn function(changes: Vec<Change>) -> Vec<ResourceReview> {
    let template = |key: &str| {
        Template::parse(&format!(
            "Resources: {{ Fleet: {{ Type: 'AWS::Lambda::Function', Properties: {{ Role: r{key}, Code: {{ S3Key: {key} }} }} }} }}"
        ))
        .unwrap()
    };
    let (old, new) = (template("one"), template("two"));
    let pair = Pair {
        name: "game",
        region: "eu-west-1",
        old: Some(Side::new(&old)),
        new: Some(Side::new(&new)),
    };
    let change_set = ChangeSet {
        changes,
        ..ChangeSet::default()
    };
    overlay(&forecast(&pair), &change_set).resources
}

fn lambda(details: &[&str]) -> Change {
    let details = details
        .iter()
        .map(|name| detail(name, Replacement::No, Evaluation::Static));
    Change {
        kind: "AWS::Lambda::Function".to_owned(),
        ..change(Action::Modify, Replacement::No, details.collect())
    }
}

#[test]
fn change_that_can_not_be_read_back_is_told_though_the_change_set_leaves_it_out() {
    for changes in [vec![lambda(&["Role"])], vec![]] {
        let found = function(changes);
        let property = found[0].properties.last().unwrap();
        assert_eq!(property.path, "Code.S3Key");
        assert!(property.write_only);
        assert_eq!(property.verdict, UNLISTED);
        assert_eq!(found[0].action, ResourceAction::Change);
    }
}

#[test]
fn change_that_can_not_be_read_back_is_told_once() {
    let found = function(vec![lambda(&["Role", "Code"])]);
    let properties = &found[0].properties;
    let paths: Vec<&str> = properties.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["Role", "Code.S3Key"]);
    assert_eq!(properties[1].verdict, verdict(Certainty::Certain));
    assert!(properties[1].write_only);
}
