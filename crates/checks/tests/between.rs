//! Checks between resources that an example of `explain` can't show: they need a Region, or differ in one detail.

use checks::{Options, check};
use cloudformation::Template;

fn found(text: &str) -> Vec<String> {
    let template = Template::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let options = Options {
        region: Some("eu-central-1".to_owned()),
        ..Options::default()
    };
    let findings = check(&template, &options);
    findings.iter().map(ToString::to_string).collect()
}

const QUEUE: &str = "Resources:
  Queue:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      Destinations: [{ DestinationArn: !GetAtt Alias.AliasArn }]
      FilterConfiguration: { AllowedLocations: [eu-central-1, LOCATION] }
  Alias:
    Type: AWS::GameLift::Alias
    Properties:
      Name: arena
      RoutingStrategy: { Type: SIMPLE, FleetId: !Ref Arena }
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      EC2InboundPermissions: [{ FromPort: 7777, ToPort: 7777, IpRange: 0.0.0.0/0, Protocol: UDP }]
      RuntimeConfiguration: { ServerProcesses: [{ ConcurrentExecutions: 1, LaunchPath: /local/game/server }] }
      Locations: [{ Location: eu-west-2 }]
";

#[test]
fn allowed_locations_are_locations_of_the_queues_fleets() {
    assert_eq!(found(&QUEUE.replace("LOCATION", "eu-west-2")), [""; 0]);
    let wrong = found(&QUEUE.replace("LOCATION", "eu-west-1"));
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert!(
        wrong[0].contains("[L1130]") && wrong[0].contains("AllowedLocations/1"),
        "{wrong:#?}"
    );
    // A fleet that isn't in the template may be anywhere.
    let elsewhere = QUEUE
        .replace("LOCATION", "eu-west-1")
        .replace("!GetAtt Alias.AliasArn", "!Ref AliasArn")
        .replace(
            "Resources:",
            "Parameters: { AliasArn: { Type: String } }\nResources:",
        );
    assert_eq!(found(&elsewhere), [""; 0]);
}

const TOPIC: &str = "Resources:
  Queue:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      NotificationTarget: !Ref Events
  Events:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: !Ref KEY
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Events]
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: gamelift.amazonaws.com }, Action: sns:Publish, Resource: !Ref Events }]
  Name:
    Type: AWS::KMS::Alias
    Properties: { AliasName: alias/events, TargetKeyId: !Ref Key }
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - { Effect: Allow, Principal: { AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root' }, Action: 'kms:*', Resource: '*' }
          - { Effect: Allow, Principal: { Service: SERVICE }, Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*' }
";

#[test]
fn a_key_of_ones_own_must_let_gamelift_use_it() {
    for key in ["Key", "Name"] {
        let text = TOPIC.replace("KEY", key);
        let right = text.replace("SERVICE", "gamelift.amazonaws.com");
        assert_eq!(found(&right), [""; 0], "{key}");
        let wrong = found(&text.replace("SERVICE", "events.amazonaws.com"));
        assert_eq!(wrong.len(), 1, "{key}: {wrong:#?}");
        assert!(
            wrong[0].contains("[L1128]") && wrong[0].contains("key `Key`"),
            "{wrong:#?}"
        );
        let unknown = text.replace(
            "{ Service: SERVICE }",
            "{ Service: !Sub 'gamelift.${AWS::URLSuffix}' }",
        );
        assert_eq!(found(&unknown), [""; 0], "{key}");
    }
}
