//! Where commands write: data and talk kept apart, every text through the one filter, nothing written twice over.

use super::Failure;
use crate::text::clean;
use std::io::{self, BufRead, BufWriter, IsTerminal, Write};

/// To the beginning of the line, and clears it.
const ERASE: &str = "\r\u{1b}[K";

/// The two streams of a command.
pub(super) struct Output {
    data: Box<dyn Write + Send>,
    talk: Box<dyn Write + Send>,
    /// Bodies instead of tables.
    pub(super) is_json: bool,
    /// ASCII only.
    pub(super) is_ascii: bool,
    /// How wide a table may be; `None` where nobody looks at it.
    pub(super) columns: Option<usize>,
    /// How wide the terminal is that talk goes to; `None` where it is none.
    pub(super) talk_columns: Option<usize>,
    /// A line of talk is drawn that the next one takes the place of.
    is_drawn: bool,
    /// A person sits at both ends.
    pub(super) is_interactive: bool,
}

impl Output {
    /// Standard output and standard error.
    pub(super) fn of_process(is_json: bool, is_plain: bool) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let columns = crossterm::terminal::size()
            .ok()
            .map(|(columns, _)| usize::from(columns));
        Self {
            data: Box::new(BufWriter::new(io::stdout())),
            talk: Box::new(io::stderr()),
            is_json,
            is_ascii: is_plain,
            columns: columns.filter(|columns| is_terminal && *columns >= 40),
            talk_columns: columns.filter(|_| io::stderr().is_terminal()),
            is_drawn: false,
            is_interactive: is_terminal && io::stdin().is_terminal(),
        }
    }

    /// A line of data.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.erase();
        Ok(writeln!(self.data, "{}", clean(text))?)
    }

    /// A document of data, which this program made itself.
    pub(super) fn document(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(self.data.write_all(bytes)?)
    }

    /// A body of the API, as it came, on lines of its own.
    pub(super) fn body(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.data.write_all(bytes)?;
        if !bytes.ends_with(b"\n") {
            self.data.write_all(b"\n")?;
        }
        Ok(())
    }

    /// A line of talk for a terminal, in the place of the one before.
    pub(super) fn draw(&mut self, text: &str) {
        self.is_drawn = true;
        drop(write!(self.talk, "{ERASE}{}", clean(text)));
        drop(self.talk.flush());
    }

    /// Takes the line away that was drawn.
    pub(super) fn erase(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            drop(write!(self.talk, "{ERASE}"));
            drop(self.talk.flush());
        }
    }

    /// A line of talk. Nobody may be listening.
    pub(super) fn say(&mut self, text: &str) {
        self.erase();
        drop(writeln!(self.talk, "{}", clean(text)));
    }

    /// Asks the person at the terminal; anything but yes is no.
    pub(super) fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        self.erase();
        self.flush()?;
        write!(self.talk, "{} [y/N] ", clean(question))?;
        self.talk.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.data.flush()?)
    }
}

/// A last line of talk, when the command and its streams are gone.
pub(super) fn say_last(text: &str) {
    for line in text.lines() {
        drop(writeln!(io::stderr(), "{}", clean(line)));
    }
}

/// What a command wrote, for tests.
#[cfg(test)]
pub(super) mod capture {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    pub(in crate::command) struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Sink {
        pub(in crate::command) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Output {
        pub(in crate::command) fn captured(is_json: bool) -> (Self, Sink, Sink) {
            let (data, talk) = (Sink::default(), Sink::default());
            let output = Self {
                data: Box::new(data.clone()),
                talk: Box::new(talk.clone()),
                is_json,
                is_ascii: true,
                columns: None,
                talk_columns: None,
                is_drawn: false,
                is_interactive: false,
            };
            (output, data, talk)
        }
    }
}
