//! Everything in a template that permits something, as statements of policies.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::canonical;
use super::policy::{Atom, atoms, is_policy, items, show};
use super::resolved::{ResolvedResource, Unlike};

/// What each resource permits.
pub(super) fn permissions(resources: &Unlike<'_>) -> BTreeSet<(String, Atom)> {
    let mut found = BTreeSet::new();
    for &(id, resource) in resources {
        let documents = documents(resource);
        for atom in documents.iter().flat_map(atoms) {
            let holders = holders(resource);
            if holders.is_empty() || !atom.principal.is_empty() {
                found.insert((id.to_owned(), atom));
                continue;
            }
            found.extend(holders.into_iter().map(|principal| {
                let atom = Atom {
                    principal,
                    ..atom.clone()
                };
                (id.to_owned(), atom)
            }));
        }
    }
    found
}

fn documents(resource: &ResolvedResource<'_>) -> Vec<Json> {
    let mut found = Vec::new();
    let values = resource.properties.values();
    values.for_each(|value| collect(value, &mut found));
    let statements = match resource.raw.kind.as_str() {
        "AWS::Lambda::Permission" => vec![invoke_permission(&resource.properties)],
        "AWS::Lambda::Url" => function_url(&resource.properties).into_iter().collect(),
        "AWS::ApiGateway::Method" => api_method(&resource.properties).into_iter().collect(),
        "AWS::ApiGateway::RestApi" => open_api(&resource.properties),
        _ => role_policies(&resource.properties),
    };
    found.push(json!({ "Statement": statements }));
    found
}

/// Policy documents wherever they stand, also those written as text.
fn collect(value: &Json, found: &mut Vec<Json>) {
    match value {
        Json::Object(object) if is_policy(object) => found.push(value.clone()),
        Json::Object(object) => object.values().for_each(|value| collect(value, found)),
        Json::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Json::String(text) if text.contains("\"Statement\"") => {
            if let Some(document) = canonical::document(text) {
                collect(&document, found);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// Whom a policy that is a resource of its own is attached to.
fn holders(resource: &ResolvedResource<'_>) -> Vec<String> {
    let kinds = [
        "AWS::IAM::Policy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::UserPolicy",
        "AWS::IAM::GroupPolicy",
    ];
    if !kinds.contains(&resource.raw.kind.as_str()) {
        return Vec::new();
    }
    let keys = [
        "Roles",
        "Users",
        "Groups",
        "RoleName",
        "UserName",
        "GroupName",
    ];
    let lists = keys.iter().filter_map(|key| resource.properties.get(*key));
    lists.flat_map(items).map(show).collect()
}

/// What a managed policy allows isn't in the template; that it is attached is. A boundary forbids all but what it allows.
fn role_policies(properties: &Map<String, Json>) -> Vec<Json> {
    let name = |arn: &Json| format!("policy {}", show(arn));
    let attached = properties.get("ManagedPolicyArns").into_iter();
    let attached = attached
        .flat_map(items)
        .map(|arn| json!({ "Effect": "Allow", "Action": name(arn) }));
    let boundary = properties.get("PermissionsBoundary").into_iter();
    let boundary = boundary.map(|arn| json!({ "Effect": "Deny", "NotAction": name(arn) }));
    attached.chain(boundary).collect()
}

/// A permission to invoke a function is a policy in another spelling.
fn invoke_permission(properties: &Map<String, Json>) -> Json {
    let get = |name: &str| properties.get(name).map(show);
    let mut condition = Map::new();
    for name in ["SourceArn", "SourceAccount", "PrincipalOrgID"] {
        condition.extend(get(name).map(|value| (name.to_owned(), value.into())));
    }
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": get("Principal").unwrap_or_default(),
        "Action": get("Action").unwrap_or_default(),
        "Resource": get("FunctionName").unwrap_or_default(),
    });
    if !condition.is_empty() {
        statement["Condition"] = Json::Object(condition);
    }
    statement
}

/// A function that everybody may call.
fn function_url(properties: &Map<String, Json>) -> Option<Json> {
    let get = |name: &str| properties.get(name).map(show).unwrap_or_default();
    (get("AuthType") == "NONE")
        .then(|| open_to_all("lambda:InvokeFunctionUrl", &get("TargetFunctionArn")))
}

/// A method that everybody may call. Browsers ask for `OPTIONS` without credentials.
fn api_method(properties: &Map<String, Json>) -> Option<Json> {
    let get = |name: &str| properties.get(name).map(show).unwrap_or_default();
    let (method, place) = (get("HttpMethod"), get("ResourceId"));
    (get("AuthorizationType") == "NONE" && method != "OPTIONS")
        .then(|| open_to_all("execute-api:Invoke", &format!("{method} {place}")))
}

fn open_to_all(action: &str, resource: &str) -> Json {
    json!({ "Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource })
}

/// The methods without any security of an API that is written as OpenAPI.
/// <https://spec.openapis.org/oas/v3.0.3#operation-object>
fn open_api(properties: &Map<String, Json>) -> Vec<Json> {
    const METHODS: [&str; 7] = [
        "delete",
        "get",
        "head",
        "patch",
        "post",
        "put",
        "x-amazon-apigateway-any-method",
    ];
    let body = properties.get("Body").unwrap_or(&Json::Null);
    let mut found = Vec::new();
    for (path, operations) in body["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let security = operation.get("security").or_else(|| body.get("security"));
            if METHODS.contains(&method.as_str()) && !security.is_some_and(is_required) {
                let resource = format!("{} {path}", method.to_uppercase());
                found.push(open_to_all("execute-api:Invoke", &resource));
            }
        }
    }
    found
}

/// Whether none of the choices is to bring nothing.
fn is_required(security: &Json) -> bool {
    let is_empty = |choice: &Json| choice.as_object().is_none_or(Map::is_empty);
    let choices = security.as_array().map(Vec::as_slice).unwrap_or_default();
    !choices.is_empty() && !choices.iter().any(is_empty)
}
