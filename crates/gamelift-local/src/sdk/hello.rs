//! The query of a websocket: who connects.

use hyper::Uri;

use crate::hosting::{Hello, Proof};

/// Reads the query; `None` when it doesn't name process, fleet and compute, or brings no proof.
pub(super) fn parse(uri: &Uri) -> Option<Hello> {
    let query = uri.query()?.as_bytes();
    let member = |name: &str| {
        form_urlencoded::parse(query)
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    };
    let proof = match member("Authorization")? {
        scheme if scheme == "SigV4" => member("X-Amz-Signature").map(|_| Proof::Signature)?,
        token => Proof::Token(token),
    };
    Some(Hello {
        process: member("pID")?,
        fleet: member("FleetId")?,
        compute: member("ComputeId")?,
        proof,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Option<Proof>) {
        let uri = format!("/?pID=p&FleetId=f&ComputeId=a%2Fb&{query}");
        let hello = parse(&uri.parse().unwrap());
        assert_eq!(hello.as_ref().map(|hello| &hello.proof), expected.as_ref());
        assert!(hello.is_none_or(|hello| hello.compute == "a/b"));
    }

    #[test]
    fn token_or_signature_is_proof() {
        check("Authorization=t", Some(Proof::Token("t".to_owned())));
        check(
            "Authorization=SigV4&X-Amz-Signature=s",
            Some(Proof::Signature),
        );
        check("Authorization=SigV4", None);
        check("sdkVersion=5.6.0", None);
    }
}
