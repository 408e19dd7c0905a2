//! One defect per code, at the line where it is made; the example without it is clean.

use std::collections::BTreeSet;

use topology::problem::{Problem, Problems};
use topology::sources::Memory;
use topology::{check_all, codes};

mod support;
use support::{DUEL, SKIRMISH, changed, files};

/// A defect made by replacing text in the example. It is found on the line where `at` stands.
struct Defect {
    code: &'static str,
    changes: &'static [(&'static str, &'static str)],
    at: &'static str,
}

const fn defect(
    code: &'static str,
    changes: &'static [(&'static str, &'static str)],
    at: &'static str,
) -> Defect {
    Defect { code, changes, at }
}

const LAUNCH: &str =
    "launch: { path: /local/game/server, parameters: \"-port 7777\", concurrent: 10 }";
const RULES: &str = "rules: rules/duel.json";
const REGIONS: &str = "regions: [us-east-1, eu-central-1]";
const ARENA: &str = "    build: server                    # or container: {...}, or anywhere: {...}\n    instance: c6i.large\n";

const DEFECTS: &[Defect] = &[
    defect(
        "L0102",
        &[("home: us-east-1", "home: [us-east-1")],
        "tags: {",
    ),
    defect(
        "L0103",
        &[("queues:\n", "home: us-west-2\nqueues:\n")],
        "home: us-west-2",
    ),
    defect(
        "L0106",
        &[(
            "home: us-east-1",
            "home: us-east-1\nx-deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        )],
        "x-deep",
    ),
    defect("L0107", &[("home: us-east-1", "home: !Ref Region")], "!Ref"),
    defect(
        "L0107",
        &[(
            "queues:\n  worldwide:\n",
            "queues:\n  worldwide:\n    <<: {}\n",
        )],
        "<<",
    ),
    defect(
        "L0201",
        &[("    instance: c6i.large", "    instanse: c6i.large")],
        "instanse",
    ),
    defect("L0201", &[("home: us-east-1", "hone: us-east-1")], "hone"),
    defect(
        "L0201",
        &[("protect: [tables", "protct: [tables")],
        "protct",
    ),
    defect("L0202", &[("    queue: worldwide\n", "")], "duel:\n"),
    defect("L0202", &[("    instance: c6i.large\n", "")], "arena:\n"),
    defect("L0203", &[("spot: true", "spot: yes")], "spot: yes"),
    defect("L0203", &[("\"4711\"", "4711")], "4711"),
    defect(
        "L0203",
        &[("concurrent: 10", "concurrent: ten")],
        "concurrent: ten",
    ),
    defect(
        "L0203",
        &[("concurrent: 10", "concurrent: \"10\"")],
        "concurrent: \"10\"",
    ),
    defect(
        "L0203",
        &[("ports: [udp 7777-7877]", "ports: udp 7777-7877")],
        "ports: udp",
    ),
    defect(
        "L0204",
        &[("queue: worldwide", "queue: wordwide")],
        "queue: wordwide",
    ),
    defect(
        "L0204",
        &[("[arena-spot, arena]", "[arena-spot, arina]")],
        "arina",
    ),
    defect(
        "L0204",
        &[("build: server ", "build: sever ")],
        "build: sever",
    ),
    defect(
        "L0204",
        &[("GET /profile: profile", "GET /profile: profil")],
        "GET /profile",
    ),
    defect(
        "L0204",
        &[("reads: [players]", "reads: [player]")],
        "reads:",
    ),
    defect("L0204", &[("like: arena,", "like: arina,")], "like: arina"),
    defect(
        "L0205",
        &[("timeout: 120s", "timeout: 120")],
        "timeout: 120\n",
    ),
    defect(
        "L0205",
        &[("ports: [udp 7777-7877]", "ports: [7777-7877]")],
        "ports: [",
    ),
    defect(
        "L0206",
        &[("timeout: 300s", "timeout: 601s")],
        "timeout: 601s",
    ),
    defect(
        "L0206",
        &[("keep_available: 20%", "keep_available: 100%")],
        "keep_available",
    ),
    defect(
        "L0206",
        &[("memory: 128MiB", "memory: 64MiB")],
        "memory: 64MiB",
    ),
    defect("L0207", &[("kind: rest", "kind: graphql")], "kind: graphql"),
    defect(
        "L0207",
        &[("type: string_list", "type: strings")],
        "type: strings",
    ),
    defect(
        "L0208",
        &[("name: skirmish", "name: Skirmish")],
        "name: Skirmish",
    ),
    defect(
        "L0208",
        &[("account: \"111122223333\"", "account: \"11112222333\"")],
        "dev:",
    ),
    defect(
        "L0208",
        &[("arn:aws:sns:us-east-1:111122223333:oncall", "oncall")],
        "monitoring",
    ),
    defect("L0209", &[(RULES, "")], "duel:\n"),
    defect(
        "L0209",
        &[(RULES, "rules: rules/duel.json\n    template: teams")],
        "    template: teams ",
    ),
    defect("L0209", &[("path: server/linux", "")], "server:\n"),
    defect(
        "L0209",
        &[(
            "instance: c6i.large",
            "instance: c6i.large\n    anywhere: {}",
        )],
        "arena:\n",
    ),
    defect(
        "L0210",
        &[
            (ARENA, "    anywhere: {}\n    spot: true\n"),
            (
                "locations: { eu-central-1: [eu-west-2, eu-north-1] }",
                "locations: { us-east-1: [custom-office], eu-central-1: [custom-home] }",
            ),
            ("builds:\n", "x-builds:\n"),
        ],
        "spot: true\n",
    ),
    defect(
        "L0302",
        &[(
            "eu-central-1: { fleets",
            "eu-central-1: { queues: {}, fleets",
        )],
        "queues: {}",
    ),
    defect(
        "L0303",
        &[(
            "regions:\n      eu-central-1",
            "regions:\n      eu-west-1: {}\n      eu-central-1",
        )],
        "eu-west-1: {}",
    ),
    defect(
        "L0304",
        &[(
            "    instance: c6i.large",
            "    like: arena-spot\n    instance: c6i.large",
        )],
        "like: arena,",
    ),
    defect(
        "L0306",
        &[(
            "home: us-east-1",
            "home: us-east-1\naccount: \"111122223333\"",
        )],
        "account:",
    ),
    defect(
        "L0306",
        &[("target: local", "target: local, name: x")],
        "name: x",
    ),
    defect(
        "L0306",
        &[(
            "eu-central-1: { fleets",
            "eu-central-1: { home: us-east-1, fleets",
        )],
        "home: us-east-1, fleets",
    ),
    defect("L0208", &[("  local:", "  Local:")], "Local:"),
    defect(
        "L0203",
        &[("environments:  ", "environments: 5\nx-environments:  ")],
        "environments: 5",
    ),
    defect(
        "L0401",
        &[
            (
                "  profile: { package",
                "  profile-of-a-player-with-all-the-things-that-they-have-collected: { package",
            ),
            (
                "GET /profile: profile",
                "GET /profile: profile-of-a-player-with-all-the-things-that-they-have-collected",
            ),
        ],
        "  profile-of",
    ),
    defect("L0402", &[("loadouts:", "tickets:")], "tickets:"),
    defect(
        "L0403",
        &[("GET /profile:", "GET /tickets/{ticket}:")],
        "GET /tickets/{ticket}",
    ),
    defect(
        "L0403",
        &[(
            "  GET /profile: profile",
            "  GET /p/{a}: profile\n  GET /p/{b}: profile",
        )],
        "GET /p/{b}",
    ),
    defect("L0404", &[("GET /profile:", "FETCH /profile:")], "FETCH"),
    defect("L0404", &[("GET /profile:", "GET /a/{b+}/c:")], "GET /a"),
    defect(
        "L0405",
        &[(
            "    modes:",
            "    a1: {type: number}\n    a2: {type: number}\n    a3: {type: number}\n    a4: {type: number}\n    a5: {type: number}\n    a6: {type: number}\n    a7: {type: number}\n    a8: {type: number}\n    a9: {type: number}\n    modes:",
        )],
        "attributes:",
    ),
    defect(
        "L0406",
        &[("default: 1000", "default: many")],
        "default: many",
    ),
    defect(
        "L0406",
        &[("default: [duel]", "default: duel")],
        "default: duel",
    ),
    defect(
        "L0407",
        &[
            ("guests: true", "guests: false"),
            ("providers:\n", "providers: {}\nx-providers:\n"),
        ],
        "identity:",
    ),
    defect(
        "L0408",
        &[("reads: [players]", "environment: { AWS_REGION: x }")],
        "AWS_REGION",
    ),
    defect(
        "L0601",
        &[
            ("home: us-east-1", "home: us-east-2"),
            ("    home: us-east-1\n", ""),
        ],
        "home: us-east-2",
    ),
    defect(
        "L0602",
        &[(REGIONS, "regions: [us-east-1, eu-central-1, eu-west-3]")],
        REGIONS_LINE,
    ),
    defect(
        "L0603",
        &[
            (REGIONS, "regions: [us-east-1, eu-central-1, eu-west-2]"),
            ("locations: {", "locations: { eu-west-2: [eu-west-1],"),
        ],
        "locations:",
    ),
    defect(
        "L0603",
        &[
            (
                ARENA,
                "    container: { image: x, memory: 1GiB, vcpu: 1, sdk: 5.3.0 }\n    instance: c6i.large\n",
            ),
            (LAUNCH, ""),
            ("builds:\n", "x-builds:\n"),
            (REGIONS, "regions: [us-east-1, eu-central-1, us-west-1]"),
        ],
        REGIONS_LINE,
    ),
    defect("L0604", &[("eu-north-1]", "eu-north-9]")], "eu-north-9"),
    defect(
        "L0605",
        &[("eu-central-1: [eu-west-2", "eu-west-1: [eu-west-2")],
        "locations:",
    ),
    defect(
        "L0605",
        &[("[eu-west-2, eu-north-1]", "[eu-central-1, eu-north-1]")],
        "locations:",
    ),
    defect(
        "L0606",
        &[(
            "[eu-west-2, eu-north-1]",
            "[us-east-1, us-east-2, us-west-1, us-west-2, ca-central-1, sa-east-1, eu-west-1, eu-west-2, eu-west-3, eu-north-1]",
        )],
        "locations:",
    ),
    defect(
        "L0607",
        &[(
            REGIONS,
            "regions: [us-east-1, us-east-2, us-west-1, us-west-2, ca-central-1, eu-central-1]",
        )],
        "destinations:",
    ),
    defect(
        "L0607",
        &[("destinations: [arena-spot, arena]", "destinations: []")],
        "destinations:",
    ),
    defect(
        "L0608",
        &[("at_most: 120ms", "at_most: 60ms")],
        "latency: [{ at_most",
    ),
    defect(
        "L0608",
        &[("at_most: 120ms, for: 30s", "at_most: 120ms")],
        "latency: [{ at_most",
    ),
    defect(
        "L0609",
        &[("at_most: 120ms, for: 30s", "at_most: 120ms, for: 280s")],
        "latency: [{ at_most",
    ),
    defect(
        "L0609",
        &[("at_most: 120ms, for: 30s", "at_most: 120ms, for: 270s")],
        "latency: [{ at_most",
    ),
    defect(
        "L0610",
        &[("spot: true", "spot: true, certificate: true")],
        "destinations:",
    ),
    defect(
        "L0611",
        &[("[arena-spot, arena]", "[arena-spot, arena, arena]")],
        "destinations:",
    ),
    defect(
        "L0612",
        &[("ports: [udp 7777-7877]", "ports: [udp 7777-7877, tcp 80]")],
        "ports:",
    ),
    defect(
        "L0612",
        &[(
            "ports: [udp 7777-7877]",
            "ports: [udp 7777-7877, tcp 8000-7999]",
        )],
        "ports:",
    ),
    defect("L0613", &[("-port 7777", "-port 7776")], "-port 7776"),
    defect(
        "L0614",
        &[
            ("concurrent: 10 }", "concurrent: 10 }\n    x: "),
            (
                LAUNCH,
                "launch: [{ path: /local/game/a, concurrent: 30 }, { path: /local/game/b, concurrent: 21 }]",
            ),
            ("\n    x: ", ""),
        ],
        "launch:",
    ),
    defect(
        "L0615",
        &[("max: 20,", "max: 0,"), ("{ capacity: { max: 2 } }", "{ }")],
        "capacity: { min",
    ),
    defect(
        "L0616",
        &[("/local/game/server", "/opt/server")],
        "/opt/server",
    ),
    defect(
        "L0616",
        &[("/local/game/server", "C:\\game\\server.exe")],
        "C:\\game",
    ),
    defect(
        "L0617",
        &[("[arena-spot, arena]", "[arena]")],
        "arena-spot: {",
    ),
    defect(
        "L0617",
        &[(
            "fleets:\n  arena:\n",
            "  other: { path: a, sdk: 5.3.0 }\n\nfleets:\n  arena:\n",
        )],
        "other:",
    ),
    defect(
        "L0618",
        &[("AMAZON_LINUX_2023", "AMAZON_LINUX_2")],
        "AMAZON_LINUX_2",
    ),
    defect(
        "L0619",
        &[
            ("    ports: [udp 7777-7877]\n", ""),
            (", parameters: \"-port 7777\"", ""),
        ],
        "arena:\n",
    ),
    defect(
        "L0620",
        &[("instance: c6i.large", "instance: c6i.lagre")],
        "instance: c6i.lagre",
    ),
    defect(
        "L0621",
        &[
            ("os: AMAZON_LINUX_2023", "os: WINDOWS_2022"),
            ("/local/game/server", "C:\\game\\server.exe"),
            ("instance: c6i.large", "instance: c7g.large"),
        ],
        "instance: c7g.large",
    ),
    defect(
        "L0622",
        &[("[arena-spot, arena]", "[arena-spot]")],
        "destinations:",
    ),
    defect(
        "L0623",
        &[(
            "home: us-east-1",
            "home: us-east-1\nfacts: { quotas: { fleets: 2 } }",
        )],
        "name: skirmish",
    ),
    defect(
        "L0701",
        &[(RULES, "rules: rules/dual.json")],
        "rules/dual.json",
    ),
    defect(
        "L0701",
        &[("resources: extra.template.yaml", "resources: none.yaml")],
        "none.yaml",
    ),
    defect(
        "L0703",
        &[(RULES, "template: teams\n    with: { team_size: five }")],
        "template: teams\n",
    ),
    defect(
        "L0704",
        &[(RULES, "template: tems\n    with: { team_size: 5 }")],
        "template: tems",
    ),
    defect(
        "L0705",
        &[(
            RULES,
            "template: teams\n    with: { team_size: 5, sise: 5 }",
        )],
        "sise",
    ),
    defect(
        "L0705",
        &[(RULES, "template: teams\n    with: { teams: 5 }")],
        "with: {",
    ),
    defect(
        "L0705",
        &[(RULES, "rules: rules/duel.json\n    with: { teams: 5 }")],
        "with: {",
    ),
    defect(
        "L0706",
        &[("acceptance: 20s", "acceptance: 120s")],
        "acceptance: 120s",
    ),
    defect(
        "L0707",
        &[("timeout: 120s", "timeout: 60s")],
        "rules/duel.json",
    ),
    defect(
        "L0708",
        &[(
            "type: string_list, default: [duel]",
            "type: string, default: duel",
        )],
        "rules/duel.json",
    ),
    defect(
        "L0709",
        &[("at_most: 250ms", "at_most: 200ms")],
        "rules/duel.json",
    ),
    defect(
        "L0710",
        &[("extra_slots: 0", "extra_slots: 2")],
        "extra_slots: 2",
    ),
    defect("L0801", &[("300 per 5m", "300 per 4m")], "300 per 4m"),
    defect("L0801", &[("300 per 5m", "5 per 5m")], "5 per 5m"),
    defect(
        "L0802",
        &[("dashboard: true", "dashboard: true, logs: 31d")],
        "logs: 31d",
    ),
    defect("L0803", &[("timeout: 3s", "timeout: 30s")], "timeout: 30s"),
];

const REGIONS_LINE: &str = "regions: [us-east-1";

fn problems(text: &str, files: &Memory) -> Problems {
    match topology::parse("skirmish.yaml", text) {
        Ok(document) => check_all(&document, files),
        Err(problems) => problems,
    }
}

#[expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]
fn line_of(text: &str, piece: &str) -> u32 {
    let at = text
        .find(piece)
        .unwrap_or_else(|| panic!("no {piece:?} in the changed example"));
    u32::try_from(text[..at].matches('\n').count()).unwrap() + 1
}

fn find(code: &str, text: &str, files: &Memory) -> Problem {
    let problems = problems(text, files);
    let found = problems
        .iter()
        .find(|problem| problem.code.as_str() == code);
    found
        .unwrap_or_else(|| panic!("expected {code}, found: {problems}"))
        .clone()
}

/// What is wrong with the report about a defect; nothing when it is right.
fn judge(defect: &Defect) -> Result<(), String> {
    let text = changed(defect.changes);
    let problems = problems(&text, &files());
    let Some(problem) = problems
        .iter()
        .find(|problem| problem.code.as_str() == defect.code)
    else {
        return Err(format!("expected {}, found: {problems}", defect.code));
    };
    let expected = line_of(&text, defect.at);
    if problem.span.line != expected {
        return Err(format!("expected line {expected}: {problem}"));
    }
    let line = text.lines().nth(expected as usize - 1).unwrap_or_default();
    let bytes_fit = text.get(problem.span.start..problem.span.end).is_some();
    if problem.span.column as usize > line.chars().count() + 1
        || !bytes_fit
        || !problem.render(&text).contains('^')
    {
        return Err(format!("the span is outside of its line: {problem}"));
    }
    Ok(())
}

#[test]
fn each_defect_is_found_at_its_line() {
    let wrong: Vec<_> = DEFECTS
        .iter()
        .filter_map(|defect| judge(defect).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_defect_is_reported_alone() {
    let mut wrong = String::new();
    for Defect { code, changes, .. } in DEFECTS {
        // What a misspelt name leaves behind is unused, too.
        for problem in &problems(&changed(changes), &files()) {
            if problem.code.as_str() != *code && problem.code.as_str() != "L0617" {
                wrong += &format!("{code} {changes:?}\n    {problem}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_code_has_a_defect() {
    // These are about bytes, whole files, arguments and rule files; they have tests of their own.
    let elsewhere = ["L0101", "L0104", "L0105", "L0301", "L0305"];
    let covered: BTreeSet<_> = DEFECTS
        .iter()
        .map(|defect| defect.code)
        .chain(elsewhere)
        .collect();
    let all: BTreeSet<_> = codes::ALL
        .iter()
        .map(|explanation| explanation.code.as_str())
        .collect();
    assert_eq!(covered, all);
}

#[test]
fn broken_rule_set_is_reported_inside_its_file() {
    let files = files().with(
        "rules/duel.json",
        &DUEL.replacen("\"name\": \"duel\",", "\"name\": \"duel\"", 1),
    );
    let document = topology::parse("stacks/skirmish.yaml", SKIRMISH).unwrap();
    let problems = check_all(&document, &files);
    let problem = problems.iter().next().unwrap();
    assert_eq!(
        (
            problem.code.as_str(),
            problem.file.as_str(),
            problem.span.line
        ),
        ("L0501", "stacks/rules/duel.json", 2)
    );
}

#[test]
fn rule_attribute_without_declaration_is_an_error() {
    let files = files().with(
        "rules/duel.json",
        &DUEL
            .replace(", \"default\": 1000", "")
            .replace("\"skill\"", "\"rank\""),
    );
    assert!(find("L0708", SKIRMISH, &files).message.contains("`rank`"));
}

#[test]
fn topology_may_know_better_what_aws_offers() {
    let text = changed(&[
        (
            "home: us-east-1 ",
            "home: us-east-2\nfacts: { flexmatch_regions: [us-east-2], instances: [c6i.lagre], quotas: { destinations: 20 } } ",
        ),
        ("    home: us-east-1\n", ""),
        ("instance: c6i.large", "instance: c6i.lagre"),
        (
            REGIONS,
            "regions: [us-east-1, us-east-2, us-west-1, us-west-2, ca-central-1, eu-central-1]",
        ),
    ]);
    assert_eq!(problems(&text, &files()), Problems::default());
}

#[test]
fn environments_of_an_account_share_its_quotas() {
    let text = changed(&[
        (
            "home: us-east-1",
            "home: us-east-1\nfacts: { quotas: { queues: 2 } }",
        ),
        ("\"444455556666\"", "\"111122223333\""),
    ]);
    let problem = find("L0623", &text, &files());
    assert!(
        problem
            .message
            .contains("`dev`, `prod` would have 2 of 2 game session queues"),
        "{problem}"
    );
}

#[test]
fn every_problem_of_a_file_is_found_at_once() {
    let text = changed(&[
        ("queue: worldwide", "queue: wordwide"),
        ("timeout: 300s", "timeout: 300"),
        ("instance: c6i.large", "instanse: c6i.large"),
        ("per 5m", "per 4m"),
    ]);
    let problems = problems(&text, &files());
    let codes: BTreeSet<_> = problems
        .iter()
        .map(|problem| problem.code.as_str())
        .collect();
    assert_eq!(
        codes,
        BTreeSet::from(["L0201", "L0204", "L0205", "L0617", "L0801"]),
        "{problems}"
    );
}

#[test]
fn hints_show_the_corrected_text() {
    for (code, from, to, hint) in [
        ("L0205", "timeout: 120s", "timeout: 120", "write `120s`"),
        ("L0205", "at_most: 60ms", "at_most: 60", "write `60ms`"),
        ("L0205", "memory: 128MiB", "memory: 128", "write `128MiB`"),
        (
            "L0205",
            "keep_available: 20%",
            "keep_available: 20",
            "write `20%`",
        ),
        (
            "L0205",
            "[udp 7777-7877]",
            "[7777-7877]",
            "write `udp 7777-7877`",
        ),
        ("L0205", "300 per 5m", "300", "write `300 per 5m`"),
        ("L0203", "\"4711\"", "4711", "put it in quotes: `\"4711\"`"),
        ("L0203", "spot: true", "spot: no", "write `false`"),
        (
            "L0204",
            "queue: worldwide",
            "queue: wordwide",
            "did you mean `worldwide`?",
        ),
        (
            "L0201",
            "instance: c6i",
            "instnce: c6i",
            "did you mean `instance`?",
        ),
    ] {
        let text = SKIRMISH.replacen(from, to, 1);
        assert_eq!(find(code, &text, &files()).hint.as_deref(), Some(hint));
    }
}

#[test]
fn the_drawing_of_a_problem_shows_its_line() {
    let text = changed(&[("queue: worldwide", "queue: wordwide")]);
    let line = line_of(&text, "wordwide");
    let drawn = find("L0204", &text, &files()).render(&text);
    assert_eq!(
        drawn,
        format!(
            "error[L0204]: unknown queue `wordwide`\n  --> skirmish.yaml:{line}:12\n   |\n{line} |     queue: wordwide\n   |            ^^^^^^^^\n   = hint: did you mean `worldwide`?\n"
        )
    );
}
