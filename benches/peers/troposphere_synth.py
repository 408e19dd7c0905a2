"""The peer of `liftform synth`: a troposphere program of the same size as `stacks/worldwide.yaml`.

Ten environments, each with one home stack of as many resources as ours and eight fleet stacks. The resources are of the
same types with about as many properties; what they say doesn't matter here.

Usage: troposphere_synth.py OUT
"""

import pathlib
import sys

from troposphere import GetAtt, Output, Parameter, Ref, Sub, Template, apigateway, awslambda, cloudwatch, cognito, dynamodb
from troposphere import gamelift, iam, kms, logs, sns, sqs

FUNCTIONS = ["Start", "Status", "Cancel", "Accept", "Events", "Reconcile", "Regions"]
REGIONS = 8
ENVIRONMENTS = 10


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(service):
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def function(template, name):
    group = template.add_resource(logs.LogGroup(f"{name}Logs", RetentionInDays=30))
    allow = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": GetAtt(group, "Arn")}
    role = template.add_resource(
        iam.Role(
            f"{name}Role",
            AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
            Policies=[iam.Policy(PolicyName=name, PolicyDocument=document(allow))],
        )
    )
    code = template.add_parameter(Parameter(f"{name}Code", Type="String"))
    made = template.add_resource(
        awslambda.Function(
            f"{name}Function",
            Runtime="provided.al2023",
            Handler="bootstrap",
            Architectures=["x86_64"],
            MemorySize=256,
            Timeout=10,
            Role=GetAtt(role, "Arn"),
            Code=awslambda.Code(S3Bucket=Ref("ArtifactBucket"), S3Key=Ref(code)),
            Environment=awslambda.Environment(Variables={"TICKETS_TABLE": Ref("TicketsTable"), "METRICS_NAMESPACE": "worldwide"}),
            TracingConfig=awslambda.TracingConfig(Mode="Active"),
        )
    )
    template.add_resource(
        awslambda.Permission(
            f"Allow{name}",
            Action="lambda:InvokeFunction",
            FunctionName=GetAtt(made, "Arn"),
            Principal="apigateway.amazonaws.com",
            SourceArn=Sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/live/*"),
        )
    )
    template.add_resource(
        cloudwatch.Alarm(
            f"{name}Alarm",
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[cloudwatch.MetricDimension(Name="FunctionName", Value=Ref(made))],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=3,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
    )


def home(environment):
    template = Template(Description=f"home {environment}")
    template.add_parameter(Parameter("ArtifactBucket", Type="String"))
    for name in ("Players", "Tickets"):
        template.add_resource(
            dynamodb.Table(
                f"{name}Table",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[dynamodb.AttributeDefinition(AttributeName="id", AttributeType="S")],
                KeySchema=[dynamodb.KeySchema(AttributeName="id", KeyType="HASH")],
                SSESpecification=dynamodb.SSESpecification(SSEEnabled=True),
            )
        )
    for name in FUNCTIONS:
        function(template, name)
    template.add_resource(kms.Key("Key", EnableKeyRotation=True, KeyPolicy=document()))
    topic = template.add_resource(sns.Topic("Topic", KmsMasterKeyId=Ref("Key")))
    template.add_resource(sns.TopicPolicy("TopicPolicy", Topics=[Ref(topic)], PolicyDocument=document()))
    for name in ("Undelivered", "Failed"):
        template.add_resource(sqs.Queue(name, SqsManagedSseEnabled=True, MessageRetentionPeriod=1209600))
    template.add_resource(cognito.IdentityPool("Pool", AllowUnauthenticatedIdentities=True))
    paths = {f"/{name}": {"get": {"responses": {}, "x-amazon-apigateway-integration": {"uri": Sub("${%sFunction.Arn}" % name)}}} for name in FUNCTIONS}
    api = template.add_resource(apigateway.RestApi("Api", Name=f"w-{environment}-api", Body={"openapi": "3.0.1", "paths": paths}))
    template.add_resource(apigateway.Deployment("Deployment", RestApiId=Ref(api)))
    template.add_resource(apigateway.Stage("Stage", RestApiId=Ref(api), DeploymentId=Ref("Deployment"), StageName="live"))
    for region in range(REGIONS):
        template.add_parameter(Parameter(f"Island{region}Arn", Type="String"))
    queue = template.add_resource(
        gamelift.GameSessionQueue(
            "Queue",
            Name=f"w-{environment}-global",
            TimeoutInSeconds=240,
            Destinations=[gamelift.GameSessionQueueDestination(DestinationArn=Ref(f"Island{region}Arn")) for region in range(REGIONS)],
        )
    )
    for name in ("royale", "duos"):
        rules = template.add_resource(gamelift.MatchmakingRuleSet(f"{name.title()}Rules", Name=f"w-{environment}-{name}", RuleSetBody='{"ruleLanguageVersion":"1.0"}'))
        template.add_resource(
            gamelift.MatchmakingConfiguration(
                f"{name.title()}Matchmaker",
                Name=f"w-{environment}-{name}",
                AcceptanceRequired=False,
                RequestTimeoutSeconds=300,
                RuleSetName=Ref(rules),
                GameSessionQueueArns=[GetAtt(queue, "Arn")],
                NotificationTarget=Ref(topic),
            )
        )
    template.add_output(Output("ApiId", Value=Ref(api)))
    return template


def fleets(environment, region):
    template = Template(Description=f"fleets {environment} {region}")
    template.add_parameter(Parameter("ArtifactBucket", Type="String"))
    key = template.add_parameter(Parameter("BuildKey", Type="String"))
    role = template.add_resource(iam.Role("BuildRole", AssumeRolePolicyDocument=trust("gamelift.amazonaws.com")))
    build = template.add_resource(
        gamelift.Build(
            "Build",
            Name=f"w-{environment}",
            OperatingSystem="AMAZON_LINUX_2023",
            StorageLocation=gamelift.StorageLocation(Bucket=Ref("ArtifactBucket"), Key=Ref(key), RoleArn=GetAtt(role, "Arn")),
        )
    )
    fleet = template.add_resource(
        gamelift.Fleet(
            "Fleet",
            Name=f"w-{environment}",
            BuildId=Ref(build),
            EC2InstanceType="c6i.xlarge",
            EC2InboundPermissions=[gamelift.IpPermission(FromPort=7777, ToPort=7877, IpRange="0.0.0.0/0", Protocol="UDP")],
            RuntimeConfiguration=gamelift.RuntimeConfiguration(
                ServerProcesses=[gamelift.ServerProcess(ConcurrentExecutions=5, LaunchPath="/local/game/server")]
            ),
        )
    )
    alias = template.add_resource(gamelift.Alias("Alias", Name="island", RoutingStrategy=gamelift.RoutingStrategy(Type="SIMPLE", FleetId=Ref(fleet))))
    template.add_output(Output("AliasArn", Value=GetAtt(alias, "AliasArn")))
    return template


def main():
    out = pathlib.Path(sys.argv[1])
    for environment in range(ENVIRONMENTS):
        folder = out / str(environment)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "home.json").write_text(home(environment).to_json())
        for region in range(REGIONS):
            (folder / f"fleets-{region}.json").write_text(fleets(environment, region).to_json())


main()
