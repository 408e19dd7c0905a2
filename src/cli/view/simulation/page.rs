//! Reports as a page that needs nothing else: no script, no font, no connection.

use std::fmt::Write as _;

use simulate::Report;

use super::Played;
use super::tables::{NO_RULE, Table, distinct, percent, step_name, tables};

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#d5dae0;--track:#eef1f4;--first:#2166ac;--second:#e08214}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--paper:#15181c;--line:#3a4047;--track:#22272d;--first:#6baed6;--second:#fdb863}}
*{box-sizing:border-box}
body{font:16px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:56rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th,td{padding:.3rem 0 .3rem .75rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top;overflow-wrap:anywhere}
th:first-child,td:first-child{padding-left:0;text-align:left}td:first-child{max-width:22rem}thead th{font-weight:600}
.group{display:grid;grid-template-columns:minmax(5.5rem,30%) 1fr;gap:0 .75rem;align-items:center;margin:.35rem 0}
.long .group{grid-template-columns:1fr}.label{overflow-wrap:anywhere}
.row{display:grid;grid-template-columns:1fr 4rem;gap:.5rem;align-items:center}
.track{background:var(--track);height:1rem}.bar{height:100%}.value{font-variant-numeric:tabular-nums;text-align:right}
.first{background:var(--first)}.second{background:var(--second)}.key{display:inline-block;width:.8em;height:.8em;margin-right:.3em}
@media(max-width:36rem){.wide tr{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));border-bottom:1px solid var(--line)}
.wide th,.wide td{border-bottom:0}.wide th:first-child:empty{display:none}.wide td:first-child{grid-column:1/-1;max-width:none;padding-bottom:0}}
";

/// Longest label that stands beside its bars, in characters; longer ones stand above.
const SHORT_LABEL: usize = 16;

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
            "<span class=\"key {}\"></span>{} ",
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
    vec![
        waits(&reports),
        locations(&reports),
        steps(&reports),
        effects(&reports),
        blocked(&reports),
    ]
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
    let names = distinct(reports, |report| &report.locations, |share| &*share.name);
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

fn effects(reports: &[&Report]) -> Chart {
    let names = distinct(reports, |report| &report.expansions, step_name);
    let share = |report: &Report, name: &str| {
        let mut steps = report.expansions.iter();
        let found = steps.find(|step| step_name(step) == name);
        found.map_or(0.0, |step| step.share)
    };
    let bars = names.into_iter().map(|name| {
        let shares = reports.iter().map(|report| share(report, &name));
        let shares = shares.collect();
        (name, shares)
    });
    Chart {
        title: "Players with a match that only this step allows",
        bars: bars.collect(),
    }
}

fn blocked(reports: &[&Report]) -> Chart {
    let names = distinct(
        reports,
        |report| &report.blocked,
        |blocked| blocked.rule.as_deref(),
    );
    let share = |report: &Report, rule: Option<&str>| {
        let mut all = report.blocked.iter();
        let found = all.find(|blocked| blocked.rule.as_deref() == rule);
        found.map_or(0.0, |blocked| blocked.share)
    };
    let bars = names.into_iter().map(|rule| {
        let shares = reports.iter().map(|report| share(report, rule));
        (rule.unwrap_or(NO_RULE).to_owned(), shares.collect())
    });
    Chart {
        title: "Players who timed out, by the rule that blocked them",
        bars: bars.collect(),
    }
}

fn draw(page: &mut String, chart: &Chart) {
    let shares = chart.bars.iter().flat_map(|(_, shares)| shares);
    let largest = shares.copied().fold(0.0, f64::max);
    if largest <= 0.0 {
        return;
    }
    let is_long = |(label, _): &(String, Vec<f64>)| label.chars().count() > SHORT_LABEL;
    let form = if chart.bars.iter().any(is_long) {
        "chart long"
    } else {
        "chart"
    };
    // Writing to a string can't fail.
    let _ = writeln!(page, "<h2>{}</h2>\n<div class=\"{form}\">", chart.title);
    for (label, shares) in &chart.bars {
        let _ = write!(
            page,
            "<div class=\"group\"><div class=\"label\">{}</div><div>",
            escape(label)
        );
        for (index, share) in shares.iter().enumerate() {
            let _ = write!(
                page,
                "<div class=\"row\"><div class=\"track\"><div class=\"bar {}\" style=\"width:{:.1}%\"></div></div>\
                 <div class=\"value\">{}</div></div>",
                class(index),
                100.0 * share / largest,
                percent(*share)
            );
        }
        page.push_str("</div></div>\n");
    }
    page.push_str("</div>\n");
}

fn write_table(page: &mut String, table: &Table, played: &[Played]) {
    // Writing to a string can't fail.
    let _ = write!(page, "<h2>{}</h2>\n<table", table.title);
    if played.len() > 1 {
        page.push_str(" class=\"wide\"><thead><tr><th></th>");
        for played in played {
            let _ = write!(page, "<th>{}</th>", escape(&played.file));
        }
        page.push_str("</tr></thead>");
    } else {
        page.push('>');
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
