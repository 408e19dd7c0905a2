//! Expansions: how a requirement relaxes with a ticket's age.

/// One entry of `expansions`.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    /// What is replaced.
    pub target: ExpansionTarget,
    /// At least one, waiting times strictly increasing.
    pub steps: Vec<ExpansionStep>,
}

/// `rules[name].property` or `teams[name, name].property`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpansionTarget {
    /// A property of one rule.
    Rule {
        /// The rule's name.
        rule: String,
        /// The property's key.
        property: String,
    },
    /// A size of one or more teams.
    Teams {
        /// The teams' names.
        teams: Vec<String>,
        /// The property's key.
        property: String,
    },
}

/// The value that applies from a certain age on.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpansionStep {
    /// Counted from the clock ticket's start, not from the step before.
    pub wait_time_seconds: u32,
    /// Replaces the property's value.
    pub value: ExpansionValue,
}

/// A value of the expanded property.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpansionValue {
    /// A bound or a count.
    Number(f64),
    /// A reference value, an expression or a word.
    Text(String),
    /// A reference list.
    TextList(Vec<String>),
}

impl ExpansionTarget {
    /// Reads a target; `None` when it has neither of the two forms.
    pub fn parse(text: &str) -> Option<Self> {
        let (selector, property) = text.trim().rsplit_once('.')?;
        let (kind, names) = selector.strip_suffix(']')?.split_once('[')?;
        let names: Vec<String> = match kind.trim() {
            // A rule's name may hold a comma.
            "rules" => vec![names.trim().to_owned()],
            "teams" => names
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect(),
            _ => return None,
        };
        let property = property.trim().to_owned();
        let is_word = !property.is_empty()
            && property
                .chars()
                .all(|character| character.is_ascii_alphanumeric());
        if !is_word
            || names
                .iter()
                .any(|name| name.is_empty() || name.contains(['[', ']']))
        {
            return None;
        }
        match (kind.trim(), names) {
            ("rules", mut names) => names.pop().map(|rule| Self::Rule { rule, property }),
            (_, teams) => Some(Self::Teams { teams, property }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ExpansionTarget;

    #[test]
    fn a_rule_target_names_rule_and_property() {
        let expected = ExpansionTarget::Rule {
            rule: "low-latency".to_owned(),
            property: "maxLatency".to_owned(),
        };
        assert_eq!(
            ExpansionTarget::parse("rules[low-latency].maxLatency"),
            Some(expected)
        );
    }

    #[test]
    fn a_team_target_may_name_several_with_spaces() {
        let expected = ExpansionTarget::Teams {
            teams: vec!["red".to_owned(), "blue".to_owned()],
            property: "minPlayers".to_owned(),
        };
        assert_eq!(
            ExpansionTarget::parse("teams[red, blue].minPlayers"),
            Some(expected)
        );
    }

    #[test]
    fn other_forms_are_no_target() {
        for text in [
            "",
            "bogus",
            "rules[x]",
            "rules[].a",
            "teams[a,].b",
            "algorithm[x].y",
            "rules[a]b].c",
            "rules[x].a b",
        ] {
            assert_eq!(ExpansionTarget::parse(text), None, "{text}");
        }
    }
}
