//! A terminal that does not show what is typed, for one line: a password. Echo goes off before the question is asked, so
//! that nothing typed at once is shown.

use rustix::termios::{self, LocalModes, OptionalActions, Termios};
use std::io::{self, BufRead, Write};

/// Echo is off until this is dropped.
struct Hidden {
    before: Termios,
}

impl Hidden {
    fn new() -> io::Result<Self> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        // What was typed before belongs to something else.
        termios::tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // There is nobody to tell.
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// Asks on standard error and reads a line that is not shown.
pub fn ask(question: &str) -> io::Result<String> {
    let hidden = Hidden::new()?;
    let mut err = io::stderr().lock();
    write!(err, "{question}")?;
    err.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    // The line break that was typed was not shown either.
    writeln!(err)?;
    drop(hidden);
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
