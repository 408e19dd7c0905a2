//! EC2 and Anywhere fleets over their life.

use serde_json::{Value, json};

use crate::cloud::{Cloud, LATER};

async fn status(cloud: &Cloud, fleet: &Value) -> Value {
    cloud
        .get(
            "/FleetAttributes/0/Status",
            "DescribeFleetAttributes",
            json!({ "FleetIds": [fleet] }),
        )
        .await
}

#[tokio::test]
async fn ec2_fleet_comes_up_step_by_step() {
    let cloud = Cloud::start().await;
    let request = cloud.fleet_request().await;
    let created = cloud.ok("CreateFleet", request).await;
    assert_eq!(created["FleetAttributes"]["Status"], "NEW");
    assert_eq!(
        created["FleetAttributes"]["OperatingSystem"],
        "AMAZON_LINUX_2023"
    );
    assert_eq!(created["LocationStates"].as_array().unwrap().len(), 2);
    let fleet = &created["FleetAttributes"]["FleetId"];
    for (seconds, expected) in [
        (10.0, "DOWNLOADING"),
        (120.0, "VALIDATING"),
        (300.0, "BUILDING"),
        (LATER, "ACTIVE"),
    ] {
        cloud.wait(seconds);
        assert_eq!(status(&cloud, fleet).await, expected);
    }
    let events = cloud
        .ok("DescribeFleetEvents", json!({ "FleetId": fleet }))
        .await;
    let codes: Vec<_> = events["Events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["EventCode"].clone())
        .collect();
    assert_eq!(
        (&codes[0], codes.last().unwrap()),
        (&json!("FLEET_CREATED"), &json!("FLEET_STATE_ACTIVE"))
    );
}

#[tokio::test]
async fn fleet_with_a_launch_path_elsewhere_ends_in_error() {
    let cloud = Cloud::start().await;
    let mut request = cloud.fleet_request().await;
    request["RuntimeConfiguration"]["ServerProcesses"][0]["LaunchPath"] = json!("/opt/server");
    let fleet = cloud
        .get("/FleetAttributes/FleetId", "CreateFleet", request)
        .await;
    cloud.wait(LATER);
    assert_eq!(status(&cloud, &fleet).await, "ERROR");
    let events = cloud
        .ok("DescribeFleetEvents", json!({ "FleetId": fleet }))
        .await;
    assert!(
        events
            .to_string()
            .contains("FLEET_VALIDATION_LAUNCH_PATH_NOT_FOUND")
    );
    cloud.ok("DeleteFleet", json!({ "FleetId": fleet })).await;
}

#[tokio::test]
async fn fleet_needs_a_build_that_exists() {
    let cloud = Cloud::start().await;
    let mut request = cloud.fleet_request().await;
    request["BuildId"] = json!("build-1");
    cloud
        .refused(
            "CreateFleet",
            request,
            "NotFoundException: build `build-1` does not exist",
        )
        .await;
}

#[tokio::test]
async fn fleet_on_a_build_that_was_never_uploaded_is_not_ready() {
    let cloud = Cloud::start().await;
    let build = cloud
        .get("/Build/BuildId", "CreateBuild", json!({ "Name": "empty" }))
        .await;
    let mut request = cloud.fleet_request().await;
    request["BuildId"] = build.clone();
    let expected = format!(
        "NotReadyException: build `{}` is not READY",
        build.as_str().unwrap()
    );
    cloud.refused("CreateFleet", request, &expected).await;
}

#[tokio::test]
async fn fleet_is_deleted_when_active_and_then_gone() {
    let cloud = Cloud::start().await;
    let request = cloud.fleet_request().await;
    let fleet = cloud
        .get("/FleetAttributes/FleetId", "CreateFleet", request)
        .await;
    let id = json!({ "FleetId": fleet });
    let early = format!(
        "InvalidFleetStatusException: fleet `{}` is in status NEW; only ACTIVE and ERROR fleets can be deleted",
        fleet.as_str().unwrap()
    );
    cloud.refused("DeleteFleet", id.clone(), &early).await;
    cloud.wait(LATER);
    cloud.ok("DeleteFleet", id.clone()).await;
    assert_eq!(status(&cloud, &fleet).await, "DELETING");
    cloud.wait(LATER);
    assert_eq!(
        cloud
            .ok("DescribeFleetAttributes", json!({ "FleetIds": [fleet] }))
            .await,
        json!({ "FleetAttributes": [] })
    );
    assert_eq!(
        cloud.ok("ListFleets", json!({})).await,
        json!({ "FleetIds": [] })
    );
}

#[tokio::test]
async fn anywhere_fleet_is_active_at_once_and_has_no_capacity() {
    let cloud = Cloud::start().await;
    cloud
        .ok("CreateLocation", json!({ "LocationName": "custom-lab" }))
        .await;
    let request = json!({ "Name": "lab", "ComputeType": "ANYWHERE", "Locations": [{ "Location": "custom-lab" }], "AnywhereConfiguration": { "Cost": "10.0" } });
    let fleet = cloud
        .get("/FleetAttributes/FleetId", "CreateFleet", request)
        .await;
    assert_eq!(status(&cloud, &fleet).await, "ACTIVE");
    let expected = "InvalidRequestException: Anywhere fleets have no capacity settings";
    cloud
        .refused(
            "UpdateFleetCapacity",
            json!({ "FleetId": fleet, "DesiredInstances": 1 }),
            expected,
        )
        .await;
}

#[tokio::test]
async fn anywhere_fleet_needs_its_location_first() {
    let cloud = Cloud::start().await;
    let request = json!({ "Name": "lab", "ComputeType": "ANYWHERE", "Locations": [{ "Location": "custom-lab" }] });
    cloud
        .refused(
            "CreateFleet",
            request,
            "NotFoundException: location `custom-lab` does not exist",
        )
        .await;
}

#[tokio::test]
async fn capacity_is_kept_per_location() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    let change = json!({ "FleetId": fleet, "Location": "us-east-1", "MinSize": 2, "MaxSize": 5, "DesiredInstances": 3 });
    cloud.ok("UpdateFleetCapacity", change).await;
    let counts = cloud
        .get(
            "/FleetCapacity/InstanceCounts",
            "DescribeFleetLocationCapacity",
            json!({ "FleetId": fleet, "Location": "us-east-1" }),
        )
        .await;
    assert_eq!(
        (
            &counts["MINIMUM"],
            &counts["MAXIMUM"],
            &counts["DESIRED"],
            &counts["ACTIVE"]
        ),
        (&json!(2), &json!(5), &json!(3), &json!(3))
    );
    let home = cloud
        .get(
            "/FleetCapacity/0",
            "DescribeFleetCapacity",
            json!({ "FleetIds": [fleet] }),
        )
        .await;
    assert_eq!(
        (&home["Location"], &home["InstanceCounts"]["MAXIMUM"]),
        (&json!("eu-west-1"), &json!(1))
    );
    let used = json!({ "FleetId": fleet, "Location": "us-east-1" });
    assert_eq!(
        cloud
            .get(
                "/FleetUtilization/ActiveServerProcessCount",
                "DescribeFleetLocationUtilization",
                used
            )
            .await,
        12
    );
}

#[tokio::test]
async fn desired_capacity_outside_its_bounds_is_refused() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    let expected = "InvalidRequestException: `DesiredInstances` 9 is outside 0 to 1";
    cloud
        .refused(
            "UpdateFleetCapacity",
            json!({ "FleetId": fleet, "DesiredInstances": 9 }),
            expected,
        )
        .await;
}

#[tokio::test]
async fn locations_come_and_go_but_the_home_stays() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    cloud
        .ok(
            "CreateFleetLocations",
            json!({ "FleetId": fleet, "Locations": [{ "Location": "us-west-2" }] }),
        )
        .await;
    cloud
        .ok(
            "DeleteFleetLocations",
            json!({ "FleetId": fleet, "Locations": ["us-east-1"] }),
        )
        .await;
    cloud.wait(LATER);
    let listed = cloud
        .ok(
            "DescribeFleetLocationAttributes",
            json!({ "FleetId": fleet }),
        )
        .await;
    let names: Vec<_> = listed["LocationAttributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["LocationState"].clone())
        .collect();
    assert_eq!(
        names,
        [
            json!({ "Location": "eu-west-1", "Status": "ACTIVE" }),
            json!({ "Location": "us-west-2", "Status": "ACTIVE" })
        ]
    );
    let expected = format!(
        "InvalidRequestException: `eu-west-1` is the home of fleet `{}` and can't be removed",
        fleet.as_str().unwrap()
    );
    cloud
        .refused(
            "DeleteFleetLocations",
            json!({ "FleetId": fleet, "Locations": ["eu-west-1"] }),
            &expected,
        )
        .await;
}

#[tokio::test]
async fn ports_are_authorized_and_revoked() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    let port = |number: u16| json!({ "FromPort": number, "ToPort": number, "IpRange": "10.0.0.0/8", "Protocol": "TCP" });
    cloud.ok("UpdateFleetPortSettings", json!({ "FleetId": fleet, "InboundPermissionAuthorizations": [port(8000), port(8001)] })).await;
    cloud
        .ok(
            "UpdateFleetPortSettings",
            json!({ "FleetId": fleet, "InboundPermissionRevocations": [port(8000)] }),
        )
        .await;
    let ports = cloud
        .ok("DescribeFleetPortSettings", json!({ "FleetId": fleet }))
        .await;
    assert_eq!(ports["InboundPermissions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn runtime_configuration_is_replaced_as_a_whole() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    let runtime = json!({ "ServerProcesses": [{ "LaunchPath": "/local/game/other", "ConcurrentExecutions": 51 }] });
    let expected = "InvalidRequestException: an instance runs at most 50 server processes, not 51";
    cloud
        .refused(
            "UpdateRuntimeConfiguration",
            json!({ "FleetId": fleet, "RuntimeConfiguration": runtime }),
            expected,
        )
        .await;
    let runtime = json!({ "ServerProcesses": [{ "LaunchPath": "/local/game/other", "ConcurrentExecutions": 1 }] });
    cloud
        .ok(
            "UpdateRuntimeConfiguration",
            json!({ "FleetId": fleet, "RuntimeConfiguration": runtime }),
        )
        .await;
    assert_eq!(
        cloud
            .get(
                "/RuntimeConfiguration",
                "DescribeRuntimeConfiguration",
                json!({ "FleetId": fleet })
            )
            .await,
        runtime
    );
}

#[tokio::test]
async fn scaling_policy_is_put_replaced_and_deleted() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    let policy = |target: f64| {
        json!({
            "FleetId": fleet, "Name": "buffer", "PolicyType": "TargetBased",
            "MetricName": "PercentAvailableGameSessions", "TargetConfiguration": { "TargetValue": target },
        })
    };
    cloud.ok("PutScalingPolicy", policy(10.0)).await;
    cloud.ok("PutScalingPolicy", policy(20.0)).await;
    let target = cloud
        .get(
            "/ScalingPolicies/0/TargetConfiguration/TargetValue",
            "DescribeScalingPolicies",
            json!({ "FleetId": fleet }),
        )
        .await;
    assert_eq!(target, 20.0);
    cloud
        .ok(
            "DeleteScalingPolicy",
            json!({ "FleetId": fleet, "Name": "buffer" }),
        )
        .await;
    assert_eq!(
        cloud
            .ok("DescribeScalingPolicies", json!({ "FleetId": fleet }))
            .await,
        json!({ "ScalingPolicies": [] })
    );
}

#[tokio::test]
async fn rule_based_policy_needs_a_rule() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    let policy = json!({ "FleetId": fleet, "Name": "up", "MetricName": "IdleInstances" });
    cloud
        .refused(
            "PutScalingPolicy",
            policy,
            "InvalidRequestException: a RuleBased policy needs `ScalingAdjustment`",
        )
        .await;
}

#[tokio::test]
async fn stopped_scaling_shows_in_the_attributes() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    cloud
        .ok(
            "StopFleetActions",
            json!({ "FleetId": fleet, "Actions": ["AUTO_SCALING"] }),
        )
        .await;
    let stopped = cloud
        .get(
            "/FleetAttributes/0/StoppedActions",
            "DescribeFleetAttributes",
            json!({ "FleetIds": [fleet] }),
        )
        .await;
    assert_eq!(stopped, json!(["AUTO_SCALING"]));
}

#[tokio::test]
async fn changed_protection_is_an_event() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    cloud
        .ok(
            "UpdateFleetAttributes",
            json!({ "FleetId": fleet, "NewGameSessionProtectionPolicy": "FullProtection" }),
        )
        .await;
    let events = cloud
        .ok("DescribeFleetEvents", json!({ "FleetId": fleet }))
        .await;
    let last = events["Events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        last["EventCode"],
        "FLEET_NEW_GAME_SESSION_PROTECTION_POLICY_UPDATED"
    );
}
