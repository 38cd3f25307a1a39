//! A line to the database that a test can cut: a TCP port that hands everything on to the MariaDB's socket, until it is
//! told to drop all lines and to refuse new ones.

use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;

/// The line. Ends with the runtime of its test.
#[derive(Debug)]
pub struct Proxy {
    is_cut: Arc<watch::Sender<bool>>,
    port: u16,
}

impl Proxy {
    /// Listens in front of a Unix socket.
    pub async fn before(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind the proxy");
        let port = listener.local_addr().expect("the proxy's address").port();
        let is_cut = Arc::new(watch::Sender::new(false));
        let told = is_cut.clone();
        tokio::spawn(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                let (socket, mut told) = (socket.clone(), told.subscribe());
                tokio::spawn(async move {
                    if *told.borrow_and_update() {
                        return;
                    }
                    let Ok(mut there) = UnixStream::connect(socket).await else {
                        return;
                    };
                    tokio::select! {
                        _ = copy_bidirectional(&mut here, &mut there) => {}
                        _ = told.wait_for(|is_cut| *is_cut) => {}
                    }
                });
            }
        });
        Self { is_cut, port }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Drops every line, and every new one at once.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    /// Hands new lines on again.
    pub fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}
