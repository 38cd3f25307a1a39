//! Server-sent events as the HTML standard has them, read from bytes that may be cut anywhere. Only what is needed here:
//! the name, the id and the data of an event.

/// The longest event that is taken.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// What sort it is; empty where the server names none.
    pub name: String,
    /// What leads behind it, where it says so.
    pub id: Option<String>,
    /// Its lines, with line ends between them.
    pub data: String,
}

/// An event that is longer than any is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// Reads events from bytes as they come.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    /// The last byte ended a line by itself, and a line feed after it belongs to it.
    is_after_return: bool,
    name: String,
    id: Option<String>,
    data: Option<String>,
}

impl Parser {
    /// Takes more bytes in; the events that are whole now.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        for &byte in bytes {
            let was_after_return = std::mem::replace(&mut self.is_after_return, byte == b'\r');
            match byte {
                b'\n' if was_after_return => {}
                b'\n' | b'\r' => events.extend(self.end_of_line()),
                _ => self.line.push(byte),
            }
        }
        let held = self.line.len() + self.data.as_ref().map_or(0, String::len);
        if held > MAX_BYTES {
            Err(TooLong)
        } else {
            Ok(events)
        }
    }

    fn end_of_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return self.dispatch();
        }
        let line = String::from_utf8_lossy(&line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "data" => {
                let data = self.data.get_or_insert_default();
                if !data.is_empty() {
                    data.push('\n');
                }
                data.push_str(value);
            }
            // Comments have no field; others are not ours.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Event> {
        let (name, id) = (std::mem::take(&mut self.name), self.id.take());
        let data = self.data.take()?;
        Some(Event { name, id, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(name: &str, id: Option<&str>, data: &str) -> Event {
        Event {
            name: name.to_owned(),
            id: id.map(str::to_owned),
            data: data.to_owned(),
        }
    }

    #[test]
    fn fields_comments_and_unknown_ones_are_told_apart() {
        let text = ": ping\n\nevent: ready\nid: abc\ndata: {}\n\nretry: 5\nwhat\ndata:a\ndata: b\ndata\n\nevent: none\n\n";
        let events = Parser::default().push(text.as_bytes()).unwrap();
        assert_eq!(
            events,
            [event("ready", Some("abc"), "{}"), event("", None, "a\nb\n")]
        );
    }

    #[test]
    fn half_an_event_is_none_and_one_without_end_is_given_up() {
        let mut parser = Parser::default();
        assert_eq!(parser.push(b"data: a\nid: 1\n"), Ok(vec![]));
        assert_eq!(parser.push(b"\n"), Ok(vec![event("", Some("1"), "a")]));
        let endless = vec![b'x'; MAX_BYTES + 1];
        assert_eq!(parser.push(&endless), Err(TooLong));
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_makes_no_difference(
            data in prop::collection::vec("[^\r\n\0]{0,12}", 1..6),
            end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
            cuts in prop::collection::vec(1_usize..9, 1..40),
        ) {
            let mut text = String::new();
            let mut wanted = Vec::new();
            for (n, data) in data.iter().enumerate() {
                for line in ["event: change", &format!("id: {n}"), ": ping", &format!("data: {data}"), ""] {
                    text.push_str(line);
                    text.push_str(end);
                }
                wanted.push(event("change", Some(&n.to_string()), data));
            }
            let (mut parser, mut events, mut rest) = (Parser::default(), Vec::new(), text.as_bytes());
            let mut cuts = cuts.into_iter().cycle();
            while !rest.is_empty() {
                let (now, later) = rest.split_at(cuts.next().unwrap().min(rest.len()));
                events.extend(parser.push(now).unwrap());
                rest = later;
            }
            prop_assert_eq!(events, wanted);
        }
    }
}
