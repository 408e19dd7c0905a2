//! What lives in the backend stack besides matchmaking: identity, players, API, functions, tables, monitoring.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::codes;
use crate::environment::{
    Alarms, Api, Architecture, Attribute, AttributeKind, ExtensionTemplate, Extensions, Function,
    Identity, Monitoring, Protected, RateLimit, Route, Table, Target, Throttle,
};
use crate::findings::{Finding, Findings};
use crate::shape::{Fields, tables};
use crate::sources::Sources;
use crate::units;

pub(crate) fn target(fields: Fields<'_>) -> Target {
    match fields.text("target").as_deref() {
        Some("local") => Target::Local,
        _ => Target::Aws,
    }
}

pub(crate) fn architecture(fields: Fields<'_>) -> Architecture {
    match fields.text("architecture").as_deref() {
        Some("arm64") => Architecture::Arm64,
        _ => Architecture::X86_64,
    }
}

pub(crate) fn protect(fields: Fields<'_>) -> BTreeSet<Protected> {
    let words = fields.texts("protect").into_iter();
    words
        .filter_map(|word| match word.as_str() {
            "tables" => Some(Protected::Tables),
            "fleets" => Some(Protected::Fleets),
            _ => None,
        })
        .collect()
}

pub(crate) fn identity(fields: Fields<'_>) -> Identity {
    let identity = fields.record("identity", &tables::IDENTITY);
    let providers = identity.record("providers", &tables::PROVIDERS);
    let cognito = [
        ("google", "accounts.google.com"),
        ("facebook", "graph.facebook.com"),
        ("amazon", "www.amazon.com"),
        ("apple", "appleid.apple.com"),
    ];
    let social = cognito
        .into_iter()
        .filter_map(|(key, name)| Some((name.to_owned(), providers.text(key)?)));
    Identity {
        guests: identity.flag("guests"),
        social: social.collect(),
        oidc: providers.texts("oidc"),
        saml: identity.texts("saml"),
    }
}

pub(crate) fn attributes(fields: Fields<'_>) -> BTreeMap<String, Attribute> {
    let players = fields.record("players", &tables::PLAYERS);
    players.records("attributes", &tables::PLAYER_ATTRIBUTE, |_, attribute| {
        let kind = match attribute.text("type").as_deref() {
            Some("number") => AttributeKind::Number,
            Some("string_list") => AttributeKind::StringList,
            Some("string_number_map") => AttributeKind::StringNumberMap,
            _ => AttributeKind::String,
        };
        Attribute {
            kind,
            default: attribute.node("default").map(|node| node.to_json()),
        }
    })
}

pub(crate) fn api(fields: Fields<'_>) -> Api {
    let api = fields.record("api", &tables::API);
    let throttle = api.record("throttle", &tables::THROTTLE);
    let firewall = api.maybe_record("firewall", &tables::FIREWALL);
    Api {
        throttle: Throttle {
            rate: throttle.integer("rate").unwrap_or_default(),
            burst: throttle.integer("burst").unwrap_or_default(),
        },
        firewall: firewall
            .and_then(|firewall| firewall.quantity::<RateLimit>("per_ip", units::rate)),
    }
}

pub(crate) fn functions(fields: Fields<'_>) -> BTreeMap<String, Function> {
    fields.records("functions", &tables::FUNCTION, |_, function| Function {
        package: function.text_or_empty("package"),
        memory_mib: u32::try_from(function.memory("memory")).unwrap_or(u32::MAX),
        timeout: function.duration("timeout").unwrap_or_default(),
        reads: function.texts("reads").into_iter().collect(),
        writes: function.texts("writes").into_iter().collect(),
        environment: function.text_map("environment"),
    })
}

/// Sorted by method and path: the order in the file means nothing.
pub(crate) fn routes(fields: Fields<'_>) -> Vec<Route> {
    let mut routes: Vec<_> = fields
        .entries("routes")
        .filter_map(|(route, entry)| {
            let (method, path) = route.split_once(' ')?;
            let function = entry.value.text()?.to_owned();
            Some(Route {
                method: method.to_owned(),
                path: path.trim().to_owned(),
                function,
            })
        })
        .collect();
    routes.sort();
    routes
}

pub(crate) fn tables(fields: Fields<'_>) -> BTreeMap<String, Table> {
    fields.records("tables", &tables::TABLE, |_, table| Table {
        key: table.text_or_empty("key"),
        sort: table.text("sort"),
        expires: table.text("expires"),
    })
}

pub(crate) fn monitoring(fields: Fields<'_>) -> Monitoring {
    let monitoring = fields.record("monitoring", &tables::MONITORING);
    let switched_off = monitoring
        .node("alarms")
        .and_then(|node| node.scalar())
        .is_some()
        && !monitoring.flag("alarms");
    let alarms = monitoring.record("alarms", &tables::ALARMS);
    let days = monitoring.duration("logs").unwrap_or_default().as_secs() / 86_400;
    Monitoring {
        alarms: (!switched_off).then(|| Alarms {
            notify: alarms.text("notify"),
        }),
        dashboard: monitoring.flag("dashboard"),
        log_retention_days: u32::try_from(days).unwrap_or(u32::MAX),
    }
}

pub(crate) fn extensions(
    fields: Fields<'_>,
    sources: &dyn Sources,
    findings: &mut Findings,
) -> Extensions {
    let extensions = fields.record("extensions", &tables::EXTENSIONS);
    let overrides = extensions
        .entries("overrides")
        .map(|(path, entry)| (path.to_owned(), entry.value.to_json()));
    let resources = extensions.node("resources").and_then(|node| {
        let path = node.text()?;
        match sources.read(path) {
            Ok(text) => Some(ExtensionTemplate {
                file: path.to_owned(),
                text,
            }),
            Err(error) => {
                findings.push_check(Finding::error(
                    codes::SOURCE_FILE,
                    node.place,
                    format!("cannot read `{path}`: {error}"),
                ));
                None
            }
        }
    });
    Extensions {
        resources,
        overrides: overrides.collect(),
    }
}

/// Keeps `Arc` nodes out of signatures elsewhere.
pub(crate) fn texts_of(node: &Arc<crate::node::Node>) -> Vec<String> {
    let items = crate::shape::items(node).into_iter();
    items
        .filter_map(|item| item.text().map(str::to_owned))
        .collect()
}
