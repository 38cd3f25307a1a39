//! `expensed`: the arguments in, the exit code out. What happens between is the library's.

use std::process::ExitCode;

use clap::Parser as _;
use server::cli::Arguments;

fn main() -> ExitCode {
    // Before anything makes a TLS connection: two providers in one binary would refuse to choose. Fails only if one is in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Arguments::parse().run().into()
}
