//! How often each rule passed and failed.

/// A rule's evaluations, as in `ruleEvaluationMetrics` of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMetrics {
    /// The rule's name.
    pub rule: String,
    /// Evaluations that it passed.
    pub passed: u64,
    /// Evaluations that it failed.
    pub failed: u64,
}

/// Evaluations per rule that stands alone, in the order of the rule set.
#[derive(Debug, Clone)]
pub(super) struct Tally(Box<[Count]>);

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Tally {
    pub(super) fn new(rules: usize) -> Self {
        Self(vec![Count::default(); rules].into())
    }

    pub(super) fn record(&mut self, rule: usize, passed: bool) {
        if passed {
            self.0[rule].passed += 1;
        } else {
            self.0[rule].failed += 1;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (count, other) in self.0.iter_mut().zip(&other.0) {
            count.passed += other.passed;
            count.failed += other.failed;
        }
    }

    pub(super) fn metrics(&self, names: &[String]) -> Vec<RuleMetrics> {
        let counted = names.iter().zip(&self.0);
        counted
            .map(|(rule, count)| RuleMetrics {
                rule: rule.clone(),
                passed: count.passed,
                failed: count.failed,
            })
            .collect()
    }
}
