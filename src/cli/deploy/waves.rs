//! The order in which stacks are deployed, as it is shown before anybody approves.

use std::collections::BTreeMap;

use crate::deploy::{Prepared, PreparedStep};

/// A line per wave with the stacks that change in it; none: nothing changes.
pub(super) fn text(prepared: &[Prepared]) -> Option<String> {
    let mut waves: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let changed = prepared
        .iter()
        .filter(|stack| stack.step != PreparedStep::Leave);
    for stack in changed {
        let names = waves.entry(stack.spec.wave).or_default();
        names.push(stack.stack().to_string());
    }
    let lines: String = waves
        .into_values()
        .enumerate()
        .map(|(place, names)| format!("\n  {}  {}", place + 1, names.join(", ")))
        .collect();
    (!lines.is_empty()).then(|| format!("Waves, each begun when the one before it is done:{lines}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use plan::StackRole;

    use super::*;
    use crate::deploy::{Selection, StackSpec};
    use crate::event::StackRef;

    fn prepared(name: &str, wave: usize, step: PreparedStep) -> Prepared {
        Prepared {
            spec: StackSpec {
                stack: StackRef::new(name, "eu-west-1"),
                role: StackRole::Fleets,
                wave,
                template: "{}".to_owned(),
                parameters: BTreeMap::new(),
                tags: BTreeMap::new(),
                protected: false,
                guarded: BTreeSet::new(),
                selection: Selection::Deploy,
            },
            state: None,
            template: None,
            parameters: BTreeMap::new(),
            later: BTreeMap::new(),
            step,
        }
    }

    #[test]
    fn waves_are_numbered_over_what_changes() {
        let stacks = [
            prepared("bucket", 0, PreparedStep::Leave),
            prepared("fleets", 3, PreparedStep::Change),
            prepared("backend", 4, PreparedStep::Remake),
        ];
        assert_eq!(
            text(&stacks).as_deref(),
            Some(
                "Waves, each begun when the one before it is done:\n  1  fleets (eu-west-1)\n  2  backend (eu-west-1)"
            )
        );
    }

    #[test]
    fn nothing_that_changes_has_no_order() {
        assert_eq!(text(&[prepared("bucket", 0, PreparedStep::Leave)]), None);
    }
}
