//! Everything that the outside does to the app, on one queue: keys, pastes and clicks from standard
//! input, the size and the end from signals. A thread of its own reads, since a terminal cannot be
//! waited for otherwise everywhere; nothing here runs while nothing happens.

use std::{
    io::{self, Read},
    thread,
};

use crossterm::terminal;
use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc::{self, Receiver, UnboundedReceiver, UnboundedSender},
};

use super::Decoder;
use crate::app::Input;

struct Signals {
    resized: Signal,
    continued: Signal,
    interrupted: Signal,
    terminated: Signal,
    hung_up: Signal,
}

/// Starts reading; to be called once, inside the async runtime, with the terminal taken.
pub fn listen() -> io::Result<UnboundedReceiver<Input>> {
    let signals = Signals {
        resized: signal(SignalKind::window_change())?,
        continued: signal(SignalKind::from_raw(signal_hook::consts::SIGCONT))?,
        interrupted: signal(SignalKind::interrupt())?,
        terminated: signal(SignalKind::terminate())?,
        hung_up: signal(SignalKind::hangup())?,
    };
    let (inputs, received) = mpsc::unbounded_channel();
    let (pieces, bytes) = mpsc::channel(16);
    thread::Builder::new()
        .name("keys".to_owned())
        .spawn(move || read(&pieces))?;
    tokio::spawn(gather(bytes, signals, inputs));
    Ok(received)
}

fn read(pieces: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; 4096];
    loop {
        let piece = match io::stdin().lock().read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => buffer.get(..count).unwrap_or_default().to_vec(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        if pieces.blocking_send(piece).is_err() {
            return;
        }
    }
}

/// Whether bytes wait at standard input.
fn is_more_there() -> bool {
    let stdin = rustix::stdio::stdin();
    let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
    matches!(poll(&mut asked, Some(&Timespec::default())), Ok(1..))
}

async fn gather(mut bytes: Receiver<Vec<u8>>, mut signals: Signals, inputs: UnboundedSender<Input>) {
    let mut decoder = Decoder::default();
    loop {
        let patience = decoder.patience();
        let expired = async {
            match patience {
                Some(patience) => tokio::time::sleep(patience).await,
                None => std::future::pending().await,
            }
        };
        let arrived = tokio::select! {
            biased;
            piece = bytes.recv() => match piece {
                Some(piece) => decoder.feed(&piece),
                None => vec![Input::Closed],
            },
            // On a busy machine the rest may be there and only not read yet: then an Esc would cut a key in two.
            () = expired => if is_more_there() { Vec::new() } else { decoder.expire() },
            _ = signals.resized.recv() => match terminal::size() {
                Ok((width, height)) => vec![Input::Resize(Size::new(width, height))],
                Err(_) => Vec::new(),
            },
            _ = signals.continued.recv() => vec![Input::Continued],
            _ = signals.interrupted.recv() => vec![Input::Closed],
            _ = signals.terminated.recv() => vec![Input::Closed],
            _ = signals.hung_up.recv() => vec![Input::Closed],
        };
        for input in arrived {
            let is_last = input == Input::Closed;
            if inputs.send(input).is_err() || is_last {
                return;
            }
        }
    }
}
