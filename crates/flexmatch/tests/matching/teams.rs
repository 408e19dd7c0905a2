//! Which team gets whom.

use flexmatch::matching::MatchmakerOptions;

use crate::scene::{Scene, duel, lines, rule_set, sizes};

const THREE: &str = r#"{"ruleLanguageVersion": "1.0", "teams": [
    {"name": "red", "minPlayers": 5, "maxPlayers": 10},
    {"name": "blue", "minPlayers": 5, "maxPlayers": 10},
    {"name": "green", "minPlayers": 2, "maxPlayers": 3}]}"#;

#[track_caller]
fn check_three(players: usize, expected: [usize; 3]) {
    let mut scene = Scene::patient(&rule_set(THREE));
    scene.enter(0, &lines(players, |number| format!("p{number:02}")));
    assert_eq!(sizes(&scene.formed(0)[0]), expected);
}

#[test]
fn minima_come_first_then_the_most_open_slots() {
    check_three(12, [5, 5, 2]);
    check_three(14, [6, 6, 2]);
    check_three(20, [9, 9, 2]);
    check_three(23, [10, 10, 3]);
}

#[test]
fn a_party_stays_in_one_team() {
    let mut scene = Scene::patient(&duel(2, r#""rules": []"#));
    scene.enter(0, "a\nb+c\nd");
    let matches = scene.matches(0);
    assert!(
        ["red: a d, blue: b c", "red: b c, blue: a d"].contains(&matches[0].as_str()),
        "{matches:?}"
    );
}

#[test]
fn a_party_larger_than_every_team_never_matches() {
    let mut scene = Scene::patient(&duel(2, r#""rules": []"#));
    scene.enter(0, "a+b+c\nd\ne\nf\ng");
    assert_eq!(scene.formed(0).len(), 1);
    assert_eq!(scene.matchmaker.searching(), 1);
}

#[test]
fn slots_for_additional_players_stay_open() {
    let options = MatchmakerOptions {
        additional_players: 3,
        ..MatchmakerOptions::default()
    };
    let mut scene = Scene::with(&rule_set(THREE), options);
    scene.enter(0, &lines(23, |number| format!("p{number:02}")));
    assert_eq!(scene.formed(0)[0].players().count(), 20);
}

#[test]
fn entries_with_a_quantity_are_numbered() {
    let mut scene = Scene::patient(&rule_set(
        r#"{"ruleLanguageVersion": "1.0", "teams": [{"name": "solo", "minPlayers": 1, "maxPlayers": 1, "quantity": 3}]}"#,
    ));
    scene.enter(0, "a\nb\nc");
    let names: Vec<String> = scene.formed(0)[0]
        .teams
        .iter()
        .map(|team| team.name.clone())
        .collect();
    assert_eq!(names, ["solo_1", "solo_2", "solo_3"]);
}
