//! Reports of simulations as text, Markdown and a page.
//!
//! All three show the same tables: a row per figure, a column per rule set.

mod page;
mod tables;

use std::fmt::Write as _;

use simulate::Report;
use tables::{Table, tables};
use unicode_width::UnicodeWidthStr as _;

pub(in crate::cli) use page::html;

/// A rule set with its report.
pub(in crate::cli) struct Played {
    pub(in crate::cli) file: String,
    pub(in crate::cli) report: Report,
}

/// Aligned columns.
pub(in crate::cli) fn text(played: &[Played]) -> String {
    let mut text = String::new();
    for Table { title, rows } in tables(played) {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{title}");
        let label_width = rows
            .iter()
            .map(|row| row.label.width())
            .max()
            .unwrap_or_default();
        let value_width = rows
            .iter()
            .flat_map(|row| &row.values)
            .map(|value| value.width())
            .max()
            .unwrap_or_default();
        for row in rows {
            let padding = label_width - row.label.width();
            let _ = write!(text, "  {}{:padding$}", row.label, "");
            for value in &row.values {
                let padding = value_width - value.width();
                let _ = write!(text, "  {:padding$}{value}", "");
            }
            text.push('\n');
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// A table per group of figures.
pub(in crate::cli) fn markdown(played: &[Played]) -> String {
    let mut text = String::from("## Matchmaking simulation\n");
    let cell = |text: &str| text.replace('|', "\\|");
    for Table { title, rows } in tables(played) {
        // As above.
        let _ = write!(text, "\n| {title} |");
        for played in played {
            let _ = write!(text, " `{}` |", cell(&played.file));
        }
        let _ = writeln!(text, "\n|---|{}", "---:|".repeat(played.len()));
        for row in rows {
            let values: Vec<String> = row.values.iter().map(|value| cell(value)).collect();
            let _ = writeln!(text, "| {} | {} |", cell(&row.label), values.join(" | "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(files: &[&str]) -> Vec<Played> {
        let rule_set = r#"{"ruleLanguageVersion": "1.0", "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 2}],
            "rules": [{"name": "<Near>", "type": "latency", "maxLatency": 1}]}"#;
        let rule_set = flexmatch::parse(rule_set).rule_set.expect("it is valid");
        let population = simulate::Population {
            players: 50,
            ..simulate::Population::default()
        };
        let scenario = simulate::Scenario {
            rule_set: &rule_set,
            matchmaker: flexmatch::matching::MatchmakerOptions::default(),
            players: simulate::Players::Drawn(&population),
            queue: None,
        };
        let report = simulate::simulate(&scenario).expect("the population fits");
        files
            .iter()
            .map(|file| Played {
                file: (*file).to_owned(),
                report: report.clone(),
            })
            .collect()
    }

    #[test]
    fn text_names_who_is_blocked_by_what() {
        let text = text(&played(&["a.json"]));
        assert!(text.contains("timed out, blocked by <Near>"), "{text}");
    }

    #[test]
    fn markdown_has_a_column_per_rule_set() {
        let text = markdown(&played(&["a.json", "b|c.json"]));
        assert!(
            text.contains("| Outcome | `a.json` | `b\\|c.json` |\n|---|---:|---:|"),
            "{text}"
        );
    }

    #[test]
    fn the_page_escapes_names_and_loads_nothing() {
        let page = html(&played(&["<script>.json"]));
        assert!(page.contains("&lt;script&gt;.json") && page.contains("&lt;Near&gt;"));
        for outside in ["<script", "http", "src=", "url(", "@import"] {
            assert!(!page.contains(outside), "{outside}");
        }
        // Without it browsers ask the server, or the disk, for an icon.
        assert_eq!(page.matches("href=").count(), 1);
        assert!(page.contains("<link rel=\"icon\" href=\"data:,\">"));
    }

    #[test]
    fn the_pages_elements_are_closed_in_order() {
        for files in [&["a.json"][..], &["a&b.json", "\"c\".json"][..]] {
            let page = html(&played(files));
            let mut open = Vec::new();
            for tag in page.split('<').skip(1) {
                let (tag, _) = tag.split_once('>').expect("every tag ends");
                let name = tag.split(' ').next().unwrap_or_default();
                assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
                match name.strip_prefix('/') {
                    Some(name) => assert_eq!(open.pop(), Some(name), "{tag}"),
                    None if ["!doctype", "meta", "link"].contains(&name) => {}
                    None => open.push(name),
                }
            }
            assert_eq!(open, [""; 0]);
        }
    }

    #[test]
    fn bars_are_as_long_as_their_shares() {
        let mut played = played(&["a.json"]);
        played[0].report.locations = vec![share("near", 0.8), share("far", 0.2)];
        let page = html(&played);
        for (width, shown) in [("100.0%", "80.0%"), ("25.0%", "20.0%")] {
            let bar = format!(
                "<div class=\"bar first\" style=\"width:{width}\"></div></div><div class=\"value\">{shown}</div>"
            );
            assert!(page.contains(&bar), "{bar}");
        }
    }

    fn share(name: &str, share: f64) -> simulate::Share {
        simulate::Share {
            name: name.to_owned(),
            matches: 1,
            share,
        }
    }
}
