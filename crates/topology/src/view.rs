//! The topology as one place sees it: all layers applied, inheritance resolved, shape checked.

use std::sync::Arc;

use crate::codes;
use crate::environment::Layer;
use crate::findings::{Finding, Findings};
use crate::layers::{inherit, strip, without};
use crate::nearest;
use crate::node::{Content, Entry, Mapping, Node, Place, shortened};
use crate::setting::{self, Setting};
use crate::shape::{self, Fields, Kind, Record, tables};

/// A merged tree.
#[derive(Clone, Debug)]
pub(crate) struct View {
    root: Arc<Node>,
}

impl View {
    /// Applies the settings, resolves `like`, removes what nulls remove, and checks the shape of the result.
    pub(crate) fn new(layered: &Arc<Node>, settings: &[Setting], findings: &mut Findings) -> Self {
        Self::of(
            &tables::RESOLVED,
            &setting::apply(layered, settings, findings),
            findings,
        )
    }

    /// The same for builds and fleets alone: all that may differ between regions.
    pub(crate) fn hosting(
        layered: &Arc<Node>,
        settings: &[Setting],
        findings: &mut Findings,
    ) -> Self {
        let set = setting::apply(layered, settings, findings);
        let hosting = without(&set, |key| tables::HOSTING.field(key).is_none());
        Self::of(&tables::HOSTING, &hosting, findings)
    }

    fn of(record: &'static Record, layered: &Arc<Node>, findings: &mut Findings) -> Self {
        let root = strip(&inherit(layered, findings));
        shape::check(
            &root,
            &Kind::Record(record),
            record.name,
            head(&root),
            findings,
        );
        Self { root }
    }

    pub(crate) fn root(&self) -> &Arc<Node> {
        &self.root
    }

    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields::new(&tables::RESOLVED, Some(&self.root))
    }

    /// Where the value of a key path stands, or the nearest thing above it that does exist. List items are numbers.
    pub(crate) fn place(&self, path: &[&str]) -> Place {
        let mut node = &self.root;
        let mut place = head(node);
        for step in path {
            if let Some(entry) = node.entry(step) {
                node = &entry.value;
                place = if node.scalar().is_some() {
                    node.place
                } else {
                    entry.key
                };
                continue;
            }
            // What may be one item or a list is addressed as a list.
            let item = match node.sequence() {
                Some(items) => step.parse().ok().and_then(|index: usize| items.get(index)),
                None if *step == "0" => Some(node),
                None => None,
            };
            let Some(item) = item else { break };
            if !std::ptr::eq(item, node) {
                place = item.place;
            }
            node = item;
        }
        place
    }

    /// Where the key at the end of a path stands.
    pub(crate) fn key(&self, path: &[&str]) -> Place {
        let Some((last, above)) = path.split_last() else {
            return self.place(path);
        };
        let mut node = &self.root;
        for step in above {
            match node.get(step) {
                Some(below) => node = below,
                None => return self.place(path),
            }
        }
        node.entry(last)
            .map_or_else(|| self.place(path), |entry| entry.key)
    }
}

/// The first key of the file: what points at the topology as a whole.
fn head(root: &Node) -> Place {
    let entries = root.mapping().into_iter().flatten();
    let written = entries.filter(|(_, entry)| entry.key.source == 0);
    written
        .map(|(_, entry)| entry.key)
        .min()
        .unwrap_or(root.place)
}

/// The layers of one environment, before they are merged.
#[derive(Debug)]
pub(crate) struct Layers {
    pub(crate) base: Arc<Node>,
    pub(crate) environment: Arc<Node>,
    pub(crate) regions: Mapping,
}

impl Layers {
    /// Takes a document apart; keys that don't belong to a layer are reported and left out.
    pub(crate) fn new(root: &Arc<Node>, declared: &Entry, findings: &mut Findings) -> Self {
        let base = base(root, findings);
        let overlay = as_map(declared, "an environment", findings).in_layer(Layer::Environment);
        report_foreign(
            &overlay,
            &tables::ENVIRONMENT,
            &["name", "environments"],
            findings,
        );
        let mut regions = Mapping::new();
        if let Some(section) = overlay
            .entry("regions")
            .filter(|section| !section.value.is_null())
        {
            for (region, entry) in as_map(section, "the regions of an environment", findings)
                .mapping()
                .into_iter()
                .flatten()
            {
                report_region(region, entry, findings);
                let overlay = as_map(entry, "a region's overlay", findings).in_layer(Layer::Region);
                report_foreign(
                    &overlay,
                    &tables::REGION,
                    &[
                        "name",
                        "environments",
                        "home",
                        "target",
                        "account",
                        "protect",
                        "regions",
                    ],
                    findings,
                );
                let overlay = without(&overlay, |key| tables::REGION.field(key).is_none());
                regions.insert(
                    region.clone(),
                    Entry {
                        key: entry.key,
                        value: overlay,
                    },
                );
            }
        }
        let environment = without(&overlay, |key| {
            key == "regions" || tables::ENVIRONMENT.field(key).is_none()
        });
        Self {
            base,
            environment,
            regions,
        }
    }
}

/// The document without its environments and free keys.
pub(crate) fn base(root: &Arc<Node>, findings: &mut Findings) -> Arc<Node> {
    let own = without(root, |key| key.starts_with("x-"));
    report_foreign(
        &own,
        &tables::TOPOLOGY,
        &["target", "account", "protect", "regions"],
        findings,
    );
    without(&own, |key| {
        key == "environments" || tables::TOPOLOGY.field(key).is_none()
    })
}

fn report_region(region: &str, entry: &Entry, findings: &mut Findings) {
    let form = &shape::forms::REGION;
    if !(form.holds)(region) {
        let message = format!("`{}` is not {}", shortened(region), form.what);
        findings.push_shape(
            Finding::error(codes::MALFORMED, entry.key, message)
                .hint(format!("expected {}", form.looks)),
        );
    }
}

/// Reports keys of a layer that aren't part of it.
fn report_foreign(
    layer: &Node,
    record: &'static Record,
    elsewhere: &[&str],
    findings: &mut Findings,
) {
    for (key, entry) in layer.mapping().into_iter().flatten() {
        if record.field(key).is_some() {
            continue;
        }
        if elsewhere.contains(&&**key) {
            let message = format!("`{key}` does not belong into {}", record.name);
            let hint = match &**key {
                "name" | "environments" => "it stands at the top level only",
                "home" => "it stands at the top level or directly below `environments.<name>`",
                _ => "it stands directly below `environments.<name>`",
            };
            findings.push_shape(Finding::error(codes::WRONG_LEVEL, entry.key, message).hint(hint));
        } else {
            if let Some(field) = nearest::nearest(key, record.keys()) {
                findings.mean(tables::RESOLVED.name, field);
            }
            findings.push_shape(shape::unknown_key(key, record, entry.key));
        }
    }
}

/// A layer's map; nothing written counts as an empty one.
fn as_map(entry: &Entry, what: &str, findings: &mut Findings) -> Arc<Node> {
    if entry.value.mapping().is_some() {
        return entry.value.clone();
    }
    if !entry.value.is_null() {
        let message = format!("expected {what}, a map, found {}", entry.value.describe());
        findings.push_shape(Finding::error(codes::WRONG_TYPE, entry.key, message));
    }
    Arc::new(Node {
        place: entry.key,
        layer: Layer::Environment,
        content: Content::Mapping(Mapping::new()),
    })
}

/// The entry of an environment, or what is wrong with asking for it.
pub(crate) fn declared<'doc>(
    root: &'doc Node,
    name: &str,
    findings: &mut Findings,
) -> Option<&'doc Entry> {
    let section = root
        .entry("environments")
        .filter(|section| !section.value.is_null());
    let Some(section) = section else {
        let finding = Finding::error(
            codes::MISSING_FIELD,
            head(root),
            "the topology needs `environments`",
        );
        findings.push(finding.hint(format!("add `environments: {{ {name}: {{}} }}`")));
        return None;
    };
    let Some(declared) = section.value.mapping() else {
        let message = format!(
            "`environments` expects a map, found {}",
            section.value.describe()
        );
        findings.push(Finding::error(codes::WRONG_TYPE, section.key, message));
        return None;
    };
    if let Some(entry) = declared.get(name) {
        let form = &shape::forms::NAME;
        if !(form.holds)(name) {
            let message = format!("`{}` is not a name of an environment", shortened(name));
            findings.push(
                Finding::error(codes::MALFORMED, entry.key, message)
                    .hint(format!("expected {}", form.looks)),
            );
        }
        return Some(entry);
    }
    let known = declared.keys().map(|name| &**name);
    let message = format!("unknown environment `{}`", shortened(name));
    let all: Vec<_> = known.clone().map(|name| format!("`{name}`")).collect();
    let all = if all.is_empty() {
        "none".to_owned()
    } else {
        all.join(", ")
    };
    let finding = Finding::error(codes::UNKNOWN_ENVIRONMENT, section.key, message);
    findings.push(
        finding
            .note(format!("declared: {all}"))
            .hints(nearest::hint(name, known)),
    );
    None
}
