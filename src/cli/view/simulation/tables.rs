//! The figures of reports, in the order in which people ask for them.

use std::collections::BTreeSet;

use simulate::{Percentiles, Report};

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
            title: "Requirements that matches satisfy",
            rows: steps(&reports),
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
    let names: BTreeSet<&str> = reports
        .iter()
        .flat_map(|report| &report.locations)
        .map(|share| share.name.as_str())
        .collect();
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
    let names: BTreeSet<&str> = reports
        .iter()
        .flat_map(|report| &report.quality)
        .map(|quality| quality.attribute.as_str())
        .collect();
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
    let rules: BTreeSet<Option<&str>> = reports
        .iter()
        .flat_map(|report| &report.blocked)
        .map(|blocked| blocked.rule.as_deref())
        .collect();
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
        None => "timed out without a failed rule: too few players, or an attribute is missing"
            .to_owned(),
    };
    rules
        .into_iter()
        .map(|rule| row(label(rule), reports, |report| figure(report, rule)))
        .collect()
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}
