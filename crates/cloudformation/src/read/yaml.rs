//! YAML text: short forms turned into long forms, repeated keys refused, places recorded.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::{Map, Value as Json};

use super::position::{Path, Positions};
use super::yaml_scalar::plain;
use super::{ParseError, ParseProblem};

/// Deeper than any template; shallow enough for the stack.
const MAX_DEPTH: usize = 128;
/// What aliases may multiply a document to.
const MAX_NODES: usize = 1_000_000;

/// Functions that have a short form and keep their name in the long form.
const BARE: [&str; 2] = ["Ref", "Condition"];
/// Functions whose long form starts with `Fn::`.
const FUNCTIONS: [&str; 25] = [
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "GetStackOutput",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "RefAll",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "ValueOf",
    "ValueOfAll",
];

pub(super) fn parse(text: &str) -> Result<(Json, Positions), ParseError> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        path: Path::default(),
        positions: Positions::default(),
        anchors: HashMap::new(),
        nodes: 0,
    };
    let root = reader.document()?;
    Ok((root, reader.positions))
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    path: Path,
    positions: Positions,
    /// Values by anchor, each with the number of nodes in it.
    anchors: HashMap<usize, (Json, usize)>,
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Json, ParseError> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root.unwrap_or(Json::Null)),
                Event::Nothing
                | Event::StreamStart
                | Event::DocumentStart(_)
                | Event::DocumentEnd => {}
                _ if root.is_some() => {
                    return Err(syntax(span, "a second document in the same text"));
                }
                event @ (Event::Alias(_)
                | Event::Scalar(..)
                | Event::SequenceStart(..)
                | Event::SequenceEnd
                | Event::MappingStart(..)
                | Event::MappingEnd) => root = Some(self.node(event, span, 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), ParseError> {
        match self.parser.next() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(scan_error(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Json, ParseError> {
        self.positions
            .insert(self.path.as_str(), span.start.line(), span.start.col() + 1);
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(fail(span.start, ParseProblem::TooLarge));
        }
        let before = self.nodes;
        let (anchor, value) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, scalar(text, style, tag.as_deref(), span.start)?)
            }
            Event::SequenceStart(anchor, tag) => (
                anchor,
                self.tagged(tag, span, |reader| reader.sequence(depth))?,
            ),
            Event::MappingStart(anchor, tag) => (
                anchor,
                self.tagged(tag, span, |reader| reader.mapping(depth))?,
            ),
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => {
                return Err(syntax(span, "the text ends in the middle"));
            }
        };
        if anchor > 0 {
            self.anchors
                .insert(anchor, (value.clone(), self.nodes - before + 1));
        }
        Ok(value)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Json, ParseError> {
        let Some((value, size)) = self.anchors.get(&anchor) else {
            return Err(syntax(span, "an alias within its own anchor"));
        };
        self.nodes += size;
        if self.nodes > MAX_NODES {
            return Err(fail(span.start, ParseProblem::TooLarge));
        }
        Ok(value.clone())
    }

    /// Reads a collection, inside the function that its tag names, if any.
    fn tagged(
        &mut self,
        tag: Option<Cow<'a, Tag>>,
        span: Span,
        inner: impl FnOnce(&mut Self) -> Result<Json, ParseError>,
    ) -> Result<Json, ParseError> {
        let Some(function) = tag
            .as_deref()
            .map(|tag| function(tag, span.start))
            .transpose()?
            .flatten()
        else {
            return inner(self);
        };
        self.path.push(&function);
        let argument = inner(self);
        self.path.pop();
        Ok(call(function, argument?))
    }

    fn sequence(&mut self, depth: usize) -> Result<Json, ParseError> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Json::Array(items));
            }
            self.path.push(&items.len().to_string());
            let item = self.node(event, span, depth + 1)?;
            self.path.pop();
            items.push(item);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Json, ParseError> {
        let mut object = Map::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Json::Object(object));
            }
            let Event::Scalar(key, ..) = event else {
                return Err(syntax(span, "a key has to be text"));
            };
            let key = key.into_owned();
            if object.contains_key(&key) {
                return Err(fail(span.start, ParseProblem::DuplicateKey(key)));
            }
            self.path.push(&key);
            self.positions
                .insert(self.path.as_str(), span.start.line(), span.start.col() + 1);
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            self.path.pop();
            object.insert(key, value);
        }
    }
}

fn scalar(
    text: Cow<'_, str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
    place: Marker,
) -> Result<Json, ParseError> {
    let Some(tag) = tag else {
        return Ok(if style == ScalarStyle::Plain {
            plain(&text)
        } else {
            Json::String(text.into_owned())
        });
    };
    let Some(function) = function(tag, place)? else {
        return Ok(if tag.suffix == "str" {
            Json::String(text.into_owned())
        } else {
            plain(&text)
        });
    };
    let argument = match text.split_once('.') {
        Some((id, attribute)) if function == "Fn::GetAtt" => Json::from(vec![id, attribute]),
        // `!Select`, `!If` and the like take lists; text stays text, as CloudFormation would read it.
        _ => Json::String(text.into_owned()),
    };
    Ok(call(function, argument))
}

/// The long name of the function that a tag stands for; none for YAML's own tags.
fn function(tag: &Tag, place: Marker) -> Result<Option<String>, ParseError> {
    if tag.is_yaml_core_schema() {
        return Ok(None);
    }
    let name = tag.suffix.as_str();
    if tag.handle == "!" && BARE.contains(&name) {
        return Ok(Some(name.to_owned()));
    }
    if tag.handle == "!" && FUNCTIONS.contains(&name) {
        return Ok(Some(format!("Fn::{name}")));
    }
    Err(fail(place, ParseProblem::UnknownTag(name.to_owned())))
}

fn call(function: String, argument: Json) -> Json {
    Json::Object([(function, argument)].into_iter().collect())
}

fn fail(place: Marker, problem: ParseProblem) -> ParseError {
    ParseError::new(place.line(), place.col() + 1, problem)
}

fn syntax(span: Span, problem: &str) -> ParseError {
    fail(span.start, ParseProblem::Syntax(problem.to_owned()))
}

fn scan_error(error: &ScanError) -> ParseError {
    fail(
        *error.marker(),
        ParseProblem::Syntax(error.info().to_owned()),
    )
}
