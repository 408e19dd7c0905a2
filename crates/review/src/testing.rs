//! Small reviews for tests.

use crate::model::{
    Certainty, GrantReview, Method, ResourceAction, ResourceReview, Sign, StackAction, StackReview,
    Verdict,
};

pub(crate) const CERTAIN: Verdict = Verdict {
    method: Method::Changeset,
    certainty: Certainty::Certain,
};

pub(crate) fn stack(name: &str, region: &str) -> StackReview {
    StackReview {
        action: StackAction::Update,
        ..StackReview::unchanged(name, region, Method::Changeset)
    }
}

pub(crate) fn resource(logical_id: &str, action: ResourceAction) -> ResourceReview {
    ResourceReview {
        logical_id: logical_id.to_owned(),
        physical_id: None,
        kind: "AWS::GameLift::Fleet".to_owned(),
        action,
        verdict: CERTAIN,
        causes: Vec::new(),
        properties: Vec::new(),
        effects: Vec::new(),
        guarded: false,
    }
}

pub(crate) fn grant(sign: Sign, broadening: bool) -> GrantReview {
    GrantReview {
        sign,
        broadening,
        logical_id: "FleetRole".to_owned(),
        effect: "Allow".to_owned(),
        principal: String::new(),
        actions: "s3:GetObject".to_owned(),
        resources: "arn:aws:s3:::logs/*".to_owned(),
        condition: String::new(),
    }
}
