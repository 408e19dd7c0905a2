//! The cloud around the local GameLift: MiniStack, as SNS, EventBridge and S3.
//!
//! Requests are made by hand and signed: the SDK's clients for SNS and EventBridge would cost minutes of compilation for
//! one operation each.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use gamelift_local::{Clock as _, Notification, Pending, StoredObject, Surroundings, SystemClock};
use hyper::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::sync::SetOnce;

use crate::local::http::{self, Call};

/// The root of the local cloud.
const KEY: &str = "test";

/// MiniStack, once it has an address.
#[derive(Default)]
pub(super) struct MiniStackServices {
    address: SetOnce<String>,
}

/// A request to one of the services.
struct Request<'a> {
    service: &'static str,
    region: &'a str,
    method: Method,
    path: String,
    headers: Vec<(&'static str, &'static str)>,
    body: Vec<u8>,
}

impl MiniStackServices {
    /// Tells where MiniStack answers. The first address stays.
    pub(super) fn found_at(&self, address: &str) {
        let _ = self.address.set(address.to_owned());
    }

    async fn send(&self, request: Request<'_>) -> Result<Vec<u8>, String> {
        // GameLift starts first, and what it has kept may need something at once.
        let server = self.address.wait().await;
        let url = format!("{server}{}", request.path);
        let mut headers: Vec<(String, String)> = request
            .headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        headers.extend(signature(&request, &url)?);
        let call = Call {
            method: request.method,
            server,
            path: &request.path,
            headers,
            body: request.body.into(),
        };
        match http::send(call).await {
            Ok((status, body)) if status.is_success() => Ok(body.to_vec()),
            Ok((status, body)) => Err(format!("{status}: {}", String::from_utf8_lossy(&body))),
            Err(reason) => Err(reason),
        }
    }

    async fn tell_topic(&self, topic: &str, notification: &Notification) -> Result<(), String> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", "Publish")
            .append_pair("Version", "2010-03-31")
            .append_pair("TopicArn", topic)
            .append_pair("Message", &notification.event.to_string())
            .finish();
        let request = Request {
            service: "sns",
            region: topic.split(':').nth(3).unwrap_or(&notification.region),
            method: Method::POST,
            path: "/".to_owned(),
            headers: vec![("content-type", "application/x-www-form-urlencoded")],
            body: body.into_bytes(),
        };
        self.send(request).await.map(drop)
    }

    async fn tell_bus(&self, notification: &Notification) -> Result<(), String> {
        let event = &notification.event;
        let entry = json!({
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Resources": event["resources"],
            "Detail": event["detail"].to_string(),
        });
        let request = Request {
            service: "events",
            region: &notification.region,
            method: Method::POST,
            path: "/".to_owned(),
            headers: vec![
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", "AWSEvents.PutEvents"),
            ],
            body: json!({ "Entries": [entry] }).to_string().into_bytes(),
        };
        let answer = self.send(request).await?;
        // The service answers 200 to an entry that it refuses.
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        match answer["FailedEntryCount"].as_u64() {
            Some(0) => Ok(()),
            _ => Err(answer.to_string()),
        }
    }
}

impl Surroundings for MiniStackServices {
    fn publish<'a>(&'a self, notification: &'a Notification) -> Pending<'a, ()> {
        Box::pin(async move {
            // The bus first: its repetition by a second attempt harms nobody who listens to the topic.
            self.tell_bus(notification).await?;
            match &notification.topic {
                Some(topic) => self.tell_topic(topic, notification).await,
                None => Ok(()),
            }
        })
    }

    fn object<'a>(&'a self, object: &'a StoredObject) -> Pending<'a, Vec<u8>> {
        let request = Request {
            service: "s3",
            region: &object.region,
            method: Method::GET,
            path: format!("/{}/{}", object.bucket, encoded(&object.key)),
            headers: Vec::new(),
            body: Vec::new(),
        };
        Box::pin(self.send(request))
    }
}

/// A key as it stands in a path: its slashes stay.
fn encoded(key: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(key, KEPT).to_string()
}

/// The headers that say who asks, and in which region.
fn signature(request: &Request<'_>, url: &str) -> Result<Vec<(String, String)>, String> {
    let identity = Credentials::new(KEY, KEY, None, None, "local").into();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs_f64(SystemClock.now().max(0.0));
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(request.region)
        .name(request.service)
        .time(time)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| error.to_string())?;
    let headers = request.headers.iter().copied();
    let body = SignableBody::Bytes(&request.body);
    let signable = SignableRequest::new(request.method.as_str(), url, headers, body)
        .map_err(|error| error.to_string())?;
    let (instructions, _) = sign(signable, &parameters.into())
        .map_err(|error| error.to_string())?
        .into_parts();
    let headers = instructions.headers();
    Ok(headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_names_service_and_region() {
        let request = Request {
            service: "sns",
            region: "eu-west-1",
            method: Method::POST,
            path: "/".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let headers = signature(&request, "http://127.0.0.1:4566/").unwrap();
        let authorization = headers.iter().find(|(name, _)| name == "authorization");
        let value = &authorization.unwrap().1;
        assert!(value.contains("Credential=test/"), "{value}");
        assert!(value.contains("/eu-west-1/sns/aws4_request"), "{value}");
    }

    #[test]
    fn keys_are_encoded_but_for_their_slashes() {
        assert_eq!(encoded("builds/a b+1.zip"), "builds/a%20b%2B1.zip");
    }

    #[tokio::test]
    async fn closed_port_is_an_error_in_words() {
        let services = MiniStackServices::default();
        services.found_at("http://127.0.0.1:1");
        let object = StoredObject {
            region: "eu-west-1".to_owned(),
            bucket: "b".to_owned(),
            key: "k".to_owned(),
        };
        let problem = services.object(&object).await.unwrap_err();
        assert!(problem.contains("refused"), "{problem}");
    }
}
