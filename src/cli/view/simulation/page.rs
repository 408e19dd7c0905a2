//! Reports as a page that needs nothing else: no script, no font, no connection.

use std::fmt::Write as _;

use simulate::Report;

use super::Played;
use super::tables::{Table, percent, tables};

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#d5dae0;--first:#2166ac;--second:#e08214}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--paper:#15181c;--line:#3a4047;--first:#6baed6;--second:#fdb863}}
body{font:16px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:52rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
table{border-collapse:collapse;width:100%}th,td{padding:.3rem .5rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top;overflow-wrap:anywhere}
th:first-child,td:first-child{text-align:left;overflow-wrap:normal}p{overflow-wrap:anywhere}thead th{font-weight:600}
svg{width:100%;height:auto;display:block}svg text{font:13px system-ui,sans-serif;fill:var(--ink)}
.first{fill:var(--first)}.second{fill:var(--second)}.key{display:inline-block;width:.8em;height:.8em;margin-right:.3em}
";

/// Width of the charts in their own units.
const WIDTH: f64 = 480.0;
const BAR: f64 = 16.0;
const LABEL: f64 = 120.0;
const VALUE: f64 = 60.0;

/// A bar chart: a label and a share, 0 to 1, per rule set.
struct Chart {
    title: &'static str,
    bars: Vec<(String, Vec<f64>)>,
}

/// The whole page.
pub(in crate::cli) fn html(played: &[Played]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <link rel=\"icon\" href=\"data:,\"><title>Matchmaking simulation</title><style>{STYLE}</style></head><body>\n\
         <h1>Matchmaking simulation</h1>\n<p>"
    );
    for (index, played) in played.iter().enumerate() {
        // Writing to a string can't fail.
        let _ = write!(
            page,
            "<span class=\"key\" style=\"background:var(--{})\"></span>{} ",
            class(index),
            escape(&played.file)
        );
    }
    page.push_str("</p>\n");
    for chart in charts(played) {
        draw(&mut page, &chart);
    }
    for table in tables(played) {
        write_table(&mut page, &table, played);
    }
    page.push_str("</body></html>\n");
    page
}

fn charts(played: &[Played]) -> Vec<Chart> {
    let reports: Vec<&Report> = played.iter().map(|played| &played.report).collect();
    vec![waits(&reports), locations(&reports), steps(&reports)]
}

fn waits(reports: &[&Report]) -> Chart {
    let buckets = reports.first().map_or(&[][..], |report| &report.waits);
    let share = |report: &Report, index: usize| {
        let found = report.waits.get(index).map_or(0, |bucket| bucket.players);
        part(found, report.players)
    };
    let bars = buckets.iter().enumerate().map(|(index, bucket)| {
        let label = match bucket.to {
            Some(to) => format!("{} to {to} s", bucket.from),
            None => format!("{} s and more", bucket.from),
        };
        (
            label,
            reports.iter().map(|report| share(report, index)).collect(),
        )
    });
    let mut bars: Vec<_> = bars.collect();
    bars.push((
        "timed out".to_owned(),
        reports
            .iter()
            .map(|report| report.timed_out_share())
            .collect(),
    ));
    Chart {
        title: "Players by their wait",
        bars,
    }
}

fn locations(reports: &[&Report]) -> Chart {
    let mut names: Vec<&str> = Vec::new();
    for share in reports.iter().flat_map(|report| &report.locations) {
        if !names.contains(&share.name.as_str()) {
            names.push(&share.name);
        }
    }
    let share = |report: &Report, name: &str| {
        let found = report.locations.iter().find(|share| share.name == name);
        found.map_or(0.0, |share| share.share)
    };
    let bars = names.iter().map(|name| {
        (
            (*name).to_owned(),
            reports.iter().map(|report| share(report, name)).collect(),
        )
    });
    Chart {
        title: "Matches by location",
        bars: bars.collect(),
    }
}

fn steps(reports: &[&Report]) -> Chart {
    let mut ages: Vec<u32> = reports
        .iter()
        .flat_map(|report| &report.steps)
        .map(|step| step.from_seconds)
        .collect();
    ages.sort_unstable();
    ages.dedup();
    let share = |report: &Report, age: u32| {
        let found = report.steps.iter().find(|step| step.from_seconds == age);
        found.map_or(0.0, |step| step.share)
    };
    let bars = ages.iter().map(|age| {
        (
            format!("from {age} s"),
            reports.iter().map(|report| share(report, *age)).collect(),
        )
    });
    Chart {
        title: "Matches by the expansion step they needed",
        bars: bars.collect(),
    }
}

fn draw(page: &mut String, chart: &Chart) {
    let largest = chart
        .bars
        .iter()
        .flat_map(|(_, shares)| shares)
        .copied()
        .fold(0.0, f64::max);
    if largest <= 0.0 {
        return;
    }
    let rows = chart
        .bars
        .iter()
        .map(|(_, shares)| shares.len())
        .sum::<usize>();
    let height = part(rows, 1) * (BAR + 2.0) + part(chart.bars.len(), 1) * 6.0;
    // Writing to a string can't fail.
    let _ = writeln!(
        page,
        "<h2>{title}</h2>\n<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{title}\">",
        title = chart.title
    );
    let mut top = 0.0;
    for (label, shares) in &chart.bars {
        let _ = writeln!(
            page,
            "<text x=\"0\" y=\"{}\">{}</text>",
            top + BAR - 3.0,
            escape(label)
        );
        for (index, share) in shares.iter().enumerate() {
            let width = (WIDTH - LABEL - VALUE) * share / largest;
            let _ = writeln!(
                page,
                "<rect class=\"{}\" x=\"{LABEL}\" y=\"{top}\" width=\"{width:.1}\" height=\"{BAR}\"/>\
                 <text x=\"{:.1}\" y=\"{}\">{}</text>",
                class(index),
                LABEL + width + 6.0,
                top + BAR - 3.0,
                percent(*share)
            );
            top += BAR + 2.0;
        }
        top += 6.0;
    }
    page.push_str("</svg>\n");
}

fn write_table(page: &mut String, table: &Table, played: &[Played]) {
    // Writing to a string can't fail.
    let _ = write!(page, "<h2>{}</h2>\n<table>", table.title);
    if played.len() > 1 {
        page.push_str("<thead><tr><th></th>");
        for played in played {
            let _ = write!(page, "<th>{}</th>", escape(&played.file));
        }
        page.push_str("</tr></thead>");
    }
    for row in &table.rows {
        let _ = write!(page, "\n<tr><td>{}</td>", escape(&row.label));
        for value in &row.values {
            let _ = write!(page, "<td>{}</td>", escape(value));
        }
        page.push_str("</tr>");
    }
    page.push_str("</table>\n");
}

const fn class(index: usize) -> &'static str {
    if index == 0 { "first" } else { "second" }
}

fn part(part: usize, whole: usize) -> f64 {
    let number = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    if whole == 0 {
        0.0
    } else {
        number(part) / number(whole)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
