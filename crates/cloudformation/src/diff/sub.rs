//! The text of `Fn::Sub` in pieces.

use serde_json::{Map, Value as Json, json};

use super::canonical;
use super::evaluate::call;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// What stands in `${}`: a name, or a resource and its attribute with a dot between.
    Name(String),
}

/// Takes a text apart. `${!Name}` is the text `${Name}`.
pub(super) fn parse(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, (name, after))) = rest
        .split_once("${")
        .and_then(|(before, inner)| Some((before, inner.split_once('}')?)))
    {
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(match name.trim_start().strip_prefix('!') {
            Some(literal) => Piece::Text(format!("${{{literal}}}")),
            None => Piece::Name(name.trim().to_owned()),
        });
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

/// The names in a text, as they stand in `${}`.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    let inner = text.split("${").skip(1);
    inner
        .filter_map(|inner| inner.split_once('}'))
        .map(|(name, _)| name.trim())
        .filter(|name| !name.starts_with('!'))
}

/// Whether a text can't be written shorter, whatever its names stand for.
pub(super) fn is_shortest(text: &str) -> bool {
    let is_name = text.starts_with("${") && text.find('}') == Some(text.len() - 1);
    !is_name && !text.contains("${!") && names(text).next().is_some()
}

/// A value as pieces of a text; none: it can't be written within one.
pub(super) fn pieces(value: &Json) -> Option<Vec<Piece>> {
    match value {
        Json::String(_) | Json::Number(_) | Json::Bool(_) => {
            Some(vec![Piece::Text(canonical::text(value))])
        }
        Json::Object(object) => match call(object)? {
            ("Ref", Json::String(name)) => Some(vec![Piece::Name(name.clone())]),
            ("Fn::GetAtt", Json::Array(parts)) => {
                let parts: Option<Vec<&str>> = parts.iter().map(Json::as_str).collect();
                Some(vec![Piece::Name(parts?.join("."))])
            }
            ("Fn::Sub", Json::String(text)) => Some(parse(text)),
            _ => None,
        },
        Json::Null | Json::Array(_) => None,
    }
}

/// Puts pieces together in the shortest spelling. `variables` are those of the names that have a value of their own.
pub(super) fn build(pieces: Vec<Piece>, variables: Map<String, Json>) -> Json {
    let pieces = merged(pieces);
    match pieces.as_slice() {
        [] => return "".into(),
        [Piece::Text(text)] => return text.as_str().into(),
        [Piece::Name(name)] if variables.is_empty() => {
            return match name.split_once('.') {
                Some((id, attribute)) => json!({ "Fn::GetAtt": [id, attribute] }),
                None => json!({ "Ref": name }),
            };
        }
        _ => {}
    }
    let text: String = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.replace("${", "${!"),
            Piece::Name(name) => format!("${{{name}}}"),
        })
        .collect();
    if variables.is_empty() {
        json!({ "Fn::Sub": text })
    } else {
        json!({ "Fn::Sub": [text, variables] })
    }
}

/// Texts that stand beside each other are one; empty ones are none.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Text(known)), Piece::Text(text)) => known.push_str(&text),
            (_, piece) => merged.push(piece),
        }
    }
    merged
}
