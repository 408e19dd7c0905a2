//! Health, reset and stop.

use gamelift_local::{Config, GameLiftLocal, Stopped};
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::cloud::Cloud;

#[tokio::test]
async fn health_names_the_instance() {
    let cloud = Cloud::start().await;
    let reply = cloud
        .send("GET", "/_liftform/health", &[], Vec::new())
        .await;
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(
        (reply.status, &body["token"]),
        (StatusCode::OK, &json!("the-token"))
    );
}

#[tokio::test]
async fn reset_forgets_every_region() {
    let cloud = Cloud::start().await;
    let far = cloud.in_region("us-west-2");
    for place in [&cloud, &far] {
        place
            .ok("CreateGameSessionQueue", json!({ "Name": "main" }))
            .await;
    }
    cloud
        .send("POST", "/_liftform/reset", &[], Vec::new())
        .await;
    for place in [&cloud, &far] {
        assert_eq!(
            place.ok("DescribeGameSessionQueues", json!({})).await,
            json!({ "GameSessionQueues": [] })
        );
    }
}

#[tokio::test]
async fn reset_by_a_visited_link_is_refused() {
    let cloud = Cloud::start().await;
    let reply = cloud.send("GET", "/_liftform/reset", &[], Vec::new()).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn stop_needs_the_token_of_the_instance() {
    let service = GameLiftLocal::new(Config::new("right"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving =
        tokio::spawn(async move { service.serve(listener, std::future::pending()).await });
    let cloud = Cloud::start().await.at(address);
    let stop = async |token: &str| {
        cloud
            .send(
                "POST",
                "/_liftform/stop",
                &[("x-liftform-token", token)],
                Vec::new(),
            )
            .await
    };
    assert_eq!(stop("wrong").await.status, StatusCode::FORBIDDEN);
    assert!(!serving.is_finished());
    assert_eq!(stop("right").await.status, StatusCode::OK);
    assert_eq!(serving.await.unwrap().unwrap(), Stopped::Requested);
}
