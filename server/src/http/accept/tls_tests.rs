//! Tests of TLS: which files are taken, and the loop behind it over real sockets. Certificates are made anew each time.

use std::fs::Permissions;
use std::os::unix::fs::OpenOptionsExt as _;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::http::accept::Limits;
use crate::http::accept::door::Door;
use crate::http::accept::tests::{LONG, Rig, SHORT, in_time, lenient, read_all, rig_behind};

const HELLO: &str = "GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/// A certificate and its key as files.
struct Pair {
    folder: TempDir,
    certificate: CertificateDer<'static>,
}

impl Pair {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certificate = Self::write(folder.path());
        Self { folder, certificate }
    }

    fn write(folder: &Path) -> CertificateDer<'static> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.join("server.crt"), made.cert.pem()).unwrap();
        write_private(
            &folder.join("server.key"),
            &made.signing_key.serialize_pem(),
            0o600,
        );
        made.cert.der().clone()
    }

    /// Another one in the same files.
    fn renew(&mut self) {
        std::fs::remove_file(self.key()).unwrap();
        self.certificate = Self::write(self.folder.path());
    }

    fn cert(&self) -> PathBuf {
        self.folder.path().join("server.crt")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }

    fn load(&self) -> Result<Tls, TlsError> {
        Tls::load(&self.cert(), &self.key())
    }
}

fn write_private(path: &Path, text: &str, mode: u32) {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
    // The process may have a mask.
    file.set_permissions(Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_pair_that_goes_together_is_taken() {
    Pair::new().load().unwrap();
}

#[test]
fn a_key_that_others_may_read_is_refused_with_the_command_that_mends_it() {
    for mode in [0o644, 0o640, 0o604, 0o660, 0o610] {
        let pair = Pair::new();
        std::fs::set_permissions(pair.key(), Permissions::from_mode(mode)).unwrap();
        let refused = pair.load().unwrap_err();
        assert!(
            matches!(refused, TlsError::ReadByOthers { .. }),
            "{mode:o}: {refused}"
        );
        let command = format!("chmod 600 {}", pair.key().display());
        assert!(refused.to_string().contains(&command), "{refused}");
    }
    let pair = Pair::new();
    std::fs::set_permissions(pair.key(), Permissions::from_mode(0o400)).unwrap();
    pair.load().unwrap();
}

#[test]
fn files_that_are_missing_empty_or_of_something_else_are_refused_by_name() {
    let (pair, other) = (Pair::new(), Pair::new());
    let folder = pair.folder.path();
    let nothing = folder.join("nothing");
    write_private(&nothing, "no PEM at all\n", 0o600);
    let missing = folder.join("missing");
    for (cert, key, setting) in [
        (&missing, &pair.key(), "server.tls_cert_file"),
        (&pair.cert(), &missing, "server.tls_key_file"),
        (&nothing, &pair.key(), "server.tls_cert_file"),
        (&pair.cert(), &nothing, "server.tls_key_file"),
        // The one in the place of the other.
        (&pair.key(), &pair.key(), "server.tls_cert_file"),
        (&folder.to_owned(), &pair.key(), "server.tls_cert_file"),
        // Of two pairs.
        (&pair.cert(), &other.key(), "do not go together"),
    ] {
        let refused = Tls::load(cert, key).unwrap_err().to_string();
        assert!(refused.contains(setting), "{refused}");
        assert!(!refused.contains('\n'), "{refused}");
    }
}

#[test]
fn no_certificate_named_is_no_tls() {
    assert!(Tls::of(&Config::default()).unwrap().is_none());
}

async fn rig(pair: &Pair, limits: Limits) -> (Rig, Tls) {
    let tls = pair.load().unwrap();
    let door = Door {
        tls: Some(tls.clone()),
        ..Door::default()
    };
    (rig_behind(door, limits, LONG).await, tls)
}

/// A client that trusts one certificate.
fn connector(
    pair: &Pair,
    versions: &[&'static SupportedProtocolVersion],
    protocols: &[&[u8]],
) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(pair.certificate.clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions);
    let mut config = builder
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

async fn connect(rig: &Rig, connector: &TlsConnector) -> std::io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from("localhost").unwrap();
    in_time(connector.connect(name, rig.connect().await)).await
}

async fn ask(rig: &Rig, connector: &TlsConnector) -> std::io::Result<String> {
    let mut stream = connect(rig, connector).await?;
    stream.write_all(HELLO.as_bytes()).await?;
    Ok(read_all(&mut stream).await)
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken() {
    let pair = Pair::new();
    let (rig, _) = rig(&pair, lenient()).await;
    for version in [&version::TLS12, &version::TLS13] {
        let answer = ask(&rig, &connector(&pair, &[version], &[])).await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello"),
            "{version:?}: {answer}"
        );
    }
    rig.until_open(0).await;
}

#[tokio::test]
async fn what_is_spoken_inside_is_agreed_on() {
    let pair = Pair::new();
    let (rig, _) = rig(&pair, lenient()).await;
    let both = connector(&pair, rustls::ALL_VERSIONS, &[b"h2", b"http/1.1"]);
    let stream = connect(&rig, &both).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let only_2 = connector(&pair, rustls::ALL_VERSIONS, &[b"h2"]);
    // With 1.3 the client is done before the server says no.
    let answer = ask(&rig, &only_2).await;
    assert!(
        answer.is_err() || answer.as_deref().is_ok_and(str::is_empty),
        "{answer:?}"
    );
}

#[tokio::test]
async fn an_answer_behind_tls_is_whole_however_long() {
    let pair = Pair::new();
    let (rig, _) = rig(&pair, lenient()).await;
    let connector = connector(&pair, rustls::ALL_VERSIONS, &[]);
    let mut stream = connect(&rig, &connector).await.unwrap();
    let request = HELLO.replace("/hello", "/big");
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read_all(&mut stream).await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body.len(), 64 * 1024 * 1024);
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_is_closed_behind_tls_too() {
    let pair = Pair::new();
    let limits = Limits {
        write: SHORT,
        ..lenient()
    };
    let (rig, _) = rig(&pair, limits).await;
    let connector = connector(&pair, rustls::ALL_VERSIONS, &[]);
    let mut stream = connect(&rig, &connector).await.unwrap();
    let request = HELLO.replace("/hello", "/big");
    stream.write_all(request.as_bytes()).await.unwrap();
    rig.until_open(1).await;
    rig.until_open(0).await;
}

#[tokio::test]
async fn a_greeting_that_does_not_end_is_cut_off() {
    let pair = Pair::new();
    let limits = Limits {
        handshake: SHORT,
        ..lenient()
    };
    let (rig, _) = rig(&pair, limits).await;
    // Nothing at all; the first bytes of a greeting; the same, dripping.
    let mut silent = rig.connect().await;
    let mut half = rig.connect().await;
    half.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    for stream in [&mut silent, &mut half] {
        assert_eq!(read_all(stream).await, "");
    }
    let mut dripping = rig.connect().await;
    dripping.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    let (mut from, mut to) = dripping.into_split();
    let drip = async {
        let mut tick = tokio::time::interval(SHORT / 20);
        loop {
            tick.tick().await;
            if to.write_all(&[0]).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut bytes = Vec::new();
    tokio::select! {
        _ = in_time(from.read_to_end(&mut bytes)) => {}
        () = drip => {}
    }
    rig.until_open(0).await;
}

#[tokio::test]
async fn the_time_for_the_greeting_is_no_time_for_the_first_byte() {
    let pair = Pair::new();
    let limits = Limits {
        first_byte: SHORT,
        ..lenient()
    };
    let (rig, _) = rig(&pair, limits).await;
    let connector = connector(&pair, rustls::ALL_VERSIONS, &[]);
    let mut stream = connect(&rig, &connector).await.unwrap();
    assert_eq!(read_all(&mut stream).await, "");
    rig.until_open(0).await;
}

#[tokio::test]
async fn clear_text_is_told_to_come_with_tls_and_nonsense_is_hung_up_on() {
    let pair = Pair::new();
    let (rig, _) = rig(&pair, lenient()).await;
    let answer = rig.ask(HELLO).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("https://"), "{answer}");
    let mut nonsense = rig.connect().await;
    nonsense.write_all(&[0; 64]).await.unwrap();
    // An alert of TLS at most.
    let mut bytes = Vec::new();
    let _ = in_time(nonsense.read_to_end(&mut bytes)).await;
    assert!(bytes.len() < 16, "{bytes:?}");
    rig.until_open(0).await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_greeting() {
    let pair = Pair::new();
    let (rig, _) = rig(&pair, lenient()).await;
    let mut half = rig.connect().await;
    half.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    rig.until_open(1).await;
    rig.stop.notify_one();
    assert_eq!(read_all(&mut half).await, "");
    rig.until_open(0).await;
}

#[tokio::test]
async fn a_new_certificate_is_shown_to_new_connections_and_a_bad_one_to_none() {
    let mut pair = Pair::new();
    let (rig, tls) = rig(&pair, lenient()).await;
    let trusts_first = connector(&pair, rustls::ALL_VERSIONS, &[]);
    let mut before = connect(&rig, &trusts_first).await.unwrap();

    pair.renew();
    let trusts_second = connector(&pair, rustls::ALL_VERSIONS, &[]);
    assert!(
        ask(&rig, &trusts_first).await.is_ok(),
        "nobody has said to read it again"
    );
    tls.reload().unwrap();
    assert!(ask(&rig, &trusts_first).await.is_err());
    assert!(ask(&rig, &trusts_second).await.unwrap().ends_with("hello"));

    std::fs::write(pair.cert(), "half a certifi").unwrap();
    assert!(tls.reload().is_err());
    assert!(ask(&rig, &trusts_second).await.unwrap().ends_with("hello"));

    // Who was there before goes on.
    before.write_all(HELLO.as_bytes()).await.unwrap();
    assert!(read_all(&mut before).await.ends_with("hello"));
}
