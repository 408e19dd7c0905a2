//! What the codes of this crate mean: `L10` CloudFormation, `L11` GameLift in templates.

use cloudformation::FindingKind;

/// The long text of a code.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code.
    pub code: &'static str,
    /// A few words.
    pub title: &'static str,
    /// One paragraph: what it means, why it matters, what to do.
    pub text: &'static str,
    /// A template that has the problem.
    pub example: &'static str,
    /// The lines that it should have instead.
    pub fix: &'static str,
}

/// The explanation of a code, in any case of letters.
#[must_use]
pub fn explain(code: &str) -> Option<Explanation> {
    all().find(|explanation| explanation.code.eq_ignore_ascii_case(code))
}

/// Every code in order.
pub fn all() -> impl Iterator<Item = Explanation> {
    let kinds = FindingKind::ALL.iter().map(|kind| of_kind(*kind));
    kinds.chain(OWN.iter().copied())
}

macro_rules! codes {
    ($($name:ident $code:literal $title:literal $text:literal $example:literal $fix:literal)*) => {
        $(#[doc = $title] pub const $name: &str = $code;)*

        /// The codes that are not kinds of [`cloudformation::Finding`].
        const OWN: &[Explanation] = &[
            $(Explanation { code: $name, title: $title, text: $text, example: $example, fix: $fix },)*
        ];
    };
}

macro_rules! kinds {
    ($($kind:ident $title:literal $text:literal $example:literal $fix:literal)*) => {
        fn of_kind(kind: FindingKind) -> Explanation {
            let (title, text, example, fix) = match kind {
                $(FindingKind::$kind => ($title, $text, $example, $fix),)*
            };
            Explanation { code: kind.code(), title, text, example, fix }
        }
    };
}

kinds! {
    WrongType "value of the wrong type"
        "The property expects another kind of value: text, a number, a list or an object. CloudFormation turns text into numbers and booleans and back, but never a list into text."
        r#"Resources:
  Players:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
      TableName: [players]
"#
        r#"Resources:
  Players:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
      TableName: players
"#
    MissingProperty "required property is missing"
        "The resource type cannot be created without this property."
        r#"Resources:
  Live:
    Type: AWS::GameLift::Alias
    Properties:
      Name: arena
"#
        r#"Resources:
  Live:
    Type: AWS::GameLift::Alias
    Properties:
      Name: arena
      RoutingStrategy: { Type: TERMINAL, Message: closed }
"#
    UnknownProperty "property that the type does not have"
        "CloudFormation refuses properties that the registry schema of the type doesn't list. Often the name is misspelt or belongs one level deeper."
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayNane: events
"#
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: events
"#
    ReadOnlyProperty "property that AWS sets"
        "The property is an output of the resource, such as its ARN. Read it with `Fn::GetAtt`; it can't be given."
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      TopicArn: arn:aws:sns:us-east-1:111122223333:events
"#
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: events
"#
    PropertyCombination "properties that exclude or need each other"
        "Some properties are alternatives, others only work together."
        r#"Resources:
  Slow:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: a
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 1
      Threshold: 1
"#
        r#"Resources:
  Slow:
    Type: AWS::CloudWatch::Alarm
    Properties:
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 1
      Threshold: 1
      MetricName: Errors
      Namespace: AWS/Lambda
      Statistic: Sum
      Period: 60
"#
    NotAllowed "value outside of a closed list"
        "The property accepts a fixed set of values. Case matters."
        r#"Resources:
  Players:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
      TableClass: CHEAP
"#
        r#"Resources:
  Players:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
      TableClass: STANDARD
"#
    Pattern "text that does not match its pattern"
        "The service accepts only text of a certain form here: the message shows the regular expression of the registry schema."
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: world wide
      TimeoutInSeconds: 120
"#
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: world-wide
      TimeoutInSeconds: 120
"#
    OutOfRange "number out of bounds"
        "The number is below the minimum or above the maximum of the registry schema."
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 99999
      RuleSetName: duel
"#
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: duel
"#
    Length "text too short or too long"
        "The service has a limit of characters for this property."
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: duel
      Description: ""
"#
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: duel
      Description: two players
"#
    ItemCount "too few or too many items"
        "The list or map must have a certain number of entries."
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      PriorityConfiguration: { PriorityOrder: [LATENCY, COST, DESTINATION, LOCATION, LATENCY] }
"#
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      PriorityConfiguration: { PriorityOrder: [LATENCY, COST] }
"#
    DuplicateItem "item that its list already has"
        "Some lists hold each item once."
        r#"Resources:
  Players:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }, { AttributeName: id, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
"#
        r#"Resources:
  Players:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
      TableName: players
"#
    NoAlternative "value that fits none of several forms"
        "The schema offers several forms for this value, and it has none of them."
        r#"Resources:
  Live:
    Type: AWS::GameLift::Alias
    Properties:
      Name: live
      RoutingStrategy: { Type: SIMPLE }
"#
        r#"Resources:
  Live:
    Type: AWS::GameLift::Alias
    Properties:
      Name: live
      RoutingStrategy: { Type: SIMPLE, FleetId: fleet-1 }
"#
    UnresolvedReference "name that nothing has"
        "`Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::FindInMap` and `DependsOn` name parameters, resources and mappings of the same template. With macros the name may appear later, so nothing is said then."
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Nmae
"#
        r#"Parameters:
  Name: { Type: String }
Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Name
"#
    UnknownAttribute "attribute that the type does not have"
        "`Fn::GetAtt` knows the read-only properties of a type."
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: events
Outputs:
  Arn: { Value: !GetAtt Events.Arn }
"#
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: events
Outputs:
  Arn: { Value: !GetAtt Events.TopicArn }
"#
    UndefinedCondition "condition that is not defined"
        "`Condition`, `Fn::If` and `Fn::And` name entries of the section `Conditions`."
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !If [IsProd, live, test]
"#
        r#"Conditions:
  IsProd: !Equals [!Ref AWS::Region, us-east-1]
Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !If [IsProd, live, test]
"#
    MalformedFunction "function with wrong arguments"
        "The intrinsic function doesn't exist or takes other arguments."
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Join ['-', a, b]
"#
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Join ['-', [a, b]]
"#
    Cycle "circular dependency"
        "Resources or conditions depend on each other in a circle, so that none can be made first. Break it by building an ARN from a name instead of taking it from the resource."
        r#"Resources:
  A:
    Type: AWS::SNS::Topic
    DependsOn: B
  B:
    Type: AWS::SNS::Topic
    DependsOn: A
"#
        r#"Resources:
  A:
    Type: AWS::SNS::Topic
    DependsOn: B
  B:
    Type: AWS::SNS::Topic
"#
    Parameter "parameter that contradicts itself"
        "A default must satisfy the parameter's own constraints, and minima must not exceed maxima."
        r#"Parameters:
  Size: { Type: Number, Default: many }
Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Size
"#
        r#"Parameters:
  Size: { Type: Number, Default: 3 }
Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Ref Size
"#
    Output "output that can't be shown or exported"
        "Outputs are text, and two outputs of a stack can't be exported under one name."
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: events
Outputs:
  Names: { Value: [a, b] }
"#
        r#"Resources:
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: events
Outputs:
  Names: { Value: !Join [',', [a, b]] }
"#
    Name "name that isn't allowed"
        "Logical ids have letters and digits only, and a parameter and a resource can't share one."
        r#"Resources:
  match-events: { Type: AWS::SNS::Topic }
"#
        r#"Resources:
  MatchEvents: { Type: AWS::SNS::Topic }
"#
    Limit "more than CloudFormation takes"
        "Templates have limits: 500 resources, 200 parameters, 200 outputs, 200 mappings, 1,000,000 bytes, 1,024 bytes of description. At least one resource is needed."
        r#"Resources: {}
"#
        r#"Resources:
  Events: { Type: AWS::SNS::Topic }
"#
    Region "type that the Region lacks"
        "The registry of the Region that the template is for has no such resource type. The Region is the one of `--region`."
        ""
        ""
}

codes! {
    HEADROOM "L1030" "close to a limit of CloudFormation"
        "The template takes four fifths or more of a limit. Split it before a change hits the limit in the middle of a release."
        ""
        ""
    UNREADABLE "L1031" "file is no template"
        "The text is neither JSON nor YAML, names a key twice, or has something where CloudFormation has no place for it."
        r#"Resources:
  Events: { Typ: AWS::SNS::Topic }
"#
        r#"Resources:
  Events: { Type: AWS::SNS::Topic }
"#
    ALIAS "L1101" "alias that leads nowhere"
        "An alias of type SIMPLE needs a `FleetId`; one of type TERMINAL only shows its message."
        r#"Resources:
  Live:
    Type: AWS::GameLift::Alias
    Properties:
      Name: live
      RoutingStrategy: { Type: SIMPLE, Message: closed }
"#
        r#"Resources:
  Live:
    Type: AWS::GameLift::Alias
    Properties:
      Name: live
      RoutingStrategy: { Type: SIMPLE, FleetId: fleet-1 }
"#
    FLEET_HOST "L1102" "what a fleet runs"
        "A managed fleet runs a build or a script; an Anywhere fleet has custom locations and neither of them."
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      EC2InstanceType: c6i.large
"#
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
"#
    INSTANCE "L1103" "instance type"
        "GameLift accepts a closed list of EC2 instance types; those with ARM processors run Linux builds only."
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.lagre
"#
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
"#
    PROCESSES "L1104" "too many server processes"
        "An instance runs at most 50 server processes, all entries together."
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      RuntimeConfiguration:
        ServerProcesses: [{ LaunchPath: /local/game/server, ConcurrentExecutions: 60 }]
"#
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      RuntimeConfiguration:
        ServerProcesses: [{ LaunchPath: /local/game/server, ConcurrentExecutions: 50 }]
"#
    PORTS "L1105" "open port range"
        "Game servers listen on ports 1026 to 60000; a range runs from the lower to the higher port."
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      EC2InboundPermissions: [{ FromPort: 7877, ToPort: 7777, Protocol: UDP, IpRange: 0.0.0.0/0 }]
"#
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      EC2InboundPermissions: [{ FromPort: 7777, ToPort: 7877, Protocol: UDP, IpRange: 0.0.0.0/0 }]
"#
    SERVER_PORT "L1106" "server's port is not open"
        "The launch parameters tell the server to listen on a port that no inbound permission opens: players could never connect."
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      EC2InboundPermissions: [{ FromPort: 7777, ToPort: 7877, Protocol: UDP, IpRange: 0.0.0.0/0 }]
      RuntimeConfiguration:
        ServerProcesses: [{ LaunchPath: /local/game/server, ConcurrentExecutions: 1, Parameters: -port 7776 }]
"#
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      EC2InboundPermissions: [{ FromPort: 7777, ToPort: 7877, Protocol: UDP, IpRange: 0.0.0.0/0 }]
      RuntimeConfiguration:
        ServerProcesses: [{ LaunchPath: /local/game/server, ConcurrentExecutions: 1, Parameters: -port 7777 }]
"#
    LOCATION "L1107" "location of a fleet"
        "Locations exist, stand in the list once, and are at most ten. Anywhere fleets have custom locations only."
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      Locations: [{ Location: us-east-9 }]
"#
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      Locations: [{ Location: us-east-1 }]
"#
    CAPACITY "L1108" "capacity out of order"
        "The numbers of instances must satisfy minimum <= desired <= maximum."
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      Locations: [{ Location: us-east-1, LocationCapacity: { MinSize: 3, MaxSize: 2, DesiredEC2Instances: 2 } }]
"#
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      Locations: [{ Location: us-east-1, LocationCapacity: { MinSize: 1, MaxSize: 2, DesiredEC2Instances: 2 } }]
"#
    SCALING "L1109" "scaling policy"
        "Target-based scaling follows one metric only: PercentAvailableGameSessions."
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      ScalingPolicies: [{ Name: a, PolicyType: TargetBased, MetricName: IdleInstances, TargetConfiguration: { TargetValue: 20 } }]
"#
        r#"Resources:
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      ScalingPolicies: [{ Name: a, PolicyType: TargetBased, MetricName: PercentAvailableGameSessions, TargetConfiguration: { TargetValue: 20 } }]
"#
    CONTAINER_PORTS "L1110" "ports of a container fleet"
        "The range of connection ports and the inbound permissions are given both or not at all."
        r#"Resources:
  Arena:
    Type: AWS::GameLift::ContainerFleet
    Properties:
      FleetRoleArn: arn:aws:iam::111122223333:role/fleet
      InstanceConnectionPortRange: { FromPort: 4192, ToPort: 4200 }
"#
        r#"Resources:
  Arena:
    Type: AWS::GameLift::ContainerFleet
    Properties:
      FleetRoleArn: arn:aws:iam::111122223333:role/fleet
      InstanceConnectionPortRange: { FromPort: 4192, ToPort: 4200 }
      InstanceInboundPermissions: [{ FromPort: 4192, ToPort: 4200, Protocol: UDP, IpRange: 0.0.0.0/0 }]
"#
    MODE "L1120" "mode of matchmaking"
        "STANDALONE matchmaking places no sessions, so that it has neither a queue nor automatic backfill; WITH_QUEUE needs a queue."
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: duel
      FlexMatchMode: STANDALONE
      BackfillMode: AUTOMATIC
"#
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: duel
      FlexMatchMode: STANDALONE
      BackfillMode: MANUAL
"#
    ACCEPTANCE "L1121" "acceptance takes longer than the ticket lives"
        "Players accept within the life of their tickets."
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: true
      AcceptanceTimeoutSeconds: 60
      RequestTimeoutSeconds: 60
      RuleSetName: duel
"#
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: true
      AcceptanceTimeoutSeconds: 20
      RequestTimeoutSeconds: 60
      RuleSetName: duel
"#
    LATE_EXPANSION "L1122" "rule expansion comes after the ticket's end"
        "Steps at or after the request timeout never happen, so that players who needed them time out."
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: !Ref Rules
  Rules:
    Type: AWS::GameLift::MatchmakingRuleSet
    Properties:
      Name: duel
      RuleSetBody: >-
        {"ruleLanguageVersion": "1.0", "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 2}],
        "rules": [{"name": "Near", "type": "latency", "maxLatency": 100}],
        "expansions": [{"target": "rules[Near].maxLatency", "steps": [{"waitTimeSeconds": 60, "value": 100}]}]}
"#
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: !Ref Rules
  Rules:
    Type: AWS::GameLift::MatchmakingRuleSet
    Properties:
      Name: duel
      RuleSetBody: >-
        {"ruleLanguageVersion": "1.0", "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 2}],
        "rules": [{"name": "Near", "type": "latency", "maxLatency": 100}],
        "expansions": [{"target": "rules[Near].maxLatency", "steps": [{"waitTimeSeconds": 30, "value": 100}]}]}
"#
    LATENCY_GAP "L1123" "queue refuses latencies that the rules allow"
        "The rule set finally allows a higher latency than the last policy of its queue: such matches are made but can't be placed."
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: !Ref Rules
      GameSessionQueueArns: [!GetAtt Worldwide.Arn]
  Rules:
    Type: AWS::GameLift::MatchmakingRuleSet
    Properties:
      Name: duel
      RuleSetBody: >-
        {"ruleLanguageVersion": "1.0", "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 2}],
        "rules": [{"name": "Near", "type": "latency", "maxLatency": 100}],
        "expansions": [{"target": "rules[Near].maxLatency", "steps": [{"waitTimeSeconds": 30, "value": 200}]}]}
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      PlayerLatencyPolicies: [{ MaximumIndividualPlayerLatencyMilliseconds: 150 }]
"#
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: !Ref Rules
      GameSessionQueueArns: [!GetAtt Worldwide.Arn]
  Rules:
    Type: AWS::GameLift::MatchmakingRuleSet
    Properties:
      Name: duel
      RuleSetBody: >-
        {"ruleLanguageVersion": "1.0", "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 2}],
        "rules": [{"name": "Near", "type": "latency", "maxLatency": 100}],
        "expansions": [{"target": "rules[Near].maxLatency", "steps": [{"waitTimeSeconds": 30, "value": 200}]}]}
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      PlayerLatencyPolicies: [{ MaximumIndividualPlayerLatencyMilliseconds: 200 }]
"#
    DESTINATIONS "L1124" "destinations of a queue"
        "A destination counts once, and accounts start with ten per queue."
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      Destinations: [{ DestinationArn: 'arn:aws:gamelift:us-east-1::alias/alias-1' }, { DestinationArn: 'arn:aws:gamelift:us-east-1::alias/alias-1' }]
"#
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      Destinations: [{ DestinationArn: 'arn:aws:gamelift:us-east-1::alias/alias-1' }]
"#
    LATENCY_ORDER "L1125" "latency policies out of order"
        "Policies are tried one after the other and must loosen; only the last one may hold without end."
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      PlayerLatencyPolicies: [{ MaximumIndividualPlayerLatencyMilliseconds: 120, PolicyDurationSeconds: 30 }, { MaximumIndividualPlayerLatencyMilliseconds: 60 }]
"#
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      PlayerLatencyPolicies: [{ MaximumIndividualPlayerLatencyMilliseconds: 60, PolicyDurationSeconds: 30 }, { MaximumIndividualPlayerLatencyMilliseconds: 120 }]
"#
    LATENCY_TIME "L1126" "latency policies outlast the queue"
        "A placement ends at the queue's timeout; what the policies would allow later never holds."
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      PlayerLatencyPolicies: [{ MaximumIndividualPlayerLatencyMilliseconds: 60, PolicyDurationSeconds: 130 }]
"#
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      PlayerLatencyPolicies: [{ MaximumIndividualPlayerLatencyMilliseconds: 60, PolicyDurationSeconds: 60 }]
"#
    CERTIFICATES "L1127" "fleets of a queue differ in certificates"
        "All fleets of a queue have the same TLS certificate setting, or GameLift refuses the queue."
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      Destinations: [{ DestinationArn: !GetAtt Arena.FleetArn }, { DestinationArn: !GetAtt Spot.FleetArn }]
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
  Spot:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
      CertificateConfiguration: { CertificateType: GENERATED }
"#
        r#"Resources:
  Worldwide:
    Type: AWS::GameLift::GameSessionQueue
    Properties:
      Name: worldwide
      TimeoutInSeconds: 120
      Destinations: [{ DestinationArn: !GetAtt Arena.FleetArn }, { DestinationArn: !GetAtt Spot.FleetArn }]
  Arena:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
  Spot:
    Type: AWS::GameLift::Fleet
    Properties:
      Name: arena
      BuildId: build-1
      EC2InstanceType: c6i.large
"#
    SILENT_TOPIC "L1128" "events that nobody receives"
        "GameLift publishes to a topic only if the topic's policy allows gamelift.amazonaws.com; otherwise events are lost without any error."
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: duel
      NotificationTarget: !Ref Events
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: events
"#
        r#"Resources:
  Duel:
    Type: AWS::GameLift::MatchmakingConfiguration
    Properties:
      Name: duel
      AcceptanceRequired: false
      RequestTimeoutSeconds: 60
      RuleSetName: duel
      NotificationTarget: !Ref Events
  Events:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: events
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Events]
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: gamelift.amazonaws.com }, Action: sns:Publish, Resource: !Ref Events }]
"#
    REGION "L1129" "region without this part of GameLift"
        "Matchmaking, rule sets, and fleets with remote locations can be created in a few Regions only, fewer than CloudFormation lists. The Region is the one of `--region`."
        ""
        ""
    QUEUE_FILTER "L1130" "allowed location without a fleet"
        "A queue's filter allows a location in which none of its fleets is: nothing is ever placed there. Told when all fleets of the queue are in the same template and `--region` says where it goes."
        ""
        ""
    POLICY "L1201" "policy does not hold"
        "A rule of `--policy` does not hold for a template. The hint names the rule; its file says what it is for. The rules that come with liftform (`--policy shipped`) are about encryption, public access, least privilege and retention."
        "" ""
}
