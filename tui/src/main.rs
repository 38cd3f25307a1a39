//! `expense`: reads the command line, starts the runtime, and hands over to the library.

#[cfg(feature = "local")]
mod local;

use std::process::ExitCode;
use tui::command;
use tui::connect::StartLocal;
use tui::terminal;

#[cfg(feature = "local")]
const LOCAL: Option<StartLocal> = Some(local::start);
#[cfg(not(feature = "local"))]
const LOCAL: Option<StartLocal> = None;

fn main() -> ExitCode {
    tui::client::install_tls();
    let cli = match command::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(code) => return ExitCode::from(code),
    };
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => ExitCode::from(runtime.block_on(async {
            terminal::outlive_size_limit();
            command::run(cli, LOCAL).await
        })),
        Err(error) => {
            eprintln!("expense: {error}");
            ExitCode::FAILURE
        }
    }
}
