//! JSON to model: types, required properties, words, ranges and everything else that one item decides alone.
//!
//! In: the tree. Out: a [`Draft`], which holds every item that could be read with its place in the body, so that `check`
//! can go on after an error. Never looks at two items at once, except for repeated names.

mod algorithm;
mod attributes;
mod expansions;
mod fields;
mod rules;
mod teams;

use std::collections::BTreeMap;

use crate::code;
use crate::json::Node;
use crate::keyword::Keyword;
use crate::model::algorithm::Algorithm;
use crate::model::attribute::{AttributeType, PlayerAttribute};
use crate::model::expansion::Expansion;
use crate::model::rule::{Rule, RuleType};
use crate::model::rule_set::{RuleSet, Team};
use crate::path::Path;
use crate::report::Report;
use fields::Fields;

/// The one version of the language.
const LANGUAGE_VERSION: &str = "1.0";

const KEYS: &[&str] = &[
    "name",
    "ruleLanguageVersion",
    "playerAttributes",
    "algorithm",
    "teams",
    "rules",
    "expansions",
];

/// Something read, with its place in the body.
#[derive(Debug)]
pub(crate) struct Item<T> {
    pub(crate) path: Path,
    pub(crate) value: T,
}

/// The rule set as far as it could be read.
#[derive(Debug)]
pub(crate) struct Draft {
    name: Option<String>,
    pub(crate) attributes: Vec<Item<PlayerAttribute>>,
    pub(crate) algorithm: Item<Algorithm>,
    pub(crate) teams: Vec<Item<Team>>,
    pub(crate) rules: Vec<Item<Rule>>,
    pub(crate) expansions: Vec<Item<Expansion>>,
    pub(crate) declared: Declared,
    /// Whether every team was read, so that sums over teams mean something.
    pub(crate) all_teams_read: bool,
}

/// Names and types that the body declares, also of items that are otherwise wrong: so one mistake isn't reported twice.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// Attributes; the type is `None` when it couldn't be read.
    pub(crate) attributes: BTreeMap<String, Option<AttributeType>>,
    /// Team entries.
    pub(crate) teams: Vec<String>,
    /// Rules in order, with their place among the rules.
    pub(crate) rules: Vec<(usize, String, Option<RuleType>)>,
}

impl Draft {
    /// The rule set itself. Only meaningful when no error was reported.
    pub(crate) fn into_rule_set(self) -> RuleSet {
        RuleSet {
            name: self.name,
            player_attributes: values(self.attributes),
            algorithm: self.algorithm.value,
            teams: values(self.teams),
            rules: values(self.rules),
            expansions: values(self.expansions),
        }
    }
}

fn values<T>(items: Vec<Item<T>>) -> Vec<T> {
    items.into_iter().map(|item| item.value).collect()
}

/// Reads the body. `None` when it isn't an object.
pub(crate) fn read(root: &Node, report: &mut Report<'_>) -> Option<Draft> {
    let body = Fields::of(root, &Path::default(), report)?;
    body.warn_of_unknown(KEYS, report);
    check_version(&body, report);
    let teams = teams::read(&body, report);
    let listed = root
        .get("teams")
        .and_then(Node::as_items)
        .map_or(0, <[Node]>::len);
    Some(Draft {
        name: body.text("name", report).map(str::to_owned),
        attributes: attributes::read(&body, report),
        algorithm: algorithm::read(&body, report),
        all_teams_read: teams.len() == listed,
        teams,
        rules: rules::read(&body, report),
        expansions: expansions::read(&body, report),
        declared: Declared::collect(root),
    })
}

impl Declared {
    fn collect(root: &Node) -> Self {
        Self {
            attributes: named(root, "playerAttributes")
                .map(|(_, name, node)| (name, type_of(node)))
                .collect(),
            teams: named(root, "teams").map(|(_, name, _)| name).collect(),
            rules: named(root, "rules")
                .map(|(index, name, node)| (index, name, type_of(node)))
                .collect(),
        }
    }
}

fn named<'a>(root: &'a Node, key: &str) -> impl Iterator<Item = (usize, String, &'a Node)> {
    let items = root.get(key).and_then(Node::as_items).unwrap_or_default();
    items.iter().enumerate().filter_map(|(index, node)| {
        let name = node.get("name")?.as_text()?;
        Some((index, name.to_owned(), node))
    })
}

fn type_of<K: Keyword>(node: &Node) -> Option<K> {
    node.get("type")
        .and_then(Node::as_text)
        .and_then(K::from_word)
}

fn check_version(body: &Fields<'_>, report: &mut Report<'_>) {
    let Some(version) = body.required_text("ruleLanguageVersion", report) else {
        return;
    };
    if version != LANGUAGE_VERSION {
        report
            .error(
                &body.path.key("ruleLanguageVersion"),
                code::LANGUAGE_VERSION,
                format!("rule language version `{version}` doesn't exist"),
            )
            .hint(format!("Use `\"{LANGUAGE_VERSION}\"`, the only version."));
    }
}

/// Reports names that were already seen. `what` names the kind of item.
fn check_unique<'a, T: 'a>(
    items: &'a [Item<T>],
    name: impl Fn(&'a T) -> &'a str,
    what: &str,
    report: &mut Report<'_>,
) {
    let mut seen = std::collections::BTreeSet::new();
    for item in items {
        let name = name(&item.value);
        if !seen.insert(name) {
            let message = format!("{what} name `{name}` is taken by an earlier one");
            report.error(&item.path.key("name"), code::DUPLICATE_NAME, message);
        }
    }
}
