//! Who may call the API: identity pool, its roles, their attachment.

use std::collections::BTreeMap;

use cloudformation::intrinsic::{get_att, reference};
use cloudformation::{Value, cognito, iam};
use serde_json::json;

use super::api;
use super::handlers::Route;
use crate::policy;
use crate::stack::StackBuilder;

pub(crate) fn add(stack: &mut StackBuilder<'_>, routes: &[Route]) {
    let identity = &stack.environment.identity;
    let mut pool = cognito::IdentityPool::new(identity.guests).allow_classic_flow(false);
    if !identity.social.is_empty() {
        pool = pool.supported_login_providers(json!(identity.social));
    }
    if !identity.oidc.is_empty() {
        pool = pool.open_id_connect_provider_arns(strings(&identity.oidc));
    }
    if !identity.saml.is_empty() {
        pool = pool.saml_provider_arns(strings(&identity.saml));
    }
    let known =
        !(identity.social.is_empty() && identity.oidc.is_empty() && identity.saml.is_empty());
    stack.add("IdentityPool", pool);
    let mut roles = BTreeMap::new();
    if identity.guests {
        roles.insert("unauthenticated", "GuestRole");
    }
    if known {
        roles.insert("authenticated", "PlayerRole");
    }
    for (class, id) in &roles {
        stack.add(id, role(class, routes));
    }
    let arns: serde_json::Map<_, _> = roles
        .iter()
        .map(|(class, id)| ((*class).to_owned(), get_att(*id, "Arn").into()))
        .collect();
    stack.add(
        "IdentityPoolRoles",
        cognito::IdentityPoolRoleAttachment::new(reference("IdentityPool"))
            .roles(serde_json::Value::from(arns)),
    );
    stack.output(
        "IdentityPoolId",
        "Id of the Cognito identity pool",
        reference("IdentityPool"),
    );
}

/// A role for one class of identities of this pool: the routes of this stage and nothing else.
fn role(class: &str, routes: &[Route]) -> iam::Role {
    let trust = policy::document(&[json!({
        "Effect": "Allow",
        "Principal": { "Federated": "cognito-identity.amazonaws.com" },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": { "cognito-identity.amazonaws.com:aud": reference("IdentityPool") },
            "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": class },
        },
    })]);
    let arns: Vec<_> = routes
        .iter()
        .map(|route| policy::sub(&api::invocation_arn(route)))
        .collect();
    let call = policy::document(&[policy::allow(&["execute-api:Invoke"], &arns)]);
    iam::Role::new(trust).policies(vec![iam::role::Policy::new(call, "call-the-api")])
}

fn strings(values: &[String]) -> Vec<Value<String>> {
    values.iter().map(|value| value.as_str().into()).collect()
}
