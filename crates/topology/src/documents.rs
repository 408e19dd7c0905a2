//! Documents made from handlebars templates. The only file that knows the template engine.
//!
//! In: a template and its values. Out: JSON, parsed at once (but for [`render_text`]), so that a quoting mistake surfaces here and nothing
//! downstream handles text. Strict: a value that the template names must exist.

use std::cell::RefCell;
use std::collections::BTreeMap;

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError,
    RenderErrorReason,
};
use serde_json::Value;
use thiserror::Error;

use crate::units;

/// Why a template gave no document.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// The template itself is malformed.
    #[error("cannot read template `{template}`: {message}")]
    Template {
        /// Its name.
        template: String,
        /// What the engine says.
        message: String,
    },
    /// A value is missing or of the wrong kind.
    #[error("cannot fill in template `{template}`: {message}")]
    Value {
        /// Its name.
        template: String,
        /// What the engine says.
        message: String,
    },
    /// The result isn't JSON.
    #[error("template `{template}` did not produce JSON: {source}")]
    Json {
        /// Its name.
        template: String,
        /// Where the result breaks off.
        source: serde_json::Error,
    },
}

/// Renders a template to JSON.
///
/// Helpers beside the engine's own: `json` (any value as JSON), `seconds` and `milliseconds` (a duration with a
/// unit as a number), `number` (refuses anything else). Plain interpolation escapes as inside a JSON string.
///
/// # Errors
/// When the template is malformed, a value is missing, or the result isn't JSON.
pub fn render(
    template_name: &str,
    template_text: &str,
    values: &Value,
) -> Result<Value, DocumentError> {
    let template = template_name.to_owned();
    let text = render_text(template_name, template_text, values)?;
    serde_json::from_str(&text).map_err(|source| DocumentError::Json { template, source })
}

/// Renders a template to text, for files that people edit from then on.
///
/// # Errors
/// When the template is malformed or a value is missing.
pub fn render_text(
    template_name: &str,
    template_text: &str,
    values: &Value,
) -> Result<String, DocumentError> {
    ENGINE.with_borrow_mut(|engine| engine.render(template_name, template_text, values))
}

thread_local! {
    /// Reading a template takes longer than filling it in, and one run fills in the same few again and again.
    static ENGINE: RefCell<Engine> = RefCell::new(Engine { handlebars: handlebars(), texts: BTreeMap::new() });
}

/// The template engine, and the text behind each name that it knows.
struct Engine {
    handlebars: Handlebars<'static>,
    texts: BTreeMap<String, String>,
}

impl Engine {
    fn render(&mut self, name: &str, text: &str, values: &Value) -> Result<String, DocumentError> {
        if self.texts.get(name).is_none_or(|known| known != text) {
            self.handlebars
                .register_template_string(name, text)
                .map_err(|error| DocumentError::Template {
                    template: name.to_owned(),
                    message: one_line(&error.to_string()),
                })?;
            self.texts.insert(name.to_owned(), text.to_owned());
        }
        self.handlebars
            .render(name, values)
            .map_err(|error| DocumentError::Value {
                template: name.to_owned(),
                message: reason(&error),
            })
    }
}

fn handlebars() -> Handlebars<'static> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(escape);
    let helpers: [Written; 4] = [
        Written {
            name: "json",
            wants: "a value",
            show: |value| Some(value.to_string()),
        },
        Written {
            name: "number",
            wants: "a number",
            show: |value| value.is_number().then(|| value.to_string()),
        },
        Written {
            name: "seconds",
            wants: "a duration such as `20s`",
            show: |value| Some(duration(value)?.as_secs().to_string()),
        },
        Written {
            name: "milliseconds",
            wants: "a latency such as `50ms`",
            show: |value| Some(duration(value)?.as_millis().to_string()),
        },
    ];
    for helper in helpers {
        engine.register_helper(helper.name, Box::new(helper));
    }
    engine
}

/// A helper that writes its only parameter in its own way.
struct Written {
    name: &'static str,
    wants: &'static str,
    show: fn(&Value) -> Option<String>,
}

impl HelperDef for Written {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let parameter = helper
            .param(0)
            .ok_or(RenderErrorReason::ParamNotFoundForIndex(self.name, 0))?;
        if parameter.is_value_missing() {
            return Err(
                RenderErrorReason::MissingVariable(parameter.relative_path().cloned()).into(),
            );
        }
        match (self.show)(parameter.value()) {
            Some(text) => Ok(out.write(&text)?),
            None => {
                let what = parameter.relative_path().map_or("a value", String::as_str);
                let message = format!(
                    "`{what}` is `{}`, expected {}",
                    parameter.value(),
                    self.wants
                );
                Err(RenderErrorReason::Other(message).into())
            }
        }
    }
}

fn duration(value: &Value) -> Option<std::time::Duration> {
    units::duration(value.as_str()?)
}

/// Escapes as inside a JSON string, without the quotes.
fn escape(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted
        .get(1..quoted.len().saturating_sub(1))
        .unwrap_or_default()
        .to_owned()
}

fn reason(error: &RenderError) -> String {
    let line = error
        .line_no
        .map(|line| format!(" (line {line} of the template)"))
        .unwrap_or_default();
    let what = if let RenderErrorReason::MissingVariable(Some(name)) = error.reason() {
        format!("the value `{name}` is missing")
    } else {
        error.reason().to_string()
    };
    one_line(&format!("{what}{line}"))
}

/// The engine draws its errors over several lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(template: &str, values: &Value, expected: &Value) {
        assert_eq!(&render("test", template, values).unwrap(), expected);
    }

    fn refused(template: &str, values: &Value) -> String {
        render("test", template, values).unwrap_err().to_string()
    }

    #[test]
    fn helpers_write_json() {
        check(
            "{{json list}}",
            &json!({ "list": ["a\"b", 1] }),
            &json!(["a\"b", 1]),
        );
        check(
            "[{{seconds after}}, {{milliseconds is}}]",
            &json!({ "after": "2m", "is": "50ms" }),
            &json!([120, 50]),
        );
        check("{{number size}}", &json!({ "size": 5 }), &json!(5));
    }

    #[test]
    fn interpolation_is_escaped_as_inside_a_string() {
        check(
            r#"{"a": "{{text}}"}"#,
            &json!({ "text": "quote \" and\nline" }),
            &json!({ "a": "quote \" and\nline" }),
        );
    }

    #[test]
    fn missing_value_is_named() {
        assert_eq!(
            refused("{{json absent}}", &json!({})),
            "cannot fill in template `test`: the value `absent` is missing (line 1 of the template)"
        );
        assert!(refused("{{absent}}", &json!({})).contains("`absent`"));
    }

    #[test]
    fn value_of_the_wrong_kind_is_named() {
        assert!(
            refused("{{seconds after}}", &json!({ "after": 5 }))
                .contains("`after` is `5`, expected a duration")
        );
        assert!(refused("{{number size}}", &json!({ "size": "x" })).contains("expected a number"));
    }

    #[test]
    fn malformed_template_and_result_are_told_apart() {
        assert!(refused("{{#if}", &json!({})).starts_with("cannot read template"));
        assert!(refused("[1,", &json!({})).contains("did not produce JSON"));
    }
}
