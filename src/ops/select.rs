//! Which stacks a command is about.

use plan::PlannedStack;

/// What the user asked for; nothing asked for means everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackFilter {
    /// Regions.
    pub regions: Vec<String>,
    /// Patterns of stack names: `*` stands for any letters, `?` for one.
    pub names: Vec<String>,
}

impl StackFilter {
    /// Whether a stack is asked for.
    pub fn includes(&self, name: &str, region: &str) -> bool {
        let region_fits =
            self.regions.is_empty() || self.regions.iter().any(|wanted| wanted == region);
        let name_fits =
            self.names.is_empty() || self.names.iter().any(|pattern| matches(pattern, name));
        region_fits && name_fits
    }

    /// Keeps the stacks that are asked for.
    pub fn select<'stacks>(&self, stacks: &'stacks [PlannedStack]) -> Vec<&'stacks PlannedStack> {
        stacks
            .iter()
            .filter(|stack| self.includes(&stack.name, &stack.region))
            .collect()
    }
}

/// Compares a name with a pattern, in time proportional to the product of their lengths whatever the pattern is.
fn matches(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    // `reached[n]`: the pattern so far fits the first n letters.
    let mut reached: Vec<bool> = (0..=name.len()).map(|length| length == 0).collect();
    for letter in pattern.chars() {
        let mut next = vec![false; name.len() + 1];
        let mut any_before = false;
        for length in 0..=name.len() {
            any_before |= reached[length];
            next[length] = match letter {
                '*' => any_before,
                _ if length == 0 => false,
                '?' => reached[length - 1],
                letter => reached[length - 1] && name[length - 1] == letter,
            };
        }
        reached = next;
    }
    reached[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, name: &str, expected: bool) {
        assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
    }

    #[test]
    fn star_stands_for_any_letters() {
        check("*-backend", "skirmish-prod-backend", true);
        check("skirmish-*-backend", "skirmish-prod-backend", true);
        check("*", "", true);
        check("*-fleets", "skirmish-prod-backend", false);
    }

    #[test]
    fn question_mark_stands_for_one_letter() {
        check("a?c", "abc", true);
        check("a?c", "ac", false);
    }

    #[test]
    fn plain_name_must_be_equal() {
        check("backend", "backend", true);
        check("backend", "backend2", false);
    }

    #[test]
    fn nothing_asked_for_is_everything() {
        assert!(StackFilter::default().includes("game", "eu-west-1"));
    }

    #[test]
    fn region_and_name_must_both_fit() {
        let filter = StackFilter {
            regions: vec!["eu-west-1".to_owned()],
            names: vec!["*-fleets".to_owned()],
        };
        assert!(filter.includes("game-fleets", "eu-west-1"));
        assert!(!filter.includes("game-fleets", "us-east-1"));
        assert!(!filter.includes("game-backend", "eu-west-1"));
    }
}
