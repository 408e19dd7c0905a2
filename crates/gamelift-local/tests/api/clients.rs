//! The AWS CLI and boto3, unmodified, against the service.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::containers;

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");

const RULE_SET: &str = r#"{
    "ruleLanguageVersion": "1.0", "playerAttributes": [{"name": "skill", "type": "number", "default": 10}],
    "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 2}],
    "rules": [{"name": "Near", "type": "latency", "maxLatency": 100}]
}"#;

/// The Python environment with both clients, made once.
fn python() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("aws-clients");
    let requirements = format!("{CLIENTS}/requirements.txt");
    let (stamp, wanted) = (
        folder.join("requirements.txt"),
        std::fs::read(&requirements).unwrap(),
    );
    let python = folder.join("bin/python");
    if std::fs::read(&stamp).is_ok_and(|made| made == wanted) {
        return python;
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder));
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
    ];
    run(Command::new(&python).args(install).arg(&requirements));
    std::fs::write(stamp, wanted).unwrap();
    python
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
}

/// Both clients at once would make the environment twice.
static ENVIRONMENT: std::sync::Mutex<()> = std::sync::Mutex::new(());

async fn check(client: &'static str) {
    let cloud = Cloud::start().await;
    let names = resources(&cloud).await;
    let lab = cloud.lab_of(&names["fleet"]).await;
    let mut servers = [lab.server("p-1", 7777).await, lab.server("p-2", 7777).await];
    let hosting = tokio::spawn(async move {
        for server in &mut servers {
            server.host().await;
        }
        // The processes stay until the client has finished.
        std::future::pending::<()>().await;
    });
    let client = tokio::task::spawn_blocking(move || {
        let python = {
            let _one = ENVIRONMENT.lock().unwrap();
            python()
        };
        let mut command = Command::new(python);
        command
            .arg(format!("{CLIENTS}/client.py"))
            .arg(client)
            .arg(names.to_string());
        command
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_DEFAULT_REGION", "eu-west-1");
        run(command
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test"));
    });
    client.await.unwrap();
    hosting.abort();
}

/// One of everything, by name.
async fn resources(cloud: &Cloud) -> Value {
    let managed = cloud.fleet().await;
    let containers = containers::deployed(cloud).await;
    let script = json!({ "Name": "realtime", "ZipFile": "UEsFBg==" });
    let lab = cloud.lab().await;
    cloud.queue("main", 60, &lab).await;
    let queue = cloud
        .get(
            "/GameSessionQueues/0/GameSessionQueueArn",
            "DescribeGameSessionQueues",
            json!({}),
        )
        .await;
    cloud
        .ok(
            "CreateMatchmakingRuleSet",
            json!({ "Name": "rules", "RuleSetBody": RULE_SET }),
        )
        .await;
    let configuration = json!({
        "Name": "duel", "RuleSetName": "rules", "AcceptanceRequired": true, "AcceptanceTimeoutSeconds": 60,
        "RequestTimeoutSeconds": 60, "GameSessionQueueArns": [queue],
    });
    cloud
        .ok("CreateMatchmakingConfiguration", configuration)
        .await;
    let alias =
        json!({ "Name": "live", "RoutingStrategy": { "Type": "SIMPLE", "FleetId": managed } });
    json!({
        "endpoint": format!("http://{}", cloud.address), "matchmaker": "duel", "queue": "main", "queue_arn": queue,
        "fleet": lab.fleet, "managed": managed, "build": cloud.build().await, "rule_set": RULE_SET,
        "alias": cloud.get("/Alias/AliasId", "CreateAlias", alias).await, "containers": containers, "group": "game",
        "script": cloud.get("/Script/ScriptId", "CreateScript", script).await,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_plays_a_match_and_reads_everything() {
    check("boto3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_cli_plays_a_match_and_reads_everything() {
    check("cli").await;
}
