//! Identity, attributes, functions, firewall, logs.

use serde_json::Value;

use super::{Scope, listed, names, repeated, unknown};
use crate::codes;
use crate::environment::{Attribute, AttributeKind};
use crate::findings::Finding;
use crate::units;

/// Attributes per player in a request.
const MOST_ATTRIBUTES: usize = 10;

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
const RETENTION_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

pub(super) fn check(scope: &mut Scope<'_>) {
    home(scope);
    identity(scope);
    attributes(scope);
    functions(scope);
    tables(scope);
    firewall(scope);
    logs(scope);
}

fn home(scope: &mut Scope<'_>) {
    let home = &scope.environment.home;
    if !home.is_empty() && !scope.environment.facts.hosts_flexmatch(home) {
        let place = scope.view.place(&["home"]);
        let finding = Finding::error(
            codes::HOME_REGION,
            place,
            format!("the home region `{home}` has no FlexMatch"),
        );
        scope.findings.push_check(finding.hint(format!(
            "regions with FlexMatch: {}",
            listed(scope.environment.facts.flexmatch_regions())
        )));
    }
}

fn identity(scope: &mut Scope<'_>) {
    let identity = &scope.environment.identity;
    if !identity.guests
        && identity.social.is_empty()
        && identity.oidc.is_empty()
        && identity.saml.is_empty()
    {
        let place = scope.view.key(&["identity"]);
        let message = "there are no guests and no identity provider: nobody can call the API";
        let finding = Finding::warning(codes::NOBODY_CAN_SIGN_IN, place, message);
        scope
            .findings
            .push_check(finding.hint("add `identity: { guests: true }` or a provider"));
    }
}

fn attributes(scope: &mut Scope<'_>) {
    let attributes = &scope.environment.attributes;
    if attributes.len() > MOST_ATTRIBUTES {
        let place = scope.view.key(&["players", "attributes"]);
        let message = format!(
            "{} attributes are declared; FlexMatch accepts {MOST_ATTRIBUTES}",
            attributes.len()
        );
        scope
            .findings
            .push_check(Finding::error(codes::TOO_MANY_ATTRIBUTES, place, message));
    }
    for (name, attribute) in attributes {
        let unknown_type =
            scope
                .findings
                .is_misshapen(scope.view.place(&["players", "attributes", name, "type"]));
        if unknown_type {
            continue;
        }
        if let Some(wanted) = wrong_default(attribute) {
            let place = scope
                .view
                .place(&["players", "attributes", name, "default"]);
            let message = format!("the default of `{name}` is not {wanted}");
            scope
                .findings
                .push_check(Finding::error(codes::ATTRIBUTE_DEFAULT, place, message));
        }
    }
}

/// What the default should be, if it isn't.
fn wrong_default(attribute: &Attribute) -> Option<&'static str> {
    let value = attribute.default.as_ref()?;
    let text = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| (1..=100).contains(&text.chars().count()))
    };
    let (fits, wanted) = match attribute.kind {
        AttributeKind::String => (text(value), "text of 1 to 100 characters"),
        AttributeKind::Number => (value.is_number(), "a number"),
        AttributeKind::StringList => (
            value
                .as_array()
                .is_some_and(|items| items.len() <= 100 && items.iter().all(text)),
            "a list of at most 100 texts of 1 to 100 characters",
        ),
        AttributeKind::StringNumberMap => (
            value.as_object().is_some_and(|pairs| {
                pairs.len() <= 10
                    && pairs.iter().all(|(key, value)| {
                        value.is_number() && (1..=100).contains(&key.chars().count())
                    })
            }),
            "a map of at most 10 texts to numbers",
        ),
    };
    (!fits).then_some(wanted)
}

fn functions(scope: &mut Scope<'_>) {
    for (name, function) in &scope.environment.functions {
        for variable in function.environment.keys() {
            if ["AWS_", "LAMBDA_", "LIFTFORM_"]
                .iter()
                .any(|prefix| variable.starts_with(prefix))
            {
                let place = scope
                    .view
                    .key(&["functions", name, "environment", variable]);
                let message = format!("the environment variable `{variable}` is reserved");
                scope
                    .findings
                    .push_check(Finding::error(codes::RESERVED_VARIABLE, place, message));
            }
        }
        for field in ["reads", "writes"] {
            let node = scope
                .view
                .fields()
                .entries("functions")
                .find(|(known, _)| *known == name);
            let list = node.and_then(|(_, entry)| entry.value.get(field));
            repeated("table", list, scope.findings);
            for item in list.map(crate::shape::items).unwrap_or_default() {
                let Some(table) = item.text() else { continue };
                let known = || {
                    scope
                        .environment
                        .tables
                        .keys()
                        .map(String::as_str)
                        .chain(names::TABLES)
                };
                if !known().any(|known| known == table) {
                    unknown(
                        "table",
                        table,
                        known().collect::<Vec<_>>(),
                        item.place,
                        scope.findings,
                    );
                }
            }
        }
    }
}

fn tables(scope: &mut Scope<'_>) {
    for (name, table) in &scope.environment.tables {
        for (field, other) in [("sort", &table.sort), ("expires", &table.expires)] {
            if other.as_ref() == Some(&table.key) {
                let place = scope.view.place(&["tables", name, field]);
                let message = format!(
                    "`{field}` is the attribute `{}`, which is the partition key already",
                    table.key
                );
                scope
                    .findings
                    .push_check(Finding::error(codes::REPEATED, place, message));
            }
        }
    }
}

fn firewall(scope: &mut Scope<'_>) {
    let Some(limit) = scope.environment.api.firewall else {
        return;
    };
    let place = scope.view.place(&["api", "firewall", "per_ip"]);
    if ![60, 120, 300, 600].contains(&limit.per.as_secs()) || limit.per.subsec_millis() > 0 {
        let message = format!(
            "the firewall counts over {}; AWS WAF knows 1, 2, 5 and 10 minutes",
            units::show(limit.per)
        );
        let finding = Finding::error(codes::FIREWALL, place, message);
        scope
            .findings
            .push_check(finding.hint(format!("write `{} per 5m`", limit.requests)));
    }
    if !(10..=2_000_000_000).contains(&limit.requests) {
        let message = format!(
            "the firewall allows {} requests; AWS WAF takes 10 to 2000000000",
            limit.requests
        );
        scope
            .findings
            .push_check(Finding::error(codes::FIREWALL, place, message));
    }
}

fn logs(scope: &mut Scope<'_>) {
    let days = scope.environment.monitoring.log_retention_days;
    let known = RETENTION_DAYS.iter();
    let place = scope.view.place(&["monitoring", "logs"]);
    let written = scope
        .view
        .root()
        .get("monitoring")
        .and_then(|node| node.get("logs"));
    let whole = written
        .and_then(|node| units::duration(&node.scalar()?.text))
        .is_none_or(|time| time.as_secs() % 86_400 == 0);
    if !whole || !known.clone().any(|known| *known == days) {
        let message = format!("CloudWatch Logs cannot keep logs for {days} days");
        let all: Vec<_> = known.map(|days| format!("{days}d")).collect();
        scope.findings.push_check(
            Finding::error(codes::LOG_RETENTION, place, message)
                .hint(format!("known: {}", all.join(", "))),
        );
    }
}
