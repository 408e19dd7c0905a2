//! The figures of reports, in the order in which people ask for them.

use std::collections::BTreeSet;

use simulate::{Asked, Percentiles, Placement, PolicyShare, Report, Share, StepEffect};

use super::Played;

/// A group of figures.
pub(super) struct Table {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row>,
}

/// A figure of each rule set.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) values: Vec<String>,
}

/// One number of a distribution.
type Figure = fn(&Percentiles) -> f64;

/// What a row shows of a part of the report.
type Of<P, V> = fn(&P) -> V;

/// Why players time out without a rule that failed.
pub(super) const NO_RULE: &str = "too few players, or an attribute is missing";

/// What stands where a rule set has no such figure.
const NONE: &str = "-";

pub(super) fn tables(played: &[Played]) -> Vec<Table> {
    let reports: Vec<&Report> = played.iter().map(|played| &played.report).collect();
    let tables = [
        Table {
            title: "Outcome",
            rows: outcome(played, &reports),
        },
        Table {
            title: "Wait",
            rows: percentiles(&reports, "wait", "s", |report| &report.wait_seconds),
        },
        Table {
            title: "Latency in the match",
            rows: percentiles(&reports, "latency", "ms", |report| &report.latency_millis),
        },
        Table {
            title: "Location of matches",
            rows: locations(&reports),
        },
        Table {
            title: "Equality of players (p50, p95)",
            rows: quality(&reports),
        },
        Table {
            title: "What rules limit, in a match (p50, p95)",
            rows: rules(&reports),
        },
        Table {
            title: "Requirements that matches satisfy",
            rows: steps(&reports),
        },
        Table {
            title: "Whom expansion steps helped",
            rows: effects(&reports),
        },
        Table {
            title: "Acceptance",
            rows: acceptance(&reports),
        },
        Table {
            title: "Queue",
            rows: placement(&reports),
        },
        Table {
            title: "Who is left out",
            rows: blocked(&reports),
        },
    ];
    tables
        .into_iter()
        .filter(|table| !table.rows.is_empty())
        .collect()
}

fn row(label: impl Into<String>, reports: &[&Report], value: impl Fn(&Report) -> String) -> Row {
    Row {
        label: label.into(),
        values: reports.iter().map(|report| value(report)).collect(),
    }
}

fn outcome(played: &[Played], reports: &[&Report]) -> Vec<Row> {
    let mut rows = vec![
        row("players", reports, |report| report.players.to_string()),
        row("in a match", reports, |report| {
            report.matched_players.to_string()
        }),
        row("timed out", reports, |report| {
            format!(
                "{} ({})",
                report.timed_out_players,
                percent(report.timed_out_share())
            )
        }),
        row("matches", reports, |report| report.matches.to_string()),
        row("slots filled", reports, |report| percent(report.fill)),
    ];
    let rare: [(&str, Of<Report, usize>); 2] = [
        ("did not accept", |report| report.declined_players),
        ("asked again in another ticket", |report| {
            report.replaced_players
        }),
    ];
    for (label, players) in rare {
        if reports.iter().any(|report| players(report) > 0) {
            rows.insert(3, row(label, reports, |report| players(report).to_string()));
        }
    }
    if played.len() > 1 {
        let values = played.iter().map(|played| played.file.clone()).collect();
        rows.insert(
            0,
            Row {
                label: "rule set".to_owned(),
                values,
            },
        );
    }
    rows
}

fn percentiles(
    reports: &[&Report],
    what: &str,
    unit: &str,
    of: impl Fn(&Report) -> &Percentiles,
) -> Vec<Row> {
    let figures: [(&str, Figure); 6] = [
        ("mean", |found| found.mean),
        ("p50", |found| found.p50),
        ("p90", |found| found.p90),
        ("p95", |found| found.p95),
        ("p99", |found| found.p99),
        ("max", |found| found.max),
    ];
    let shown = figures.iter();
    shown
        .map(|(name, figure)| {
            row(format!("{name} {what}"), reports, |report| {
                format!("{:.1} {unit}", figure(of(report)))
            })
        })
        .collect()
}

fn locations(reports: &[&Report]) -> Vec<Row> {
    let names = distinct(reports, |report| &report.locations, |share| &*share.name);
    let share = |report: &Report, name: &str| {
        let found = report.locations.iter().find(|share| share.name == name);
        found.map_or(NONE.to_owned(), |share| percent(share.share))
    };
    names
        .into_iter()
        .map(|name| row(name, reports, |report| share(report, name)))
        .collect()
}

fn quality(reports: &[&Report]) -> Vec<Row> {
    let names = distinct(
        reports,
        |report| &report.quality,
        |quality| &*quality.attribute,
    );
    let figure =
        |report: &Report, name: &str, of: fn(&simulate::AttributeQuality) -> &Percentiles| {
            let found = report
                .quality
                .iter()
                .find(|quality| quality.attribute == name);
            found.map_or(NONE.to_owned(), |quality| {
                format!("{:.1}, {:.1}", of(quality).p50, of(quality).p95)
            })
        };
    let both = |name: &str| {
        [
            row(format!("{name}: largest - smallest"), reports, |report| {
                figure(report, name, |quality| &quality.spread)
            }),
            row(
                format!("{name}: between team averages"),
                reports,
                |report| figure(report, name, |quality| &quality.team_gap),
            ),
        ]
    };
    names.into_iter().flat_map(both).collect()
}

fn rules(reports: &[&Report]) -> Vec<Row> {
    let names = distinct(
        reports,
        |report| &report.rules,
        |rule| (&*rule.rule, rule.quantity),
    );
    let figure = |report: &Report, name: &str| {
        let found = report.rules.iter().find(|rule| rule.rule == name);
        found.map_or(NONE.to_owned(), |rule| {
            format!("{:.1}, {:.1}", rule.value.p50, rule.value.p95)
        })
    };
    let label = |(name, quantity): (&str, &str)| match quantity {
        "latency" => format!("{name}: latency in ms"),
        _ => format!("{name}: {quantity}"),
    };
    names
        .into_iter()
        .map(|key| row(label(key), reports, |report| figure(report, key.0)))
        .collect()
}

/// A step's name in tables and charts.
pub(super) fn step_name(step: &StepEffect) -> String {
    format!(
        "{} = {} from {} s",
        step.target, step.value, step.from_seconds
    )
}

fn effects(reports: &[&Report]) -> Vec<Row> {
    let names = distinct(reports, |report| &report.expansions, step_name);
    let figure = |report: &Report, name: &str| {
        let mut steps = report.expansions.iter();
        let found = steps.find(|step| step_name(step) == name);
        found.map_or(NONE.to_owned(), |step| {
            format!(
                "{} of {} who waited ({})",
                step.players,
                step.waiting_players,
                percent(step.share)
            )
        })
    };
    names
        .into_iter()
        .map(|name| row(name.clone(), reports, |report| figure(report, &name)))
        .collect()
}

fn acceptance(reports: &[&Report]) -> Vec<Row> {
    let figures: [(&str, Of<Asked, usize>); 3] = [
        ("matches proposed", |asked| asked.proposed),
        ("rejected by somebody", |asked| asked.rejected),
        ("not answered in time", |asked| asked.timed_out),
    ];
    if reports.iter().all(|report| report.acceptance.is_none()) {
        return Vec::new();
    }
    let figure = |report: &Report, of: fn(&Asked) -> usize| {
        let asked = report.acceptance.as_ref();
        asked.map_or(NONE.to_owned(), |asked| of(asked).to_string())
    };
    let rows = figures.into_iter();
    rows.map(|(label, of)| row(label, reports, |report| figure(report, of)))
        .collect()
}

fn placement(reports: &[&Report]) -> Vec<Row> {
    if reports.iter().all(|report| report.placement.is_none()) {
        return Vec::new();
    }
    let figure = |report: &Report, of: &dyn Fn(&Placement) -> String| {
        report.placement.as_ref().map_or(NONE.to_owned(), of)
    };
    let simple: [(&str, Of<Placement, String>); 5] = [
        ("queue", |placement| placement.queue.clone()),
        ("matches placed", |placement| {
            placement.placed_matches.to_string()
        }),
        ("matches without a place", |placement| {
            format!(
                "{} ({})",
                placement.unplaced_matches,
                percent(placement.unplaced_share)
            )
        }),
        ("players without a place", |placement| {
            placement.unplaced_players.to_string()
        }),
        ("mean, p95 wait in the queue", |placement| {
            let waits = &placement.wait_seconds;
            format!("{:.1} s, {:.1} s", waits.mean, waits.p95)
        }),
    ];
    let mut rows: Vec<Row> = simple
        .into_iter()
        .map(|(label, of)| row(label, reports, |report| figure(report, &of)))
        .collect();
    for name in distinct(reports, fleets_of, |fleet| &*fleet.name) {
        rows.push(row(format!("in fleet {name}"), reports, |report| {
            let found = fleets_of(report).iter().find(|fleet| fleet.name == name);
            found.map_or(NONE.to_owned(), |fleet| percent(fleet.share))
        }));
    }
    for name in distinct(reports, policies_of, policy_name) {
        rows.push(row(name.clone(), reports, |report| {
            let mut policies = policies_of(report).iter();
            let found = policies.find(|policy| policy_name(policy) == name);
            found.map_or(NONE.to_owned(), |policy| percent(policy.share))
        }));
    }
    rows
}

fn fleets_of(report: &Report) -> &[Share] {
    let placement = report.placement.as_ref();
    placement.map_or(&[], |placement| &placement.fleets)
}

fn policies_of(report: &Report) -> &[PolicyShare] {
    let placement = report.placement.as_ref();
    placement.map_or(&[], |placement| &placement.policies)
}

fn policy_name(policy: &PolicyShare) -> String {
    format!(
        "by the policy from {} s, at most {} ms",
        policy.from_seconds, policy.at_most_millis
    )
}

/// The keys of all reports' items, each once, in the order in which they come.
pub(super) fn distinct<'r, T: 'r, K: PartialEq>(
    reports: &[&'r Report],
    items: impl Fn(&'r Report) -> &'r [T],
    key: impl Fn(&'r T) -> K,
) -> Vec<K> {
    let mut keys = Vec::new();
    for item in reports.iter().flat_map(|report| items(report)) {
        let key = key(item);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn steps(reports: &[&Report]) -> Vec<Row> {
    let ages: BTreeSet<u32> = reports
        .iter()
        .flat_map(|report| &report.steps)
        .map(|step| step.from_seconds)
        .collect();
    let share = |report: &Report, age: u32| {
        let found = report.steps.iter().find(|step| step.from_seconds == age);
        found.map_or(NONE.to_owned(), |step| {
            format!("{} ({})", step.matches, percent(step.share))
        })
    };
    let label = |age: u32| match age {
        0 => "from the start".to_owned(),
        age => format!("from the step at {age} s"),
    };
    ages.into_iter()
        .map(|age| row(label(age), reports, |report| share(report, age)))
        .collect()
}

fn blocked(reports: &[&Report]) -> Vec<Row> {
    let rules = distinct(
        reports,
        |report| &report.blocked,
        |blocked| blocked.rule.as_deref(),
    );
    let figure = |report: &Report, rule: Option<&str>| {
        let found = report
            .blocked
            .iter()
            .find(|blocked| blocked.rule.as_deref() == rule);
        found.map_or(NONE.to_owned(), |blocked| {
            let hit = blocked.cities.iter().take(3);
            let cities: Vec<String> = hit
                .map(|city| format!("{} {}", percent(city.share), city.city))
                .collect();
            format!(
                "{} ({}; of {})",
                blocked.players,
                percent(blocked.share),
                cities.join(", ")
            )
        })
    };
    let label = |rule: Option<&str>| match rule {
        Some(rule) => format!("timed out, blocked by {rule}"),
        None => format!("timed out: {NO_RULE}"),
    };
    rules
        .into_iter()
        .map(|rule| row(label(rule), reports, |report| figure(report, rule)))
        .collect()
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}
