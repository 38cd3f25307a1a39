//! `expense completions` and `expense man`: both made from the command line's own definition.

use super::{Cli, Failure, output::Output};
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;

pub(super) fn completions(shell: Shell, out: &mut Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "expense", &mut script);
    out.document(&script)?;
    out.flush()
}

/// The main page, or every page into a folder.
pub(super) fn pages(dir: Option<&Path>, out: &mut Output) -> Result<(), Failure> {
    let mut command = Cli::command();
    command.build();
    let Some(dir) = dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        out.document(&page)?;
        return out.flush();
    };
    std::fs::create_dir_all(dir)?;
    clap_mangen::generate_to(command, dir)?;
    out.say(&format!("Pages written to {}.", dir.display()));
    Ok(())
}
