//! Compares a document with the tables: unknown and missing keys, types, units, ranges.

use std::time::Duration;

use super::{Field, Kind, Presence, Record};
use crate::codes;
use crate::findings::{Finding, Findings};
use crate::nearest;
use crate::node::{Content, Node, Place, Plain, Scalar};
use crate::problem::Code;
use crate::units;

/// Checks a value; `key` is where its key stands and `name` what the key is.
pub(crate) fn check(node: &Node, kind: &Kind, name: &str, key: Place, findings: &mut Findings) {
    match kind {
        Kind::Record(record) => check_record(node, record, key, findings),
        Kind::FlagOr(record) => match flag(node) {
            Some(_) => {}
            None => check_record(node, record, key, findings),
        },
        Kind::List(item) => check_list(node, item, name, key, findings),
        Kind::OneOrMore(item) => match node.sequence() {
            Some(_) => check_list(node, item, name, key, findings),
            None => check(node, item, name, key, findings),
        },
        Kind::Map { key: form, value } => check_map(node, form, value, key, findings),
        Kind::Anything => {}
        Kind::Text
        | Kind::Form(_)
        | Kind::Flag
        | Kind::Integer { .. }
        | Kind::Decimal { .. }
        | Kind::Duration { .. }
        | Kind::Latency
        | Kind::Memory { .. }
        | Kind::Percent { .. }
        | Kind::Rate
        | Kind::Ports
        | Kind::Choice(_) => match node.scalar() {
            Some(scalar) => check_scalar(scalar, kind, name, node.place, findings),
            None => wrong_type(node, kind, name, key, findings),
        },
    }
}

fn flag(node: &Node) -> Option<bool> {
    match node.scalar()?.meaning() {
        Plain::Flag(flag) => Some(flag),
        Plain::Null | Plain::Number(_) | Plain::Text => None,
    }
}

fn check_record(node: &Node, record: &Record, key: Place, findings: &mut Findings) {
    let Some(mapping) = node.mapping() else {
        let message = format!("expected {}, a map, found {}", record.name, node.describe());
        findings.push_shape(Finding::error(
            codes::WRONG_TYPE,
            place_of(node, key),
            message,
        ));
        return;
    };
    let mut meant = Vec::new();
    for (name, entry) in mapping {
        match record.field(name) {
            Some(field) => check(&entry.value, &field.kind, field.key, entry.key, findings),
            None => {
                meant.extend(nearest::nearest(name, record.keys()));
                findings.push_shape(unknown_key(name, record, entry.key));
            }
        }
    }
    for Field {
        key: name,
        presence,
        ..
    } in record.fields
    {
        let written = mapping.contains_key(*name)
            || meant.contains(name)
            || findings.is_meant(record.name, name);
        if *presence == Presence::Required && !written {
            let message = format!("{} needs `{name}`", record.name);
            findings.push_shape(Finding::error(codes::MISSING_FIELD, key, message));
        }
    }
    if !meant.is_empty() {
        findings.silence(key);
    }
}

/// The finding about a key that a record doesn't have.
pub(crate) fn unknown_key(name: &str, record: &Record, place: Place) -> Finding {
    let message = format!(
        "unknown key `{}` in {}",
        crate::node::shortened(name),
        record.name
    );
    Finding::error(codes::UNKNOWN_KEY, place, message).hints(nearest::hint(name, record.keys()))
}

fn check_list(node: &Node, item: &Kind, name: &str, key: Place, findings: &mut Findings) {
    match &node.content {
        Content::Sequence(items) => {
            for node in items {
                check(node, item, name, node.place, findings);
            }
        }
        Content::Scalar(scalar) if !node.is_null() => {
            let message = format!("`{name}` expects a list, found {}", node.describe());
            let hint = format!("write `[{}]`", crate::node::shortened(&scalar.text));
            findings.push_shape(Finding::error(codes::WRONG_TYPE, node.place, message).hint(hint));
        }
        Content::Scalar(_) | Content::Mapping(_) => {
            wrong_type(node, &Kind::List(&Kind::Anything), name, key, findings);
        }
    }
}

fn check_map(node: &Node, form: &super::Form, value: &Kind, key: Place, findings: &mut Findings) {
    let Some(mapping) = node.mapping() else {
        let message = format!("expected a map, found {}", node.describe());
        findings.push_shape(Finding::error(
            codes::WRONG_TYPE,
            place_of(node, key),
            message,
        ));
        return;
    };
    for (name, entry) in mapping {
        if !(form.holds)(name) {
            let message = format!("`{}` is not {}", crate::node::shortened(name), form.what);
            findings.push_shape(
                Finding::error(codes::MALFORMED, entry.key, message)
                    .hint(format!("expected {}", form.looks)),
            );
        }
        check(&entry.value, value, name, entry.key, findings);
    }
}

/// A collection is pointed at by its key: its own text may reach over many lines.
fn place_of(node: &Node, key: Place) -> Place {
    if node.scalar().is_some() && node.place.span.end > node.place.span.start {
        node.place
    } else {
        key
    }
}

fn wrong_type(node: &Node, kind: &Kind, name: &str, key: Place, findings: &mut Findings) {
    let message = format!(
        "`{name}` expects {}, found {}",
        expected(kind),
        node.describe()
    );
    findings.push_shape(Finding::error(
        codes::WRONG_TYPE,
        place_of(node, key),
        message,
    ));
}

/// What a kind of value is called.
fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Form(form) => form.what,
        Kind::Flag => "`true` or `false`",
        Kind::Integer { .. } => "a whole number",
        Kind::Decimal { .. } => "a number",
        Kind::Duration { .. } => "a duration such as `30s`",
        Kind::Latency => "a latency such as `50ms`",
        Kind::Memory { .. } => "memory such as `512MiB`",
        Kind::Percent { .. } => "a percentage such as `20%`",
        Kind::Rate => "a rate such as `300 per 5m`",
        Kind::Ports => "ports such as `udp 7777-7877`",
        Kind::Choice(_) => "one of the known words",
        Kind::List(_) | Kind::OneOrMore(_) => "a list",
        Kind::Map { .. } | Kind::Record(_) | Kind::FlagOr(_) => "a map",
        Kind::Anything => "a value",
    }
}

/// What is wrong with a scalar.
struct Complaint {
    code: Code,
    message: String,
    hint: Option<String>,
}

impl Complaint {
    fn new(code: Code, message: String, hint: Option<String>) -> Result<(), Self> {
        Err(Self {
            code,
            message,
            hint,
        })
    }
}

fn check_scalar(scalar: &Scalar, kind: &Kind, name: &str, place: Place, findings: &mut Findings) {
    if let Err(Complaint {
        code,
        message,
        hint,
    }) = judge(scalar, kind, name)
    {
        findings.push_shape(Finding::error(code, place, message).hints(hint));
    }
}

fn judge(scalar: &Scalar, kind: &Kind, name: &str) -> Result<(), Complaint> {
    match kind {
        Kind::Flag => judge_flag(scalar, name),
        Kind::Integer { min, max } => judge_integer(scalar, name, *min, *max),
        Kind::Decimal { min, max } => judge_decimal(scalar, name, *min, *max),
        Kind::Duration { .. }
        | Kind::Latency
        | Kind::Memory { .. }
        | Kind::Percent { .. }
        | Kind::Rate
        | Kind::Ports => judge_quantity(scalar, kind, name),
        Kind::Choice(words) => judge_choice(scalar, name, words),
        Kind::Text => judge_text(scalar, kind, name),
        Kind::Form(form) => {
            judge_text(scalar, kind, name)?;
            if (form.holds)(&scalar.text) {
                return Ok(());
            }
            let message = format!(
                "`{name}` expects {}, found `{}`",
                form.what,
                crate::node::shortened(&scalar.text)
            );
            Complaint::new(
                codes::MALFORMED,
                message,
                Some(format!("expected {}", form.looks)),
            )
        }
        Kind::List(_)
        | Kind::OneOrMore(_)
        | Kind::Map { .. }
        | Kind::Record(_)
        | Kind::FlagOr(_)
        | Kind::Anything => Ok(()),
    }
}

fn mistyped(
    scalar: &Scalar,
    kind: &Kind,
    name: &str,
    hint: Option<String>,
) -> Result<(), Complaint> {
    let found = match scalar.meaning() {
        Plain::Null => "nothing".to_owned(),
        Plain::Flag(_) => format!("the truth value `{}`", scalar.text),
        Plain::Number(_) => format!("the number `{}`", scalar.text),
        Plain::Text => format!("the text `{}`", crate::node::shortened(&scalar.text)),
    };
    Complaint::new(
        codes::WRONG_TYPE,
        format!("`{name}` expects {}, found {found}", expected(kind)),
        hint,
    )
}

fn judge_text(scalar: &Scalar, kind: &Kind, name: &str) -> Result<(), Complaint> {
    match scalar.meaning() {
        Plain::Text if scalar.text.is_empty() => mistyped(scalar, kind, name, None),
        Plain::Text => Ok(()),
        Plain::Null => mistyped(scalar, kind, name, None),
        Plain::Flag(_) | Plain::Number(_) => mistyped(
            scalar,
            kind,
            name,
            Some(format!("put it in quotes: `\"{}\"`", scalar.text)),
        ),
    }
}

fn judge_flag(scalar: &Scalar, name: &str) -> Result<(), Complaint> {
    let hint = match scalar.text.to_lowercase().as_str() {
        _ if matches!(scalar.meaning(), Plain::Flag(_)) => return Ok(()),
        "yes" | "on" | "y" | "true" | "1" => Some("write `true`".to_owned()),
        "no" | "off" | "n" | "false" | "0" => Some("write `false`".to_owned()),
        _ => None,
    };
    mistyped(scalar, &Kind::Flag, name, hint)
}

fn judge_integer(scalar: &Scalar, name: &str, min: i64, max: i64) -> Result<(), Complaint> {
    let kind = Kind::Integer { min, max };
    let Plain::Number(number) = scalar.meaning() else {
        let digits = scalar.text.parse::<i64>().is_ok();
        return mistyped(
            scalar,
            &kind,
            name,
            digits.then(|| format!("write it without quotes: `{}`", scalar.text)),
        );
    };
    match number.as_i64() {
        Some(value) => in_range(name, value, min, max, |value| value.to_string()),
        None if number.is_u64() => in_range(name, i64::MAX, min, max, |value| value.to_string()),
        None => mistyped(scalar, &kind, name, None),
    }
}

fn judge_decimal(scalar: &Scalar, name: &str, min: f64, max: f64) -> Result<(), Complaint> {
    let value = match scalar.meaning() {
        Plain::Number(number) => number.as_f64(),
        Plain::Null | Plain::Flag(_) | Plain::Text => None,
    };
    match value {
        None => mistyped(scalar, &Kind::Decimal { min, max }, name, None),
        Some(value) if (min..=max).contains(&value) => Ok(()),
        Some(value) => Complaint::new(
            codes::OUT_OF_RANGE,
            format!("`{name}` is {value}; it must be {min} to {max}"),
            None,
        ),
    }
}

fn in_range<T: PartialOrd + Copy>(
    name: &str,
    value: T,
    min: T,
    max: T,
    show: impl Fn(T) -> String,
) -> Result<(), Complaint> {
    if min <= value && value <= max {
        return Ok(());
    }
    let message = format!(
        "`{name}` is {}; it must be {} to {}",
        show(value),
        show(min),
        show(max)
    );
    Complaint::new(codes::OUT_OF_RANGE, message, None)
}

fn judge_choice(
    scalar: &Scalar,
    name: &str,
    words: &'static [&'static str],
) -> Result<(), Complaint> {
    if words.contains(&&*scalar.text) {
        return Ok(());
    }
    let typed = crate::node::shortened(&scalar.text);
    let message = format!("`{name}` is `{typed}`, which is not one of its choices");
    Complaint::new(
        codes::UNKNOWN_CHOICE,
        message,
        nearest::hint(&typed, words.iter().copied()),
    )
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only quantities come here, see `judge`"
)]
fn judge_quantity(scalar: &Scalar, kind: &Kind, name: &str) -> Result<(), Complaint> {
    let text = &*scalar.text;
    let valid = match kind {
        Kind::Duration { min, max } => {
            units::duration(text).map(|value| duration_in_range(name, value, *min, *max))
        }
        Kind::Latency => units::duration(text).map(|value| {
            in_range(name, value.as_millis(), 1, 60_000, |value| {
                format!("{value}ms")
            })
        }),
        Kind::Memory { min, max } => units::memory(text)
            .map(|value| in_range(name, value, *min, *max, |value| format!("{value}MiB"))),
        Kind::Percent { min, max } => units::percent(text)
            .map(|value| in_range(name, value, *min, *max, |value| format!("{value}%"))),
        Kind::Rate => units::rate(text).map(|_| Ok(())),
        Kind::Ports => units::ports(text).map(|_| Ok(())),
        _ => Some(Ok(())),
    };
    valid.unwrap_or_else(|| {
        let message = format!(
            "`{name}` expects {}, found `{}`",
            expected(kind),
            crate::node::shortened(text)
        );
        Complaint::new(codes::UNIT, message, corrected(text, kind))
    })
}

fn duration_in_range(name: &str, value: Duration, min: u64, max: u64) -> Result<(), Complaint> {
    if value.subsec_millis() > 0 {
        return Complaint::new(
            codes::UNIT,
            format!(
                "`{name}` is {}; it must be whole seconds",
                units::show(value)
            ),
            None,
        );
    }
    in_range(name, value.as_secs(), min, max, |value| {
        units::show(Duration::from_secs(value))
    })
}

/// The text that was probably meant: a bare number gets the field's usual unit.
#[expect(clippy::wildcard_enum_match_arm, reason = "only quantities have units")]
fn corrected(text: &str, kind: &Kind) -> Option<String> {
    let number = text.trim();
    let bare = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let meant = match kind {
        Kind::Duration { .. } if bare => format!("{number}s"),
        Kind::Latency if bare => format!("{number}ms"),
        Kind::Memory { .. } if bare => format!("{number}MiB"),
        Kind::Memory { .. } if text.ends_with("MB") || text.ends_with("GB") => {
            text.replace('B', "iB")
        }
        Kind::Percent { .. } if bare => format!("{number}%"),
        Kind::Rate if bare => format!("{number} per 5m"),
        Kind::Ports if units::ports(&format!("udp {text}")).is_some() => format!("udp {text}"),
        Kind::Duration { .. } => {
            return Some("durations have the unit `s`, `m`, `h` or `d`".to_owned());
        }
        Kind::Latency => return Some("latencies have the unit `ms`".to_owned()),
        Kind::Ports => {
            return Some("expected `udp 7777-7877` or `tcp 8080 from 10.0.0.0/8`".to_owned());
        }
        _ => return None,
    };
    Some(format!("write `{meant}`"))
}
