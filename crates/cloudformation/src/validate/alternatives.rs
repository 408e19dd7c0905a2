//! `anyOf`, `oneOf`, `allOf` and `if`: schemas that hold together or instead of each other.

use serde_json::Value as Json;

use super::properties::Checker;
use super::{Finding, FindingKind, Path};
use crate::schema::Node;

/// What one schema among several says about a value.
struct Trial {
    findings: Vec<Finding>,
    /// Whether functions were met, so that no match is certain.
    certain: bool,
}

impl Checker<'_> {
    pub(super) fn alternatives(&mut self, node: &Node, value: &Json, path: Path<'_>) {
        for part in &node.all_of {
            self.value(part, value, path);
        }
        if !node.any_of.is_empty() {
            self.any(&node.any_of, value, path);
        }
        if !node.one_of.is_empty() {
            self.any(&node.one_of, value, path);
            self.only_one(&node.one_of, value, path);
        }
        if let Some(excluded) = &node.not {
            let trial = self.attempt(excluded, value, path);
            if trial.certain && trial.findings.is_empty() {
                self.find(
                    FindingKind::NoAlternative,
                    path,
                    "the value has a form that is excluded here",
                );
            }
        }
        if let Some(condition) = &node.condition {
            let trial = self.attempt(&condition.test, value, path);
            if trial.certain {
                let branch = if trial.findings.is_empty() {
                    &condition.then
                } else {
                    &condition.otherwise
                };
                if let Some(branch) = branch {
                    self.value(branch, value, path);
                }
            }
        }
    }

    /// Checks without keeping the findings.
    fn attempt(&mut self, node: &Node, value: &Json, path: Path<'_>) -> Trial {
        let (kept, functions) = (std::mem::take(self.findings), self.functions);
        self.value(node, value, path);
        let findings = std::mem::replace(self.findings, kept);
        Trial {
            findings,
            certain: self.functions == functions,
        }
    }

    fn any(&mut self, nodes: &[Node], value: &Json, path: Path<'_>) {
        let mut trials = Vec::new();
        for node in nodes {
            let trial = self.attempt(node, value, path);
            if trial.findings.is_empty() {
                return;
            }
            trials.push(trial);
        }
        // A form that has the right type and properties was meant, whatever else is wrong with it.
        let here = path.to_string();
        let meant = trials.iter_mut().find(|trial| {
            !trial
                .findings
                .iter()
                .any(|finding| finding.path == here && misses(finding))
        });
        if let Some(meant) = meant {
            self.findings.append(&mut meant.findings);
        } else if let [only] = trials.as_mut_slice() {
            self.findings.append(&mut only.findings);
        } else {
            self.find(FindingKind::NoAlternative, path, no_alternative(nodes));
        }
    }

    /// Only among forms that ask for properties: others may overlap without harm.
    fn only_one(&mut self, nodes: &[Node], value: &Json, path: Path<'_>) {
        let Json::Object(object) = value else { return };
        if !nodes.iter().all(Node::only_requires) {
            return;
        }
        let certain = |name: &String| {
            object
                .get(name)
                .is_some_and(|value| !super::function::may_vanish(value))
        };
        let given: Vec<&str> = nodes
            .iter()
            .filter(|node| node.required.iter().all(certain))
            .flat_map(|node| node.required.iter().map(String::as_str))
            .collect();
        if given.len() > 1 {
            self.find(
                FindingKind::PropertyCombination,
                path,
                format!("only one of {} can be given", given.join(", ")),
            );
        }
    }
}

/// Whether the finding says that the value has another form altogether.
fn misses(finding: &Finding) -> bool {
    matches!(
        finding.kind,
        FindingKind::WrongType
            | FindingKind::MissingProperty
            | FindingKind::UnknownProperty
            | FindingKind::NoAlternative
    )
}

fn no_alternative(nodes: &[Node]) -> String {
    if nodes.iter().all(Node::only_requires) {
        let names: Vec<String> = nodes
            .iter()
            .map(|node| node.required.join(" with "))
            .collect();
        return format!("one of {} is required", names.join(", "));
    }
    "the value has none of the forms that are possible here".to_owned()
}
