//! A line typed at the terminal of a plain command without being shown: a password.

use rustix::termios::{self, LocalModes, OptionalActions, Termios};
use std::io::{self, BufRead, Write};

/// The terminal shows again what is typed once this is dropped.
struct Hidden(Termios);

impl Drop for Hidden {
    fn drop(&mut self) {
        // There is nobody to tell.
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Asks on standard error, since standard output is for data. What was typed before the question is dropped.
pub fn ask_hidden(question: &str) -> io::Result<String> {
    let before = termios::tcgetattr(io::stdin())?;
    let mut modes = before.clone();
    modes.local_modes.remove(LocalModes::ECHO);
    let hidden = Hidden(before);
    termios::tcsetattr(io::stdin(), OptionalActions::Flush, &modes)?;
    let mut talk = io::stderr().lock();
    write!(talk, "{question}")?;
    talk.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    // The line break that was typed was not shown either.
    writeln!(talk)?;
    drop(hidden);
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
