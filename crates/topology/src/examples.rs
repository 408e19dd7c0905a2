//! For every code of a topology an example that has the problem, and the same without it.
//!
//! Each is some sections; [`BASE`] has those that it leaves out. What no part of a file can show has none.

mod rule_sets;

/// A whole topology without any problem.
pub const BASE: &str = r#"name: game
home: us-east-1
identity: { guests: true }
players: { attributes: { skill: { type: number, default: 1000 } } }
matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
queues:
  main:
    destinations: [arena]
builds:
  server:
    path: server
    sdk: 5.3.0
fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
environments:
  dev: {}
"#;

/// The example of a code and its fix; empty where there is none.
#[must_use]
pub fn of(code: &str) -> (&'static str, &'static str) {
    EXAMPLES
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or(("", ""), |(_, example, fix)| (example, fix))
}

/// The same for a code of rule sets (`L05`), as whole rule sets.
#[must_use]
pub fn of_rule_set(code: &str) -> (&'static str, &'static str) {
    rule_sets::of(code)
}

const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "L0102",
        r#"tags: { team: online
"#,
        r#"tags: { team: online }
"#,
    ),
    (
        "L0103",
        r#"tags: { team: online }
tags: { team: arena }
"#,
        r#"tags: { team: online }
"#,
    ),
    (
        "L0104",
        r#"- game
- us-east-1
"#,
        r#"name: game
home: us-east-1
environments: { dev: {} }
"#,
    ),
    (
        "L0105",
        r#"name: game
home: us-east-1
environments: { dev: {} }
---
name: other
"#,
        r#"name: game
home: us-east-1
environments: { dev: {} }
"#,
    ),
    (
        "L0107",
        r#"tags: { team: !Ref Team }
"#,
        r#"tags: { team: online }
"#,
    ),
    (
        "L0201",
        r#"descripton: arena shooter
"#,
        r#"description: arena shooter
"#,
    ),
    (
        "L0202",
        r#"builds:
  server:
    path: server
"#,
        r#"builds:
  server:
    path: server
    sdk: 5.3.0
"#,
    ),
    (
        "L0203",
        r#"tags: { cost-center: 4711 }
"#,
        r#"tags: { cost-center: "4711" }
"#,
    ),
    (
        "L0204",
        r#"queues:
  main:
    destinations: [arina]
"#,
        r#"queues:
  main:
    destinations: [arena]
"#,
    ),
    (
        "L0205",
        r#"queues:
  main:
    destinations: [arena]
    timeout: 120
"#,
        r#"queues:
  main:
    destinations: [arena]
    timeout: 120s
"#,
    ),
    (
        "L0206",
        r#"queues:
  main:
    destinations: [arena]
    timeout: 20m
"#,
        r#"queues:
  main:
    destinations: [arena]
    timeout: 10m
"#,
    ),
    (
        "L0207",
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
    backfill: always
"#,
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
    backfill: automatic
"#,
    ),
    (
        "L0208",
        r#"name: Game
"#,
        r#"name: game
"#,
    ),
    (
        "L0209",
        r#"fleets:
  arena:
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
"#,
    ),
    (
        "L0210",
        r#"fleets:
  arena:
    anywhere: {}
    spot: true
    locations: { us-east-1: [custom-office] }
builds: {}
"#,
        r#"fleets:
  arena:
    anywhere: {}
    locations: { us-east-1: [custom-office] }
builds: {}
"#,
    ),
    (
        "L0302",
        r#"environments:
  dev:
    regions:
      eu-central-1: { queues: {} }
fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    regions: [us-east-1, eu-central-1]
"#,
        r#"environments:
  dev:
    regions:
      eu-central-1: { fleets: { arena: { instance: c6i.xlarge } } }
fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    regions: [us-east-1, eu-central-1]
"#,
    ),
    (
        "L0303",
        r#"environments:
  dev:
    regions:
      eu-west-1: {}
"#,
        r#"environments:
  dev:
    regions:
      us-east-1: {}
"#,
    ),
    (
        "L0304",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    like: spot
  spot: { like: arena }
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
  spot: { like: arena, spot: true }
queues:
  main:
    destinations: [spot, arena]
"#,
    ),
    (
        "L0306",
        r#"account: "111122223333"
"#,
        r#"environments:
  dev: { account: "111122223333" }
"#,
    ),
    (
        "L0401",
        r#"functions:
  shows-a-player-everything-that-was-ever-collected-in-all-seasons: { package: profile }
routes:
  GET /profile: shows-a-player-everything-that-was-ever-collected-in-all-seasons
"#,
        r#"functions:
  profile: { package: profile }
routes:
  GET /profile: profile
"#,
    ),
    (
        "L0402",
        r#"tables:
  tickets: { key: id }
"#,
        r#"tables:
  loadouts: { key: id }
"#,
    ),
    (
        "L0403",
        r#"functions:
  mine: { package: profile }
routes:
  GET /tickets/{ticket}: mine
"#,
        r#"functions:
  mine: { package: profile }
routes:
  GET /my-tickets/{ticket}: mine
"#,
    ),
    (
        "L0404",
        r#"functions:
  mine: { package: profile }
routes:
  get profile: mine
"#,
        r#"functions:
  mine: { package: profile }
routes:
  GET /profile: mine
"#,
    ),
    (
        "L0405",
        r#"players:
  attributes:
    skill: { type: number, default: 1000 }
    a1: { type: number, default: 0 }
    a2: { type: number, default: 0 }
    a3: { type: number, default: 0 }
    a4: { type: number, default: 0 }
    a5: { type: number, default: 0 }
    a6: { type: number, default: 0 }
    a7: { type: number, default: 0 }
    a8: { type: number, default: 0 }
    a9: { type: number, default: 0 }
    a10: { type: number, default: 0 }
"#,
        r#"players:
  attributes:
    skill: { type: number, default: 1000 }
    a1: { type: number, default: 0 }
    a2: { type: number, default: 0 }
    a3: { type: number, default: 0 }
    a4: { type: number, default: 0 }
    a5: { type: number, default: 0 }
    a6: { type: number, default: 0 }
    a7: { type: number, default: 0 }
    a8: { type: number, default: 0 }
    a9: { type: number, default: 0 }
"#,
    ),
    (
        "L0406",
        r#"players: { attributes: { skill: { type: number, default: high } } }
"#,
        r#"players: { attributes: { skill: { type: number, default: 1000 } } }
"#,
    ),
    (
        "L0407",
        r#"identity: { guests: false }
"#,
        r#"identity: { guests: true }
"#,
    ),
    (
        "L0408",
        r#"functions:
  mine: { package: profile, environment: { AWS_REGION: us-east-1 } }
routes:
  GET /profile: mine
"#,
        r#"functions:
  mine: { package: profile, environment: { GAME_REGION: us-east-1 } }
routes:
  GET /profile: mine
"#,
    ),
    (
        "L0601",
        r#"home: us-east-2
"#,
        r#"home: us-east-1
"#,
    ),
    (
        "L0602",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    regions: [us-east-1, eu-west-3]
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    regions: [us-east-1]
    locations: { us-east-1: [eu-west-3] }
"#,
    ),
    (
        "L0603",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    regions: [us-west-1]
    locations: { us-west-1: [us-west-2] }
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    regions: [us-west-2]
    locations: { us-west-2: [us-west-1] }
"#,
    ),
    (
        "L0604",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    locations: { us-east-1: [eu-nort-1] }
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    locations: { us-east-1: [eu-north-1] }
"#,
    ),
    (
        "L0605",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    locations: { eu-west-1: [eu-north-1] }
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    locations: { us-east-1: [eu-north-1] }
"#,
    ),
    (
        "L0606",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    locations: { us-east-1: [us-east-2, us-west-1, us-west-2, ca-central-1, sa-east-1, eu-west-1, eu-west-2, eu-west-3, eu-central-1, eu-north-1] }
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    locations: { us-east-1: [us-east-2, us-west-1, us-west-2, ca-central-1, sa-east-1, eu-west-1, eu-west-2, eu-west-3, eu-central-1] }
"#,
    ),
    (
        "L0607",
        r#"queues:
  main:
    destinations: []
"#,
        r#"queues:
  main:
    destinations: [arena]
"#,
    ),
    (
        "L0608",
        r#"queues:
  main:
    destinations: [arena]
    latency: [{ at_most: 120ms, for: 30s }, { at_most: 60ms }]
"#,
        r#"queues:
  main:
    destinations: [arena]
    latency: [{ at_most: 60ms, for: 30s }, { at_most: 120ms }]
"#,
    ),
    (
        "L0609",
        r#"queues:
  main:
    destinations: [arena]
    latency: [{ at_most: 60ms, for: 300s }, { at_most: 120ms }]
"#,
        r#"queues:
  main:
    destinations: [arena]
    latency: [{ at_most: 60ms, for: 60s }, { at_most: 120ms }]
"#,
    ),
    (
        "L0610",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
  spot: { like: arena, spot: true, certificate: true }
queues:
  main:
    destinations: [spot, arena]
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
  spot: { like: arena, spot: true }
queues:
  main:
    destinations: [spot, arena]
"#,
    ),
    (
        "L0611",
        r#"queues:
  main:
    destinations: [arena, arena]
"#,
        r#"queues:
  main:
    destinations: [arena]
"#,
    ),
    (
        "L0612",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 80]
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
"#,
    ),
    (
        "L0613",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, parameters: "-port 7000", concurrent: 10 }
    ports: [udp 7777-7877]
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, parameters: "-port 7777", concurrent: 10 }
    ports: [udp 7777-7877]
"#,
    ),
    (
        "L0614",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: [{ path: /local/game/a, concurrent: 30 }, { path: /local/game/b, concurrent: 30 }]
    ports: [udp 7777-7877]
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: [{ path: /local/game/a, concurrent: 30 }, { path: /local/game/b, concurrent: 20 }]
    ports: [udp 7777-7877]
"#,
    ),
    (
        "L0615",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    capacity: { min: 3, desired: 1, max: 5 }
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    capacity: { min: 1, desired: 3, max: 5 }
"#,
    ),
    (
        "L0616",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /opt/server, concurrent: 10 }
    ports: [udp 7777-7877]
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
"#,
    ),
    (
        "L0617",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
  spare: { like: arena }
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
"#,
    ),
    (
        "L0618",
        r#"builds:
  server:
    path: server
    sdk: 5.3.0
    os: AMAZON_LINUX_2
"#,
        r#"builds:
  server:
    path: server
    sdk: 5.3.0
    os: AMAZON_LINUX_2023
"#,
    ),
    (
        "L0619",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
"#,
    ),
    (
        "L0620",
        r#"fleets:
  arena:
    build: server
    instance: c6i.lagre
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
"#,
    ),
    (
        "L0621",
        r#"builds:
  server:
    path: server
    sdk: 5.3.0
    os: WINDOWS_2022
fleets:
  arena:
    build: server
    instance: c7g.large
    launch: { path: "C:\\game\\server.exe", concurrent: 10 }
    ports: [udp 7777-7877]
"#,
        r#"builds:
  server:
    path: server
    sdk: 5.3.0
    os: WINDOWS_2022
fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: "C:\\game\\server.exe", concurrent: 10 }
    ports: [udp 7777-7877]
"#,
    ),
    (
        "L0622",
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    spot: true
"#,
        r#"fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 10 }
    ports: [udp 7777-7877]
    spot: false
"#,
    ),
    (
        "L0623",
        r#"facts: { quotas: { fleets: 1 } }
"#,
        r#"facts: { quotas: { fleets: 50 } }
"#,
    ),
    (
        "L0701",
        r#"extensions: { resources: no-such-file.yaml }
"#,
        "",
    ),
    (
        "L0703",
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: five }
    queue: main
"#,
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
"#,
    ),
    (
        "L0704",
        r#"matchmaking:
  duel:
    template: tems
    with: { team_size: 1 }
    queue: main
"#,
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
"#,
    ),
    (
        "L0705",
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1, sise: 2 }
    queue: main
"#,
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
"#,
    ),
    (
        "L0706",
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
    timeout: 30s
    acceptance: 60s
"#,
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
    timeout: 60s
    acceptance: 30s
"#,
    ),
    (
        "L0707",
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1, max_latency: [{ after: 0s, is: 50ms }, { after: 60s, is: 120ms }] }
    queue: main
    timeout: 30s
"#,
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1, max_latency: [{ after: 0s, is: 50ms }, { after: 20s, is: 120ms }] }
    queue: main
    timeout: 30s
"#,
    ),
    (
        "L0708",
        r#"players: { attributes: { skill: { type: string, default: high } } }
matchmaking:
  duel:
    template: teams
    with: { team_size: 1, skill_distance: 100 }
    queue: main
"#,
        r#"players: { attributes: { skill: { type: number, default: 1000 } } }
matchmaking:
  duel:
    template: teams
    with: { team_size: 1, skill_distance: 100 }
    queue: main
"#,
    ),
    (
        "L0709",
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1, max_latency: [{ after: 0s, is: 50ms }, { after: 20s, is: 250ms }] }
    queue: main
queues:
  main:
    destinations: [arena]
    latency: [{ at_most: 200ms }]
"#,
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1, max_latency: [{ after: 0s, is: 50ms }, { after: 20s, is: 250ms }] }
    queue: main
queues:
  main:
    destinations: [arena]
    latency: [{ at_most: 250ms }]
"#,
    ),
    (
        "L0710",
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
    extra_slots: 2
"#,
        r#"matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: main
    extra_slots: 1
"#,
    ),
    (
        "L0801",
        r#"api: { firewall: { per_ip: 300 per 3m } }
"#,
        r#"api: { firewall: { per_ip: 300 per 5m } }
"#,
    ),
    (
        "L0802",
        r#"monitoring: { logs: 31d }
"#,
        r#"monitoring: { logs: 30d }
"#,
    ),
    (
        "L0803",
        r#"functions:
  mine: { package: profile, timeout: 60s }
routes:
  GET /profile: mine
"#,
        r#"functions:
  mine: { package: profile, timeout: 20s }
routes:
  GET /profile: mine
"#,
    ),
];
