//! Serves `DELETE /tickets/{id}`.

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
    let (store, flexmatch) = (
        clients.tables(variables.tickets_table()?),
        clients.flexmatch(),
    );
    runtime::serve_api(&telemetry, async |call, _journal| {
        cancel_ticket::handle(&call, &store, &flexmatch).await
    })
    .await
}
