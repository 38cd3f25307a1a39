//! Tests of the socket loop over real sockets in clear (`accept/tls_tests.rs` has those with TLS): every wait is for a condition, with a limit far beyond what it takes.

use poem::http::StatusCode;
use poem::{Route, get, handler, post};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::*;
use crate::http::limit::{BodyLimits, Limit, whole_body};

pub(super) const PATIENCE: Duration = Duration::from_secs(20);
pub(super) const SHORT: Duration = Duration::from_millis(60);
pub(super) const LONG: Duration = Duration::from_mins(10);

/// Nothing ends by itself; each test shortens what it is about.
pub(super) fn lenient() -> Limits {
    Limits {
        max_connections: 64,
        max_connections_per_address: 64,
        handshake: LONG,
        first_byte: LONG,
        header: LONG,
        idle: LONG,
        write: LONG,
        drain: LONG,
    }
}

pub(super) struct Rig {
    pub(super) address: SocketAddr,
    connections: Connections,
    pub(super) stop: Arc<Notify>,
    served: JoinHandle<Drained>,
    /// Entered by `/wait`, and what it waits for.
    waiting: Arc<Notify>,
    release: Arc<Notify>,
}

async fn rig(limits: Limits) -> Rig {
    rig_with(limits, LONG).await
}

async fn rig_with(limits: Limits, body_timeout: Duration) -> Rig {
    rig_behind(Door::default(), limits, body_timeout).await
}

pub(super) async fn rig_behind(door: Door, limits: Limits, body_timeout: Duration) -> Rig {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, waiting, release) = (
        Arc::<Notify>::default(),
        Arc::<Notify>::default(),
        Arc::<Notify>::default(),
    );
    let limit = Limit {
        bodies: BodyLimits::of(&serde_json::Value::Null, 1024, 4096),
        body_timeout,
        request_timeout: LONG,
    };
    let wait = {
        let (waiting, release) = (Arc::clone(&waiting), Arc::clone(&release));
        poem::endpoint::make(move |_| {
            let (waiting, release) = (Arc::clone(&waiting), Arc::clone(&release));
            async move {
                waiting.notify_one();
                release.notified().await;
                "waited"
            }
        })
    };
    let app = Route::new()
        .at("/hello", get(hello))
        .at("/echo", post(echo))
        .at("/big", get(big))
        .at("/panic", get(panics))
        .at("/endless", get(endless))
        .at("/wait", wait)
        .with(limit);
    let acceptor = Acceptor::new(limits).with_door(door);
    let connections = acceptor.connections();
    let stopped = Arc::clone(&stop);
    let served = tokio::spawn(acceptor.serve(listener, app, async move { stopped.notified().await }));
    Rig {
        address,
        connections,
        stop,
        served,
        waiting,
        release,
    }
}

#[handler]
fn hello() -> &'static str {
    "hello"
}

#[handler]
async fn echo(request: &poem::Request) -> poem::Result<Vec<u8>> {
    Ok(whole_body(request).await?.bytes.to_vec())
}

#[handler]
fn big() -> Vec<u8> {
    vec![b'x'; 64 * 1024 * 1024]
}

#[handler]
fn endless() -> poem::Response {
    let first = futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(
        hyper::body::Bytes::from_static(b": begun\n\n"),
    )));
    let never = futures_util::stream::pending();
    poem::Response::builder()
        .content_type("text/event-stream")
        .body(poem::Body::from_bytes_stream(futures_util::StreamExt::chain(
            first, never,
        )))
}

#[handler]
fn panics() -> StatusCode {
    panic!("on purpose")
}

impl Rig {
    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn send(&self, bytes: &str) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream
    }

    /// What one request on a connection of its own is answered.
    pub(super) async fn ask(&self, request: &str) -> String {
        read_all(&mut self.send(request).await).await
    }

    pub(super) async fn until_open(&self, count: usize) {
        in_time(self.connections.until(|open| open == count)).await;
    }
}

pub(super) async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("it never happened")
}

/// All until the server closes; a reset counts as closing.
pub(super) async fn read_all(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let _ = in_time(stream.read_to_end(&mut bytes)).await;
    String::from_utf8(bytes).unwrap()
}

/// One answer with a Content-Length, the connection left open.
async fn read_answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .unwrap();
            if body.len() >= length.parse().unwrap() {
                return text;
            }
        }
        let mut buffer = [0; 4096];
        let count = in_time(stream.read(&mut buffer)).await.unwrap();
        assert_ne!(count, 0, "closed after {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
    }
}

#[tokio::test]
async fn a_plain_get_is_answered_and_the_connection_kept_for_the_next() {
    let rig = rig(lenient()).await;
    let mut stream = rig.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(read_answer(&mut stream).await.starts_with("HTTP/1.1 200 OK\r\n"));
    stream
        .write_all(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nagain")
        .await
        .unwrap();
    assert!(read_answer(&mut stream).await.ends_with("\r\n\r\nagain"));
    stream.write_all(b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").await.unwrap();
    assert!(read_answer(&mut stream).await.ends_with("\r\n\r\nabcde"));
    assert_eq!(rig.connections.open(), 1);
}

#[tokio::test]
async fn a_client_that_ends_its_side_after_the_request_gets_its_answer() {
    let rig = rig(lenient()).await;
    let mut stream = rig.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    in_time(rig.waiting.notified()).await;
    stream.shutdown().await.unwrap();
    // Whoever is answered after it shows that the server has seen the end.
    let mut other = rig.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await;
    read_answer(&mut other).await;
    drop(other);
    rig.release.notify_one();
    assert!(read_all(&mut stream).await.ends_with("waited"));
    rig.until_open(0).await;
}

#[tokio::test]
async fn an_endless_answer_ends_with_its_client() {
    let rig = rig(lenient()).await;
    let mut stream = rig.send("GET /endless HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut seen = String::new();
    while !seen.contains("begun") {
        let mut chunk = [0; 256];
        let count = in_time(stream.read(&mut chunk)).await.unwrap();
        seen.push_str(&String::from_utf8_lossy(&chunk[..count]));
    }
    rig.until_open(1).await;
    drop(stream);
    rig.until_open(0).await;
}

#[tokio::test]
async fn half_a_request_sent_during_an_answer_is_timed_as_one() {
    let rig = rig(Limits {
        header: SHORT,
        ..lenient()
    })
    .await;
    let mut stream = rig.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    in_time(rig.waiting.notified()).await;
    stream.write_all(b"GET /hello HT").await.unwrap();
    // Whoever is answered after it shows that the server has seen it.
    let mut other = rig.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await;
    read_answer(&mut other).await;
    drop(other);
    rig.release.notify_one();
    assert!(read_all(&mut stream).await.contains("waited"));
    rig.until_open(0).await;
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let rig = rig(Limits {
        first_byte: SHORT,
        ..lenient()
    })
    .await;
    let mut stream = rig.connect().await;
    assert_eq!(read_all(&mut stream).await, "");
    rig.until_open(0).await;
}

#[tokio::test]
async fn half_a_header_is_closed_even_when_it_drips() {
    let rig = rig(Limits {
        header: SHORT,
        ..lenient()
    })
    .await;
    let stream = rig.send("GET /hello HTTP/1.1\r\nhost: ").await;
    let (mut from, mut to) = stream.into_split();
    let drip = async {
        let mut tick = tokio::time::interval(SHORT / 20);
        loop {
            tick.tick().await;
            if to.write_all(b"x").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut bytes = Vec::new();
    tokio::select! {
        _ = in_time(from.read_to_end(&mut bytes)) => {}
        () = drip => {}
    }
    assert_eq!(bytes, b"");
    rig.until_open(0).await;
}

#[tokio::test]
async fn half_a_header_after_a_good_request_is_closed_too() {
    let rig = rig(Limits {
        header: SHORT,
        ..lenient()
    })
    .await;
    let mut stream = rig.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await;
    read_answer(&mut stream).await;
    stream.write_all(b"GET /hello").await.unwrap();
    assert_eq!(read_all(&mut stream).await, "");
    rig.until_open(0).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let rig = rig(Limits {
        idle: SHORT,
        ..lenient()
    })
    .await;
    let mut stream = rig.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await;
    read_answer(&mut stream).await;
    assert_eq!(read_all(&mut stream).await, "");
    rig.until_open(0).await;
}

#[tokio::test]
async fn half_a_body_is_answered_408_and_closed() {
    let rig = rig_with(lenient(), SHORT).await;
    let answer = rig
        .ask("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf")
        .await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    rig.until_open(0).await;
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_is_closed() {
    let rig = rig(Limits {
        write: SHORT,
        ..lenient()
    })
    .await;
    let mut stream = rig.send("GET /big HTTP/1.1\r\nhost: x\r\n\r\n").await;
    rig.until_open(1).await;
    rig.until_open(0).await;
    let mut bytes = Vec::new();
    let _ = in_time(stream.read_to_end(&mut bytes)).await;
    assert!(
        bytes.len() < 64 * 1024 * 1024,
        "the whole answer went into the buffers of the system"
    );
}

#[tokio::test]
async fn a_body_of_200_mib_is_refused_before_it_is_read() {
    let rig = rig(lenient()).await;
    let total = 200 * 1024 * 1024;
    for (framing, is_chunked) in [
        (format!("content-length: {total}"), false),
        ("transfer-encoding: chunked".to_owned(), true),
    ] {
        let stream = rig
            .send(&format!("POST /echo HTTP/1.1\r\nhost: x\r\n{framing}\r\n\r\n"))
            .await;
        let (mut from, mut to) = stream.into_split();
        let mut sent = 0;
        let send = async {
            let block = vec![b'x'; 64 * 1024];
            while sent < total {
                let written = if is_chunked {
                    to.write_all(&[b"10000\r\n", &block[..], b"\r\n"].concat()).await
                } else {
                    to.write_all(&block).await
                };
                if written.is_err() {
                    break;
                }
                sent += block.len();
            }
        };
        let mut bytes = Vec::new();
        let ((), _) = tokio::join!(in_time(send), in_time(from.read_to_end(&mut bytes)));
        let answer = String::from_utf8(bytes).unwrap();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{framing}: {answer:?}");
        assert!(sent < 64 * 1024 * 1024, "{framing}: {sent} bytes were taken");
    }
    rig.until_open(0).await;
}

#[tokio::test]
async fn a_client_that_reads_only_after_it_has_sent_all_still_gets_its_refusal() {
    let rig = rig(lenient()).await;
    let body = vec![b'x'; 4 * 1024 * 1024];
    let mut stream = rig
        .send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4194304\r\n\r\n")
        .await;
    in_time(stream.write_all(&body)).await.unwrap();
    stream.shutdown().await.unwrap();
    let answer = read_all(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer:?}");
    rig.until_open(0).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_with_a_problem() {
    let rig = rig(lenient()).await;
    let long_header = format!(
        "GET /hello HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n",
        "y".repeat(500 * 1024)
    );
    let many_headers = format!("GET /hello HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(200));
    for (request, status) in [
        (long_header.as_str(), 431),
        (many_headers.as_str(), 431),
        ("hello\r\n\r\n", 400),
        ("GET /hello HTTP/1.1\r\nno colon\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\ncontent-length: -5\r\n\r\n", 400),
        (
            "POST /echo HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
            400,
        ),
    ] {
        let answer = rig.ask(request).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["status"], status);
    }
    rig.until_open(0).await;
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_and_the_next_free_place_is_used() {
    let rig = rig(Limits {
        max_connections: 2,
        ..lenient()
    })
    .await;
    let first = rig.connect().await;
    let _second = rig.connect().await;
    rig.until_open(2).await;
    let refused = read_all(&mut rig.connect().await).await;
    let (head, body) = refused.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    assert!(
        head.contains(&format!("content-length: {}", body.len())),
        "{refused}"
    );
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["status"], 503);
    drop(first);
    rig.until_open(1).await;
    let mut stream = rig.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(read_answer(&mut stream).await.ends_with("hello"));
}

/// From another address of this machine than usual.
async fn connect_from(ip: &str, rig: &Rig) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(format!("{ip}:0").parse().unwrap()).unwrap();
    socket.connect(rig.address).await.unwrap()
}

async fn ask_from(ip: &str, rig: &Rig) -> String {
    let mut stream = connect_from(ip, rig).await;
    let request = b"GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    read_all(&mut stream).await
}

#[tokio::test]
async fn one_address_cannot_take_every_connection() {
    let limits = Limits {
        max_connections_per_address: 2,
        ..lenient()
    };
    let rig = rig(limits).await;
    let first = rig.connect().await;
    let _second = rig.connect().await;
    rig.until_open(2).await;
    let refused = read_all(&mut rig.connect().await).await;
    let (head, body) = refused.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    assert!(head.contains("\r\nretry-after: 1\r\n"), "{head}");
    assert!(body.contains(r#""code":"rate-limited""#), "{body}");
    let other = ask_from("127.0.0.2", &rig).await;
    assert!(other.ends_with("hello"), "another address has its own: {other}");
    rig.until_open(2).await;
    drop(first);
    rig.until_open(1).await;
    assert!(ask_from("127.0.0.1", &rig).await.ends_with("hello"));
}

#[tokio::test]
async fn a_proxy_may_have_as_many_as_there_are() {
    let limits = Limits {
        max_connections_per_address: 1,
        ..lenient()
    };
    let door = Door {
        proxies: vec!["127.0.0.2".parse().unwrap()],
        ..Door::default()
    };
    let rig = rig_behind(door, limits, LONG).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(connect_from("127.0.0.2", &rig).await);
    }
    rig.until_open(3).await;
    held.push(rig.connect().await);
    rig.until_open(4).await;
    let refused = read_all(&mut rig.connect().await).await;
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
}

#[tokio::test]
async fn where_only_proxies_come_in_everybody_else_is_told_so() {
    let door = Door {
        proxies: vec!["127.0.0.2".parse().unwrap()],
        is_for_proxies_only: true,
        ..Door::default()
    };
    let rig = rig_behind(door, lenient(), LONG).await;
    let refused = read_all(&mut rig.connect().await).await;
    assert!(refused.starts_with("HTTP/1.1 403 "), "{refused}");
    assert!(refused.contains(r#""code":"forbidden""#), "{refused}");
    assert!(ask_from("127.0.0.2", &rig).await.ends_with("hello"));
    rig.until_open(0).await;
}

#[tokio::test]
async fn a_panic_takes_its_connection_and_no_other() {
    let rig = rig(lenient()).await;
    let mut other = rig.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await;
    read_answer(&mut other).await;
    assert_eq!(rig.ask("GET /panic HTTP/1.1\r\nhost: x\r\n\r\n").await, "");
    rig.until_open(1).await;
    other
        .write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(read_answer(&mut other).await.ends_with("hello"));
}

#[tokio::test]
async fn a_stop_finishes_what_is_under_way_and_closes_the_rest_at_once() {
    let rig = rig(lenient()).await;
    let mut busy = rig.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    in_time(rig.waiting.notified()).await;
    let mut silent = rig.connect().await;
    let mut idle = rig.send("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await;
    read_answer(&mut idle).await;
    let mut half_header = rig.send("GET /hello HTTP/1.1\r\nho").await;
    let mut half_body = rig
        .send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf")
        .await;
    rig.until_open(5).await;

    rig.stop.notify_one();
    for stream in [&mut silent, &mut idle, &mut half_header, &mut half_body] {
        assert_eq!(read_all(stream).await, "");
    }
    rig.until_open(1).await;
    assert!(
        TcpStream::connect(rig.address).await.is_err(),
        "new connections are still taken"
    );
    assert!(!rig.served.is_finished());

    rig.release.notify_one();
    let answer = read_all(&mut busy).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("waited"),
        "{answer:?}"
    );
    assert!(answer.contains("connection: close"), "{answer:?}");
    assert_eq!(in_time(rig.served).await.unwrap(), Drained { cut: 0 });
}

#[tokio::test]
async fn a_stop_does_not_wait_beyond_its_deadline() {
    let rig = rig(Limits {
        drain: SHORT,
        ..lenient()
    })
    .await;
    let _busy = rig.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    in_time(rig.waiting.notified()).await;
    rig.stop.notify_one();
    assert_eq!(in_time(rig.served).await.unwrap(), Drained { cut: 1 });
    in_time(rig.connections.until(|open| open == 0)).await;
}

#[tokio::test]
async fn a_stop_does_not_cut_an_answer_that_is_being_read() {
    let rig = rig(lenient()).await;
    let mut stream = rig.send("GET /big HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut first = [0; 1024];
    in_time(stream.read_exact(&mut first)).await.unwrap();
    rig.stop.notify_one();
    let rest = read_all(&mut stream).await;
    assert!(
        rest.len() > 64 * 1024 * 1024 - 1024,
        "only {} bytes came",
        rest.len()
    );
    assert_eq!(in_time(rig.served).await.unwrap(), Drained { cut: 0 });
}
