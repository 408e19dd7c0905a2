//! JSON text, with repeated keys refused and places recorded.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value as Json};

use super::position::{Path, Positions};
use super::{ParseError, ParseProblem};

const DUPLICATE: &str = "key given twice: ";

pub(super) fn parse(text: &str) -> Result<(Json, Positions), ParseError> {
    value(text).map(|root| (root, positions(text)))
}

pub(super) fn value(text: &str) -> Result<Json, ParseError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let root = Strict
        .deserialize(&mut reader)
        .and_then(|root| reader.end().map(|()| root));
    root.map_err(problem)
}

fn problem(error: serde_json::Error) -> ParseError {
    let text = error.to_string();
    // serde_json appends the position to the message, also to ours.
    let text = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(text, _)| text);
    let problem = match text.strip_prefix(DUPLICATE) {
        Some(key) => ParseProblem::DuplicateKey(key.to_owned()),
        None => ParseProblem::Syntax(text.to_owned()),
    };
    ParseError::new(error.line(), error.column(), problem)
}

/// Builds a JSON value; unlike serde_json's own, does not let a later key win silently.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(Self)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            match object.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(access.next_value_seed(Self)?);
                }
                Entry::Occupied(known) => {
                    let key = known.key();
                    return Err(A::Error::custom(format_args!("{DUPLICATE}{key}")));
                }
            }
        }
        Ok(Json::Object(object))
    }
}

/// Walks text that is known to be JSON and notes where each value begins.
fn positions(text: &str) -> Positions {
    let mut scanner = Scanner {
        rest: text,
        line: 1,
        column: 1,
        path: Path::default(),
        found: Positions::default(),
    };
    scanner.value();
    scanner.found
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
    path: Path,
    found: Positions,
}

impl<'a> Scanner<'a> {
    fn value(&mut self) {
        self.space();
        self.found
            .insert(self.path.as_str(), self.line, self.column);
        match self.peek() {
            '{' => self.object(),
            '[' => self.array(),
            '"' => {
                self.string();
            }
            _ => {
                while !matches!(self.peek(), ',' | '}' | ']' | '\0') && !self.peek().is_whitespace()
                {
                    self.advance();
                }
            }
        }
    }

    fn object(&mut self) {
        self.advance();
        loop {
            self.space();
            if self.peek() != '"' {
                break;
            }
            let (line, column) = (self.line, self.column);
            let raw = self.string();
            let key = serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned());
            self.path.push(&key);
            self.found.insert(self.path.as_str(), line, column);
            self.space();
            self.advance();
            self.value();
            self.path.pop();
            self.comma();
        }
        self.advance();
    }

    fn array(&mut self) {
        self.advance();
        for index in 0.. {
            self.space();
            if matches!(self.peek(), ']' | '\0') {
                break;
            }
            self.path.push(&index.to_string());
            self.value();
            self.path.pop();
            self.comma();
        }
        self.advance();
    }

    fn comma(&mut self) {
        self.space();
        if self.peek() == ',' {
            self.advance();
        }
    }

    /// The string with its quotes.
    fn string(&mut self) -> &'a str {
        let start = self.rest;
        self.advance();
        while !matches!(self.peek(), '"' | '\0') {
            if self.peek() == '\\' {
                self.advance();
            }
            self.advance();
        }
        self.advance();
        &start[..start.len() - self.rest.len()]
    }

    fn space(&mut self) {
        while self.peek().is_whitespace() {
            self.advance();
        }
    }

    fn peek(&self) -> char {
        self.rest.chars().next().unwrap_or('\0')
    }

    fn advance(&mut self) {
        let mut letters = self.rest.chars();
        match letters.next() {
            Some('\n') => (self.line, self.column) = (self.line + 1, 1),
            Some(_) => self.column += 1,
            None => {}
        }
        self.rest = letters.as_str();
    }
}
