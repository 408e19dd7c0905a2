//! What is the same and what differs between JSON 1.1 and rpc-v2-CBOR.

use ciborium::Value as Cbor;
use hyper::StatusCode;
use serde_json::{Value, json};

use crate::cloud::{Cloud, NOW};

fn text(value: &str) -> Cbor {
    Cbor::Text(value.to_owned())
}

fn map(entries: &[(&str, Cbor)]) -> Cbor {
    Cbor::Map(
        entries
            .iter()
            .map(|(key, value)| (text(key), value.clone()))
            .collect(),
    )
}

fn member<'a>(value: &'a Cbor, path: &[&str]) -> &'a Cbor {
    path.iter().fold(value, |value, name| {
        let entries = value.as_map().unwrap();
        &entries
            .iter()
            .find(|(key, _)| key == &text(name))
            .unwrap()
            .1
    })
}

fn read(body: &[u8]) -> Cbor {
    ciborium::from_reader(body).unwrap()
}

#[tokio::test]
async fn resource_made_with_cbor_is_seen_with_json() {
    let cloud = Cloud::start().await;
    let request = map(&[
        ("Name", text("main")),
        ("TimeoutInSeconds", Cbor::Integer(60.into())),
    ]);
    let reply = cloud.cbor("CreateGameSessionQueue", &request).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.headers["smithy-protocol"], "rpc-v2-cbor");
    assert_eq!(
        member(
            &read(&reply.body),
            &["GameSessionQueue", "TimeoutInSeconds"]
        ),
        &Cbor::Integer(60.into())
    );
    let seen = cloud
        .get(
            "/GameSessionQueues/0/TimeoutInSeconds",
            "DescribeGameSessionQueues",
            json!({}),
        )
        .await;
    assert_eq!(seen, json!(60));
}

#[tokio::test]
async fn times_are_tagged_in_cbor_and_plain_in_json() {
    let cloud = Cloud::start().await;
    let build = json!({ "BuildId": cloud.build().await });
    assert_eq!(
        cloud
            .get("/Build/CreationTime", "DescribeBuild", build.clone())
            .await,
        json!(NOW)
    );
    let reply = cloud
        .cbor(
            "DescribeBuild",
            &map(&[("BuildId", text(build["BuildId"].as_str().unwrap()))]),
        )
        .await;
    let time = Cbor::Tag(1, Box::new(Cbor::Float(NOW)));
    assert_eq!(
        member(&read(&reply.body), &["Build", "CreationTime"]),
        &time
    );
}

#[tokio::test]
async fn refusal_names_its_exception_in_both_protocols() {
    let cloud = Cloud::start().await;
    let reply = cloud
        .json("DescribeAlias", &json!({ "AliasId": "alias-1" }))
        .await;
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(
        (reply.status, &body["__type"]),
        (StatusCode::BAD_REQUEST, &json!("NotFoundException"))
    );
    assert_eq!(reply.headers["x-amzn-errortype"], "NotFoundException");
    let first = reply.headers["x-amzn-requestid"].clone();

    let reply = cloud
        .cbor("DescribeAlias", &map(&[("AliasId", text("alias-1"))]))
        .await;
    let body = read(&reply.body);
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_ne!(reply.headers["x-amzn-requestid"], first);
    assert_eq!(
        member(&body, &["__type"]),
        &text("com.amazonaws.gamelift#NotFoundException")
    );
    assert_eq!(
        member(&body, &["message"]),
        &text("alias `alias-1` does not exist")
    );
}

#[tokio::test]
async fn operation_that_only_aws_has_is_told_from_one_that_nobody_has() {
    let cloud = Cloud::start().await;
    let here = "UnknownOperationException: `CreateVpcPeeringConnection` exists in GameLift but not in the local service";
    cloud
        .refused("CreateVpcPeeringConnection", json!({}), here)
        .await;
    cloud
        .refused(
            "BrewCoffee",
            json!({}),
            "UnknownOperationException: GameLift has no operation `BrewCoffee`",
        )
        .await;
}

#[tokio::test]
async fn body_that_is_not_the_protocols_is_refused() {
    let cloud = Cloud::start().await;
    for (path, target) in [
        ("/", "GameLift.ListFleets"),
        ("/service/GameLift/operation/ListFleets", ""),
    ] {
        let reply = cloud
            .send("POST", path, &[("x-amz-target", target)], b"\xff{".to_vec())
            .await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        assert_eq!(reply.headers["x-amzn-errortype"], "SerializationException");
    }
}

#[tokio::test]
async fn request_to_another_service_is_not_found() {
    let cloud = Cloud::start().await;
    let reply = cloud
        .send(
            "POST",
            "/",
            &[("x-amz-target", "DynamoDB_20120810.GetItem")],
            b"{}".to_vec(),
        )
        .await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn regions_do_not_see_each_other() {
    let cloud = Cloud::start().await;
    let far = cloud.in_region("us-west-2");
    let here = cloud
        .get(
            "/GameSessionQueue/GameSessionQueueArn",
            "CreateGameSessionQueue",
            json!({ "Name": "q" }),
        )
        .await;
    let there = far
        .get(
            "/GameSessionQueue/GameSessionQueueArn",
            "CreateGameSessionQueue",
            json!({ "Name": "q" }),
        )
        .await;
    assert_eq!(
        here,
        json!("arn:aws:gamelift:eu-west-1:000000000000:gamesessionqueue/q")
    );
    assert_eq!(
        there,
        json!("arn:aws:gamelift:us-west-2:000000000000:gamesessionqueue/q")
    );
}
