//! The local cloud as a whole: started, used through CloudFormation, reset, crashed and stopped.
//!
//! The first run installs MiniStack from PyPI into a directory below `target/`, which later runs use again.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]
#![expect(
    clippy::print_stdout,
    reason = "shown with `--nocapture`, and when a test fails"
)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use liftform::local::{self, Endpoints, LocalError, LocalEvent, LocalOptions, Memory, Stopped};

/// Names the state directory to the process that [`up_in_a_process`] becomes.
const STATE_VARIABLE: &str = "LIFTFORM_TEST_STATE_DIR";

/// Tells that process to keep what is deployed.
const KEEP_FILE: &str = "keep";

fn cache_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("local-cache")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is started by hand or by CI, and nothing else passes it this"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Options whose `executable` runs [`up_in_a_process`] in the same directory.
fn options(state_dir: &Path) -> LocalOptions {
    use std::os::unix::fs::PermissionsExt as _;
    let script = state_dir.join("liftform.sh");
    let test = std::env::current_exe().unwrap();
    let (state, test) = (state_dir.display(), test.display());
    let text = format!(
        "#!/bin/sh\n{STATE_VARIABLE}='{state}' exec '{test}' --exact up_in_a_process --nocapture\n"
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = variable("PATH").unwrap();
    let mut options = LocalOptions::new(cache_dir(), state_dir.to_owned(), script, path);
    options.arguments = Vec::new();
    options
}

/// Not a test by itself: what [`LocalOptions::executable`] leads to.
#[tokio::test]
async fn up_in_a_process() {
    let Some(state_dir) = variable(STATE_VARIABLE) else {
        return;
    };
    let mut options = options(Path::new(&state_dir));
    if Path::new(&state_dir).join(KEEP_FILE).exists() {
        options.memory = Memory::Keep;
    }
    local::up(&options, std::future::pending(), &mut |event| {
        println!("{event:?}");
    })
    .await
    .unwrap();
}

async fn start(options: &LocalOptions) -> Endpoints {
    let begin = Instant::now();
    let endpoints = local::ensure_running(options, &mut |_| {}).await;
    println!("ready after {:.2} s", begin.elapsed().as_secs_f64());
    endpoints.unwrap_or_else(|error| panic!("{error}"))
}

fn interpreter() -> PathBuf {
    let environments = std::fs::read_dir(cache_dir()).unwrap().flatten();
    let mut interpreters = environments.map(|entry| entry.path().join("bin/python"));
    interpreters.find(|path| path.exists()).unwrap()
}

async fn use_it(endpoints: &Endpoints, region: &str, scenario: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/local/cloud.py");
    let mut command = tokio::process::Command::new(interpreter());
    command
        .arg(script)
        .args([&endpoints.aws, &endpoints.gamelift, region, scenario]);
    let output = command.output().await.unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    println!("{printed}");
    assert!(output.status.success(), "{scenario} failed:\n{printed}");
}

fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // A process that has ended stays in the table until its parent looks.
    !stat.is_empty() && !stat.contains(") Z ")
}

async fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "{what} did not happen"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The pids of all processes that run a script below this directory.
fn processes_below(directory: &Path) -> Vec<u32> {
    let directory = directory.to_str().unwrap();
    let pids = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(directory) && is_running(*pid)
    })
    .collect()
}

#[tokio::test]
async fn stack_lives_through_create_update_replace_drift_and_delete() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let endpoints = start(&options).await;
    use_it(&endpoints, "eu-west-1", "life_of_a_stack").await;
    local::down(&options).await.unwrap();
}

#[tokio::test]
async fn reset_empties_every_service_in_every_region() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let endpoints = start(&options).await;
    for region in ["eu-west-1", "us-west-2"] {
        use_it(&endpoints, region, "leave_a_stack").await;
    }
    local::reset(&options).await.unwrap();
    for region in ["eu-west-1", "us-west-2"] {
        use_it(&endpoints, region, "find_nothing").await;
    }
    use_it(&endpoints, "eu-west-1", "leave_a_stack").await;
    local::down(&options).await.unwrap();
}

#[tokio::test]
async fn stopped_cloud_leaves_nothing_but_logs() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let endpoints = start(&options).await;
    assert_eq!(
        start(&options).await,
        endpoints,
        "the second start attaches to the first"
    );
    assert_eq!(
        local::status(&options).await.unwrap().as_ref(),
        Some(&endpoints)
    );
    assert_eq!(
        local::down(&options).await.unwrap(),
        Stopped::Stopped { pid: endpoints.pid }
    );
    assert_eq!(local::down(&options).await.unwrap(), Stopped::NotRunning);
    assert_eq!(local::status(&options).await.unwrap(), None);
    assert!(!folder.path().join("run").exists());
    assert!(!folder.path().join("local.json").exists());
    wait_until("the end of all processes", || {
        processes_below(folder.path()).is_empty()
    })
    .await;
    let error = local::reset(&options).await.unwrap_err();
    assert!(matches!(error, LocalError::NotRunning { .. }), "{error}");
}

#[tokio::test]
async fn kept_cloud_goes_on_where_it_was_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    std::fs::write(folder.path().join(KEEP_FILE), "").unwrap();
    let location = r#"{"LocationName": "custom-lab"}"#;
    let first = start(&options).await;
    ask(&first, "gamelift", "GameLift.CreateLocation", location);
    ask(
        &first,
        "events",
        "AWSEvents.PutRule",
        r#"{"Name": "kept", "ScheduleExpression": "rate(1 day)"}"#,
    );
    local::down(&options).await.unwrap();
    let second = start(&options).await;
    let locations = ask(&second, "gamelift", "GameLift.ListLocations", "{}");
    assert!(locations.contains("custom-lab"), "{locations}");
    let rules = ask(&second, "events", "AWSEvents.ListRules", "{}");
    assert!(rules.contains("kept"), "{rules}");
    local::down(&options).await.unwrap();
}

/// What a JSON service answers to the root of the local cloud.
fn ask(endpoints: &Endpoints, service: &str, target: &str, body: &str) -> String {
    let scope = format!(
        "Credential=test/20200101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    );
    let request = ureq::post(&endpoints.aws)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .header("authorization", format!("AWS4-HMAC-SHA256 {scope}"));
    let mut response = request.send(body).unwrap();
    response.body_mut().read_to_string().unwrap()
}

#[tokio::test]
async fn crash_leaves_nothing_that_the_next_start_cannot_clean() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let first = start(&options).await;
    let killed = std::process::Command::new("kill")
        .args(["-9", &first.pid.to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    wait_until("the end of MiniStack", || {
        processes_below(&folder.path().join("run")).is_empty()
    })
    .await;
    assert!(folder.path().join("local.json").exists());
    assert_eq!(local::status(&options).await.unwrap(), None);
    assert!(!folder.path().join("local.json").exists());
    let second = start(&options).await;
    assert_ne!(first.pid, second.pid);
    local::down(&options).await.unwrap();
}

#[tokio::test]
async fn death_of_ministack_is_reported_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let mut events = Vec::new();
    let mut progress = |event| {
        if let LocalEvent::Ready(_) = &event {
            for pid in processes_below(&folder.path().join("run")) {
                std::process::Command::new("kill")
                    .args(["-9", &pid.to_string()])
                    .status()
                    .unwrap();
            }
        }
        events.push(event);
    };
    let error = local::up(&options, std::future::pending(), &mut progress)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("MiniStack ended with signal: 9"),
        "{error}"
    );
    assert_eq!(events.last(), Some(&LocalEvent::Stopping));
    assert!(!folder.path().join("local.json").exists());
}

#[tokio::test]
async fn second_cloud_in_the_same_directory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    start(&options).await;
    let error = local::up(&options, std::future::pending(), &mut |_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(error, LocalError::AlreadyRunning { .. }),
        "{error}"
    );
    local::down(&options).await.unwrap();
}

#[tokio::test]
async fn program_that_cannot_start_a_cloud_is_reported_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.executable = "/bin/sh".into();
    options.arguments = vec!["-c".into(), "echo no such command; exit 64".into()];
    let error = local::ensure_running(&options, &mut |_| {})
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("ended with exit status: 64"),
        "{error}"
    );
    assert!(error.to_string().contains("no such command"), "{error}");
}

#[tokio::test]
async fn shutdown_ends_a_cloud_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let mut sender = Some(sender);
    let mut progress = |event| {
        if let LocalEvent::Ready(_) = event {
            sender.take();
        }
    };
    let shutdown = async {
        // It resolves when the sender is dropped.
        let _ = receiver.await;
    };
    local::up(&options, shutdown, &mut progress).await.unwrap();
    assert!(!folder.path().join("run").exists());
}

#[tokio::test]
async fn notification_that_its_function_refuses_ends_in_the_dead_letter_queue() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let endpoints = start(&options).await;
    use_it(&endpoints, "eu-west-1", "refused_notification").await;
    local::down(&options).await.unwrap();
}

#[tokio::test]
async fn changed_ministack_is_refused_with_the_name_that_is_missing() {
    const CHECK: &str = "import patching
patching.PATCHED['ministack.app'] += ('was_here',)
patching.PATCHED['ministack.was_here'] = ('x',)
print(patching.missing_names())
patching.check()";
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    start(&options).await;
    local::down(&options).await.unwrap();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/local/ministack");
    let mut command = tokio::process::Command::new(interpreter());
    command.args(["-B", "-c", CHECK]).env("PYTHONPATH", scripts);
    let output = command.output().await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains("MiniStack 1.5.33 lacks what liftform patches: "),
        "{error}"
    );
    assert!(
        error.contains("ministack.app.was_here, ministack.was_here (No module"),
        "{error}"
    );
}
