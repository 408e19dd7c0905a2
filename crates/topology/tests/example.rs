//! The example of the language's description means what the description says.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use topology::environment::{
    AttributeKind, Backfill, Build, BuildFiles, BuildSource, Capacity, Destination, Host,
    LatencyPolicy, Launch, PortRange, Priority, Protected, Protocol, RateLimit, Route, Target,
};
use topology::sources::Folder;

mod support;
use support::{SKIRMISH, resolved};

#[test]
fn every_environment_is_clean() {
    let folder = Folder::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/skirmish"));
    let document = topology::parse("skirmish.yaml", SKIRMISH).unwrap();
    assert_eq!(document.name(), "skirmish");
    assert_eq!(document.environments(), ["local", "dev", "prod"]);
    let problems = topology::check_all(&document, &folder);
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn environments_say_where_they_live() {
    let prod = resolved(SKIRMISH, "prod", &[]).environment;
    assert_eq!(
        (prod.topology.as_str(), prod.name.as_str()),
        ("skirmish", "prod")
    );
    assert_eq!(prod.target, Target::Aws);
    assert_eq!(prod.account.as_deref(), Some("444455556666"));
    assert_eq!(prod.protect, [Protected::Tables, Protected::Fleets].into());
    assert_eq!(prod.description.as_deref(), Some("5v5 arena shooter"));
    assert_eq!(
        prod.tags,
        BTreeMap::from([
            ("team".to_owned(), "online".to_owned()),
            ("cost-center".to_owned(), "4711".to_owned())
        ])
    );
    let local = resolved(SKIRMISH, "local", &[]).environment;
    assert_eq!((local.target, local.account), (Target::Local, None));
}

#[test]
fn identity_and_players_are_read() {
    let dev = resolved(SKIRMISH, "dev", &[]).environment;
    assert!(dev.identity.guests);
    assert_eq!(
        dev.identity.social["accounts.google.com"],
        "1234567890-abc.apps.googleusercontent.com"
    );
    assert_eq!(
        dev.identity.oidc,
        ["arn:aws:iam::111122223333:oidc-provider/login.example.com"]
    );
    assert_eq!(dev.attributes["skill"].kind, AttributeKind::Number);
    assert_eq!(dev.attributes["skill"].default, Some(json!(1000)));
    assert_eq!(dev.attributes["modes"].default, Some(json!(["duel"])));
}

#[test]
fn matchmaker_and_queue_are_read() {
    let dev = resolved(SKIRMISH, "dev", &[]).environment;
    let duel = &dev.matchmaking["duel"];
    assert_eq!(duel.rules["name"], "duel");
    assert_eq!(
        (duel.queue.as_str(), duel.timeout, duel.acceptance),
        (
            "worldwide",
            Duration::from_secs(120),
            Some(Duration::from_secs(20))
        )
    );
    assert_eq!((duel.backfill, duel.extra_slots), (Backfill::Automatic, 0));
    let queue = &dev.queues["worldwide"];
    let destination = |fleet: &str, region: &str| Destination {
        fleet: fleet.to_owned(),
        region: region.to_owned(),
    };
    assert_eq!(
        queue.destinations,
        [
            destination("arena-spot", "us-east-1"),
            destination("arena-spot", "eu-central-1"),
            destination("arena", "us-east-1"),
            destination("arena", "eu-central-1"),
        ]
    );
    let policy = |ms, seconds: Option<u64>| LatencyPolicy {
        at_most: Duration::from_millis(ms),
        lasts: seconds.map(Duration::from_secs),
    };
    assert_eq!(
        queue.latency,
        [
            policy(60, Some(30)),
            policy(120, Some(30)),
            policy(250, None)
        ]
    );
    assert_eq!(
        queue.priority,
        [
            Priority::Latency,
            Priority::Cost,
            Priority::Destination,
            Priority::Location
        ]
    );
}

#[test]
fn fleets_live_in_their_regions() {
    let prod = resolved(SKIRMISH, "prod", &[]).environment;
    assert_eq!(
        prod.regions.keys().collect::<Vec<_>>(),
        ["eu-central-1", "us-east-1"]
    );
    let home = &prod.regions["us-east-1"];
    let build = Build {
        source: BuildSource::Files(BuildFiles::Folder("server/linux".to_owned())),
        os: "AMAZON_LINUX_2023".to_owned(),
        sdk: "5.3.0".to_owned(),
    };
    assert_eq!(home.builds["server"], build);
    let arena = &home.fleets["arena"];
    let launch = Launch {
        path: "/local/game/server".to_owned(),
        parameters: Some("-port 7777".to_owned()),
        concurrent: 10,
    };
    let host = |instance: &str, spot| Host::Ec2 {
        build: "server".to_owned(),
        instance: instance.to_owned(),
        spot,
        launch: vec![launch.clone()],
    };
    assert_eq!(arena.host, host("c6i.large", false));
    assert_eq!(
        arena.ports,
        [PortRange {
            protocol: Protocol::Udp,
            from: 7777,
            to: 7877,
            cidr: "0.0.0.0/0".to_owned()
        }]
    );
    assert_eq!(
        arena.capacity,
        Capacity {
            min: 0,
            desired: 1,
            max: 20,
            keep_available: Some(20)
        }
    );
    assert!(arena.protect_sessions && !arena.certificate && arena.locations.is_empty());
    let europe = &prod.regions["eu-central-1"];
    assert_eq!(
        europe.fleets["arena"].locations,
        ["eu-west-2", "eu-north-1"]
    );
    assert_eq!(europe.fleets["arena"].host, host("c6i.xlarge", false));
    assert_eq!(europe.fleets["arena-spot"].host, host("c6i.xlarge", true));
}

#[test]
fn backend_parts_are_read() {
    let dev = resolved(SKIRMISH, "dev", &[]).environment;
    assert_eq!((dev.api.throttle.rate, dev.api.throttle.burst), (500, 1000));
    assert_eq!(
        dev.api.firewall,
        Some(RateLimit {
            requests: 300,
            per: Duration::from_secs(300)
        })
    );
    let profile = &dev.functions["profile"];
    assert_eq!(
        (
            profile.package.as_str(),
            profile.memory_mib,
            profile.timeout
        ),
        ("profile", 128, Duration::from_secs(3))
    );
    assert_eq!(profile.reads, ["players".to_owned()].into());
    assert_eq!(
        dev.routes,
        [Route {
            method: "GET".to_owned(),
            path: "/profile".to_owned(),
            function: "profile".to_owned()
        }]
    );
    assert_eq!(
        (
            dev.tables["loadouts"].key.as_str(),
            dev.tables["loadouts"].sort.as_deref()
        ),
        ("player_id", Some("slot"))
    );
    assert_eq!(
        dev.monitoring.alarms.unwrap().notify.as_deref(),
        Some("arn:aws:sns:us-east-1:111122223333:oncall")
    );
    assert!(dev.monitoring.dashboard);
    assert_eq!(dev.monitoring.log_retention_days, 30);
    assert!(
        dev.extensions
            .resources
            .unwrap()
            .text
            .contains("AWS::SNS::Topic")
    );
    assert_eq!(
        dev.extensions.overrides["MatchmakingTopic.Properties.DisplayName"],
        "skirmish"
    );
}
