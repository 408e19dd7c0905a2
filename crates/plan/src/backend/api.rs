//! The client API: a REST API from an OpenAPI document, its deployment and stage, throttling, access logs, web ACL.

use std::collections::BTreeMap;

use cloudformation::apigateway::stage::{AccessLogSetting, MethodSetting};
use cloudformation::intrinsic::{get_att, reference, sub};
use cloudformation::{Resource, apigateway, lambda, logs, wafv2};
use serde_json::{Value as Json, json};
use topology::documents;
use topology::environment::RateLimit;

use super::handlers::Route;
use crate::PlanError;
use crate::naming::{content_hash, logical_id, physical_name};
use crate::stack::StackBuilder;

/// The one stage.
pub(crate) const STAGE: &str = "live";

const OPENAPI: &str = include_str!("../../../../templates/openapi.json.hbs");

pub(crate) fn add(stack: &mut StackBuilder<'_>, routes: &[Route]) -> Result<(), PlanError> {
    let name = physical_name(stack.environment, "api");
    let matchmakers: Vec<_> = stack.environment.matchmaking.keys().collect();
    let data = json!({ "title": name, "paths": paths(routes), "matchmakers": matchmakers });
    let body =
        documents::render("openapi", OPENAPI, &data).map_err(|source| PlanError::Document {
            document: "the OpenAPI document",
            source,
        })?;
    // A deployment is a snapshot: only a new one brings a changed document to the stage, so its id follows the content.
    let deployment = format!("ApiDeployment{}", content_hash(&body.to_string()));
    let endpoint = apigateway::rest_api::EndpointConfiguration::new().types(vec!["REGIONAL"]);
    stack.add(
        "Api",
        apigateway::RestApi::new()
            .name(name)
            .endpoint_configuration(endpoint)
            .body(body),
    );
    stack.add(&deployment, apigateway::Deployment::new(reference("Api")));
    add_stage(stack, &deployment);
    add_permissions(stack, routes);
    if let Some(limit) = stack.environment.api.firewall {
        add_firewall(stack, limit);
    }
    stack.output("ApiId", "Id of the API", reference("Api"));
    stack.output(
        "ApiUrl",
        "Base URL of the API",
        sub(format!(
            "https://${{Api}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{STAGE}"
        )),
    );
    Ok(())
}

/// Routes grouped by path, as the document's template wants them.
fn paths(routes: &[Route]) -> Json {
    let mut paths: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
    for route in routes {
        let parameters: Vec<_> = route
            .path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| name.trim_end_matches('+'))
            .collect();
        paths.entry(&route.path).or_default().push(json!({
            "id": logical_id(&[&route.method.to_ascii_lowercase(), &route.path]),
            "method": route.method.to_ascii_lowercase(),
            "function": format!("{}Function", route.function),
            "model": route.model,
            "parameters": parameters,
        }));
    }
    paths
        .into_iter()
        .map(|(path, operations)| json!({ "path": path, "operations": operations }))
        .collect()
}

fn add_stage(stack: &mut StackBuilder<'_>, deployment: &str) {
    let days = i64::from(stack.environment.monitoring.log_retention_days);
    stack.add(
        "ApiAccessLogs",
        logs::LogGroup::new().retention_in_days(days),
    );
    let throttle = stack.environment.api.throttle;
    let settings = MethodSetting::new()
        .resource_path("/*")
        .http_method("*")
        .metrics_enabled(true)
        .throttling_rate_limit(f64::from(throttle.rate))
        .throttling_burst_limit(i64::from(throttle.burst));
    let access_log = AccessLogSetting::new()
        .destination_arn(get_att("ApiAccessLogs", "Arn"))
        .format(access_log_format());
    let stage = apigateway::Stage::new(reference("Api"))
        .stage_name(STAGE)
        .deployment_id(reference(deployment))
        .tracing_enabled(true)
        .method_settings(vec![settings])
        .access_log_setting(access_log);
    stack.add("ApiStage", stage);
}

/// One JSON object per request; no addresses and no credentials.
fn access_log_format() -> String {
    let fields = [
        ("requestId", "$context.requestId"),
        ("time", "$context.requestTimeEpoch"),
        ("method", "$context.httpMethod"),
        ("resource", "$context.resourcePath"),
        ("status", "$context.status"),
        ("error", "$context.error.responseType"),
        ("identity", "$context.identity.cognitoIdentityId"),
        ("latency", "$context.responseLatency"),
        ("integrationLatency", "$context.integrationLatency"),
        ("bytes", "$context.responseLength"),
    ];
    let object: serde_json::Map<_, _> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    Json::from(object).to_string()
}

/// Each route may call its function, and no other may.
fn add_permissions(stack: &mut StackBuilder<'_>, routes: &[Route]) {
    for route in routes {
        let id = logical_id(&["allow", &route.method.to_ascii_lowercase(), &route.path]);
        let function = get_att(format!("{}Function", route.function), "Arn");
        let permission = lambda::Permission::new(
            "lambda:InvokeFunction",
            function,
            "apigateway.amazonaws.com",
        )
        .source_arn(sub(invocation_arn(route)));
        stack.add(&id, permission);
    }
}

/// ARN pattern of a route at the stage, with `*` for each path parameter.
pub(crate) fn invocation_arn(route: &Route) -> String {
    let path: Vec<_> = route
        .path
        .split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                "*"
            } else {
                segment
            }
        })
        .collect();
    format!(
        "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/{STAGE}/{}{}",
        route.method,
        path.join("/")
    )
}

fn add_firewall(stack: &mut StackBuilder<'_>, limit: RateLimit) {
    use wafv2::web_acl::{
        AggregateKeyType, AllowAction, BlockAction, DefaultAction, RateBasedStatement, Rule,
        RuleAction, Scope, Statement, VisibilityConfig,
    };
    let visible = |name: &str| VisibilityConfig::new(true, name, true);
    let rate = RateBasedStatement::new(AggregateKeyType::Ip, i64::from(limit.requests))
        .evaluation_window_sec(i64::try_from(limit.per.as_secs()).unwrap_or(i64::MAX));
    let rule = Rule::new(
        "requests-per-address",
        0,
        Statement::new().rate_based_statement(rate),
        visible("requests-per-address"),
    )
    .action(RuleAction::new().block(BlockAction::new()));
    let acl = wafv2::WebACL::new(
        DefaultAction::new().allow(AllowAction::new()),
        Scope::Regional,
        visible("api"),
    )
    .rules(vec![rule]);
    stack.add("ApiFirewall", acl);
    let stage = sub(format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}::/restapis/${{Api}}/stages/{STAGE}"
    ));
    let association = wafv2::WebACLAssociation::new(stage, get_att("ApiFirewall", "Arn"));
    stack.add(
        "ApiFirewallAssociation",
        Resource::from(association).depends_on("ApiStage"),
    );
}
