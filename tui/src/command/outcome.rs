//! How a command ends is decided by what was written, here, for every command alike. What is read after a write to show
//! it, and what is printed, can lose words but never turn a success into a refusal; and where something was written, or
//! may have been, no failure says that nothing was.

use super::{Context, Failure};

/// What is said where the server's word of a write is missing and the command knows no better.
const LOOK: &str = "Whether it was written is not known; `expense log` tells.";

/// The end of a command that ended so. `is_write`: it was asked to write.
pub(super) fn settle(
    context: &mut Context,
    is_write: bool,
    outcome: Result<(), Failure>,
) -> Result<(), Failure> {
    let Err(failure) = outcome else { return Ok(()) };
    let writes = context.tap.writes();
    let unfinished = context.unfinished.take();
    if writes.unsure() > 0 {
        let again = context.again.take().unwrap_or_else(|| LOOK.to_owned());
        let again = match unfinished {
            Some(done) => format!("{done} {again}"),
            None => again,
        };
        return Err(Failure::Unsure(Box::new(failure), again));
    }
    if writes.done == 0 {
        return Err(match failure {
            Failure::Quiet if is_write => {
                Failure::Failed("Nothing was written: whoever read the output went away".to_owned())
            }
            other => other,
        });
    }
    match (failure, unfinished) {
        // The command's own word of what became of it.
        (failure @ (Failure::Failed(_) | Failure::Partly(..)), _) => Err(failure),
        (failure, Some(done)) => Err(Failure::Partly(done, Box::new(failure))),
        (failure, None) if writes.not_done > 0 => Err(Failure::Partly(
            "A part was written.".to_owned(),
            Box::new(failure),
        )),
        (Failure::Quiet, None) => Ok(()),
        (failure, None) => {
            context
                .out
                .say(&format!("It is written; what was to be shown is not: {failure}"));
            Ok(())
        }
    }
}
