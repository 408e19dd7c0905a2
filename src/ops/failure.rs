//! What can end badly in AWS: a code for each kind, so that `liftform explain` knows more about it and scripts can tell
//! them apart.
//!
//! In: a diagnosis, or how a stack failed. Out: a code. Kinds are told apart by what CloudFormation's own resource types
//! report: <https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html>

use super::diagnose::{Aftermath, Diagnosis, FirstCause};
use crate::deploy::StackFailure;

/// A kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureCode {
    /// `L09` and two digits.
    pub code: &'static str,
    /// A few words.
    pub title: &'static str,
    /// A paragraph.
    pub text: &'static str,
}

const RESOURCE: &str = "L0901";
const FLEET: &str = "L0902";
const RIGHT: &str = "L0903";
const TAKEN: &str = "L0904";
const QUOTA: &str = "L0905";
const STUCK: &str = "L0906";
const NAMELESS: &str = "L0907";
const CHANGE_SET: &str = "L0908";

/// Every kind, in order.
pub const ALL: [FailureCode; 8] = [
    FailureCode {
        code: RESOURCE,
        title: "resource failed in AWS",
        text: "The service of this resource refused to create, change or delete it, and CloudFormation took the stack back \
               as far as it could. The first cause is what AWS said; everything that failed after it failed because of it. \
               The line shown is the one that the resource was made from. Change what AWS complains about, then \
               `liftform deploy --resume`.",
    },
    FailureCode {
        code: FLEET,
        title: "fleet did not become ACTIVE",
        text: "GameLift began with the fleet and did not get as far as a server process that is ready. The fleet's events, which are \
               shown after the cause, say at which step it ended: the download of the build, its install script, the start of \
               the program, or the calls of the server SDK. `liftform local play` runs the same server on this machine, where \
               such a mistake shows in seconds instead of an hour.",
    },
    FailureCode {
        code: RIGHT,
        title: "right is missing in AWS",
        text: "IAM refused a call that CloudFormation made for this stack, as whoever deploys or as the stack's role. When the \
               deployer may decode it, the refusal is shown with who may not do what on what. Add the right to the role that \
               deploys; `liftform bootstrap --show-policy deploy` prints the rights that a deployment needs. A service control \
               policy of the organisation can refuse, too, whatever the role allows.",
    },
    FailureCode {
        code: TAKEN,
        title: "name is taken in AWS",
        text: "Something with this name exists already in the account and region, and belongs to no stack or to another one. \
               It may be left from a stack that was deleted while it was to be retained. Give the component another name, \
               delete what is there, or import it into the stack.",
    },
    FailureCode {
        code: QUOTA,
        title: "quota is used up",
        text: "The account may have no more of this in the region. What else it holds there counts, too. Delete what isn't needed, or have \
               the quota raised in the Service Quotas console.",
    },
    FailureCode {
        code: STUCK,
        title: "stack could not be taken back",
        text: "An update failed, and so did the way back, so that CloudFormation lets nobody change the stack \
               (UPDATE_ROLLBACK_FAILED). Remove what stands in the way of the resources that failed, then `liftform rollback \
               --continue`; `--skip NAME` leaves a resource out that can't be taken back.",
    },
    FailureCode {
        code: NAMELESS,
        title: "stack failed, and no resource did",
        text: "CloudFormation ended the operation without an event of a resource that failed: it was cancelled, or it failed \
               before the first resource. The stack's own status and reason are all there is; `liftform events` shows them in \
               order.",
    },
    FailureCode {
        code: CHANGE_SET,
        title: "CloudFormation refused the change set",
        text: "The template or its parameters were refused before anything was changed: a macro failed, a resource type isn't \
               available in the region, or a hook forbids the change. Its reason is shown as it is.",
    },
];

/// The kind of a failure whose cause was looked for.
pub fn of(diagnosis: &Diagnosis) -> &'static str {
    match &diagnosis.cause {
        _ if diagnosis.aftermath == Aftermath::Stuck => STUCK,
        None => NAMELESS,
        Some(cause) => of_cause(cause),
    }
}

fn of_cause(cause: &FirstCause) -> &'static str {
    let reason = cause.event.reason.as_deref().unwrap_or_default();
    let says = |parts: &[&str]| parts.iter().any(|part| reason.contains(part));
    if !cause.fleet.is_empty() {
        FLEET
    } else if cause.refused.is_some() || says(&["HandlerErrorCode: AccessDenied", "not authorized"])
    {
        RIGHT
    } else if says(&["HandlerErrorCode: AlreadyExists", "already exists"]) {
        TAKEN
    } else if says(&["HandlerErrorCode: ServiceLimitExceeded", "LimitExceeded"]) {
        QUOTA
    } else {
        RESOURCE
    }
}

/// The kind of a failure of which nothing more is known; none: its own words and the exit code say all.
pub fn of_failure(failure: &StackFailure) -> Option<&'static str> {
    match failure {
        StackFailure::Settled { cause: Some(_), .. } => Some(RESOURCE),
        StackFailure::Settled { cause: None, .. } => Some(NAMELESS),
        StackFailure::Stuck { .. } => Some(STUCK),
        StackFailure::ChangeSet { .. } => Some(CHANGE_SET),
        StackFailure::Remote(_)
        | StackFailure::Input(_)
        | StackFailure::Busy { .. }
        | StackFailure::Protected
        | StackFailure::TimedOut
        | StackFailure::Unready
        | StackFailure::NotApproved { .. }
        | StackFailure::Detached
        | StackFailure::LostSight(_) => None,
    }
}

/// The id by which AWS finds the request that failed, in what CloudFormation says of it.
pub fn request_id(reason: &str) -> Option<&str> {
    let (_, rest) = reason.split_once("Request ID: ")?;
    let id = rest
        .split(|letter: char| letter.is_whitespace() || ",;)".contains(letter))
        .next()?;
    (!id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::diagnose::tests::failed_with;
    use crate::ops::observe::FleetEvent;

    fn check(reason: &str, expected: &str) {
        assert_eq!(of(&failed_with(reason)), expected, "{reason}");
    }

    #[test]
    fn kinds_are_told_apart_by_what_the_resource_type_reports() {
        check("no such queue", RESOURCE);
        check("(RequestToken: 1, HandlerErrorCode: AlreadyExists)", TAKEN);
        check("Location custom-garage already exists.", TAKEN);
        check("(HandlerErrorCode: AccessDenied)", RIGHT);
        check("User is not authorized to perform: iam:PassRole", RIGHT);
        check("(HandlerErrorCode: ServiceLimitExceeded)", QUOTA);
    }

    #[test]
    fn stack_that_is_stuck_is_that_whatever_came_first() {
        let stuck = Diagnosis {
            aftermath: Aftermath::Stuck,
            ..failed_with("already exists")
        };
        assert_eq!(of(&stuck), STUCK);
        let nameless = Diagnosis {
            cause: None,
            ..failed_with("")
        };
        assert_eq!(of(&nameless), NAMELESS);
    }

    #[test]
    fn fleet_of_which_gamelift_tells_trouble_is_a_kind_of_its_own() {
        let mut fleet = failed_with("did not stabilize");
        let cause = fleet.cause.as_mut().unwrap();
        cause.fleet.push(FleetEvent {
            time: fleet.began,
            code: "FLEET_ACTIVATION_FAILED".to_owned(),
            message: None,
        });
        assert_eq!(of(&fleet), FLEET);
    }

    #[test]
    fn failure_without_a_diagnosis_has_a_code_when_aws_settled_it() {
        let reason = "no such type".to_owned();
        assert_eq!(
            of_failure(&StackFailure::ChangeSet { reason }),
            Some(CHANGE_SET)
        );
        assert_eq!(of_failure(&StackFailure::TimedOut), None);
    }

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn request_id_is_found_in_old_and_new_wordings() {
        let new =
            "no. (Service: GameLift, Status Code: 400, Request ID: 6f0c-12) (SDK Attempt Count: 1)";
        assert_eq!(request_id(new), Some("6f0c-12"));
        let old = "no (Service: AmazonS3; Status Code: 409; Request ID: AB12=; Proxy: null)";
        assert_eq!(request_id(old), Some("AB12="));
        assert_eq!(request_id("no"), None);
        assert_eq!(request_id("Request ID: )"), None);
    }
}
