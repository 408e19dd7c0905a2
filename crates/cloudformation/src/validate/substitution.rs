//! The names in the text of a `Fn::Sub`.

/// The names between `${` and `}`, in order; `${!Literal}` is none. CloudFormation takes spaces around a name
/// (<https://github.com/aws-cloudformation/cfn-lint/issues/236>).
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split("${").skip(1);
    pieces
        .filter_map(|piece| piece.split_once('}'))
        .map(|(name, _)| name.trim())
        .filter(|name| !name.starts_with('!'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(names(text).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn names_stand_between_braces() {
        check(
            "a-${B}-${C.Arn}/${AWS::Region}",
            &["B", "C.Arn", "AWS::Region"],
        );
    }

    #[test]
    fn spaces_around_a_name_are_none_of_it() {
        check("${ B } ${ C.Arn}", &["B", "C.Arn"]);
    }

    #[test]
    fn literals_and_unfinished_names_are_no_names() {
        check("${!Literal} ${ !Literal } $B ${Open", &[]);
    }
}
