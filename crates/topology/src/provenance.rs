//! Where each setting of an environment came from.

use std::collections::BTreeMap;

use crate::environment::{Layer, Origin};
use crate::node::Node;
use crate::shape::{Fields, Kind, Presence, Record, tables};
use crate::view::View;

/// Key path to origin, for everything written and every default that filled a gap.
pub(crate) fn trace(view: &View, file: &str) -> BTreeMap<String, Origin> {
    let mut origins = BTreeMap::new();
    let mut tracer = Tracer {
        file,
        only: None,
        origins: &mut origins,
    };
    tracer.record(Some(view.root()), &tables::RESOLVED, "");
    origins
}

/// Adds what a region's overlay set, below `regions.<region>`.
pub(crate) fn trace_region(
    view: &View,
    region: &str,
    file: &str,
    origins: &mut BTreeMap<String, Origin>,
) {
    let mut tracer = Tracer {
        file,
        only: Some(Layer::Region),
        origins,
    };
    for section in ["builds", "fleets"] {
        if let (Some(node), Some(field)) =
            (view.root().get(section), tables::RESOLVED.field(section))
        {
            tracer.value(node, &field.kind, &format!("regions.{region}.{section}"));
        }
    }
}

struct Tracer<'run> {
    file: &'run str,
    /// Only settings of this layer.
    only: Option<Layer>,
    origins: &'run mut BTreeMap<String, Origin>,
}

impl Tracer<'_> {
    fn record(&mut self, node: Option<&Node>, record: &'static Record, path: &str) {
        let fields = Fields::new(record, node);
        for field in record.fields {
            let path = if path.is_empty() {
                field.key.to_owned()
            } else {
                format!("{path}.{}", field.key)
            };
            match (fields.node(field.key), &field.kind, field.presence) {
                (Some(node), kind, _) => self.value(node, kind, &path),
                (None, Kind::Record(below), Presence::Default(_)) => {
                    self.record(None, below, &path);
                }
                (None, _, Presence::Default(text)) if text != "{}" => self.default(path, text),
                (None, ..) => {}
            }
        }
    }

    fn value(&mut self, node: &Node, kind: &Kind, path: &str) {
        match (node.mapping(), kind) {
            (Some(_), Kind::Record(record) | Kind::FlagOr(record)) => {
                self.record(Some(node), record, path);
            }
            (Some(mapping), Kind::Map { value, .. }) => {
                for (key, entry) in mapping {
                    self.value(&entry.value, value, &format!("{path}.{}", quoted(key)));
                }
            }
            _ => self.written(node, path),
        }
    }

    fn written(&mut self, node: &Node, path: &str) {
        if self.only.is_some_and(|layer| layer != node.layer) {
            return;
        }
        let set = node.layer == Layer::Set;
        let file = if set {
            String::new()
        } else {
            self.file.to_owned()
        };
        let (line, column) = if set {
            (0, 0)
        } else {
            (node.place.span.line, node.place.span.column)
        };
        self.origins.insert(
            path.to_owned(),
            Origin {
                value: node.to_json(),
                layer: node.layer,
                file,
                line,
                column,
            },
        );
    }

    fn default(&mut self, path: String, text: &str) {
        if self.only.is_none() {
            self.origins.insert(
                path,
                Origin {
                    value: text.into(),
                    layer: Layer::Default,
                    file: String::new(),
                    line: 0,
                    column: 0,
                },
            );
        }
    }
}

/// Keys with dots are quoted as in `--set`.
fn quoted(key: &str) -> String {
    if key.contains('.') {
        format!("\"{key}\"")
    } else {
        key.to_owned()
    }
}
