//! Serves `GET /regions`.

use std::process::ExitCode;

use tickets::runtime;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    runtime::exit(serve().await)
}

async fn serve() -> Result<(), runtime::Error> {
    let variables = runtime::variables();
    let telemetry = runtime::telemetry(&variables)?;
    let regions = list_regions::regions(&variables)?;
    runtime::serve_api(&telemetry, async |_call, _journal| {
        Ok(list_regions::handle(&regions))
    })
    .await
}
