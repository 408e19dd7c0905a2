//! No text makes the reader of templates or the checks panic, and what is read is the same after it was written.

#![no_main]

use std::sync::LazyLock;

use checks::Options;
use cloudformation::{Template, read};
use libfuzzer_sys::fuzz_target;

static OPTIONS: LazyLock<Options> = LazyLock::new(Options::default);

fuzz_target!(|text: &str| {
    let Ok(template) = Template::parse(text) else {
        assert!(read::parse(text).is_err(), "both readers agree");
        return;
    };
    let _ = read::parse(text).map(|source| {
        for finding in checks::check(&template, &OPTIONS) {
            let _ = source.positions.find(&finding.path);
        }
    });
    let written = Template::parse(&template.to_json());
    assert_eq!(written.ok().as_ref(), Some(&template));
});
