//! Serves `GET /profile`.

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
    let store = Clients::new(&variables)?.tables(variables.players_table()?);
    runtime::serve_api(&telemetry, async |call, _journal| {
        profile::handle(&call, &store).await
    })
    .await
}
