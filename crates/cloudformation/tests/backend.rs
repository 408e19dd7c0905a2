//! A whole backend in typed resources: has no finding, survives writing and reading, and is quick.

mod game;

use cloudformation::{Template, ValidateOptions, validate};

#[test]
fn typed_backend_has_no_finding() {
    let findings = validate(
        &game::backend().unwrap(),
        &ValidateOptions {
            region: Some("eu-central-1".to_owned()),
        },
    );
    assert_eq!(findings, []);
}

#[test]
fn typed_backend_survives_writing_and_reading() {
    let template = game::backend().unwrap();
    assert_eq!(Template::parse(&template.to_json()).unwrap(), template);
    assert_eq!(Template::parse(&template.to_yaml()).unwrap(), template);
}
