//! YAML text to a tree with positions. The only file that knows the YAML parser.
//!
//! In: text. Out: [`Document`], or the first syntax error and every duplicate key. Never: what the keys mean.

use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use crate::codes;
use crate::environment::Layer;
use crate::findings::{Finding, Findings};
use crate::node::{Content, Entry, Mapping, Node, Place, Scalar};
use crate::problem::{Problems, Span};

/// Bytes of a file; real topologies have some ten thousand.
const LARGEST_FILE: usize = 1 << 20;
/// Levels of nesting that the tree may have.
const DEEPEST: usize = 64;
/// Values in the tree, aliases expanded.
const MOST_NODES: usize = 200_000;
/// Open brackets that are looked at before parsing: the scanner's time grows with the square of their number.
const MOST_BRACKETS: i32 = 512;

/// A topology file as it was typed.
#[derive(Clone, Debug)]
pub struct Document {
    pub(crate) file: String,
    pub(crate) root: Arc<Node>,
}

impl Document {
    /// The file, as the user named it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The topology's name; empty when the file doesn't say it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.root
            .get("name")
            .and_then(|node| node.text())
            .unwrap_or_default()
    }

    /// The file as JSON, as it was typed: without positions, layers apart.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.root.to_json()
    }

    /// The declared environments in the order of the file.
    #[must_use]
    pub fn environments(&self) -> Vec<&str> {
        let declared = self
            .root
            .get("environments")
            .and_then(|node| node.mapping());
        let mut entries: Vec<_> = declared.into_iter().flatten().collect();
        entries.sort_by_key(|(_, entry)| entry.key);
        entries.into_iter().map(|(name, _)| &**name).collect()
    }
}

/// Reads a topology file's text.
///
/// # Errors
/// The problems of the text as YAML: syntax, duplicate keys, limits.
pub fn parse(file: &str, text: &str) -> Result<Document, Problems> {
    let mut findings = Findings::new(vec![file.to_owned()]);
    let root = read(text, 0, Layer::Base, &mut findings);
    if let Some(node) = &root
        && node.mapping().is_none()
    {
        findings.push(empty(node.place, &node.describe()));
    }
    let problems = findings.finish();
    match root {
        Some(root) if problems.is_empty() => Ok(Document {
            file: file.to_owned(),
            root,
        }),
        _ => Err(problems),
    }
}

/// Reads a topology file's bytes.
///
/// # Errors
/// As [`parse`], and for bytes that aren't UTF-8.
pub fn parse_bytes(file: &str, bytes: &[u8]) -> Result<Document, Problems> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return parse(file, text),
        Err(error) => error,
    };
    let start = error.valid_up_to();
    let before = String::from_utf8_lossy(bytes.get(..start).unwrap_or_default());
    let line = before.matches('\n').count();
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count();
    let span = Span {
        line: small(line + 1),
        column: small(column + 1),
        length: 1,
        start,
        end: start + 1,
    };
    let mut findings = Findings::new(vec![file.to_owned()]);
    let message = "cannot read the topology: not UTF-8 from here on";
    findings.push(
        Finding::error(codes::NOT_UTF8, Place { source: 0, span }, message)
            .hint("save the file as UTF-8"),
    );
    Err(findings.finish())
}

/// Reads one YAML value; nothing when the text has none.
pub(crate) fn read(
    text: &str,
    source: usize,
    layer: Layer,
    findings: &mut Findings,
) -> Option<Arc<Node>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Err(finding) = admit(text, source) {
        findings.push(*finding);
        return None;
    }
    let positions = Positions::new(text, source);
    let builder = Builder {
        positions,
        layer,
        findings,
        open: Vec::new(),
        anchors: Vec::new(),
        nodes: 0,
        root: None,
    };
    match builder.run(text) {
        Ok(Some(root)) => Some(root),
        Ok(None) => {
            findings.push(empty(first_place(source), "an empty file"));
            None
        }
        Err(finding) => {
            findings.push(*finding);
            None
        }
    }
}

fn empty(place: Place, found: &str) -> Finding {
    Finding::error(
        codes::NOT_A_MAP,
        place,
        format!("expected a topology, found {found}"),
    )
    .hint("a topology is a map that starts with `name:` and `home:`")
}

fn first_place(source: usize) -> Place {
    Place {
        source,
        span: Span {
            line: 1,
            column: 1,
            length: 1,
            start: 0,
            end: 0,
        },
    }
}

/// Refuses text on which the parser would spend unreasonable time or memory.
fn admit(text: &str, source: usize) -> Result<(), Box<Finding>> {
    let message = if text.len() > LARGEST_FILE {
        format!(
            "the file has {} bytes; at most {LARGEST_FILE} are read",
            text.len()
        )
    } else if most_open_brackets(text) > MOST_BRACKETS {
        format!("more than {MOST_BRACKETS} brackets are open at once")
    } else {
        return Ok(());
    };
    Err(Box::new(Finding::error(
        codes::TOO_LARGE,
        first_place(source),
        message,
    )))
}

fn most_open_brackets(text: &str) -> i32 {
    let mut open = 0_i32;
    let mut most = 0;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = (open - 1).max(0),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Turns the parser's character positions into spans with byte offsets.
struct Positions {
    source: usize,
    /// Byte offset of every character; empty for ASCII text, where both are the same.
    offsets: Vec<usize>,
    bytes: usize,
}

impl Positions {
    fn new(text: &str, source: usize) -> Self {
        let offsets = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(offset, _)| offset).collect()
        };
        Self {
            source,
            offsets,
            bytes: text.len(),
        }
    }

    fn byte(&self, character: usize) -> usize {
        if self.offsets.is_empty() {
            return character.min(self.bytes);
        }
        self.offsets.get(character).copied().unwrap_or(self.bytes)
    }

    fn place(&self, start: Marker, end: Marker) -> Place {
        let length = end.index().saturating_sub(start.index()).max(1);
        let span = Span {
            line: small(start.line().max(1)),
            column: small(start.col() + 1),
            length: small(length),
            start: self.byte(start.index()),
            end: self.byte(end.index().max(start.index())),
        };
        Place {
            source: self.source,
            span,
        }
    }
}

/// A collection whose end hasn't come yet.
struct Open {
    place: Place,
    anchor: usize,
    content: OpenContent,
}

enum OpenContent {
    Sequence(Vec<Arc<Node>>),
    /// The entries and the key that waits for its value.
    Mapping(Mapping, Option<(Arc<str>, Place)>),
}

/// Builds the tree from events, without recursion: depth is limited by count, not by the stack.
struct Builder<'run> {
    positions: Positions,
    layer: Layer,
    findings: &'run mut Findings,
    open: Vec<Open>,
    /// Finished anchored values and their size, by the parser's number.
    anchors: Vec<(usize, Arc<Node>, usize)>,
    nodes: usize,
    root: Option<Arc<Node>>,
}

type Step = Result<(), Box<Finding>>;

impl Builder<'_> {
    fn run(mut self, text: &str) -> Result<Option<Arc<Node>>, Box<Finding>> {
        let mut parser = Parser::new_from_str(text);
        let mut documents = 0;
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(|error| self.syntax(&error))?;
            let place = self.positions.place(span.start, span.end);
            if matches!(event, Event::DocumentStart(_)) {
                documents += 1;
                if documents > 1 {
                    let message = "a second document starts here";
                    return Err(Box::new(Finding::error(
                        codes::MANY_DOCUMENTS,
                        place,
                        message,
                    )));
                }
            }
            self.event(event, place)?;
        }
        Ok(self.root)
    }

    fn syntax(&self, error: &ScanError) -> Box<Finding> {
        let place = self.positions.place(*error.marker(), *error.marker());
        let finding = Finding::error(
            codes::SYNTAX,
            place,
            format!("cannot read the YAML: {}", error.info()),
        );
        let tab = error.info().contains("tab");
        Box::new(finding.hint(if tab {
            "indent with spaces"
        } else {
            "`liftform explain L0102` lists the usual causes"
        }))
    }

    fn event(&mut self, event: Event<'_>, place: Place) -> Step {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tagged_text = self.tag(tag.as_deref(), place)?;
                let plain = style == ScalarStyle::Plain && !tagged_text;
                let content = Content::Scalar(Scalar {
                    text: text.into(),
                    plain,
                });
                self.value(
                    Arc::new(Node {
                        place,
                        layer: self.layer,
                        content,
                    }),
                    anchor,
                    1,
                )
            }
            Event::SequenceStart(anchor, tag) => {
                self.tag(tag.as_deref(), place)?;
                self.start(place, anchor, OpenContent::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.tag(tag.as_deref(), place)?;
                self.start(place, anchor, OpenContent::Mapping(Mapping::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, place),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    /// Refuses tags other than YAML's own; says whether the tag makes a scalar text.
    fn tag(&self, tag: Option<&Tag>, place: Place) -> Result<bool, Box<Finding>> {
        match tag {
            None => Ok(false),
            Some(tag) if tag.is_yaml_core_schema() => Ok(tag.suffix == "str"),
            Some(tag) => Err(unsupported(
                place,
                format!("the tag `{tag}` has no meaning in a topology"),
            )),
        }
    }

    fn start(&mut self, place: Place, anchor: usize, content: OpenContent) -> Step {
        if self.open.len() >= DEEPEST {
            let message = format!("values are nested more than {DEEPEST} levels deep");
            return Err(Box::new(Finding::error(codes::TOO_LARGE, place, message)));
        }
        if self.waits_for_key() {
            return Err(unsupported(
                place,
                "a key must be text, not a list or a map".to_owned(),
            ));
        }
        self.open.push(Open {
            place,
            anchor,
            content,
        });
        Ok(())
    }

    fn waits_for_key(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Open {
                content: OpenContent::Mapping(_, None),
                ..
            })
        )
    }

    fn end(&mut self) -> Step {
        let Some(Open {
            place,
            anchor,
            content,
        }) = self.open.pop()
        else {
            return Ok(());
        };
        let content = match content {
            OpenContent::Sequence(items) => Content::Sequence(items),
            OpenContent::Mapping(mapping, _) => Content::Mapping(mapping),
        };
        self.value(
            Arc::new(Node {
                place,
                layer: self.layer,
                content,
            }),
            anchor,
            1,
        )
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Step {
        // A value that contains an alias to itself isn't finished, and so isn't found.
        let Some((_, node, size)) = self
            .anchors
            .iter()
            .rev()
            .find(|(known, ..)| *known == anchor)
        else {
            return Err(unsupported(
                place,
                "the alias refers to a value that contains it".to_owned(),
            ));
        };
        let (node, size) = (node.clone(), *size);
        if self.waits_for_key() && node.scalar().is_none() {
            return Err(unsupported(
                place,
                "a key must be text, not a list or a map".to_owned(),
            ));
        }
        if self.open.len() + depth(&node) > DEEPEST {
            let message = format!("the alias nests values more than {DEEPEST} levels deep");
            return Err(Box::new(Finding::error(codes::TOO_LARGE, place, message)));
        }
        self.value(node, 0, size)
    }

    /// Puts a finished value into the collection that is open.
    fn value(&mut self, node: Arc<Node>, anchor: usize, size: usize) -> Step {
        self.nodes = self.nodes.saturating_add(size);
        if self.nodes > MOST_NODES {
            let message = format!("the file has more than {MOST_NODES} values, aliases expanded");
            return Err(Box::new(Finding::error(
                codes::TOO_LARGE,
                node.place,
                message,
            )));
        }
        if anchor > 0 {
            self.anchors.push((anchor, node.clone(), count(&node)));
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(OpenContent::Sequence(items)) => items.push(node),
            Some(OpenContent::Mapping(_, key @ None)) => *key = Some(key_of(&node)?),
            Some(OpenContent::Mapping(entries, key)) => {
                if let Some((text, place)) = key.take() {
                    if let Some(first) = entries.get(&text) {
                        let finding = Finding::error(
                            codes::DUPLICATE_KEY,
                            place,
                            format!("the key `{text}` is written twice"),
                        );
                        let first = format!("first on line {}", first.key.span.line);
                        self.findings.push(
                            finding
                                .note(first)
                                .hint("keep one of the two: the other would be ignored"),
                        );
                    } else {
                        entries.insert(
                            text,
                            Entry {
                                key: place,
                                value: node,
                            },
                        );
                    }
                }
            }
        }
        Ok(())
    }
}

fn unsupported(place: Place, message: String) -> Box<Finding> {
    Box::new(Finding::error(codes::UNSUPPORTED_YAML, place, message))
}

fn key_of(node: &Node) -> Result<(Arc<str>, Place), Box<Finding>> {
    match node.scalar() {
        Some(scalar) if &*scalar.text == "<<" && scalar.plain => {
            let message = "merge keys (`<<`) are not part of YAML 1.2".to_owned();
            let finding = unsupported(node.place, message);
            Err(Box::new(finding.hint(
                "use `like: other-fleet`, an environment overlay, or an alias for the whole value",
            )))
        }
        Some(scalar) => Ok((scalar.text.clone(), node.place)),
        None => Err(unsupported(
            node.place,
            "a key must be text, not a list or a map".to_owned(),
        )),
    }
}

fn children(node: &Node) -> Box<dyn Iterator<Item = &Node> + '_> {
    match &node.content {
        Content::Scalar(_) => Box::new(std::iter::empty()),
        Content::Sequence(items) => Box::new(items.iter().map(|item| &**item)),
        Content::Mapping(mapping) => Box::new(mapping.values().map(|entry| &*entry.value)),
    }
}

fn depth(node: &Node) -> usize {
    1 + children(node).map(depth).max().unwrap_or(0)
}

/// Values below and including a node; stops counting where the file would be refused anyway.
fn count(node: &Node) -> usize {
    children(node).fold(1_usize, |sum, child| {
        if sum > MOST_NODES {
            sum
        } else {
            sum.saturating_add(count(child))
        }
    })
}
