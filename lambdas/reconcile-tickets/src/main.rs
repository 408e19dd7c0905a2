//! Serves the schedule that looks after silent tickets.

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
    let clients = Clients::new(&variables)?;
    let (store, flexmatch) = (clients.tables(variables.tables()?), clients.flexmatch());
    runtime::serve_events(&telemetry, async |_event, deadline, journal| {
        reconcile_tickets::handle(&store, &flexmatch, runtime::now, deadline, journal).await
    })
    .await
}
