//! What a stack's status allows.

/// The answer to "what can be done with this stack now?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// It exists and takes an update.
    Settled,
    /// An operation is running.
    Busy,
    /// Change sets made it and none was executed: it takes a creation, as if it didn't exist.
    Empty,
    /// A creation failed: it takes no update, and must be deleted before it can be created.
    NeedsDelete,
    /// An update could neither be finished nor taken back; somebody has to look.
    NeedsRollback,
    /// It is gone.
    Gone,
}

impl Condition {
    /// Sorts a status.
    pub(super) fn of(status: &str) -> Self {
        match status {
            "DELETE_COMPLETE" => Self::Gone,
            // Ends in IN_PROGRESS, but nothing is going on. Somebody's change set may wait in it for an approval, so it is
            // not deleted: CloudFormation makes another creation change set beside it, as AWS's own CLI does.
            "REVIEW_IN_PROGRESS" => Self::Empty,
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => {
                Self::NeedsDelete
            }
            "UPDATE_ROLLBACK_FAILED" | "UPDATE_FAILED" | "IMPORT_ROLLBACK_FAILED" => {
                Self::NeedsRollback
            }
            _ if status.ends_with("_IN_PROGRESS") => Self::Busy,
            _ => Self::Settled,
        }
    }
}

/// Whether an operation that ended in this status did what it was asked for.
pub(super) fn is_success(status: &str) -> bool {
    status.ends_with("_COMPLETE") && !status.contains("ROLLBACK")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(condition: Condition, statuses: &[&str]) {
        for status in statuses {
            assert_eq!(Condition::of(status), condition, "{status}");
        }
    }

    #[test]
    fn finished_stacks_are_settled() {
        check(
            Condition::Settled,
            &[
                "CREATE_COMPLETE",
                "UPDATE_COMPLETE",
                "UPDATE_ROLLBACK_COMPLETE",
                "IMPORT_COMPLETE",
                "IMPORT_ROLLBACK_COMPLETE",
            ],
        );
    }

    #[test]
    fn cleanup_still_counts_as_busy() {
        check(
            Condition::Busy,
            &[
                "CREATE_IN_PROGRESS",
                "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
                "UPDATE_ROLLBACK_IN_PROGRESS",
                "DELETE_IN_PROGRESS",
            ],
        );
    }

    #[test]
    fn failed_creation_must_be_deleted() {
        check(
            Condition::NeedsDelete,
            &["ROLLBACK_COMPLETE", "DELETE_FAILED", "CREATE_FAILED"],
        );
    }

    #[test]
    fn stack_that_waits_for_a_review_is_empty_rather_than_broken() {
        check(Condition::Empty, &["REVIEW_IN_PROGRESS"]);
    }

    #[test]
    fn failed_rollback_needs_a_person() {
        check(Condition::NeedsRollback, &["UPDATE_ROLLBACK_FAILED"]);
    }

    #[test]
    fn rollback_is_no_success() {
        assert!(is_success("UPDATE_COMPLETE"));
        assert!(!is_success("UPDATE_ROLLBACK_COMPLETE"));
        assert!(!is_success("CREATE_FAILED"));
    }
}
