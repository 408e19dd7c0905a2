//! Forms of text: names, ARNs, paths.

use std::fmt;

/// A form that text must have.
pub(crate) struct Form {
    /// For messages: "a name".
    pub(crate) what: &'static str,
    /// For hints: what it looks like.
    pub(crate) looks: &'static str,
    pub(crate) holds: fn(&str) -> bool,
    /// The same as a regular expression, for editors.
    pub(crate) pattern: &'static str,
}

impl fmt::Debug for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.what)
    }
}

/// Names of the topology, its environments and its parts. Physical names are built from them, and queues
/// (`[a-zA-Z0-9-]+`) and stacks (`[a-zA-Z][-a-zA-Z0-9]*`) have the narrowest rules.
pub(crate) static NAME: Form = Form {
    what: "a name",
    looks: "lower-case letters, digits and single hyphens, a letter first",
    holds: is_name,
    pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
};

fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.ends_with('-')
        && !text.contains("--")
        && text.len() <= 100
}

/// Attributes of players and of tables, template parameters.
pub(crate) static ATTRIBUTE: Form = Form {
    what: "an attribute name",
    looks: "letters, digits, hyphens and underscores, a letter first, at most 100 characters",
    holds: |text| {
        text.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            && text.len() <= 100
    },
    pattern: "^[A-Za-z][A-Za-z0-9_-]{0,99}$",
};

pub(crate) static REGION: Form = Form {
    what: "a region",
    looks: "`us-east-1`",
    holds: |text| {
        let parts: Vec<_> = text.split('-').collect();
        let (Some(number), true) = (parts.last(), parts.len() >= 3) else {
            return false;
        };
        let words = parts.iter().take(parts.len() - 1);
        is_digits(number)
            && words
                .into_iter()
                .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
    },
    pattern: "^[a-z]+(-[a-z]+)+-[0-9]+$",
};

pub(crate) static LOCATION: Form = Form {
    what: "a location",
    looks: "`eu-west-2`, `us-east-1-atl-1` or `custom-office`",
    holds: |text| {
        text.len() <= 64
            && !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    },
    pattern: "^[A-Za-z0-9-]{1,64}$",
};

pub(crate) static ACCOUNT: Form = Form {
    what: "an account number",
    looks: "twelve digits in quotes: `\"111122223333\"`",
    holds: |text| text.len() == 12 && is_digits(text),
    pattern: "^[0-9]{12}$",
};

pub(crate) static OIDC_ARN: Form = Form {
    what: "the ARN of an OpenID Connect provider",
    looks: "`arn:aws:iam::111122223333:oidc-provider/login.example.com`",
    holds: |text| is_arn(text, "iam", "oidc-provider/"),
    pattern: "^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/.+$",
};

pub(crate) static SAML_ARN: Form = Form {
    what: "the ARN of a SAML provider",
    looks: "`arn:aws:iam::111122223333:saml-provider/example`",
    holds: |text| is_arn(text, "iam", "saml-provider/"),
    pattern: "^arn:aws[a-z-]*:iam::[0-9]{12}:saml-provider/.+$",
};

pub(crate) static TOPIC_ARN: Form = Form {
    what: "the ARN of an SNS topic",
    looks: "`arn:aws:sns:us-east-1:111122223333:oncall`",
    holds: |text| is_arn(text, "sns", ""),
    pattern: "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$",
};

/// `arn:partition:service:region:account:resource`
fn is_arn(text: &str, service: &str, resource: &str) -> bool {
    let parts: Vec<_> = text.splitn(6, ':').collect();
    let [arn, partition, found, _, account, rest] = parts.as_slice() else {
        return false;
    };
    *arn == "arn"
        && partition.starts_with("aws")
        && *found == service
        && (ACCOUNT.holds)(account)
        && rest
            .strip_prefix(resource)
            .is_some_and(|name| !name.is_empty())
        && !text.contains(char::is_whitespace)
}

pub(crate) static VERSION: Form = Form {
    what: "a version",
    looks: "`5.3.0`",
    holds: |text| {
        text.split('.').count() == 3
            && text
                .split('.')
                .all(|part| is_digits(part) && part.len() < 6)
    },
    pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+$",
};

pub(crate) static INSTANCE: Form = Form {
    what: "an EC2 instance type",
    looks: "`c6i.large`",
    holds: |text| {
        text.split_once('.').is_some_and(|(family, size)| {
            is_alphanumeric_lower(family) && is_alphanumeric_lower(size)
        })
    },
    pattern: "^[a-z][a-z0-9-]*\\.[a-z0-9-]+$",
};

pub(crate) static FILE: Form = Form {
    what: "a relative path",
    looks: "`rules/duel.json`: below the folder of the topology file or of its parents, with `/`",
    holds: |text| {
        !text.is_empty()
            && !text.starts_with(['/', '~'])
            && !text.contains(['\\', '\0', '\n'])
            && text.len() < 1024
    },
    pattern: "^[^/~\\\\][^\\\\]*$",
};

pub(crate) static BUCKET: Form = Form {
    what: "a bucket name",
    looks: "3 to 63 lower-case letters, digits, dots and hyphens",
    holds: |text| {
        (3..=63).contains(&text.len())
            && text.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte)
            })
    },
    pattern: "^[a-z0-9.-]{3,63}$",
};

pub(crate) static PACKAGE: Form = Form {
    what: "a Cargo package",
    looks: "`profile`: letters, digits, hyphens and underscores",
    holds: |text| {
        !text.is_empty()
            && text.len() <= 64
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    },
    pattern: "^[A-Za-z0-9_-]{1,64}$",
};

pub(crate) static VARIABLE: Form = Form {
    what: "an environment variable",
    looks: "`LOG_LEVEL`: a letter, then letters, digits and underscores",
    holds: |text| {
        text.len() >= 2
            && text.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    },
    pattern: "^[A-Za-z][A-Za-z0-9_]+$",
};

pub(crate) static COST: Form = Form {
    what: "a cost per hour",
    looks: "`\"10.0\"` in quotes, with one decimal",
    holds: |text| {
        text.split_once('.').is_some_and(|(whole, part)| {
            [whole, part]
                .iter()
                .all(|digits| is_digits(digits) && digits.len() <= 5)
        })
    },
    pattern: "^[0-9]{1,5}\\.[0-9]{1,5}$",
};

pub(crate) static TAG_KEY: Form = Form {
    what: "a tag key",
    looks: "1 to 128 letters, digits, spaces and `_.:/=+-@`, not starting with `aws:`",
    holds: |text| {
        is_tag(text, 128) && !text.is_empty() && !text.to_ascii_lowercase().starts_with("aws:")
    },
    pattern: "^(?!aws:).{1,128}$",
};

pub(crate) static TAG_VALUE: Form = Form {
    what: "a tag value",
    // GameLift queues and rule sets refuse empty values.
    looks: "1 to 256 letters, digits, spaces and `_.:/=+-@`",
    holds: |text| is_tag(text, 256) && !text.is_empty(),
    pattern: "^.{1,256}$",
};

pub(crate) static ANY_KEY: Form = Form {
    what: "a key",
    looks: "text",
    holds: |text| !text.is_empty(),
    pattern: "^.+$",
};

fn is_tag(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest
        && text
            .chars()
            .all(|letter| letter.is_alphanumeric() || " _.:/=+-@".contains(letter))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_alphanumeric_lower(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: &Form, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!((form.holds)(text), "{} should accept {text:?}", form.what);
        }
        for text in bad {
            assert!(!(form.holds)(text), "{} should refuse {text:?}", form.what);
        }
    }

    #[test]
    fn names_are_lower_case_with_single_hyphens() {
        check(
            &NAME,
            &["a", "arena-spot", "v2"],
            &["", "Arena", "2x", "a_b", "a-", "a--b", "ä", "a.b"],
        );
    }

    #[test]
    fn regions_end_in_a_number() {
        check(
            &REGION,
            &["us-east-1", "us-gov-west-1"],
            &["", "us-east", "useast1", "us-east-1a", "-a-1"],
        );
    }

    #[test]
    fn arns_name_their_service() {
        check(
            &TOPIC_ARN,
            &["arn:aws:sns:us-east-1:111122223333:oncall"],
            &["oncall", "arn:aws:sqs:us-east-1:111122223333:x"],
        );
        check(
            &OIDC_ARN,
            &["arn:aws:iam::111122223333:oidc-provider/a"],
            &["arn:aws:iam::1:oidc-provider/a"],
        );
        check(
            &SAML_ARN,
            &["arn:aws:iam::111122223333:saml-provider/a"],
            &["arn:aws:iam::111122223333:saml-provider/"],
        );
    }

    #[test]
    fn small_forms_hold() {
        check(&VERSION, &["5.3.0"], &["5.3", "5.3.x", "5.3.0.1"]);
        check(
            &INSTANCE,
            &["c6i.large", "c5.2xlarge"],
            &["large", "C6i.large", "c6i."],
        );
        check(&COST, &["10.0"], &["10", "1.", "ten"]);
        check(
            &ACCOUNT,
            &["111122223333"],
            &["11112222333", "11112222333a"],
        );
        check(
            &FILE,
            &["rules/duel.json", "../server"],
            &["/etc/passwd", "", "a\\b", "~/x"],
        );
        check(&VARIABLE, &["LOG_LEVEL"], &["1A", "A-B", "A"]);
    }
}
