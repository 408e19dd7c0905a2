//! Open ports.

use super::{Part, Scope};
use crate::{Finding, codes, literal};

/// An open range whose ends are known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) from: f64,
    pub(super) to: f64,
}

/// Ranges run forwards and stay where GameLift opens ports: 1026-60000, and 22 or 3389 for looking after instances.
pub(super) fn check(scope: &mut Scope<'_>, fleet: &Part<'_>, property: &str) {
    for (index, permission) in fleet.list(property).iter().enumerate() {
        let Some(Range { from, to }) = range(permission) else {
            continue;
        };
        let path = fleet.path(&format!("{property}/{index}"));
        if from > to {
            let message = format!("the port range {from}-{to} runs backwards");
            let hint = format!("write {to} to {from}");
            scope.push(Finding::error(codes::PORTS, path, message).hint(hint));
        } else if !is_remote_access(from, to) && (from < 1026.0 || to > 60_000.0) {
            let message = format!("the ports {from}-{to} are not within 1026-60000");
            scope.push(Finding::error(codes::PORTS, path, message));
        }
    }
}

fn is_remote_access(from: f64, to: f64) -> bool {
    from.total_cmp(&to).is_eq() && from.total_cmp(&22.0).is_eq()
}

/// The range of one permission, when it is literal.
pub(super) fn range(permission: &serde_json::Value) -> Option<Range> {
    Some(Range {
        from: literal::number(permission.get("FromPort"))?,
        to: literal::number(permission.get("ToPort"))?,
    })
}
