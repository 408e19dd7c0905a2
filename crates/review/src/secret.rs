//! Values that no view may show.
//!
//! In: values that are known to be secret, and texts that look like it. Out: the same review with every occurrence of
//! them masked, wherever it stands: a secret that moves from a parameter into an error message is still a secret.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value as Json;

use crate::model::{Effect, Review, Shown, StackReview};

/// What stands in place of a secret; CloudFormation writes the same for `NoEcho` parameters.
pub const MASK: &str = "****";

/// A shorter value would mask syllables of unrelated words; it is masked only where it is a whole value.
const SHORTEST_WITHIN_TEXT: usize = 6;

/// Key material that can be told by its form, each from the vendor's own description.
static FORMS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
        r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
        // <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>
        r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b",
        // RFC 7468
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
        // RFC 7519: a JSON header and a JSON body, both in base64url
        r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
    ];
    Regex::new(&forms.join("|")).ok()
});

/// Whether one of the [`FORMS`] can begin somewhere in a text: much quicker to tell than that one does.
fn may_hold_key(text: &str) -> bool {
    const BEGINNINGS: [&str; 5] = ["AKIA", "ASIA", "gh", "-----BEGIN ", "eyJ"];
    BEGINNINGS.iter().any(|beginning| text.contains(beginning))
}

/// Values that no view may show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    values: BTreeSet<String>,
}

impl Secrets {
    /// Adds a value, such as that of a `NoEcho` parameter.
    pub fn add(&mut self, value: impl Into<String>) {
        let value = value.into();
        // A dynamic reference says where the secret is, not what it is.
        let is_reference = value.starts_with("{{resolve:");
        if !value.trim().is_empty() && value != MASK && !is_reference {
            self.values.insert(value);
        }
    }

    /// Adds every literal text below properties whose name says that it is secret.
    pub fn add_from(&mut self, name: &str, value: &Json) {
        match value {
            Json::String(text) if is_secret_name(name) => self.add(text.as_str()),
            Json::Object(object) => object
                .iter()
                .for_each(|(name, value)| self.add_from(name, value)),
            Json::Array(items) => items.iter().for_each(|item| self.add_from(name, item)),
            Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    /// The values, for systems that mask by themselves.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str)
    }

    /// Masks a text.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        if self.values.contains(text) {
            return MASK.to_owned();
        }
        // Longest first: a secret may contain another.
        let mut values: Vec<&String> = self
            .values
            .iter()
            .filter(|value| value.len() >= SHORTEST_WITHIN_TEXT)
            .collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let masked = values.into_iter().fold(text.to_owned(), |text, value| {
            text.replace(value.as_str(), MASK)
        });
        match FORMS.as_ref().filter(|_| may_hold_key(&masked)) {
            Some(forms) => forms.replace_all(&masked, MASK).into_owned(),
            None => masked,
        }
    }

    /// Masks every text of a review.
    pub fn mask_review(&self, review: &mut Review) {
        review
            .stacks
            .iter_mut()
            .for_each(|stack| self.mask_stack(stack));
    }

    fn mask_stack(&self, stack: &mut StackReview) {
        self.mask_text(&mut stack.forecast_reason);
        stack.effects.iter_mut().for_each(|it| self.mask_effect(it));
        for value in &mut stack.values {
            self.mask_shown(&mut value.before);
            self.mask_shown(&mut value.after);
        }
        for resource in &mut stack.resources {
            self.mask_text(&mut resource.physical_id);
            for effect in &mut resource.effects {
                self.mask_effect(effect);
            }
            for cause in &mut resource.causes {
                *cause = self.mask(cause);
            }
            for property in &mut resource.properties {
                self.mask_shown(&mut property.before);
                self.mask_shown(&mut property.after);
            }
        }
        for grant in &mut stack.grants {
            for text in [
                &mut grant.principal,
                &mut grant.resources,
                &mut grant.condition,
            ] {
                *text = self.mask(text);
            }
        }
    }

    fn mask_effect(&self, effect: &mut Effect) {
        effect.text = self.mask(&effect.text);
    }

    fn mask_text(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            *text = self.mask(text);
        }
    }

    fn mask_shown(&self, shown: &mut Option<Shown>) {
        match shown {
            Some(Shown::Value(value)) => self.mask_json(value),
            Some(Shown::Later(text)) => *text = self.mask(text),
            None => {}
        }
    }

    fn mask_json(&self, value: &mut Json) {
        match value {
            Json::String(text) => *text = self.mask(text),
            Json::Array(items) => items.iter_mut().for_each(|item| self.mask_json(item)),
            Json::Object(object) => object.values_mut().for_each(|item| self.mask_json(item)),
            Json::Number(number) if self.values.contains(&number.to_string()) => {
                *value = MASK.into();
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
}

/// Whether a property, variable or key of this name holds a secret by habit. Names that say where a secret is (`SecretArn`,
/// `TokenTable`) hold none.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    const WORDS: [&str; 9] = [
        "password",
        "passphrase",
        "secret",
        "secretkey",
        "secretstring",
        "privatekey",
        "apikey",
        "accesstoken",
        "authtoken",
    ];
    // How the words end; most names end in another letter.
    let last = name.bytes().rfind(u8::is_ascii_alphanumeric);
    if !last.is_some_and(|last| b"degnty".contains(&last.to_ascii_lowercase())) {
        return false;
    }
    WORDS.iter().any(|word| {
        // From the end, without the copy that a lower-case name would be: this is asked of every property of every template.
        let bytes = name.bytes().rev();
        let mut letters = bytes.filter(u8::is_ascii_alphanumeric);
        let mut word = word.bytes().rev();
        word.all(|wanted| {
            letters
                .next()
                .is_some_and(|letter| letter.to_ascii_lowercase() == wanted)
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn secrets(values: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        values.iter().for_each(|value| secrets.add(*value));
        secrets
    }

    #[test]
    fn secret_is_masked_wherever_it_stands() {
        let masked = secrets(&["hunter2!"]).mask("postgres://game:hunter2!@db");
        assert_eq!(masked, "postgres://game:****@db");
    }

    #[test]
    fn longer_secret_is_masked_before_the_one_within_it() {
        assert_eq!(
            secrets(&["hunter2", "hunter2hunter2"]).mask("hunter2hunter2"),
            "****"
        );
        assert_eq!(
            secrets(&["hunter2", "hunter2x"]).mask("a hunter2x b"),
            "a **** b"
        );
    }

    #[test]
    fn short_secret_is_masked_only_as_a_whole_value() {
        let secrets = secrets(&["a"]);
        assert_eq!(secrets.mask("a"), "****");
        assert_eq!(secrets.mask("database"), "database");
    }

    #[test]
    fn key_material_is_known_by_its_form() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\ncut off",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        ] {
            assert_eq!(Secrets::default().mask(text), MASK, "{text}");
        }
        assert_eq!(
            Secrets::default().mask(&format!("token ghp_{}", "a1".repeat(18))),
            "token ****"
        );
    }

    #[test]
    fn arns_and_digests_are_no_secrets() {
        for text in [
            "arn:aws:iam::111122223333:role/deploy",
            "handlers/ticket-status-0123456789abcdef.zip",
            "{{resolve:secretsmanager:db}}",
        ] {
            assert_eq!(Secrets::default().mask(text), text);
        }
    }

    #[test]
    fn literals_below_telling_names_are_secrets() {
        let mut secrets = Secrets::default();
        let value = json!({
            "Variables": { "DB_PASSWORD": "hunter2!", "TABLE": "players", "SECRET_ARN": "arn:x" },
            "MasterUserPassword": { "Ref": "Password" },
            "SecretString": "{{resolve:ssm:x}}",
        });
        secrets.add_from("Properties", &value);
        assert_eq!(secrets.iter().collect::<Vec<_>>(), ["hunter2!"]);
    }

    #[test]
    fn numbers_are_masked_too() {
        let mut value = json!({ "Pin": 482910, "Port": 7777 });
        secrets(&["482910"]).mask_json(&mut value);
        assert_eq!(value, json!({ "Pin": "****", "Port": 7777 }));
    }

    #[test]
    fn what_is_masked_already_stays_no_secret() {
        assert_eq!(secrets(&["****", "", " "]), Secrets::default());
    }
}
