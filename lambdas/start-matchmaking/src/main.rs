//! Serves `POST /tickets`.

use std::process::ExitCode;

use start_matchmaking::{Settings, handle};
use tickets::aws::Clients;
use tickets::runtime;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    runtime::exit(serve().await)
}

async fn serve() -> Result<(), runtime::Error> {
    let variables = runtime::variables();
    let telemetry = runtime::telemetry(&variables)?;
    let settings = Settings::read(&variables)?;
    let clients = Clients::new(&variables)?;
    let (store, flexmatch) = (clients.tables(variables.tables()?), clients.flexmatch());
    runtime::serve_api(&telemetry, async |call, journal| {
        handle(
            &call,
            &settings,
            &store,
            &flexmatch,
            runtime::now(),
            journal,
        )
        .await
    })
    .await
}
