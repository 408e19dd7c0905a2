//! Tickets as they were recorded, one player per row.
//!
//! In: CSV text whose first row names the columns.
//!
//! | column | meaning |
//! |---|---|
//! | `time` | when the ticket came: seconds, or RFC 3339 as in `startTime` of FlexMatch's events |
//! | `player` | who |
//! | `ticket` | rows with the same one are a party; without the column every row is a ticket |
//! | `city` | a group of players that the report tells apart; without it, the location that is nearest |
//! | `attribute:NAME` | a player attribute; empty: the player has none. Lists: `a;b`, maps: `a=1;b=2` |
//! | `latency:LOCATION` | milliseconds; empty: not measured |
//!
//! Times count from the earliest ticket. Every problem is found at once and has its line.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use flexmatch::matching::choices::MAX_TICKET_PLAYERS;
use flexmatch::matching::{Moment, Player, Ticket};
use flexmatch::{AttributeType, AttributeValue, RuleSet};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::crowd::{Arrival, Arrivals};

/// How many problems are told one by one.
const SHOWN: usize = 10;

/// Recorded tickets, of which attributes are read as a rule set declares them.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    attributes: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    line: u64,
    millis: u64,
    ticket: String,
    player: String,
    city: String,
    /// In the order of the columns.
    attributes: Vec<String>,
    latency: BTreeMap<String, u32>,
}

/// What is wrong with a line of a recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct LineError {
    /// From 1.
    pub line: u64,
    /// What it is.
    pub message: String,
}

/// Everything that is wrong with a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingError(pub Vec<LineError>);

impl std::error::Error for RecordingError {}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<String> = self.0.iter().take(SHOWN).map(ToString::to_string).collect();
        f.write_str(&shown.join("\n"))?;
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// What a column of the file means.
enum Column {
    Time,
    Player,
    Ticket,
    City,
    Attribute,
    Latency(String),
}

impl Recording {
    /// Reads the rows; what they say about attributes is read with a rule set.
    ///
    /// # Errors
    /// Everything that is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, RecordingError> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = match records.next() {
            Some(Ok(header)) => header,
            Some(Err(error)) => return Err(RecordingError(vec![unreadable(&error)])),
            None => return Err(one(1, "the file is empty")),
        };
        let columns = columns(&header)?;
        let mut errors = Vec::new();
        let mut rows = Vec::new();
        for record in records {
            let read = record
                .map_err(|error| unreadable(&error))
                .and_then(|record| row(&columns, &record));
            match read {
                Ok(row) => rows.push(row),
                Err(error) => errors.push(error),
            }
        }
        errors.extend(conflicts(&rows));
        if rows.is_empty() && errors.is_empty() {
            errors.extend(one(2, "no ticket follows the names of the columns").0);
        }
        if !errors.is_empty() {
            errors.sort_by_key(|error| error.line);
            return Err(RecordingError(errors));
        }
        let attributes = header
            .iter()
            .filter_map(|name| name.strip_prefix("attribute:"))
            .map(str::to_owned);
        Ok(Self {
            attributes: attributes.collect(),
            rows,
        })
    }

    /// The tickets in the order of time. Attributes that the rule set doesn't declare are left out.
    pub(crate) fn arrivals(&self, rule_set: &RuleSet) -> Result<Arrivals, RecordingError> {
        let start = self.rows.iter().map(|row| row.millis).min().unwrap_or(0);
        let kinds: Vec<Option<AttributeType>> = self
            .attributes
            .iter()
            .map(|name| {
                let mut declared = rule_set.attributes().iter();
                let found = declared.find(|declared| declared.name == *name);
                found.map(|declared| declared.attribute_type)
            })
            .collect();
        let mut errors = Vec::new();
        let mut groups: Vec<String> = self.rows.iter().map(Row::group).collect();
        groups.sort_unstable();
        groups.dedup();
        let mut tickets: HashMap<&str, usize> = HashMap::new();
        let mut list: Vec<Arrival> = Vec::new();
        for row in &self.rows {
            let player = self.player(row, &kinds).unwrap_or_else(|error| {
                errors.push(error);
                Player::new(row.player.as_str())
            });
            let index = *tickets.entry(&row.ticket).or_insert_with(|| {
                list.push(Arrival {
                    at: Moment::from_millis(row.millis - start),
                    ticket: Ticket::new(row.ticket.as_str(), Vec::new()),
                    group: groups.binary_search(&row.group()).unwrap_or_default(),
                });
                list.len() - 1
            });
            list[index].ticket.players.push(player);
        }
        if !errors.is_empty() {
            return Err(RecordingError(errors));
        }
        list.sort_by_key(|arrival| arrival.at);
        Ok(Arrivals { list, groups })
    }

    fn player(&self, row: &Row, kinds: &[Option<AttributeType>]) -> Result<Player, LineError> {
        let mut player = Player::new(row.player.as_str());
        let cells = self.attributes.iter().zip(kinds).zip(&row.attributes);
        for ((name, kind), cell) in cells {
            let Some(kind) = kind.filter(|_| !cell.is_empty()) else {
                continue;
            };
            let value = value(cell, kind).ok_or_else(|| LineError {
                line: row.line,
                message: format!(
                    "`{cell}` is no value of attribute `{name}`, a {}",
                    shape(kind)
                ),
            })?;
            player = player.with(name, value);
        }
        player.latency.clone_from(&row.latency);
        Ok(player)
    }
}

impl Row {
    /// The city, or the location that is nearest.
    fn group(&self) -> String {
        if !self.city.is_empty() {
            return self.city.clone();
        }
        let nearest = self.latency.iter().min_by_key(|(_, millis)| **millis);
        nearest.map_or_else(
            || "nowhere measured".to_owned(),
            |(location, _)| format!("near {location}"),
        )
    }
}

fn one(line: u64, message: impl Into<String>) -> RecordingError {
    let message = message.into();
    RecordingError(vec![LineError { line, message }])
}

fn unreadable(error: &csv::Error) -> LineError {
    let line = error.position().map_or(1, csv::Position::line);
    let message = if let csv::ErrorKind::UnequalLengths {
        expected_len, len, ..
    } = error.kind()
    {
        format!("{len} columns, but the first row names {expected_len}")
    } else {
        error.to_string()
    };
    LineError { line, message }
}

fn columns(header: &csv::StringRecord) -> Result<Vec<Column>, RecordingError> {
    let mut errors = Vec::new();
    let mut columns = Vec::new();
    for (index, name) in header.iter().enumerate() {
        if header.iter().take(index).any(|before| before == name) {
            errors.extend(one(1, format!("column `{name}` is there twice")).0);
        }
        columns.push(match name {
            "time" => Column::Time,
            "player" => Column::Player,
            "ticket" => Column::Ticket,
            "city" => Column::City,
            _ if name.strip_prefix("attribute:").is_some_and(|name| !name.is_empty()) => {
                Column::Attribute
            }
            _ => match name.strip_prefix("latency:") {
                Some(location) if !location.is_empty() => Column::Latency(location.to_owned()),
                _ => {
                    let message = format!(
                        "unknown column `{name}`; there are `time`, `player`, `ticket`, `city`, `attribute:NAME` and `latency:LOCATION`"
                    );
                    errors.extend(one(1, message).0);
                    continue;
                }
            },
        });
    }
    for needed in ["time", "player"] {
        if !header.iter().any(|name| name == needed) {
            errors.extend(one(1, format!("column `{needed}` is missing")).0);
        }
    }
    if errors.is_empty() {
        Ok(columns)
    } else {
        Err(RecordingError(errors))
    }
}

fn row(columns: &[Column], record: &csv::StringRecord) -> Result<Row, LineError> {
    let line = record.position().map_or(1, csv::Position::line);
    let wrong = |message: String| LineError { line, message };
    let mut row = Row {
        line,
        millis: 0,
        ticket: String::new(),
        player: String::new(),
        city: String::new(),
        attributes: Vec::new(),
        latency: BTreeMap::new(),
    };
    for (column, cell) in columns.iter().zip(record) {
        match column {
            Column::Time => {
                row.millis = moment(cell).ok_or_else(|| {
                    wrong(format!("`{cell}` is no time: write seconds or RFC 3339"))
                })?;
            }
            Column::Player => cell.clone_into(&mut row.player),
            Column::Ticket => cell.clone_into(&mut row.ticket),
            Column::City => cell.clone_into(&mut row.city),
            Column::Attribute => row.attributes.push(cell.to_owned()),
            Column::Latency(_) if cell.is_empty() => {}
            Column::Latency(location) => {
                let millis = whole_millis(cell).ok_or_else(|| {
                    wrong(format!("`{cell}` is no latency: write milliseconds from 1"))
                })?;
                row.latency.insert(location.clone(), millis);
            }
        }
    }
    if row.player.is_empty() {
        return Err(wrong("the row names no player".to_owned()));
    }
    if row.ticket.is_empty() {
        row.ticket = format!("line {line}");
    }
    Ok(row)
}

/// What rows say against each other.
fn conflicts(rows: &[Row]) -> Vec<LineError> {
    let mut tickets: HashMap<&str, Vec<&Row>> = HashMap::new();
    let mut errors = Vec::new();
    for row in rows {
        let party = tickets.entry(&row.ticket).or_default();
        let message = match party.first() {
            Some(first) if first.millis != row.millis => Some(format!(
                "ticket `{}` came at another time in line {}",
                row.ticket, first.line
            )),
            _ if party.len() == MAX_TICKET_PLAYERS => Some(format!(
                "ticket `{}` has more than {MAX_TICKET_PLAYERS} players",
                row.ticket
            )),
            _ => party
                .iter()
                .find(|other| other.player == row.player)
                .map(|other| {
                    format!(
                        "player `{}` is in ticket `{}` since line {}",
                        row.player, row.ticket, other.line
                    )
                }),
        };
        errors.extend(message.map(|message| LineError {
            line: row.line,
            message,
        }));
        party.push(row);
    }
    errors
}

/// Milliseconds since the epoch or any other moment: only differences count.
fn moment(cell: &str) -> Option<u64> {
    if let Ok(seconds) = cell.parse::<f64>() {
        return millis(seconds * 1000.0);
    }
    let read = OffsetDateTime::parse(cell, &Rfc3339).ok()?;
    u64::try_from(read.unix_timestamp_nanos() / 1_000_000).ok()
}

fn whole_millis(cell: &str) -> Option<u32> {
    let read = millis(cell.parse().ok()?)?;
    u32::try_from(read).ok().filter(|millis| *millis > 0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked before"
)]
fn millis(millis: f64) -> Option<u64> {
    // Far beyond any year that people write, and exact as a float.
    (0.0..=1e15)
        .contains(&millis)
        .then(|| millis.round() as u64)
}

fn value(cell: &str, kind: AttributeType) -> Option<AttributeValue> {
    let number = |text: &str| {
        text.trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    };
    let parts = || {
        cell.split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
    };
    Some(match kind {
        AttributeType::Number => AttributeValue::Number(number(cell)?),
        AttributeType::String => AttributeValue::String(cell.to_owned()),
        AttributeType::StringList => {
            AttributeValue::StringList(parts().map(str::to_owned).collect())
        }
        AttributeType::StringNumberMap => {
            let pairs = parts().map(|part| {
                let (key, value) = part.split_once('=')?;
                Some((key.trim().to_owned(), number(value)?))
            });
            AttributeValue::StringNumberMap(pairs.collect::<Option<_>>()?)
        }
    })
}

const fn shape(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::Number => "number",
        AttributeType::String => "string",
        AttributeType::StringList => "string_list, `a;b`",
        AttributeType::StringNumberMap => "string_number_map, `a=1;b=2`",
    }
}

#[cfg(test)]
mod tests {
    use super::Recording;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = Recording::parse(text).expect_err("it is refused");
        assert_eq!(found.to_string(), expected);
    }

    #[test]
    fn problems_have_their_lines_and_come_all_at_once() {
        check("", "line 1: the file is empty");
        check(
            "time,player\n",
            "line 2: no ticket follows the names of the columns",
        );
        check(
            "player,mood,player\nann,good,ann\n",
            "line 1: unknown column `mood`; there are `time`, `player`, `ticket`, `city`, `attribute:NAME` and `latency:LOCATION`\n\
             line 1: column `player` is there twice\n\
             line 1: column `time` is missing",
        );
        check(
            "time,player,latency:eu-central-1\nsoon,ann,20\n1,,20\n2,bob,-3\n3,cleo\n",
            "line 2: `soon` is no time: write seconds or RFC 3339\n\
             line 3: the row names no player\n\
             line 4: `-3` is no latency: write milliseconds from 1\n\
             line 5: 2 columns, but the first row names 3",
        );
    }

    #[test]
    fn rows_of_a_ticket_agree_with_each_other() {
        check(
            "time,ticket,player\n1,t,ann\n2,t,bob\n1,t,ann\n",
            "line 3: ticket `t` came at another time in line 2\n\
             line 4: player `ann` is in ticket `t` since line 2",
        );
    }

    #[test]
    fn line_breaks_in_quotes_count() {
        check(
            "time,player,city\n1,ann,\"a\nb\"\nx,bob,c\n",
            "line 4: `x` is no time: write seconds or RFC 3339",
        );
    }

    #[test]
    fn only_ten_problems_are_told() {
        let rows: String = (0..12).map(|_| "x,ann\n").collect();
        let found = Recording::parse(&format!("time,player\n{rows}")).expect_err("it is refused");
        assert!(
            found
                .to_string()
                .ends_with("\nline 11: `x` is no time: write seconds or RFC 3339\nand 2 more")
        );
    }
}
