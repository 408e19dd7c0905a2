//! JSON text, piece by piece.

use serde_json::{Map, Value as Json};

/// How the text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Two spaces per level and a line feed at the end.
    Pretty,
    /// No white space.
    Compact,
}

/// Writes JSON with sorted keys. Keys and items come between `open` and `close`, in pairs: that is the caller's part.
pub(crate) struct JsonWriter {
    text: String,
    layout: Layout,
    depth: usize,
    /// Whether the innermost object or list has no entry yet.
    empty: bool,
}

impl JsonWriter {
    pub(crate) fn new(layout: Layout) -> Self {
        Self {
            text: String::with_capacity(16 * 1024),
            layout,
            depth: 0,
            empty: true,
        }
    }

    pub(crate) fn finish(mut self) -> String {
        if self.layout == Layout::Pretty {
            self.text.push('\n');
        }
        self.text
    }

    pub(crate) fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.depth += 1;
        self.empty = true;
    }

    pub(crate) fn close(&mut self, bracket: char) {
        self.depth -= 1;
        if !self.empty {
            self.new_line();
        }
        self.text.push(bracket);
        self.empty = false;
    }

    /// Starts the next item of a list.
    pub(crate) fn item(&mut self) {
        if !self.empty {
            self.text.push(',');
        }
        self.empty = false;
        self.new_line();
    }

    /// Starts the next entry of an object.
    pub(crate) fn key(&mut self, name: &str) {
        self.item();
        self.string(name);
        self.text.push_str(if self.layout == Layout::Pretty {
            ": "
        } else {
            ":"
        });
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.key(name);
        self.string(text);
    }

    pub(crate) fn optional_text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    pub(crate) fn optional(&mut self, name: &str, value: Option<&Json>) {
        if let Some(value) = value {
            self.key(name);
            self.value(value);
        }
    }

    pub(crate) fn value(&mut self, value: &Json) {
        match value {
            Json::Null => self.text.push_str("null"),
            Json::Bool(true) => self.text.push_str("true"),
            Json::Bool(false) => self.text.push_str("false"),
            Json::Number(number) => self.text.push_str(&number.to_string()),
            Json::String(text) => self.string(text),
            Json::Array(items) => self.array(items),
            Json::Object(object) => self.object(object),
        }
    }

    pub(crate) fn array(&mut self, items: &[Json]) {
        self.open('[');
        for item in items {
            self.item();
            self.value(item);
        }
        self.close(']');
    }

    pub(crate) fn object(&mut self, object: &Map<String, Json>) {
        self.open('{');
        // A feature of serde_json, switched on by any crate of the build, keeps insertion order instead.
        if object.keys().is_sorted() {
            for (key, value) in object {
                self.key(key);
                self.value(value);
            }
        } else {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in entries {
                self.key(key);
                self.value(value);
            }
        }
        self.close('}');
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.text.push('"');
        let mut rest = text;
        // Bytes of letters beyond ASCII are none of these.
        let is_special = |byte: u8| matches!(byte, b'"' | b'\\') || byte < b' ';
        while let Some(place) = rest.bytes().position(is_special) {
            let (plain, special) = rest.split_at(place);
            self.text.push_str(plain);
            self.escape(special.as_bytes()[0]);
            rest = &special[1..];
        }
        self.text.push_str(rest);
        self.text.push('"');
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'"' => self.text.push_str("\\\""),
            b'\\' => self.text.push_str("\\\\"),
            b'\n' => self.text.push_str("\\n"),
            b'\r' => self.text.push_str("\\r"),
            b'\t' => self.text.push_str("\\t"),
            other => self.text.push_str(&format!("\\u{other:04x}")),
        }
    }

    fn new_line(&mut self) {
        const SPACES: &str =
            "\n                                                                                ";
        if self.layout == Layout::Compact {
            return;
        }
        let width = 2 * self.depth;
        if let Some(indent) = SPACES.get(..=width) {
            self.text.push_str(indent);
        } else {
            self.text.push_str(SPACES);
            self.text
                .extend(std::iter::repeat_n(' ', width + 1 - SPACES.len()));
        }
    }
}
