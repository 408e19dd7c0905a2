//! The filter and sort expressions of `SearchGameSessions`.
//!
//! Grammar and attributes: <https://docs.aws.amazon.com/gamelift/latest/apireference/API_SearchGameSessions.html>.

use std::cmp::Ordering;

use crate::error::{Answer, ApiError};
use crate::world::{GameSession, JoinPolicy};

/// What a session can be searched by.
#[derive(Debug, Clone, PartialEq)]
enum Attribute {
    Id,
    Name,
    Property(String),
    MaximumSessions,
    CreationTimeMillis,
    PlayerSessionCount,
    HasAvailablePlayerSessions,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
enum Figure {
    Number(f64),
    Text(String),
    Truth(bool),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
struct Comparison {
    attribute: Attribute,
    operator: Operator,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Direction {
    Ascending,
    Descending,
}

/// A search: all comparisons must hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Search {
    comparisons: Vec<Comparison>,
    sort: Option<(Attribute, Direction)>,
}

impl Search {
    /// Reads both expressions; empty ones find everything in the order of their ids.
    pub(super) fn parse(filter: &str, sort: &str) -> Answer<Self> {
        let comparisons = filter
            .split(" AND ")
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(comparison)
            .collect::<Answer<_>>()?;
        Ok(Self {
            comparisons,
            sort: sort_order(sort.trim())?,
        })
    }

    /// The sessions that were searched for.
    pub(super) fn apply(&self, mut sessions: Vec<GameSession>) -> Vec<GameSession> {
        sessions.retain(|session| self.comparisons.iter().all(|one| one.holds(session)));
        if let Some((attribute, direction)) = &self.sort {
            sessions.sort_by(|one, two| {
                let order = compare(&attribute.of(one), &attribute.of(two));
                match direction {
                    Direction::Ascending => order,
                    Direction::Descending => order.reverse(),
                }
            });
        }
        sessions
    }
}

impl Attribute {
    fn parse(text: &str) -> Answer<Self> {
        match text {
            "gameSessionId" => Ok(Self::Id),
            "gameSessionName" => Ok(Self::Name),
            "maximumSessions" => Ok(Self::MaximumSessions),
            "creationTimeMillis" => Ok(Self::CreationTimeMillis),
            "playerSessionCount" => Ok(Self::PlayerSessionCount),
            "hasAvailablePlayerSessions" => Ok(Self::HasAvailablePlayerSessions),
            other => match other.strip_prefix("gameSessionProperties.") {
                Some(key) => Ok(Self::Property(key.to_owned())),
                None => Err(ApiError::invalid(format!(
                    "game sessions can't be searched by `{other}`"
                ))),
            },
        }
    }

    fn of(&self, session: &GameSession) -> Option<Figure> {
        Some(match self {
            Self::Id => Figure::Text(session.arn.clone()),
            Self::Name => Figure::Text(session.request.name.clone()?),
            Self::Property(key) => {
                let mut properties = session.request.properties.iter();
                let property = properties.find(|property| property["Key"] == **key)?;
                Figure::Text(property["Value"].as_str()?.to_owned())
            }
            Self::MaximumSessions => Figure::Number(session.request.maximum_players as f64),
            Self::CreationTimeMillis => Figure::Number((session.created * 1000.0).round()),
            Self::PlayerSessionCount => Figure::Number(session.players() as f64),
            Self::HasAvailablePlayerSessions => {
                Figure::Truth(session.policy == JoinPolicy::AcceptAll && session.free() > 0)
            }
        })
    }
}

impl Comparison {
    /// A session that lacks the attribute is not found.
    fn holds(&self, session: &GameSession) -> bool {
        let Some(order) = self
            .attribute
            .of(session)
            .and_then(|figure| self.order(&figure))
        else {
            return false;
        };
        match self.operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Greater => order.is_gt(),
            Operator::GreaterOrEqual => order.is_ge(),
        }
    }

    fn order(&self, figure: &Figure) -> Option<Ordering> {
        match figure {
            Figure::Number(number) => number.partial_cmp(&self.value.parse().ok()?),
            Figure::Truth(truth) => Some(truth.cmp(&self.value.parse().ok()?)),
            Figure::Text(text) => match (text.parse::<f64>(), self.value.parse::<f64>()) {
                (Ok(one), Ok(two)) => one.partial_cmp(&two),
                _ => Some(text.as_str().cmp(&self.value)),
            },
        }
    }
}

fn comparison(text: &str) -> Answer<Comparison> {
    const OPERATORS: [(&str, Operator); 6] = [
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<>", Operator::NotEqual),
        ("=", Operator::Equal),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    let start = text.find(['<', '>', '=']);
    let split = start.and_then(|start| {
        let (attribute, rest) = text.split_at(start);
        OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((attribute, *operator, rest.strip_prefix(sign)?)))
    });
    let Some((attribute, operator, value)) = split else {
        return Err(ApiError::invalid(format!(
            "`{text}` is no comparison, such as `playerSessionCount < 10`"
        )));
    };
    Ok(Comparison {
        attribute: Attribute::parse(attribute.trim())?,
        operator,
        value: value.trim().trim_matches('\'').to_owned(),
    })
}

fn sort_order(text: &str) -> Answer<Option<(Attribute, Direction)>> {
    let mut words = text.split_whitespace();
    let Some(attribute) = words.next() else {
        return Ok(None);
    };
    let direction = match words.next() {
        Some("ASC") | None => Direction::Ascending,
        Some("DESC") => Direction::Descending,
        Some(other) => {
            return Err(ApiError::invalid(format!(
                "sort order `{other}` is neither ASC nor DESC"
            )));
        }
    };
    Ok(Some((Attribute::parse(attribute)?, direction)))
}

/// Sessions that lack the attribute come first.
fn compare(one: &Option<Figure>, two: &Option<Figure>) -> Ordering {
    match (one, two) {
        (Some(Figure::Number(one)), Some(Figure::Number(two))) => one.total_cmp(two),
        (Some(Figure::Text(one)), Some(Figure::Text(two))) => one.cmp(two),
        (Some(Figure::Truth(one)), Some(Figure::Truth(two))) => one.cmp(two),
        (one, two) => one.is_some().cmp(&two.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Address, Seating, SessionRequest, SessionStatus};
    use serde_json::json;
    use std::collections::BTreeMap;

    fn session(name: &str, maximum: u64, map: &str) -> GameSession {
        GameSession {
            arn: format!("arn:{name}"),
            request: SessionRequest {
                maximum_players: maximum,
                name: Some(name.to_owned()),
                properties: vec![json!({ "Key": "map", "Value": map })],
                ..SessionRequest::default()
            },
            seating: Seating {
                fleet_id: String::new(),
                fleet_arn: String::new(),
                location: String::new(),
                compute: String::new(),
                process: String::new(),
                address: Address {
                    ip: String::new(),
                    dns: String::new(),
                    port: 0,
                },
            },
            status: SessionStatus::Active,
            reason: None,
            created: 0.0,
            ended: None,
            policy: JoinPolicy::AcceptAll,
            protection: String::new(),
            seats: BTreeMap::new(),
        }
    }

    fn check(filter: &str, sort: &str, expected: Result<&[&str], &str>) {
        let sessions = vec![
            session("a", 4, "lava"),
            session("b", 8, "ice"),
            session("c", 0, "lava"),
        ];
        let found = Search::parse(filter, sort).map(|search| search.apply(sessions));
        let names = found.map(|found| {
            let names = found.into_iter().filter_map(|session| session.request.name);
            names.collect::<Vec<_>>()
        });
        assert_eq!(
            names.map_err(|error| error.message),
            expected
                .map(|names| names.iter().map(|name| (*name).to_owned()).collect())
                .map_err(str::to_owned)
        );
    }

    #[test]
    fn empty_expressions_find_everything() {
        check("", "", Ok(&["a", "b", "c"]));
    }

    #[test]
    fn all_comparisons_must_hold() {
        check("gameSessionProperties.map = 'lava'", "", Ok(&["a", "c"]));
        check(
            "gameSessionProperties.map = 'lava' AND maximumSessions >= 4",
            "",
            Ok(&["a"]),
        );
        check(
            "hasAvailablePlayerSessions = true",
            "maximumSessions DESC",
            Ok(&["b", "a"]),
        );
        check("gameSessionName <> 'a'", "", Ok(&["b", "c"]));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        check(
            "colour = 'red'",
            "",
            Err("game sessions can't be searched by `colour`"),
        );
        check(
            "maximumSessions",
            "",
            Err("`maximumSessions` is no comparison, such as `playerSessionCount < 10`"),
        );
        check(
            "",
            "maximumSessions UP",
            Err("sort order `UP` is neither ASC nor DESC"),
        );
    }
}
