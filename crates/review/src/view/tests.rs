use snapbox::{file, str};

use super::*;
use crate::model::{
    Certainty, Document, Effect, EffectLevel, GrantReview, Headroom, Method, PortReview,
    PropertyReview, ResourceAction, ResourceReview, Review, Section, Shown, Sign, StackAction,
    StackReview, Subject, ValueReview, Verdict,
};
use crate::testing::{CERTAIN, grant, resource, stack};

const POSSIBLE: Verdict = Verdict {
    method: Method::Changeset,
    certainty: Certainty::Possible,
};

fn property(path: &str, before: impl Into<serde_json::Value>, after: Shown) -> PropertyReview {
    PropertyReview {
        path: path.to_owned(),
        before: Some(Shown::Value(before.into())),
        after: Some(after),
        replaces: false,
        verdict: CERTAIN,
        write_only: false,
    }
}

/// A new server build: what replaces the fleet of a region.
fn fleets(region: &str) -> StackReview {
    let mut build = resource("ServerBuild", ResourceAction::Replace);
    build.kind = "AWS::GameLift::Build".to_owned();
    build.causes = vec!["ServerBuildKey changes".to_owned()];
    let mut fleet = resource("ArenaFleet", ResourceAction::Replace);
    fleet.causes = vec!["BuildId changes".to_owned()];
    fleet.guarded = true;
    fleet.properties = vec![PropertyReview {
        replaces: true,
        ..property(
            "BuildId",
            "build-aa11",
            Shown::Later("new ServerBuild".to_owned()),
        )
    }];
    fleet.effects = vec![Effect {
        level: EffectLevel::Disruption,
        text: "new fleet, usually 35 to 60 min to ACTIVE; 14 live sessions on the old one end unless drained"
            .to_owned(),
    }];
    let mut alias = resource("ArenaAlias", ResourceAction::Change);
    alias.kind = "AWS::GameLift::Alias".to_owned();
    alias.properties = vec![PropertyReview {
        verdict: POSSIBLE,
        ..property(
            "RoutingStrategy.FleetId",
            "fleet-17",
            Shown::Later("new ArenaFleet".to_owned()),
        )
    }];
    StackReview {
        change_set: Some(format!(
            "arn:aws:cloudformation:{region}:1:changeSet/liftform-x/7f3a0000-1111"
        )),
        resources: vec![alias, fleet, build],
        values: vec![ValueReview {
            section: Section::Parameter,
            name: "ServerBuildKey".to_owned(),
            before: Some(Shown::Value("builds/91c2.zip".into())),
            after: Some(Shown::Value("builds/d40e.zip".into())),
        }],
        headroom: Some(Headroom {
            resources: 61,
            bytes: 38_100,
        }),
        ..stack("skirmish-prod-fleets", region)
    }
}

fn backend() -> StackReview {
    let mut queue = resource("Queue", ResourceAction::Change);
    queue.kind = "AWS::GameLift::GameSessionQueue".to_owned();
    queue.properties = vec![property(
        "PlayerLatencyPolicies[0].MaximumIndividualPlayerLatencyMilliseconds",
        120,
        Shown::Value(90.into()),
    )];
    let mut table = resource("OldTable", ResourceAction::Retain);
    table.kind = "AWS::DynamoDB::Table".to_owned();
    let mut topic = resource("Topic", ResourceAction::Delete);
    topic.kind = "AWS::SNS::Topic".to_owned();
    StackReview {
        resources: vec![table, queue, topic],
        grants: vec![
            grant(Sign::Added, true),
            GrantReview {
                principal: "sns.amazonaws.com".to_owned(),
                condition: "ArnEquals aws:SourceArn !Ref Topic".to_owned(),
                ..grant(Sign::Removed, false)
            },
        ],
        ports: vec![PortReview {
            sign: Sign::Added,
            broadening: true,
            logical_id: "ArenaFleet".to_owned(),
            ports: "UDP 7777-7877".to_owned(),
            source: "0.0.0.0/0".to_owned(),
        }],
        ..stack("skirmish-prod-backend", "us-east-1")
    }
}

fn subject() -> Subject {
    Subject {
        topology: Some("skirmish".to_owned()),
        environment: Some("prod".to_owned()),
        account: Some("444455556666".to_owned()),
        old: "deployed".to_owned(),
        new: "desired".to_owned(),
    }
}

const REGIONS: [&str; 6] = [
    "ap-northeast-1",
    "eu-central-1",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-west-2",
];

fn document(stacks: Vec<StackReview>, groups: Vec<Vec<usize>>) -> Document {
    Document::new("0.1.0", vec![Review::new(subject(), stacks, groups)])
}

/// The same fleet replaced in six regions, and a change of the backend.
pub(crate) fn worldwide() -> Document {
    let mut stacks = vec![StackReview::unchanged(
        "liftform-artifacts",
        "us-east-1",
        Method::Changeset,
    )];
    stacks.extend(REGIONS.map(fleets));
    stacks.push(backend());
    document(stacks, vec![(1..7).collect(), vec![7]])
}

fn options() -> TextOptions {
    TextOptions {
        colour: Colour::Off,
        width: Width::Unlimited,
        detail: Detail::Short,
        part: Part::Everything,
    }
}

#[test]
fn equal_regions_are_shown_once() {
    snapbox::assert_data_eq!(
        text(&worldwide(), &options()),
        file!["tests/worldwide.txt"].raw()
    );
}

#[test]
fn colours_are_added_and_take_nothing_away() {
    let options = TextOptions {
        colour: Colour::On,
        ..options()
    };
    snapbox::assert_data_eq!(
        text(&worldwide(), &options),
        file!["tests/worldwide.ansi.txt"].raw()
    );
}

#[test]
fn lines_fit_a_terminal() {
    let options = TextOptions {
        width: Width::Columns(72),
        ..options()
    };
    let shown = text(&worldwide(), &options);
    let longest = shown.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(72), "{shown}");
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains(
            "Needs approval: deletion, replacement, broader permissions, `ArenaFleet` by name."
        ),
        "what has to be approved is never cut: {shown}"
    );
}

#[test]
fn one_group_can_be_shown_alone() {
    let options = TextOptions {
        part: Part::Group("B".to_owned()),
        ..options()
    };
    let shown = text(&worldwide(), &options);
    assert!(shown.contains("  ~    Queue"), "{shown}");
    assert!(!shown.contains("BuildId"), "{shown}");
}

#[test]
fn losses_and_security_can_be_shown_alone() {
    let losses = TextOptions {
        part: Part::Losses,
        ..options()
    };
    let shown = text(&worldwide(), &losses);
    assert!(
        shown.contains("ArenaFleet") && shown.contains("Topic"),
        "{shown}"
    );
    assert!(
        !shown.contains("  ~    Queue") && !shown.contains("IAM"),
        "{shown}"
    );
    let security = TextOptions {
        part: Part::Security,
        ..options()
    };
    let shown = text(&worldwide(), &security);
    assert!(shown.contains("IAM") && shown.contains("PORT"), "{shown}");
    assert!(!shown.contains("BuildId"), "{shown}");
}

#[test]
fn every_line_of_a_forecast_says_so() {
    let mut forecast = fleets("eu-west-1");
    forecast.method = Method::Template;
    forecast.change_set = None;
    forecast.forecast_reason = Some("its parameter `X` is known only later".to_owned());
    let verdict = Verdict {
        method: Method::Template,
        certainty: Certainty::Certain,
    };
    for resource in &mut forecast.resources {
        resource.verdict = verdict;
        for property in &mut resource.properties {
            property.verdict = verdict;
        }
    }
    snapbox::assert_data_eq!(
        text(&document(vec![forecast], vec![vec![0]]), &options()),
        file!["tests/forecast.txt"].raw()
    );
}

#[test]
fn nothing_to_do_is_one_word() {
    let stack = StackReview::unchanged("game", "eu-west-1", Method::Changeset);
    snapbox::assert_data_eq!(
        text(&document(vec![stack], vec![]), &options()),
        str![[r#"
Plan prod of skirmish   account 444455556666
  1 stack unchanged
No changes.

"#]]
    );
}

#[test]
fn value_too_long_for_a_line_is_cut_unless_all_is_asked_for() {
    let mut queue = backend();
    queue.resources.truncate(2);
    queue.resources[1].properties[0].after = Some(Shown::Value("x".repeat(500).into()));
    let document = document(vec![queue], vec![vec![0]]);
    assert!(text(&document, &options()).contains("xxx…"));
    let full = TextOptions {
        detail: Detail::Full,
        ..options()
    };
    assert!(text(&document, &full).contains(&"x".repeat(500)));
}

#[test]
fn comment_folds_details_and_shows_what_players_notice() {
    snapbox::assert_data_eq!(markdown(&worldwide()), file!["tests/worldwide.md"].raw());
}

#[test]
fn names_cannot_leave_their_place_in_a_comment() {
    let mut evil = backend();
    evil.name = "</code><img src=x onerror=alert(1)>|`@everyone".to_owned();
    evil.resources[0].logical_id = "```\n</details><script>".to_owned();
    evil.resources[0].effects = vec![Effect {
        level: EffectLevel::Note,
        text: "[click](javascript:x) @everyone **now**".to_owned(),
    }];
    let mut document = document(vec![evil], vec![vec![0]]);
    document.reviews[0].subject.environment = Some("--> <b>".to_owned());
    let shown = markdown(&document);
    let outside: String = shown.split("````").step_by(2).collect();
    for harmful in ["<img", "<script", "<b> ", "[click]", "@everyone", "**now**"] {
        assert!(!outside.contains(harmful), "{harmful}: {shown}");
    }
    let fences = shown
        .lines()
        .filter(|line| line.starts_with("````"))
        .count();
    assert_eq!(fences, 2, "{shown}");
}

#[test]
fn comment_never_exceeds_what_github_takes() {
    let stacks: Vec<StackReview> = (0..90)
        .map(|index| {
            let mut stack = backend();
            stack.name = format!("stack-{index}");
            stack.resources = (0..40)
                .map(|index| ResourceReview {
                    properties: vec![property("Body", "x".repeat(300), Shown::Value("y".into()))],
                    ..resource(&format!("Resource{index}"), ResourceAction::Replace)
                })
                .collect();
            stack
        })
        .collect();
    let groups = (0..90).map(|index| vec![index]).collect();
    let shown = markdown(&document(stacks, groups));
    assert!(
        shown.chars().count() <= MAX_MARKDOWN,
        "{}",
        shown.chars().count()
    );
    assert!(shown.contains("> Shortened: "), "{shown}");
    assert_eq!(
        shown.matches("<details>").count(),
        shown.matches("</details>").count()
    );
}

#[test]
fn blocked_and_removed_stacks_are_said_in_words() {
    let mut blocked = stack("game", "eu-west-1");
    blocked.action = StackAction::Blocked;
    blocked.status = Some("UPDATE_ROLLBACK_FAILED".to_owned());
    let mut removed = stack("old", "eu-west-1");
    removed.action = StackAction::Delete;
    let shown = text(
        &document(vec![blocked, removed], vec![vec![0], vec![1]]),
        &options(),
    );
    assert!(
        shown.contains("BLOCKED by its status UPDATE_ROLLBACK_FAILED"),
        "{shown}"
    );
    assert!(shown.contains("DELETE the stack"), "{shown}");
}
