//! Serves matchmaking events.

use std::process::ExitCode;

use tickets::aws::Clients;
use tickets::runtime;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    runtime::exit(serve().await)
}

async fn serve() -> Result<(), runtime::Error> {
    let variables = runtime::variables();
    let telemetry = runtime::telemetry(&variables)?;
    let prefix = variables.prefix()?;
    let store = Clients::new(&variables)?.tables(variables.tables()?);
    runtime::serve_events(&telemetry, async |event, _deadline, journal| {
        match_events::handle(&event, &prefix, &store, runtime::now(), journal).await
    })
    .await
}
