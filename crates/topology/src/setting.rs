//! `--set key.path=value`: the strongest layer.

use std::sync::Arc;

use thiserror::Error;

use crate::codes;
use crate::document;
use crate::environment::Layer;
use crate::findings::{Finding, Findings};
use crate::layers::merge;
use crate::node::{Content, Entry, Mapping, Node, Place};
use crate::problem::Span;

/// A value for a key path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    path: Vec<String>,
    value: String,
    text: String,
}

/// A setting whose form is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingError {
    /// No equals sign.
    #[error("setting `{0}` has no `=`")]
    NoValue(String),
    /// An empty key or unbalanced quotes.
    #[error("setting `{0}` has a malformed key path")]
    Path(String),
}

impl Setting {
    /// Reads `key.path=value`; keys with dots stand in double quotes.
    ///
    /// # Errors
    /// When there is no `=` or the path has an empty key.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let mut path = vec![String::new()];
        let mut quoted = false;
        for (index, letter) in text.char_indices() {
            match letter {
                '"' => quoted = !quoted,
                '.' if !quoted => path.push(String::new()),
                '=' if !quoted => {
                    if path.iter().any(String::is_empty) {
                        return Err(SettingError::Path(text.to_owned()));
                    }
                    let value = text.get(index + 1..).unwrap_or_default().to_owned();
                    return Ok(Self {
                        path,
                        value,
                        text: text.to_owned(),
                    });
                }
                _ => {
                    if let Some(key) = path.last_mut() {
                        key.push(letter);
                    }
                }
            }
        }
        Err(if quoted {
            SettingError::Path(text.to_owned())
        } else {
            SettingError::NoValue(text.to_owned())
        })
    }

    /// What problems call the place of this setting.
    pub(crate) fn source_name(&self) -> String {
        format!("--set {}", self.text)
    }
}

/// Puts settings over a tree, in order.
pub(crate) fn apply(root: &Arc<Node>, settings: &[Setting], findings: &mut Findings) -> Arc<Node> {
    let mut root = root.clone();
    for (index, setting) in settings.iter().enumerate() {
        if let Some(overlay) = overlay(setting, index + 1, findings) {
            root = merge(&root, &overlay);
        }
    }
    root
}

/// The setting as a tree with one branch.
fn overlay(setting: &Setting, source: usize, findings: &mut Findings) -> Option<Arc<Node>> {
    let length = u32::try_from(setting.text.chars().count()).unwrap_or(u32::MAX);
    let span = Span {
        line: 1,
        column: 1,
        length,
        start: 0,
        end: setting.text.len(),
    };
    let place = Place { source, span };
    let first = setting.path.first().map(String::as_str).unwrap_or_default();
    if ["name", "environments", "regions"].contains(&first) {
        findings.push(Finding::error(
            codes::SETTING,
            place,
            format!("`{first}` cannot be set"),
        ));
        return None;
    }
    // An empty value is null, as it is in YAML: it removes the entry.
    let mut node = if setting.value.trim().is_empty() {
        let scalar = crate::node::Scalar {
            text: "".into(),
            plain: true,
        };
        Arc::new(Node {
            place,
            layer: Layer::Set,
            content: Content::Scalar(scalar),
        })
    } else {
        let value = document::read(&setting.value, source, Layer::Set, findings)?;
        moved(&value, place)
    };
    for key in setting.path.iter().rev() {
        let mapping = Mapping::from([(
            key.as_str().into(),
            Entry {
                key: place,
                value: node,
            },
        )]);
        node = Arc::new(Node {
            place,
            layer: Layer::Set,
            content: Content::Mapping(mapping),
        });
    }
    Some(node)
}

/// The same value, placed at the setting as a whole: positions inside a command line help nobody.
fn moved(node: &Node, place: Place) -> Arc<Node> {
    let content = match &node.content {
        Content::Scalar(scalar) => Content::Scalar(scalar.clone()),
        Content::Sequence(items) => {
            Content::Sequence(items.iter().map(|item| moved(item, place)).collect())
        }
        Content::Mapping(mapping) => {
            let entries = mapping.iter();
            Content::Mapping(
                entries
                    .map(|(key, entry)| {
                        (
                            key.clone(),
                            Entry {
                                key: place,
                                value: moved(&entry.value, place),
                            },
                        )
                    })
                    .collect(),
            )
        }
    };
    Arc::new(Node {
        place,
        layer: node.layer,
        content,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_is_a_path_and_a_value() {
        let setting = Setting::parse("fleets.arena.capacity.max=5").unwrap();
        assert_eq!(setting.path, ["fleets", "arena", "capacity", "max"]);
        assert_eq!(setting.value, "5");
    }

    #[test]
    fn keys_with_dots_are_quoted() {
        let setting = Setting::parse("extensions.overrides.\"A.B\"=a=b").unwrap();
        assert_eq!(setting.path, ["extensions", "overrides", "A.B"]);
        assert_eq!(setting.value, "a=b");
    }

    #[test]
    fn malformed_settings_are_refused() {
        assert_eq!(
            Setting::parse("a.b"),
            Err(SettingError::NoValue("a.b".to_owned()))
        );
        assert_eq!(
            Setting::parse("a..b=1"),
            Err(SettingError::Path("a..b=1".to_owned()))
        );
        assert_eq!(
            Setting::parse("\"a=1"),
            Err(SettingError::Path("\"a=1".to_owned()))
        );
    }
}
