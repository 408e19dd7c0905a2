//! The backend that several tests use: every service that has typed resources, wired as in a deployment.

use std::collections::BTreeMap;

use cloudformation::intrinsic::{get_att, join, reference, sub};
use cloudformation::{
    DeletionPolicy, DuplicateId, Output, Parameter, Resource, Template, Value, apigateway,
    cloudwatch, cognito, dynamodb, gamelift, iam, lambda, logs, sns, sqs, wafv2,
};
use serde_json::{Value as Json, json};

const RULE_SET: &str = r#"{"name":"duel","ruleLanguageVersion":"1.0","teams":[{"name":"all","minPlayers":2,"maxPlayers":2}]}"#;

/// The template.
pub(crate) fn backend() -> Result<Template, DuplicateId> {
    let mut template = Template {
        description: Some("A game backend".to_owned()),
        ..Template::default()
    };
    template.parameter("ArtifactBucket", Parameter::string().length(3, 63))?;
    tables(&mut template)?;
    for name in [
        "StartMatchmaking",
        "TicketStatus",
        "CancelTicket",
        "AcceptMatch",
        "MatchEvents",
    ] {
        function(&mut template, name)?;
    }
    events(&mut template)?;
    matchmaking(&mut template)?;
    api(&mut template)?;
    identity(&mut template)?;
    template.output(
        "ApiUrl",
        Output::new(sub(
            "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/v1",
        ))
        .description("API"),
    )?;
    Ok(template)
}

fn tables(template: &mut Template) -> Result<(), DuplicateId> {
    use dynamodb::table::{
        AttributeDefinition, AttributeType, BillingMode, KeySchema, KeyType,
        TimeToLiveSpecification,
    };
    for (id, key) in [("Players", "player_id"), ("Tickets", "ticket_id")] {
        let table = dynamodb::Table::new([KeySchema::new(key, KeyType::Hash)])
            .attribute_definitions([AttributeDefinition::new(key, AttributeType::S)])
            .billing_mode(BillingMode::PayPerRequest)
            .time_to_live_specification(
                TimeToLiveSpecification::new(true).attribute_name("expires_at"),
            )
            .sse_specification(dynamodb::table::SSESpecification::new(true));
        let table = Resource::from(table)
            .deletion_policy(DeletionPolicy::Retain)
            .update_replace_policy(DeletionPolicy::Retain);
        template.add(id, table)?;
    }
    Ok(())
}

fn trust(service: &str) -> Json {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]})
}

fn function(template: &mut Template, name: &str) -> Result<(), DuplicateId> {
    let (role, log_group) = (format!("{name}Role"), format!("{name}Logs"));
    let statement = json!({
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem", "dynamodb:UpdateItem"],
        "Resource": [get_att("Players", "Arn"), get_att("Tickets", "Arn")],
    });
    let logs_statement = json!({"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": get_att(&*log_group, "Arn")});
    let policy = iam::role::Policy::new(
        json!({"Version": "2012-10-17", "Statement": [statement, logs_statement]}),
        "inline",
    );
    template.add(
        &*role,
        iam::Role::new(trust("lambda.amazonaws.com")).policies([policy]),
    )?;
    template.add(&*log_group, logs::LogGroup::new().retention_in_days(30))?;
    let variables = BTreeMap::from([
        ("PLAYERS", reference("Players")),
        ("TICKETS", reference("Tickets")),
    ]);
    let code = lambda::function::Code::new()
        .s3_bucket(reference("ArtifactBucket"))
        .s3_key(format!("{name}/abc.zip"));
    let function = lambda::Function::new(code, get_att(&*role, "Arn"))
        .runtime(lambda_runtime())
        .handler("bootstrap")
        .architectures([lambda::function::Architecture::Arm64])
        .memory_size(256)
        .timeout(10)
        .logging_config(lambda::function::LoggingConfig::new().log_group(reference(&*log_group)))
        .environment(lambda::function::Environment::new().variables(variables));
    template.add(name, function)?;
    let alarm = cloudwatch::Alarm::new()
        .namespace("AWS/Lambda")
        .metric_name("Errors")
        .dimensions([cloudwatch::alarm::Dimension::new(
            "FunctionName",
            reference(name),
        )])
        .statistic(cloudwatch::alarm::Statistic::Sum)
        .period(60)
        .evaluation_periods(1)
        .threshold(1.0)
        .comparison_operator(cloudwatch::alarm::ComparisonOperator::GreaterThanOrEqualToThreshold);
    template.add(format!("{name}Errors"), alarm)?;
    Ok(())
}

fn lambda_runtime() -> &'static str {
    "provided.al2023"
}

fn events(template: &mut Template) -> Result<(), DuplicateId> {
    template.add("Matches", sns::Topic::new())?;
    let publish = json!({"Effect": "Allow", "Principal": {"Service": "gamelift.amazonaws.com"}, "Action": "sns:Publish", "Resource": reference("Matches")});
    template.add(
        "MatchesPolicy",
        sns::TopicPolicy::new(
            json!({"Version": "2012-10-17", "Statement": [publish]}),
            [reference("Matches")],
        ),
    )?;
    template.add(
        "DeadLetters",
        sqs::Queue::new()
            .message_retention_period(1_209_600)
            .sqs_managed_sse_enabled(true),
    )?;
    let subscription = sns::Subscription::new("lambda", reference("Matches"))
        .endpoint(get_att("MatchEvents", "Arn"))
        .redrive_policy(json!({"deadLetterTargetArn": get_att("DeadLetters", "Arn")}));
    template.add("MatchesSubscription", subscription)?;
    let permission = lambda::Permission::new(
        "lambda:InvokeFunction",
        reference("MatchEvents"),
        "sns.amazonaws.com",
    )
    .source_arn(reference("Matches"));
    template.add("MatchesPermission", permission)?;
    Ok(())
}

fn matchmaking(template: &mut Template) -> Result<(), DuplicateId> {
    use gamelift::fleet::{
        IpPermission, LocationCapacity, LocationConfiguration, Protocol, RuntimeConfiguration,
        ServerProcess,
    };
    let servers = ServerProcess::new(2, "/local/game/server").parameters("-port 7777");
    let fleet = gamelift::Fleet::new("duel")
        .build_id("build-1234")
        .ec2_instance_type("c5.large")
        .ec2_inbound_permissions([IpPermission::new(7777, "0.0.0.0/0", Protocol::Udp, 7787)])
        .runtime_configuration(RuntimeConfiguration::new().server_processes([servers]))
        .locations([LocationConfiguration::new("eu-west-1").location_capacity(
            LocationCapacity::new(2)
                .min_size(0)
                .desired_ec2_instances(1),
        )]);
    template.add("Fleet", fleet)?;
    let destination = sub("arn:${AWS::Partition}:gamelift:${AWS::Region}::fleet/${Fleet}");
    let queue = gamelift::GameSessionQueue::new("duel")
        .timeout_in_seconds(60)
        .destinations([
            gamelift::game_session_queue::GameSessionQueueDestination::new()
                .destination_arn(destination),
        ]);
    template.add("Queue", queue)?;
    template.add(
        "Rules",
        gamelift::MatchmakingRuleSet::new("duel-0a1b2c", RULE_SET),
    )?;
    let configuration =
        gamelift::MatchmakingConfiguration::new(false, "duel", 60, reference("Rules"))
            .flex_match_mode(gamelift::matchmaking_configuration::FlexMatchMode::WithQueue)
            .game_session_queue_arns([get_att("Queue", "Arn")])
            .notification_target(reference("Matches"));
    template.add("Matchmaking", configuration)?;
    Ok(())
}

fn api(template: &mut Template) -> Result<(), DuplicateId> {
    let integration = json!({
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${StartMatchmaking.Arn}/invocations"),
    });
    let body = json!({
        "openapi": "3.0.1",
        "info": {"title": "duel", "version": "1"},
        "paths": {"/tickets": {"post": {"responses": {}, "x-amazon-apigateway-integration": integration}}},
    });
    template.add("Api", apigateway::RestApi::new().name("duel").body(body))?;
    template.add(
        "ApiDeployment",
        apigateway::Deployment::new(reference("Api")),
    )?;
    let stage = apigateway::Stage::new(reference("Api"))
        .stage_name("v1")
        .deployment_id(reference("ApiDeployment"))
        .tracing_enabled(true);
    template.add("ApiStage", stage)?;
    let source = sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*");
    let permission = lambda::Permission::new(
        "lambda:InvokeFunction",
        reference("StartMatchmaking"),
        "apigateway.amazonaws.com",
    )
    .source_arn(source);
    template.add("ApiPermission", permission)?;
    use wafv2::web_acl::{
        AggregateKeyType, AllowAction, BlockAction, DefaultAction, RateBasedStatement, Rule,
        RuleAction, Statement, VisibilityConfig,
    };
    let visible = || VisibilityConfig::new(true, "duel", true);
    let limit =
        Statement::new().rate_based_statement(RateBasedStatement::new(AggregateKeyType::Ip, 1000));
    let rule =
        Rule::new("limit", 0, limit, visible()).action(RuleAction::new().block(BlockAction::new()));
    let allow = DefaultAction::new().allow(AllowAction::new());
    template.add(
        "Firewall",
        wafv2::WebACL::new(allow, wafv2::web_acl::Scope::Regional, visible()).rules([rule]),
    )?;
    let stage =
        sub("arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${ApiStage}");
    template.add(
        "FirewallAssociation",
        wafv2::WebACLAssociation::new(stage, get_att("Firewall", "Arn")),
    )?;
    Ok(())
}

fn identity(template: &mut Template) -> Result<(), DuplicateId> {
    template.add("Identities", cognito::IdentityPool::new(true))?;
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": reference("Identities")}},
        }],
    });
    let invoke = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": join(":", vec![
            Json::from("arn"), Value::<String>::reference("AWS::Partition").into(), "execute-api".into(),
            reference("AWS::Region").into(), reference("AWS::AccountId").into(), sub("${Api}/*").into(),
        ])}],
    });
    template.add(
        "Guest",
        iam::Role::new(trust).policies([iam::role::Policy::new(invoke, "call")]),
    )?;
    let roles = BTreeMap::from([("unauthenticated", get_att("Guest", "Arn"))]);
    template.add(
        "IdentityRoles",
        cognito::IdentityPoolRoleAttachment::new(reference("Identities")).roles(roles),
    )?;
    Ok(())
}
