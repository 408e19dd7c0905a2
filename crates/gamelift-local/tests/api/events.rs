//! Events on their way to the cloud around the service.

use std::sync::{Arc, Mutex};

use gamelift_local::{Notification, Pending, StoredObject, Surroundings};
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::cloud::Cloud;

/// A cloud that hands every event to the test, after some refusals.
struct Listener {
    heard: UnboundedSender<Notification>,
    refusals: Mutex<usize>,
}

impl Surroundings for Listener {
    fn publish<'a>(&'a self, notification: &'a Notification) -> Pending<'a, ()> {
        let mut refusals = self.refusals.lock().unwrap();
        let refused = *refusals > 0;
        *refusals = refusals.saturating_sub(1);
        Box::pin(async move {
            if refused {
                return Err("not now".to_owned());
            }
            self.heard
                .send(notification.clone())
                .map_err(|error| error.to_string())
        })
    }

    fn object<'a>(&'a self, object: &'a StoredObject) -> Pending<'a, Vec<u8>> {
        Box::pin(async move { Err(format!("no object {}", object.key)) })
    }
}

pub(crate) async fn listening(refusals: usize) -> (Cloud, UnboundedReceiver<Notification>) {
    let (heard, events) = unbounded_channel();
    let refusals = Mutex::new(refusals);
    let cloud = Cloud::start_in(Some(Arc::new(Listener { heard, refusals }))).await;
    (cloud, events)
}

/// A queue without a destination, so that placements only time out or are stopped.
async fn stopped_placement(cloud: &Cloud, id: &str) {
    let request = json!({ "PlacementId": id, "GameSessionQueueName": "main", "MaximumPlayerSessionCount": 2 });
    cloud.ok("StartGameSessionPlacement", request).await;
    cloud
        .ok("StopGameSessionPlacement", json!({ "PlacementId": id }))
        .await;
}

async fn queue(cloud: &Cloud) {
    let topic = "arn:aws:sns:eu-west-1:000000000000:events";
    let queue = json!({ "Name": "main", "NotificationTarget": topic, "CustomEventData": "blue" });
    cloud.ok("CreateGameSessionQueue", queue).await;
}

async fn set_faults(cloud: &Cloud, faults: Value) -> StatusCode {
    cloud
        .send(
            "POST",
            "/_liftform/faults",
            &[],
            faults.to_string().into_bytes(),
        )
        .await
        .status
}

fn id(notification: &Notification) -> &str {
    notification.event["detail"]["placementId"]
        .as_str()
        .unwrap()
}

#[tokio::test]
async fn event_has_the_published_shape() {
    let (cloud, mut events) = listening(0).await;
    queue(&cloud).await;
    stopped_placement(&cloud, "one").await;
    let Notification {
        region,
        topic,
        mut event,
    } = events.recv().await.unwrap();
    assert_eq!(
        (region.as_str(), topic.as_deref()),
        (
            "eu-west-1",
            Some("arn:aws:sns:eu-west-1:000000000000:events")
        )
    );
    assert_eq!(event["id"].take().as_str().map(str::len), Some(36));
    let expected = json!({
        "version": "0", "id": null, "detail-type": "GameLift Queue Placement Event", "source": "aws.gamelift",
        "account": "000000000000", "time": "2023-11-14T22:13:20.000Z", "region": "eu-west-1",
        "resources": ["arn:aws:gamelift:eu-west-1:000000000000:gamesessionqueue/main"],
        "detail": {
            "type": "PlacementCancelled", "placementId": "one", "customEventData": "blue",
            "startTime": "2023-11-14T22:13:20.000Z", "endTime": "2023-11-14T22:13:20.000Z",
        },
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn fulfilled_placement_names_address_and_seats() {
    let (cloud, mut events) = listening(0).await;
    let lab = cloud.lab().await;
    cloud.queue("main", 60, &lab).await;
    let mut server = lab.server("p-1", 7777).await;
    let request = json!({
        "PlacementId": "one", "GameSessionQueueName": "main", "MaximumPlayerSessionCount": 2,
        "DesiredPlayerSessions": [{ "PlayerId": "ann" }],
    });
    cloud.ok("StartGameSessionPlacement", request).await;
    let session = server.host().await;
    let detail = &events.recv().await.unwrap().event["detail"];
    assert_eq!(
        (&detail["type"], &detail["gameSessionArn"]),
        (&json!("PlacementFulfilled"), &session)
    );
    assert_eq!(
        (&detail["port"], &detail["gameSessionLocation"]),
        (&json!("7777"), &json!("custom-lab"))
    );
    assert_eq!(detail["placedPlayerSessions"][0]["playerId"], "ann");
}

#[tokio::test]
async fn event_that_was_refused_is_tried_again() {
    let (cloud, mut events) = listening(2).await;
    queue(&cloud).await;
    stopped_placement(&cloud, "one").await;
    assert_eq!(id(&events.recv().await.unwrap()), "one");
}

#[tokio::test]
async fn events_are_doubled_turned_around_and_lost_on_demand() {
    let (cloud, mut events) = listening(0).await;
    queue(&cloud).await;
    let faults = json!({ "copies": 2, "order": "reversed" });
    assert_eq!(set_faults(&cloud, faults).await, StatusCode::OK);
    stopped_placement(&cloud, "one").await;
    stopped_placement(&cloud, "two").await;
    for expected in ["two", "two", "one", "one"] {
        assert_eq!(id(&events.recv().await.unwrap()), expected);
    }
    set_faults(&cloud, json!({ "drop": ["PlacementCancelled"] })).await;
    stopped_placement(&cloud, "three").await;
    // The next one is only sent when the lost one has been looked at.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    set_faults(&cloud, json!({})).await;
    stopped_placement(&cloud, "four").await;
    assert_eq!(id(&events.recv().await.unwrap()), "four");
}

#[tokio::test]
async fn faults_that_cannot_be_read_are_refused() {
    let (cloud, _events) = listening(0).await;
    assert_eq!(
        set_faults(&cloud, json!({ "drops": [] })).await,
        StatusCode::BAD_REQUEST
    );
    let reply = cloud
        .send("GET", "/_liftform/faults", &[], Vec::new())
        .await;
    let faults: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(faults, json!([]));
    set_faults(&cloud, json!({ "source": "main", "copies": 2 })).await;
    let reply = cloud
        .send("GET", "/_liftform/faults", &[], Vec::new())
        .await;
    let faults: Value = serde_json::from_slice(&reply.body).unwrap();
    let set =
        json!({ "source": "main", "copies": 2, "delay_seconds": 0.0, "order": "kept", "drop": [] });
    assert_eq!(faults, json!([set]));
}

#[tokio::test]
async fn too_many_calls_in_a_second_are_throttled() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let fleet = json!({ "FleetId": lab.fleet });
    for _ in 0..20 {
        cloud.ok("DescribeGameSessions", fleet.clone()).await;
    }
    let expected = "ThrottlingException: Rate exceeded";
    cloud
        .refused("DescribeGameSessions", fleet.clone(), expected)
        .await;
    cloud.wait(1.0);
    cloud.ok("DescribeGameSessions", fleet).await;
}
