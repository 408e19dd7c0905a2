//! One file per operation.

/// The text of a template.
pub(crate) fn template_text(_template: &cloudformation::Template) -> String {
    String::new()
}
