//! The example topology, and changes to it.
#![allow(dead_code, reason = "not every test file needs every part")]
#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test")]

use topology::sources::Memory;
use topology::{Resolved, Setting, resolve};

/// The example of the language's description.
pub(crate) const SKIRMISH: &str = include_str!("../skirmish/skirmish.yaml");
/// Its rule set.
pub(crate) const DUEL: &str = include_str!("../skirmish/rules/duel.json");

/// The files that the example names.
pub(crate) fn files() -> Memory {
    Memory::default().with("rules/duel.json", DUEL).with(
        "extra.template.yaml",
        include_str!("../skirmish/extra.template.yaml"),
    )
}

/// The example with some text replaced, which must be there.
pub(crate) fn changed(changes: &[(&str, &str)]) -> String {
    changes
        .iter()
        .fold(SKIRMISH.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "the example has no {from:?}");
            text.replacen(from, to, 1)
        })
}

/// Resolves an environment of a text that has no errors.
pub(crate) fn resolved(text: &str, environment: &str, settings: &[&str]) -> Resolved {
    let settings: Vec<_> = settings
        .iter()
        .map(|setting| Setting::parse(setting).unwrap())
        .collect();
    let document = topology::parse("skirmish.yaml", text).unwrap();
    resolve(&document, environment, &settings, &files())
        .unwrap_or_else(|problems| panic!("{problems}"))
}
