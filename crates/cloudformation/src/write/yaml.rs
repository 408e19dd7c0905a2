//! YAML text with intrinsic functions in their long form.
//!
//! Anything that some YAML reader might take for something else than text is quoted.

use serde_json::{Map, Value as Json};

/// Longer keys would need a syntax of their own; no name in a template comes near.
const MAX_PLAIN: usize = 512;

/// One object as a YAML document, its keys in the given order.
pub(crate) fn document<'a>(entries: impl Iterator<Item = (&'a str, &'a Json)>) -> String {
    let mut writer = YamlWriter::default();
    for (key, value) in entries {
        writer.entry(key, value, 0);
    }
    writer.text
}

#[derive(Default)]
struct YamlWriter {
    text: String,
}

impl YamlWriter {
    fn entry(&mut self, key: &str, value: &Json, depth: usize) {
        self.string(key);
        self.text.push(':');
        self.value(value, depth);
    }

    /// Writes what follows a colon or a dash, with the line feed.
    fn value(&mut self, value: &Json, depth: usize) {
        match value {
            Json::Object(object) if !object.is_empty() => {
                self.text.push('\n');
                self.indent(depth + 1);
                self.object(object, depth + 1);
            }
            Json::Array(items) if !items.is_empty() => {
                self.text.push('\n');
                for item in items {
                    self.indent(depth + 1);
                    self.item(item, depth + 1);
                }
            }
            Json::String(text) if fits_block(text) => self.block(text, depth + 1),
            Json::Null
            | Json::Bool(_)
            | Json::Number(_)
            | Json::String(_)
            | Json::Array(_)
            | Json::Object(_) => {
                self.text.push(' ');
                self.scalar(value);
                self.text.push('\n');
            }
        }
    }

    fn item(&mut self, item: &Json, depth: usize) {
        self.text.push('-');
        match item {
            // The first entry of an object, or item of a list, stands on the line of the dash.
            Json::Object(object) if !object.is_empty() => {
                self.text.push(' ');
                self.object(object, depth + 1);
            }
            Json::Array(items) if !items.is_empty() => {
                self.text.push(' ');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.indent(depth + 1);
                    }
                    self.item(item, depth + 1);
                }
            }
            Json::Null
            | Json::Bool(_)
            | Json::Number(_)
            | Json::String(_)
            | Json::Array(_)
            | Json::Object(_) => self.value(item, depth),
        }
    }

    /// Writes entries at a depth; the first one where the text ends now.
    fn object(&mut self, object: &Map<String, Json>, depth: usize) {
        let mut entries: Vec<_> = object.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        for (index, (key, value)) in entries.into_iter().enumerate() {
            if index > 0 {
                self.indent(depth);
            }
            self.entry(key, value, depth);
        }
    }

    fn scalar(&mut self, value: &Json) {
        match value {
            Json::Null => self.text.push_str("null"),
            Json::Bool(flag) => self.text.push_str(if *flag { "true" } else { "false" }),
            Json::Number(number) => self.text.push_str(&number.to_string()),
            Json::String(text) => self.string(text),
            Json::Array(_) => self.text.push_str("[]"),
            Json::Object(_) => self.text.push_str("{}"),
        }
    }

    fn string(&mut self, text: &str) {
        if is_plain(text) {
            self.text.push_str(text);
            return;
        }
        self.text.push('"');
        for letter in text.chars() {
            match letter {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\t' => self.text.push_str("\\t"),
                letter if needs_escape(letter) => {
                    self.text.push_str(&format!("\\u{:04x}", u32::from(letter)));
                }
                letter => self.text.push(letter),
            }
        }
        self.text.push('"');
    }

    fn block(&mut self, text: &str, depth: usize) {
        self.text.push_str(if text.ends_with('\n') {
            " |\n"
        } else {
            " |-\n"
        });
        for line in text.lines() {
            if !line.is_empty() {
                self.indent(depth);
                self.text.push_str(line);
            }
            self.text.push('\n');
        }
    }

    fn indent(&mut self, depth: usize) {
        self.text.extend(std::iter::repeat_n("  ", depth));
    }
}

/// Whether the text can stand without quotes for every reader: YAML 1.1 takes more words for booleans than 1.2.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 11] = [
        "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
    ];
    let allowed = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/' | ':')
    };
    text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/')
        && text.len() <= MAX_PLAIN
        && !text.ends_with(':')
        && text.chars().all(allowed)
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether the text survives a literal block: several lines, nothing that indentation or line folding would change.
fn fits_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && !body.ends_with('\n')
        && !body.starts_with(|letter: char| letter.is_whitespace())
        && !body
            .chars()
            .any(|letter| letter != '\n' && needs_escape(letter))
}

/// Characters that YAML doesn't allow as they are, or takes for line breaks.
fn needs_escape(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}
