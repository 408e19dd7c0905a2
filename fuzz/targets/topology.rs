//! No bytes make the reader of topologies or its checks panic, and every problem has a place in the file.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use topology::sources::Memory;
use topology::{check_all, parse_bytes};

static FILES: LazyLock<Memory> = LazyLock::new(|| {
    Memory::default()
        .with(
            "rules/duel.json",
            include_str!("../../crates/topology/tests/skirmish/rules/duel.json"),
        )
        .with(
            "extra.template.yaml",
            include_str!("../../crates/topology/tests/skirmish/extra.template.yaml"),
        )
});

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let problems = match parse_bytes("a.yaml", bytes) {
        Ok(document) => check_all(&document, &*FILES),
        Err(problems) => {
            assert!(!problems.is_empty());
            problems
        }
    };
    for problem in &problems {
        let placed = problem.span.line > 0 && problem.span.column > 0;
        assert!(problem.file != "a.yaml" || placed, "{problem:?}");
        assert!(!problem.render(&text).is_empty());
    }
});
