//! What the texts of the published examples promise.

use crate::scene::{Scene, lines, published, sizes};

#[test]
fn ex1_forms_equal_teams_and_keeps_the_odd_player() {
    let mut scene = Scene::patient(&published("docs_ex1_aliens_vs_cowboys"));
    scene.enter(0, &lines(11, |number| format!("p{number} skill=50")));
    let formed = scene.formed(0);
    assert_eq!(sizes(&formed[0]), [5, 5]);
    assert_eq!(scene.matchmaker.searching(), 1);
}

#[test]
fn ex1_widens_the_skill_distance_by_the_newest_ticket() {
    let mut scene = Scene::patient(&published("docs_ex1_aliens_vs_cowboys"));
    // However eight of these are dealt, one team's average is at least 25 off.
    scene.enter(0, &lines(7, |number| format!("p{number} skill=0")));
    scene.enter(0, "strong skill=200");
    assert!(scene.formed(4).is_empty());
    assert_eq!(sizes(&scene.formed(5)[0]), [4, 4]);

    let mut scene = Scene::patient(&published("docs_ex1_aliens_vs_cowboys"));
    scene.enter(0, &lines(7, |number| format!("p{number} skill=0")));
    scene.enter(10, "late skill=200");
    assert!(scene.formed(14).is_empty());
    assert_eq!(sizes(&scene.formed(15)[0]), [4, 4]);

    // 75 off, which the last step allows.
    let mut scene = Scene::patient(&published("docs_ex1_aliens_vs_cowboys"));
    scene.enter(0, &lines(7, |number| format!("p{number} skill=0")));
    scene.enter(0, "stronger skill=600");
    assert!(scene.formed(14).is_empty());
    assert_eq!(sizes(&scene.formed(15)[0]), [4, 4]);
}

#[test]
fn ex1_fills_up_to_eight_a_team() {
    let mut scene = Scene::patient(&published("docs_ex1_aliens_vs_cowboys"));
    scene.enter(0, &lines(20, |number| format!("p{number} skill=50")));
    assert_eq!(sizes(&scene.formed(0)[0]), [8, 8]);
    assert_eq!(scene.matchmaker.searching(), 4);
}

#[test]
fn ex1_deals_unequal_players_into_fair_teams() {
    let mut scene = Scene::patient(&published("docs_ex1_aliens_vs_cowboys"));
    scene.enter(0, "a skill=0\nb skill=0\nc skill=0\nd skill=0\ne skill=90\nf skill=90\ng skill=90\nh skill=90");
    let formed = scene.formed(0);
    assert_eq!(sizes(&formed[0]), [4, 4]);
}

#[test]
fn ex2_keeps_monsters_and_players_apart_and_needs_fewer_later() {
    let mut scene = Scene::patient(&published("docs_ex2_players_vs_monster"));
    scene.enter(
        0,
        "m wantsToBeMonster=1 skill=50\na desiredSkillOfMonster=40\nb\nc\nd",
    );
    assert!(scene.matches(29).is_empty());
    assert_eq!(scene.matches(30), ["players: a b c d, monster: m"]);

    let mut scene = Scene::patient(&published("docs_ex2_players_vs_monster"));
    scene.enter(0, "m wantsToBeMonster=1 skill=50\na\nb\nc");
    assert!(scene.matches(59).is_empty());
    assert_eq!(scene.matches(60), ["players: a b c, monster: m"]);
}

#[test]
fn ex2_refuses_a_monster_that_is_too_weak() {
    let mut scene = Scene::patient(&published("docs_ex2_players_vs_monster"));
    scene.enter(
        0,
        "weak wantsToBeMonster=1 skill=30\nfit wantsToBeMonster=1 skill=40",
    );
    scene.enter(0, "a desiredSkillOfMonster=40\nb\nc\nd\ne");
    assert_eq!(scene.matches(0), ["players: a b c d e, monster: fit"]);
}

#[test]
fn ex3_keeps_sizes_close_and_medics_few() {
    let mut scene = Scene::patient(&published("docs_ex3_three_team_game"));
    scene.enter(
        0,
        &lines(20, |number| {
            format!("medic{number:02} character=[medic] @eu=10")
        }),
    );
    scene.enter(0, &lines(5, |number| format!("other{number} @eu=10")));
    let formed = scene.formed(0);
    let mut sizes = sizes(&formed[0]);
    sizes.sort_unstable();
    assert_eq!(sizes, [3, 3, 4]);
    let medics = formed[0]
        .players()
        .filter(|player| player.id.as_str().starts_with("medic"));
    assert_eq!(medics.count(), 5);
}

#[test]
fn ex3_widens_the_latency_and_never_matches_without_one() {
    let mut scene = Scene::patient(&published("docs_ex3_three_team_game"));
    scene.enter(0, &lines(8, |number| format!("p{number} @eu=120 @us=140")));
    scene.enter(0, "far @eu=160 @us=120\nsilent");
    assert!(scene.matches(19).is_empty());
    let formed = scene.formed(20);
    assert_eq!(sizes(&formed[0]), [3, 3, 3]);
    assert_eq!(formed[0].location.as_deref(), Some("us"));
    assert_eq!(scene.matchmaker.searching(), 1);
}

#[test]
fn ex3_widens_the_latency_in_two_steps() {
    for (latency, seconds) in [(50, 0), (51, 10), (100, 10), (101, 20), (150, 20)] {
        let mut scene = Scene::patient(&published("docs_ex3_three_team_game"));
        scene.enter(0, &lines(9, |number| format!("p{number} @eu={latency}")));
        if let Some(before) = u64::checked_sub(seconds, 1) {
            assert!(scene.matches(before).is_empty(), "{latency} at {before}");
        }
        assert_eq!(scene.formed(seconds).len(), 1, "{latency} at {seconds}");
    }
}

#[test]
fn ex4_prefers_the_map_that_the_oldest_player_likes_then_experience() {
    let mut scene = Scene::patient(&published("docs_ex4_multi_map_game"));
    scene.enter(0, "anchor mapPreference={lava:90,ice:10} experience=50");
    scene.enter(
        0,
        &lines(4, |number| {
            format!("cold{number} mapPreference={{lava:1,ice:99}}")
        }),
    );
    scene.enter(0, "raw mapPreference={lava:80} experience=90");
    scene.enter(
        0,
        &lines(5, |number| {
            format!("warm{number} mapPreference={{lava:80}} experience=5{number}")
        }),
    );
    let players: Vec<String> = scene.formed(0)[0]
        .players()
        .map(|player| player.id.to_string())
        .collect();
    assert!(
        players
            .iter()
            .all(|player| player == "anchor" || player.starts_with("warm")),
        "{players:?}"
    );
}

#[test]
fn ex4_needs_a_common_mode_and_map() {
    let mut scene = Scene::patient(&published("docs_ex4_multi_map_game"));
    scene.enter(
        0,
        &lines(6, |number| {
            format!("p{number} acceptableMaps=[m{}] gameMode=[coop]", number / 3)
        }),
    );
    assert!(scene.matches(0).is_empty());
    scene.enter(
        1,
        &lines(3, |number| {
            format!("q{number} acceptableMaps=[m0,m1] gameMode=[coop]")
        }),
    );
    assert_eq!(scene.formed(1).len(), 1);
}

#[test]
fn ex5_drops_the_demand_after_15_seconds() {
    let mut scene = Scene::patient(&published("docs_ex5_preferred_characters"));
    scene.enter(
        0,
        &lines(4, |number| {
            format!("p{number} myCharacter=[orc] preferredOpponents=[orc]")
        }),
    );
    scene.enter(0, "elf myCharacter=[elf] preferredOpponents=[orc]");
    assert!(scene.matches(14).is_empty());
    assert_eq!(scene.matches(15), ["red: elf p0 p1 p2 p3"]);
}

#[test]
fn ex6_wants_the_same_map_and_different_characters() {
    let mut scene = Scene::patient(&published("docs_ex6_compare_all_players"));
    scene.enter(
        0,
        "a character=1\nb character=1\nc character=2 gameMap=3\nno-character\nd character=2",
    );
    let matches = scene.matches(0);
    assert_eq!(matches.len(), 1);
    assert!(
        ["player_1: a, player_2: d", "player_1: d, player_2: a"].contains(&matches[0].as_str())
    );
}

#[test]
fn ex10_accepts_either_half_of_the_compound_rule() {
    let near = |number: usize| {
        format!(
            "p{number:02} league=1 skill={} map=m{number} mode=x",
            number % 10
        )
    };
    let mut scene = Scene::patient(&published("docs_ex10_compound"));
    scene.enter(0, &lines(20, near));
    assert_eq!(sizes(&scene.formed(0)[0]), [10, 10]);
    let same = |number: usize| {
        format!(
            "p{number:02} league={number} skill={} map=m mode=x",
            number * 100
        )
    };
    let mut scene = Scene::patient(&published("docs_ex10_compound"));
    scene.enter(0, &lines(20, same));
    assert_eq!(sizes(&scene.formed(0)[0]), [10, 10]);
}

#[test]
fn ex10_widens_the_skill_spread() {
    let apart = |number: usize| {
        format!(
            "p{number:02} league=1 skill={} map=m{number} mode=x",
            number
        )
    };
    let mut scene = Scene::patient(&published("docs_ex10_compound"));
    scene.enter(0, &lines(20, apart));
    assert!(scene.matches(9).is_empty());
    assert_eq!(sizes(&scene.formed(10)[0]), [10, 10]);

    let farther = |number: usize| {
        format!(
            "p{number:02} league=1 skill={} map=m{number} mode=x",
            number * 2
        )
    };
    let mut scene = Scene::patient(&published("docs_ex10_compound"));
    scene.enter(0, &lines(20, farther));
    assert!(scene.matches(19).is_empty());
    assert_eq!(sizes(&scene.formed(20)[0]), [10, 10]);
}

#[test]
fn ex11_never_joins_a_player_with_somebody_who_blocked_them() {
    let mut scene = Scene::patient(&published("docs_ex11_block_list"));
    scene.enter(0, "a BlockList=[b]\nb");
    scene.enter(0, &lines(8, |number| format!("p{number}")));
    assert!(scene.matches(0).is_empty());
    scene.enter(1, "p8");
    let players: Vec<String> = scene.formed(1)[0]
        .players()
        .map(|player| player.id.to_string())
        .collect();
    assert!(players.contains(&"a".to_owned()) && !players.contains(&"b".to_owned()));
}

#[test]
fn ex11_never_matches_who_blocks_themselves() {
    let mut scene = Scene::patient(&published("docs_ex11_block_list"));
    scene.enter(0, "a BlockList=[a]");
    scene.enter(0, &lines(10, |number| format!("p{number}")));
    let formed = scene.formed(0);
    assert!(formed[0].players().all(|player| player.id.as_str() != "a"));
    assert_eq!(scene.matchmaker.searching(), 1);
}

#[test]
fn a_match_of_one_player_forms_at_once() {
    let mut scene = Scene::patient(&published("sample_pixelrush_race1_empty_rules"));
    scene.enter(0, "a\nb");
    assert_eq!(scene.formed(0).len(), 2);
}

#[test]
fn ex8_fills_155_slots() {
    let mut scene = Scene::patient(&published("docs_ex8_large_monster_hunters"));
    let rule_set = published("docs_ex8_large_monster_hunters");
    let attribute = rule_set.algorithm.balanced_attribute.expect("it balances");
    scene.enter(
        0,
        &lines(160, |number| {
            format!("p{number:03} {attribute}={number} @eu=40")
        }),
    );
    let formed = scene.formed(0);
    let mut expected = vec![15; 11];
    expected[0] = 5;
    assert_eq!(sizes(&formed[0]), expected);
    assert_eq!(scene.matchmaker.searching(), 5);
}
