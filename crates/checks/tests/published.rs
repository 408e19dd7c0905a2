//! Forms that published templates for GameLift use, and that are no finding: samples of AWS, plugins for engines, the CDK.

use checks::{Options, check};
use cloudformation::Template;

#[track_caller]
fn silent(text: &str) {
    let template = Template::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let findings = check(&template, &Options::default());
    let found: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, [""; 0], "{text}");
}

#[test]
fn rule_set_with_comments_and_functions_in_its_body() {
    silent(
        r#"
Parameters: { Players: { Type: Number, Default: 2 }, Team: { Type: String, Default: all } }
Resources:
  Commented:
    Type: AWS::GameLift::MatchmakingRuleSet
    Properties:
      Name: commented
      RuleSetBody: !Sub |
        {
            // one team of anybody
            "ruleLanguageVersion": "1.0",
            "teams": [{ "name": "all", "maxPlayers": 5, "minPlayers": 1 }]
        }
  Filled:
    Type: AWS::GameLift::MatchmakingRuleSet
    Properties:
      Name: filled
      RuleSetBody: !Sub
        - '{"ruleLanguageVersion": "1.0", "teams": [{"name": "${team}", "minPlayers": ${players}, "maxPlayers": ${players}}]}'
        - { players: !Ref Players, team: !Ref Team }
"#,
    );
}

#[test]
fn destinations_named_by_joined_and_substituted_arns() {
    silent(
        r#"
Parameters: { BuildId: { Type: String, Default: v1 }, Second: { Type: String } }
Resources:
  Alias:
    Type: AWS::GameLift::Alias
    Properties: { Name: live, RoutingStrategy: { Type: SIMPLE, FleetId: !Ref Fleet } }
  Queue:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: queue
      TimeoutInSeconds: 50
      Destinations:
        - DestinationArn: !Join ['', ['arn:aws:gamelift:', !Ref 'AWS::Region', '::alias/', !Ref Alias]]
        - DestinationArn: !Sub 'arn:aws:gamelift:${AWS::Region}:${AWS::AccountId}:fleet/${Fleet}'
      PlayerLatencyPolicies:
        - { MaximumIndividualPlayerLatencyMilliseconds: 60, PolicyDurationSeconds: 5 }
        - { MaximumIndividualPlayerLatencyMilliseconds: 1000 }
  Fleet:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: fleet
      BuildId: { Ref: BuildId }
      EC2InstanceType: c5.large
      Locations: [{ Location: !Ref Second }, { Location: !Ref 'AWS::Region' }]
      CertificateConfiguration: { CertificateType: GENERATED }
      InstanceRoleARN: { 'Fn::ImportValue': !Sub '${AWS::StackName}-InstanceRole' }
      RuntimeConfiguration:
        ServerProcesses:
          - { ConcurrentExecutions: 1, LaunchPath: /local/game/server, Parameters: -logFile /local/game/logs/server1935.log -port 1935 }
      EC2InboundPermissions: [{ FromPort: "1935", ToPort: "1935", IpRange: 0.0.0.0/0, Protocol: TCP }]
"#,
    );
}

#[test]
fn container_fleet_whose_ports_and_policies_are_parameters_and_conditions() {
    silent(
        r#"
Parameters:
  Image: { Type: String }
  Port: { Type: Number, Default: 33430 }
  Metrics: { Type: String, Default: "false", AllowedValues: ["true", "false"] }
Conditions: { Measured: !Equals [!Ref Metrics, "true"] }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: [gamelift.amazonaws.com] }, Action: ['sts:AssumeRole'] }]
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/GameLiftContainerFleetPolicy']
      Policies: !If
        - Measured
        - - PolicyName: Metrics
            PolicyDocument:
              Version: '2012-10-17'
              Statement: [{ Effect: Allow, Action: ['aps:RemoteWrite'], Resource: '*' }]
        - []
  Group:
    Type: AWS::GameLift::ContainerGroupDefinition
    Properties:
      Name: group
      OperatingSystem: AMAZON_LINUX_2023
      TotalVcpuLimit: 2
      TotalMemoryLimitMebibytes: 4000
      GameServerContainerDefinition:
        ContainerName: server
        ImageUri: !Ref Image
        ServerSdkVersion: 5.5.1
        PortConfiguration: { ContainerPortRanges: [{ FromPort: !Ref Port, Protocol: TCP, ToPort: !Ref Port }] }
  Fleet:
    Type: AWS::GameLift::ContainerFleet
    DependsOn: [Group]
    Properties:
      GameServerContainerGroupDefinitionName: group
      FleetRoleArn: !GetAtt Role.Arn
      InstanceType: c4.xlarge
      BillingType: ON_DEMAND
      InstanceConnectionPortRange: { FromPort: !Ref Port, ToPort: !Ref Port }
      InstanceInboundPermissions: [{ FromPort: !Ref Port, IpRange: 0.0.0.0/0, Protocol: TCP, ToPort: !Ref Port }]
      Locations: [{ Location: us-west-2 }, { Location: us-east-1 }]
  Queue:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: queue
      Destinations:
        - DestinationArn: !Sub 'arn:aws:gamelift:${AWS::Region}:${AWS::AccountId}:containerfleet/${Fleet}'
"#,
    );
}
