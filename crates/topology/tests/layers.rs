//! Layers: what each may change, how they merge, and where a setting came from.

use topology::environment::{Container, Host, Layer, Target};
use topology::problem::Problems;
use topology::{Setting, resolve};

mod support;
use support::{SKIRMISH, changed, files, resolved};

#[expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]
fn refused(text: &str, environment: &str, settings: &[&str]) -> Problems {
    let settings: Vec<_> = settings
        .iter()
        .map(|setting| Setting::parse(setting).unwrap())
        .collect();
    let document = topology::parse("skirmish.yaml", text).unwrap();
    resolve(&document, environment, &settings, &files()).unwrap_err()
}

fn instance(host: &Host) -> &str {
    match host {
        Host::Ec2 { instance, .. } | Host::Container(Container { instance, .. }) => instance,
        Host::Anywhere { .. } => "",
    }
}

#[test]
fn environment_overrides_single_values_of_a_map() {
    let dev = resolved(SKIRMISH, "dev", &[]).environment;
    let capacity = &dev.regions["us-east-1"].fleets["arena"].capacity;
    assert_eq!((capacity.max, capacity.keep_available), (2, Some(20)));
    assert_eq!(
        dev.regions["us-east-1"].fleets["arena-spot"].capacity.max,
        2
    );
}

#[test]
fn lists_replace() {
    let text = changed(&[(
        "arena: { capacity: { max: 2 } }",
        "arena: { regions: [us-west-2], locations: null }",
    )]);
    let dev = resolved(&text, "dev", &[]).environment;
    assert_eq!(dev.regions.keys().collect::<Vec<_>>(), ["us-west-2"]);
    assert!(
        dev.regions["us-west-2"].fleets["arena"]
            .locations
            .is_empty()
    );
}

#[test]
fn null_removes_an_entry() {
    let text = changed(&[(
        "arena: { capacity: { max: 2 } } }",
        "arena: { capacity: { keep_available: null } } }, api: { firewall: null }",
    )]);
    let dev = resolved(&text, "dev", &[]).environment;
    assert_eq!(
        dev.regions["us-east-1"].fleets["arena"]
            .capacity
            .keep_available,
        None
    );
    assert_eq!(dev.api.firewall, None);
}

#[test]
fn null_of_a_fleet_is_not_inherited_back() {
    let text = changed(&[(
        "like: arena, spot: true",
        "like: arena, spot: true, locations: null",
    )]);
    let dev = resolved(&text, "dev", &[]).environment;
    assert!(
        dev.regions["eu-central-1"].fleets["arena-spot"]
            .locations
            .is_empty()
    );
    assert_eq!(
        dev.regions["eu-central-1"].fleets["arena"].locations.len(),
        2
    );
}

#[test]
fn region_overlay_stays_in_its_region() {
    let prod = resolved(SKIRMISH, "prod", &[]).environment;
    assert_eq!(
        instance(&prod.regions["us-east-1"].fleets["arena"].host),
        "c6i.large"
    );
    assert_eq!(
        instance(&prod.regions["eu-central-1"].fleets["arena"].host),
        "c6i.xlarge"
    );
}

#[test]
fn overlay_of_the_home_region_changes_the_backend() {
    let text = changed(&[(
        "regions:\n      eu-central-1",
        "regions:\n      us-east-1: { api: { throttle: { rate: 7 } } }\n      eu-central-1",
    )]);
    assert_eq!(
        resolved(&text, "prod", &[]).environment.api.throttle.rate,
        7
    );
    assert_eq!(
        resolved(&text, "dev", &[]).environment.api.throttle.rate,
        500
    );
}

#[test]
fn region_overlay_may_drop_a_fleet() {
    let text = changed(&[("arena: { instance: c6i.xlarge } }", "arena-spot: null }")]);
    let prod = resolved(&text, "prod", &[]).environment;
    assert!(
        !prod.regions["eu-central-1"]
            .fleets
            .contains_key("arena-spot")
    );
    let destinations = &prod.queues["worldwide"].destinations;
    assert_eq!(
        destinations
            .iter()
            .map(|destination| destination.region.as_str())
            .collect::<Vec<_>>(),
        ["us-east-1", "us-east-1", "eu-central-1"]
    );
}

#[test]
fn setting_is_the_strongest_layer() {
    let prod = resolved(
        SKIRMISH,
        "prod",
        &[
            "fleets.arena.instance=c7i.large",
            "matchmaking.duel.timeout=150s",
            "queues.worldwide.destinations=[arena]",
        ],
    );
    assert_eq!(
        instance(&prod.environment.regions["eu-central-1"].fleets["arena"].host),
        "c7i.large"
    );
    assert_eq!(prod.environment.matchmaking["duel"].timeout.as_secs(), 150);
    assert_eq!(prod.environment.queues["worldwide"].destinations.len(), 2);
    assert!(
        prod.warnings
            .iter()
            .all(|problem| problem.code.as_str() == "L0617")
    );
}

#[test]
fn empty_setting_removes_an_entry() {
    assert_eq!(
        resolved(SKIRMISH, "dev", &["matchmaking.duel.acceptance="])
            .environment
            .matchmaking["duel"]
            .acceptance,
        None
    );
}

#[test]
fn problem_of_a_setting_names_the_setting() {
    let problems = refused(SKIRMISH, "dev", &["matchmaking.duel.queue=europe"]);
    let problem = problems.iter().next().unwrap();
    assert_eq!(
        (
            problem.code.as_str(),
            problem.file.as_str(),
            problem.span.line
        ),
        ("L0204", "--set matchmaking.duel.queue=europe", 1)
    );
    let unknown = refused(SKIRMISH, "dev", &["matchmaking.duel.qeue=europe"]);
    assert_eq!(unknown.iter().next().unwrap().code.as_str(), "L0201");
}

#[test]
fn settings_cannot_rename_the_topology() {
    for setting in ["name=x", "environments.dev.home=x", "regions.us-east-1={}"] {
        assert_eq!(
            refused(SKIRMISH, "dev", &[setting])
                .iter()
                .next()
                .unwrap()
                .code
                .as_str(),
            "L0305"
        );
    }
}

#[test]
fn unknown_environment_lists_the_declared_ones() {
    let problems = refused(SKIRMISH, "prud", &[]);
    let problem = problems.iter().next().unwrap();
    assert_eq!(problem.code.as_str(), "L0301");
    assert_eq!(problem.notes, ["declared: `dev`, `local`, `prod`"]);
    assert_eq!(problem.hint.as_deref(), Some("did you mean `prod`?"));
}

#[test]
fn topology_without_environments_is_refused() {
    let text = "name: a\nhome: us-east-1\nidentity: { guests: true }\n";
    let document = topology::parse("a.yaml", text).unwrap();
    let problems = topology::check_all(&document, &files());
    assert_eq!(
        problems
            .iter()
            .map(|problem| problem.code.as_str())
            .collect::<Vec<_>>(),
        ["L0202"]
    );
    assert_eq!(refused(text, "dev", &[]).len(), 1);
}

#[test]
fn environment_may_say_nothing_at_all() {
    let text = "name: a\nhome: us-east-1\nidentity: { guests: true }\nenvironments:\n  dev:\n";
    let dev = resolved(text, "dev", &[]).environment;
    assert_eq!((dev.target, dev.regions.len()), (Target::Aws, 0));
}

#[test]
fn aliases_share_values() {
    let text = changed(&[
        (
            "home: us-east-1",
            "x-capacity: &small { min: 0, max: 3 }\nhome: us-east-1",
        ),
        (
            "capacity: { min: 0, desired: 1, max: 20, keep_available: 20% }",
            "capacity: *small",
        ),
    ]);
    assert_eq!(
        resolved(&text, "prod", &[]).environment.regions["us-east-1"].fleets["arena"]
            .capacity
            .max,
        3
    );
}

#[test]
fn provenance_names_layer_and_place() {
    let prod = resolved(SKIRMISH, "prod", &["api.throttle.rate=9"]).environment;
    let layer = |key: &str| {
        prod.provenance
            .get(key)
            .unwrap_or_else(|| panic!("no {key}"))
            .layer
    };
    assert_eq!(layer("fleets.arena.instance"), Layer::Base);
    assert_eq!(
        layer("regions.eu-central-1.fleets.arena.instance"),
        Layer::Region
    );
    assert_eq!(layer("account"), Layer::Environment);
    assert_eq!(layer("api.throttle.rate"), Layer::Set);
    assert_eq!(layer("target"), Layer::Default);
    assert_eq!(layer("monitoring.logs"), Layer::Default);
    assert_eq!(layer("fleets.arena.certificate"), Layer::Default);
    assert_eq!(
        layer("extensions.overrides.\"MatchmakingTopic.Properties.DisplayName\""),
        Layer::Base
    );
    let home = &prod.provenance["name"];
    assert_eq!(
        (home.file.as_str(), home.line, home.column),
        ("skirmish.yaml", 2, 7)
    );
    assert_eq!(prod.provenance["target"].line, 0);
    assert!(
        !prod
            .provenance
            .contains_key("regions.eu-central-1.fleets.arena.ports")
    );
}

#[test]
fn rule_set_is_made_from_a_template() {
    let with = "template: teams\n    with: { team_size: 5, max_latency: [{after: 0s, is: 50ms}, {after: 20s, is: 120ms}] }";
    let text = changed(&[("rules: rules/duel.json", with)]);
    let duel = resolved(&text, "dev", &[]).environment.matchmaking["duel"].clone();
    assert_eq!(duel.rules["teams"][0]["maxPlayers"], 5);
    assert_eq!(
        duel.rules["expansions"][0]["steps"][0]["waitTimeSeconds"],
        20
    );
}

#[test]
fn other_hosts_are_read() {
    let text = "name: a\nhome: us-east-1\nidentity: { saml: ['arn:aws:iam::111122223333:saml-provider/x'] }\nenvironments: { dev: {} }
builds: { b: { s3: { bucket: servers, key: b.zip }, os: WINDOWS_2022, sdk: 5.3.0 } }
queues: { q: { destinations: [c, w, o] } }
matchmaking: { m: { template: teams, with: { team_size: 1 }, queue: q } }
fleets:
  c: { container: { image: 1.dkr.ecr/x, memory: 1GiB, vcpu: 0.5, sdk: 5.3.0 }, instance: c6i.large, ports: [udp 7777] }
  o: { anywhere: { cost: \"10.0\" }, locations: { us-east-1: [custom-office] } }
  w: { build: b, instance: c6i.large, launch: [{ path: 'C:\\game\\a.exe' }, { path: 'C:\\game\\b.exe', concurrent: 2 }], ports: [tcp 8080 from 10.0.0.0/8] }
";
    let resolved = resolved(text, "dev", &[]);
    assert!(resolved.warnings.is_empty(), "{}", resolved.warnings);
    let region = &resolved.environment.regions["us-east-1"];
    assert!(matches!(
        &region.fleets["c"].host,
        Host::Container(Container {
            memory_mib: 1024,
            vcpu: 0.5,
            ..
        })
    ));
    assert!(
        matches!(&region.fleets["o"].host, Host::Anywhere { cost: Some(cost) } if cost == "10.0")
    );
    assert_eq!(region.fleets["o"].locations, ["custom-office"]);
    assert!(matches!(&region.fleets["w"].host, Host::Ec2 { launch, .. } if launch.len() == 2));
    assert_eq!(region.fleets["w"].ports[0].cidr, "10.0.0.0/8");
}
