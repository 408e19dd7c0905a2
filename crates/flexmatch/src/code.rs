//! The stable code of every problem. A code is never given a second meaning.

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])* pub const $name: &str = $code;)+

        /// What a code means, in a sentence or two.
        #[must_use]
        pub fn explain(code: &str) -> Option<&'static str> {
            match code {
                $($code => Some(concat!($($doc),*).trim_ascii()),)+
                _ => None,
            }
        }

        /// Every code of this crate, in order.
        pub const ALL: &[&str] = &[$($name),+];
    };
}

codes! {
    /// The text isn't JSON.
    SYNTAX = "L0501";
    /// The body holds comments, which the API reference doesn't allow (warning).
    COMMENT = "L0502";
    /// An object repeats a key.
    DUPLICATE_KEY = "L0503";
    /// The body is longer than the API takes.
    BODY_TOO_LONG = "L0504";
    /// A value has the wrong JSON type.
    WRONG_TYPE = "L0505";
    /// A required property is missing.
    MISSING_PROPERTY = "L0506";
    /// A key that the language doesn't know (warning).
    UNKNOWN_KEY = "L0507";
    /// A word that isn't among the allowed ones.
    UNKNOWN_WORD = "L0508";
    /// A number below or above what is allowed.
    OUT_OF_RANGE = "L0509";
    /// `ruleLanguageVersion` isn't `1.0`.
    LANGUAGE_VERSION = "L0510";
    /// `teams` is empty.
    NO_TEAM = "L0511";
    /// Two teams, attributes or rules share a name.
    DUPLICATE_NAME = "L0512";
    /// A minimum exceeds its maximum.
    MIN_EXCEEDS_MAX = "L0513";
    /// The teams hold more players than a match can.
    TOO_MANY_PLAYERS = "L0514";
    /// A rule has a type that doesn't exist.
    UNKNOWN_RULE_TYPE = "L0515";
    /// Something names an attribute that isn't declared.
    UNKNOWN_ATTRIBUTE = "L0516";
    /// Something names a team that doesn't exist.
    UNKNOWN_TEAM = "L0517";
    /// `sorted` without `sortByAttributes`.
    SORTED_WITHOUT_ATTRIBUTES = "L0518";
    /// `balanced` without a declared number attribute to balance.
    BALANCED_WITHOUT_NUMBER = "L0519";
    /// A match above 40 players without the `balanced` strategy.
    LARGE_WITHOUT_BALANCED = "L0520";
    /// A rule or property that matches above 40 players can't have.
    FORBIDDEN_IN_LARGE = "L0521";
    /// An ordering or counting operation without the value it compares with.
    MISSING_REFERENCE = "L0522";
    /// Settings that can't stand together.
    CONFLICTING_SETTINGS = "L0523";
    /// A property expression that doesn't parse.
    EXPRESSION = "L0524";
    /// A compound statement that doesn't parse.
    STATEMENT = "L0525";
    /// A compound statement that names a rule it can't use.
    COMPOUND_OPERAND = "L0526";
    /// An expansion target that doesn't parse.
    EXPANSION_TARGET = "L0527";
    /// An expansion target that names nothing that can be expanded.
    EXPANSION_ITEM = "L0528";
    /// Expansion steps that are missing or out of order.
    EXPANSION_STEPS = "L0529";
    /// An attribute without default: tickets that omit it never match (warning).
    NO_DEFAULT = "L0530";
    /// An attribute that no rule and no algorithm setting uses (warning).
    UNUSED_ATTRIBUTE = "L0531";
    /// `balanced` at 40 players or fewer (warning).
    BALANCED_IN_SMALL = "L0532";
    /// A rule that every match satisfies (warning).
    ALWAYS_TRUE = "L0533";
    /// A setting without effect (warning).
    NO_EFFECT = "L0534";
    /// A use that AWS doesn't document (warning).
    UNDOCUMENTED = "L0535";
    /// An expansion step that puts a team's minimum above its maximum (warning).
    STEP_EXCEEDS_MAX = "L0536";
    /// An expression whose values have a type or nesting that its function or rule can't take.
    EXPRESSION_TYPE = "L0537";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
