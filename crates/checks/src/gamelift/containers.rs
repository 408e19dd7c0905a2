//! Container fleets.

use super::Scope;
use crate::{Finding, codes};

pub(super) fn check(scope: &mut Scope<'_>) {
    const PAIR: [&str; 2] = ["InstanceConnectionPortRange", "InstanceInboundPermissions"];
    for fleet in scope.parts("ContainerFleet") {
        for (given, absent) in [(PAIR[0], PAIR[1]), (PAIR[1], PAIR[0])] {
            if fleet.is_given(given) && fleet.is_absent(absent) {
                let message = format!("`{given}` needs `{absent}` beside it");
                scope.push(Finding::error(
                    codes::CONTAINER_PORTS,
                    fleet.path(given),
                    message,
                ));
            }
        }
        super::fleets::locations(scope, &fleet);
        super::ports::check(scope, &fleet, "InstanceInboundPermissions");
    }
}
