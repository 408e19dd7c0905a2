//! Server processes of managed fleets: installed, started, started anew, stopped.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gamelift_local::{Config, GameLiftLocal, Notification, Pending, StoredObject, Surroundings};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::cloud::Cloud;
use crate::game_server::GameServer;

/// A cloud whose only object is this archive.
struct Store(Option<Vec<u8>>);

impl Surroundings for Store {
    fn publish<'a>(&'a self, _: &'a Notification) -> Pending<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn object<'a>(&'a self, _: &'a StoredObject) -> Pending<'a, Vec<u8>> {
        Box::pin(async { self.0.clone().ok_or_else(|| "no such key".to_owned()) })
    }
}

fn archive(name: &str, program: &str) -> Vec<u8> {
    archive_of(&[(name, program)])
}

fn archive_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

struct Machine {
    cloud: Cloud,
    folder: tempfile::TempDir,
    stop: tokio::sync::oneshot::Sender<()>,
    stopped: tokio::task::JoinHandle<()>,
}

impl Machine {
    /// A service that runs server processes, on the machine's clock.
    async fn start(archive: Option<Vec<u8>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let service = GameLiftLocal::new(Config {
            surroundings: Some(Arc::new(Store(archive))),
            servers: Some(folder.path().to_owned()),
            ..Config::new("the-token")
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, shutdown) = tokio::sync::oneshot::channel();
        let serving = service.clone();
        let stopped = tokio::spawn(async move {
            serving
                .serve(listener, async { drop(shutdown.await) })
                .await
                .unwrap();
        });
        let cloud = Cloud::start().await.at(address);
        Self {
            cloud,
            folder,
            stop,
            stopped,
        }
    }

    async fn fleet(&self, concurrent: u32) -> Value {
        let mut request = self.cloud.fleet_request().await;
        request["RuntimeConfiguration"]["ServerProcesses"][0] = json!({ "LaunchPath": "/local/game/server", "Parameters": "--port 7777", "ConcurrentExecutions": concurrent });
        request["Locations"] = json!([{ "Location": "eu-west-1" }]);
        self.cloud
            .get("/FleetAttributes/FleetId", "CreateFleet", request)
            .await
    }

    async fn until_event(&self, fleet: &Value, code: &str) -> Value {
        eventually(async || {
            let events = self
                .cloud
                .get(
                    "/Events",
                    "DescribeFleetEvents",
                    json!({ "FleetId": fleet }),
                )
                .await;
            let mut events = events.as_array().unwrap().iter();
            events.find(|event| event["EventCode"] == *code).cloned()
        })
        .await
    }

    async fn until_status(&self, fleet: &Value, status: &str) {
        eventually(async || {
            let fleet = json!({ "FleetIds": [fleet] });
            let found = self
                .cloud
                .get(
                    "/FleetAttributes/0/Status",
                    "DescribeFleetAttributes",
                    fleet,
                )
                .await;
            (found == *status).then_some(())
        })
        .await;
    }

    fn file(&self, fleet: &Value, name: &str) -> Option<String> {
        let path = self.folder.path().join(fleet.as_str().unwrap()).join(name);
        std::fs::read_to_string(path)
            .ok()
            .filter(|text| text.ends_with('\n'))
    }
}

async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Writes down how it was called, and waits.
const WAITING: &str = "#!/bin/sh\nenv > variables\necho \"$$ $*\" >> calls\nexec sleep 1000\n";

fn is_running(pid: &str) -> bool {
    Path::new("/proc").join(pid).join("fd").exists()
}

#[tokio::test]
async fn process_gets_its_environment_and_hosts_sessions() {
    let machine = Machine::start(Some(archive("server", WAITING))).await;
    let fleet = machine.fleet(1).await;
    let variables = eventually(async || machine.file(&fleet, "variables")).await;
    let variables: BTreeMap<_, _> = variables
        .lines()
        .filter_map(|line| line.split_once('='))
        .collect();
    let variable = |name: &str| {
        *variables
            .get(name)
            .unwrap_or_else(|| panic!("{name} in {variables:?}"))
    };
    assert_eq!(variable("GAMELIFT_SDK_FLEET_ID"), fleet);
    assert_eq!(variables.get("HOME"), None);

    // The process itself doesn't speak the protocol, so the test does it in its place.
    let address = format!(
        "{}/?pID={}&FleetId={}&ComputeId={}&Authorization={}",
        variable("GAMELIFT_SDK_WEBSOCKET_URL"),
        variable("GAMELIFT_SDK_PROCESS_ID"),
        variable("GAMELIFT_SDK_FLEET_ID"),
        variable("GAMELIFT_SDK_HOST_ID"),
        variable("GAMELIFT_SDK_AUTH_TOKEN"),
    );
    let mut server = GameServer::connect(&address).await;
    server
        .ok("ActivateServerProcess", json!({ "Port": 7777 }))
        .await;
    machine.until_status(&fleet, "ACTIVE").await;
    machine
        .cloud
        .ok(
            "CreateGameSession",
            json!({ "FleetId": fleet, "MaximumPlayerSessionCount": 2 }),
        )
        .await;
    server.host().await;
}

#[tokio::test]
async fn processes_end_with_the_service() {
    let machine = Machine::start(Some(archive("server", WAITING))).await;
    let fleet = machine.fleet(3).await;
    let calls = eventually(async || {
        machine
            .file(&fleet, "calls")
            .filter(|calls| calls.lines().count() == 3)
    })
    .await;
    let processes: Vec<_> = calls
        .lines()
        .map(|call| call.split_once(' ').unwrap())
        .collect();
    assert!(
        processes
            .iter()
            .all(|(pid, parameters)| *parameters == "--port 7777" && is_running(pid))
    );
    machine.stop.send(()).unwrap();
    machine.stopped.await.unwrap();
    assert!(!processes.iter().any(|(pid, _)| is_running(pid)));
}

#[tokio::test]
async fn processes_end_with_their_fleet() {
    let machine = Machine::start(Some(archive("server", WAITING))).await;
    let fleet = machine.fleet(1).await;
    let calls = eventually(async || machine.file(&fleet, "calls")).await;
    let pid = calls.split_once(' ').unwrap().0;
    machine.until_status(&fleet, "ACTIVE").await;
    machine
        .cloud
        .ok("DeleteFleet", json!({ "FleetId": fleet }))
        .await;
    eventually(async || (!is_running(pid)).then_some(())).await;
}

#[tokio::test]
async fn process_that_ends_is_started_anew() {
    let machine = Machine::start(Some(archive(
        "server",
        "#!/bin/sh\necho x >> calls\nexit 3\n",
    )))
    .await;
    let fleet = machine.fleet(1).await;
    let event = machine.until_event(&fleet, "SERVER_PROCESS_CRASHED").await;
    assert_eq!(
        event["Message"],
        "`/local/game/server` ended before it called InitSDK: exit status: 3"
    );
    eventually(async || {
        machine
            .file(&fleet, "calls")
            .filter(|calls| calls.lines().count() > 1)
    })
    .await;
}

#[tokio::test]
async fn what_is_no_program_is_an_invalid_path() {
    let machine = Machine::start(Some(archive("server", "\u{7f}ELF for another machine"))).await;
    let fleet = machine.fleet(1).await;
    let event = machine
        .until_event(&fleet, "SERVER_PROCESS_INVALID_PATH")
        .await;
    assert_eq!(
        event["Message"],
        "`/local/game/server` can't be run on this machine"
    );
}

#[tokio::test]
async fn build_without_the_launch_path_fails_the_fleet() {
    let machine = Machine::start(Some(archive("other", WAITING))).await;
    let fleet = machine.fleet(1).await;
    machine
        .until_event(&fleet, "FLEET_VALIDATION_LAUNCH_PATH_NOT_FOUND")
        .await;
    machine.until_status(&fleet, "ERROR").await;
}

#[tokio::test]
async fn build_that_cannot_be_had_or_read_fails_the_fleet() {
    for (archive, problem) in [
        (None, "can't be had: no such key"),
        (Some(b"zip?".to_vec()), "can't be unpacked"),
    ] {
        let machine = Machine::start(archive).await;
        let fleet = machine.fleet(1).await;
        machine
            .until_event(&fleet, "FLEET_BINARY_DOWNLOAD_FAILED")
            .await;
        machine.until_status(&fleet, "ERROR").await;
        let event = machine.until_event(&fleet, "GENERIC_EVENT").await;
        assert!(
            event["Message"].as_str().unwrap().contains(problem),
            "{event}"
        );
    }
}

#[tokio::test]
async fn install_script_makes_what_is_launched() {
    let script = "#!/bin/sh\nset -e\nmv server.in server\nenv > install-variables\n";
    let files = [("install.sh", script), ("server.in", WAITING)];
    let machine = Machine::start(Some(archive_of(&files))).await;
    let fleet = machine.fleet(1).await;
    eventually(async || machine.file(&fleet, "calls")).await;
    let variables = machine.file(&fleet, "install-variables").unwrap();
    assert!(variables.contains("LIFTFORM_LOCAL=1\n"), "{variables}");
    assert!(!variables.contains("HOME="), "{variables}");
    machine
        .until_event(&fleet, "FLEET_CREATION_COMPLETED_INSTALLER")
        .await;
    machine.until_status(&fleet, "ACTIVE").await;
}

#[tokio::test]
async fn install_script_that_fails_fails_the_fleet() {
    let script = "#!/bin/sh\necho no such package\nexit 3\n";
    let files = [("install.sh", script), ("server", WAITING)];
    let machine = Machine::start(Some(archive_of(&files))).await;
    let fleet = machine.fleet(1).await;
    let event = machine
        .until_event(&fleet, "FLEET_CREATION_FAILED_INSTALLER")
        .await;
    machine.until_status(&fleet, "ERROR").await;
    let message = event["Message"].as_str().unwrap();
    assert!(
        message.starts_with("install.sh ended with exit status: 3; its output is in "),
        "{message}"
    );
    assert!(
        message.ends_with("install.log: no such package"),
        "{message}"
    );
    assert_eq!(machine.file(&fleet, "calls"), None);
}
