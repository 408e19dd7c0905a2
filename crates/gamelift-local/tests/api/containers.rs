//! Container group definitions and container fleets.

use serde_json::{Value, json};

use crate::cloud::{Cloud, LATER};

fn definition(memory: u32) -> Value {
    let ports =
        json!({ "ContainerPortRanges": [{ "FromPort": 7000, "ToPort": 7010, "Protocol": "UDP" }] });
    let server = json!({
        "ContainerName": "server", "ImageUri": "1.dkr.ecr.eu-west-1.amazonaws.com/game:1",
        "ServerSdkVersion": "5.3.0", "PortConfiguration": ports,
    });
    json!({
        "Name": "game", "OperatingSystem": "AMAZON_LINUX_2023", "TotalMemoryLimitMebibytes": memory,
        "TotalVcpuLimit": 1, "GameServerContainerDefinition": server,
    })
}

async fn fleet(cloud: &Cloud) -> Value {
    cloud
        .ok("CreateContainerGroupDefinition", definition(1024))
        .await;
    cloud.wait(LATER);
    let request = json!({ "FleetRoleArn": "arn:aws:iam::000000000000:role/r", "GameServerContainerGroupDefinitionName": "game" });
    let id = cloud
        .get("/ContainerFleet/FleetId", "CreateContainerFleet", request)
        .await;
    cloud.wait(LATER);
    id
}

#[tokio::test]
async fn definition_is_copied_before_it_is_ready() {
    let cloud = Cloud::start().await;
    let status = "/ContainerGroupDefinition/Status";
    assert_eq!(
        cloud
            .get(status, "CreateContainerGroupDefinition", definition(1024))
            .await,
        "COPYING"
    );
    cloud.wait(LATER);
    assert_eq!(
        cloud
            .get(
                status,
                "DescribeContainerGroupDefinition",
                json!({ "Name": "game" })
            )
            .await,
        "READY"
    );
}

#[tokio::test]
async fn update_of_a_definition_is_a_new_version() {
    let cloud = Cloud::start().await;
    cloud
        .ok("CreateContainerGroupDefinition", definition(1024))
        .await;
    let updated = cloud
        .ok(
            "UpdateContainerGroupDefinition",
            json!({ "Name": "game", "TotalMemoryLimitMebibytes": 2048 }),
        )
        .await;
    assert_eq!(updated["ContainerGroupDefinition"]["VersionNumber"], 2);
    let arn = "arn:aws:gamelift:eu-west-1:000000000000:containergroupdefinition/game";
    let memory = "/ContainerGroupDefinition/TotalMemoryLimitMebibytes";
    for (name, expected) in [
        ("game".to_owned(), 2048),
        (arn.to_owned(), 2048),
        (format!("{arn}:1"), 1024),
    ] {
        assert_eq!(
            cloud
                .get(
                    memory,
                    "DescribeContainerGroupDefinition",
                    json!({ "Name": name })
                )
                .await,
            expected
        );
    }
    cloud
        .ok(
            "DeleteContainerGroupDefinition",
            json!({ "Name": "game", "VersionCountToRetain": 1 }),
        )
        .await;
    let left = cloud
        .ok(
            "ListContainerGroupDefinitionVersions",
            json!({ "Name": "game" }),
        )
        .await;
    assert_eq!(
        left["ContainerGroupDefinitions"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn definition_in_use_cannot_be_deleted() {
    let cloud = Cloud::start().await;
    let fleet = fleet(&cloud).await;
    let arn = "arn:aws:gamelift:eu-west-1:000000000000:containergroupdefinition/game:1";
    let expected = format!(
        "InvalidRequestException: container group definition `{arn}` is in use by fleet `{}`",
        fleet.as_str().unwrap()
    );
    cloud
        .refused(
            "DeleteContainerGroupDefinition",
            json!({ "Name": "game" }),
            &expected,
        )
        .await;
    cloud
        .ok("DeleteContainerFleet", json!({ "FleetId": fleet }))
        .await;
    cloud.wait(LATER);
    cloud
        .ok("DeleteContainerGroupDefinition", json!({ "Name": "game" }))
        .await;
}

/// The id of a container fleet that a new version of its definition is being deployed to.
pub(crate) async fn deployed(cloud: &Cloud) -> Value {
    let fleet = fleet(cloud).await;
    cloud
        .ok(
            "UpdateContainerGroupDefinition",
            json!({ "Name": "game", "TotalMemoryLimitMebibytes": 2048 }),
        )
        .await;
    cloud.wait(LATER);
    let change = json!({ "FleetId": fleet, "GameServerContainerGroupDefinitionName": "game" });
    assert_eq!(
        cloud
            .get("/ContainerFleet/Status", "UpdateContainerFleet", change)
            .await,
        "UPDATING"
    );
    fleet
}

#[tokio::test]
async fn new_definition_is_deployed_to_the_fleet() {
    let cloud = Cloud::start().await;
    let fleet = deployed(&cloud).await;
    let running = cloud
        .get(
            "/FleetDeployment/DeploymentStatus",
            "DescribeFleetDeployment",
            json!({ "FleetId": fleet }),
        )
        .await;
    assert_eq!(running, "IN_PROGRESS");
    for fleets in [json!({ "FleetId": fleet }), json!({})] {
        let listed = cloud.ok("ListFleetDeployments", fleets).await;
        assert_eq!(listed["FleetDeployments"][0]["FleetId"], fleet, "{listed}");
    }
    cloud.wait(LATER);
    let done = cloud
        .ok("DescribeFleetDeployment", json!({ "FleetId": fleet }))
        .await;
    assert_eq!(done["FleetDeployment"]["DeploymentStatus"], "COMPLETE");
    assert!(
        done["FleetDeployment"]["GameServerBinaryArn"]
            .as_str()
            .unwrap()
            .ends_with(":2")
    );
}

#[tokio::test]
async fn container_fleet_shares_capacity_but_not_attributes() {
    let cloud = Cloud::start().await;
    let fleet = fleet(&cloud).await;
    cloud
        .ok(
            "UpdateFleetCapacity",
            json!({ "FleetId": fleet, "MaxSize": 4, "DesiredInstances": 2 }),
        )
        .await;
    let capacity = cloud
        .get(
            "/FleetCapacity/0",
            "DescribeFleetCapacity",
            json!({ "FleetIds": [fleet] }),
        )
        .await;
    assert_eq!(capacity["GameServerContainerGroupCounts"]["ACTIVE"], 2);
    assert_eq!(
        cloud.ok("DescribeFleetAttributes", json!({})).await,
        json!({ "FleetAttributes": [] })
    );
}

#[tokio::test]
async fn connection_ports_need_permissions() {
    let cloud = Cloud::start().await;
    let request = json!({ "FleetRoleArn": "arn:aws:iam::000000000000:role/r", "InstanceConnectionPortRange": { "FromPort": 7000, "ToPort": 7100 } });
    let expected = "InvalidRequestException: `InstanceConnectionPortRange` and `InstanceInboundPermissions` must be given together";
    cloud
        .refused("CreateContainerFleet", request, expected)
        .await;
}
