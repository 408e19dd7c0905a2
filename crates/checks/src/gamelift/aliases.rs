//! Aliases: where they lead.

use super::Scope;
use crate::{Finding, codes, literal};

pub(super) fn check(scope: &mut Scope<'_>) {
    for alias in scope.parts("Alias") {
        let Some(strategy) = alias
            .get("RoutingStrategy")
            .and_then(|value| value.as_object())
        else {
            continue;
        };
        let kind = literal::text(strategy.get("Type"));
        let path = alias.path("RoutingStrategy");
        // Without a message either, validation says that one of both is needed.
        if kind == Some("SIMPLE")
            && literal::is_absent(strategy.get("FleetId"))
            && literal::is_given(strategy.get("Message"))
        {
            let message = "an alias of type SIMPLE leads to a fleet, but there is no `FleetId`";
            scope.push(Finding::error(codes::ALIAS, &path, message));
        }
        if kind == Some("TERMINAL") && literal::is_given(strategy.get("FleetId")) {
            let message = "an alias of type TERMINAL leads nowhere: its `FleetId` is ignored";
            scope.push(Finding::warning(
                codes::ALIAS,
                format!("{path}/FleetId"),
                message,
            ));
        }
    }
}
