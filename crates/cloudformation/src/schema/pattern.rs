//! A regular expression of a schema, compiled when it is first needed.

use std::sync::OnceLock;

use regress::Regex;

/// An ECMA-262 regular expression, as JSON Schema has them.
pub(crate) struct Pattern {
    source: String,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            regex: OnceLock::new(),
        }
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Whether the text matches somewhere. A pattern that isn't a regular expression accepts every text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        let regex = self.regex.get_or_init(|| compile(&self.source));
        regex
            .as_ref()
            .is_none_or(|regex| regex.find(text).is_some())
    }
}

fn compile(source: &str) -> Option<Regex> {
    // Anchors of other dialects, which some schemas have; ECMA would read them as letters.
    let source = &source
        .replace("\\A", "^")
        .replace("\\Z", "$")
        .replace("\\z", "$");
    // The stricter mode refuses escapes like `\-` that many schemas have; the laxer one reads `\p{L}` as letters.
    let strict = Regex::with_flags(source, "u").ok();
    if source.contains("\\p{") {
        strict
    } else {
        strict.or_else(|| Regex::new(source).ok())
    }
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.source.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(
            Pattern::new(pattern).is_match(text),
            expected,
            "{pattern} on {text}"
        );
    }

    #[test]
    fn patterns_are_read_as_ecma_does() {
        check(r"^[a-zA-Z0-9\-\.]*$", "a-b.c", true);
        check(r"^[a-zA-Z0-9\-\.]*$", "a b", false);
        check(r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$", "Übung 1", true);
        check(r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$", "a;b", false);
        check(r"^[0-9A-Za-z\.\-_]*(?<!\.)$", "a.", false);
        check(r"^[a-z]{1,5}\Z", "abc", true);
        check(r"^[a-z]{1,5}\Z", "abc/", false);
        check(r"[\u0009\u000A\u000D\u0020-\u00FF]+", "text", true);
    }

    #[test]
    fn broken_pattern_accepts_everything() {
        check("(", "anything", true);
    }
}
