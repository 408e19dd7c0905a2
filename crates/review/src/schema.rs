//! JSON Schemas of what we print, taken from the types: what they say can't differ from what is printed.

use schemars::{JsonSchema, schema_for};
use serde_json::Value as Json;

use crate::{Document, PlanFile};

/// The schema of what `diff --output json` prints.
#[must_use]
pub fn document() -> Json {
    schema::<Document>("What liftform diff prints")
}

/// The schema of plan files.
#[must_use]
pub fn plan_file() -> Json {
    schema::<PlanFile>("A plan file of liftform")
}

fn schema<T: JsonSchema>(title: &str) -> Json {
    let mut schema = schema_for!(T);
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

#[cfg(test)]
mod tests {
    use snapbox::file;

    use super::*;
    use crate::plan_file::Scope;
    use crate::view::tests::worldwide;

    fn text(schema: &Json) -> String {
        format!("{schema:#}\n")
    }

    #[track_caller]
    fn assert_valid(schema: &Json, instance: &Json) {
        let validator = jsonschema::draft202012::new(schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(instance)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn published_schemas_are_current() {
        snapbox::assert_data_eq!(
            text(&document()),
            file!["../../../schemas/diff-output.schema.json"].raw()
        );
        snapbox::assert_data_eq!(
            text(&plan_file()),
            file!["../../../schemas/plan-file.schema.json"].raw()
        );
    }

    #[test]
    fn what_is_printed_fits_its_schema() {
        assert_valid(&document(), &serde_json::to_value(worldwide()).unwrap());
    }

    #[test]
    fn plan_files_fit_their_schema() {
        let scope = Scope {
            liftform: "0.1.0".to_owned(),
            topology: "skirmish".to_owned(),
            environment: "prod".to_owned(),
            account: None,
        };
        let review = worldwide().reviews.remove(0);
        let plan = PlanFile::new(scope, vec![], review);
        assert_valid(
            &plan_file(),
            &serde_json::from_str(&plan.to_text()).unwrap(),
        );
    }

    #[test]
    fn schema_refuses_what_is_not_printed() {
        let validator = jsonschema::draft202012::new(&document()).unwrap();
        let mut wrong = serde_json::to_value(worldwide()).unwrap();
        wrong["reviews"][0]["stacks"][1]["action"] = "explode".into();
        assert!(!validator.is_valid(&wrong));
    }
}
