//! TLS at the socket: the certificate and its key, read at the start and again when the operator says so. A new pair
//! that is no good changes nothing. Who connects with it is the loop's affair.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::Config;

/// What the loop speaks inside TLS.
const PROTOCOL: &[u8] = b"http/1.1";

/// Why there is no TLS. Each says which file it is about.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("server.{key}: {} cannot be read: {error}", .path.display())]
    Unreadable {
        key: &'static str,
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("server.tls_key_file: {} can be read by others; run `chmod 600 {}`", .path.display(), .path.display())]
    ReadByOthers { path: PathBuf },
    #[error("server.tls_cert_file: {} holds no certificate (PEM, -----BEGIN CERTIFICATE-----)", .path.display())]
    NoCertificate { path: PathBuf },
    #[error("server.tls_key_file: {} holds no private key (PEM, -----BEGIN PRIVATE KEY-----)", .path.display())]
    NoKey { path: PathBuf },
    #[error("server.tls_cert_file: {} and the key of server.tls_key_file do not go together: {error}", .path.display())]
    Mismatch { path: PathBuf, error: rustls::Error },
}

/// The certificate in force. Clones are one.
#[derive(Debug, Clone)]
pub struct Tls {
    cert_file: Arc<Path>,
    key_file: Arc<Path>,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Tls {
    /// As configured; none where no certificate is named.
    pub fn of(config: &Config) -> Result<Option<Self>, TlsError> {
        let server = &config.server;
        let files = (Path::new(&server.tls_cert_file), Path::new(&server.tls_key_file));
        server.has_tls().then(|| Self::load(files.0, files.1)).transpose()
    }

    pub fn load(cert_file: &Path, key_file: &Path) -> Result<Self, TlsError> {
        let config = read(cert_file, key_file)?;
        Ok(Self {
            cert_file: cert_file.into(),
            key_file: key_file.into(),
            current: Arc::new(RwLock::new(Arc::new(config))),
        })
    }

    /// Reads both files again, for connections from now on. At a fault the pair in force stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let config = Arc::new(read(&self.cert_file, &self.key_file)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }
}

fn read(cert_file: &Path, key_file: &Path) -> Result<ServerConfig, TlsError> {
    let chain = read_file("tls_cert_file", cert_file, |_| Ok(()))?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain)
        .collect::<Result<_, _>>()
        .unwrap_or_default();
    if chain.is_empty() {
        return Err(TlsError::NoCertificate {
            path: cert_file.to_owned(),
        });
    }
    let key = read_file("tls_key_file", key_file, only_for_its_owner(key_file))?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsError::NoKey {
        path: key_file.to_owned(),
    })?;
    let mismatch = |error| TlsError::Mismatch {
        path: cert_file.to_owned(),
        error,
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        // 1.2 and 1.3.
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(mismatch)?;
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(config)
}

/// The file that is looked at is the one that is read, whatever its name leads to a moment later.
fn read_file(
    key: &'static str,
    path: &Path,
    check: impl FnOnce(&File) -> Result<(), TlsError>,
) -> Result<Vec<u8>, TlsError> {
    let unreadable = |error| TlsError::Unreadable {
        key,
        path: path.to_owned(),
        error,
    };
    let mut file = File::open(path).map_err(unreadable)?;
    check(&file)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn only_for_its_owner(path: &Path) -> impl FnOnce(&File) -> Result<(), TlsError> {
    let path = path.to_owned();
    move |file| match file.metadata() {
        Ok(about) if about.permissions().mode() & 0o077 != 0 => Err(TlsError::ReadByOthers { path }),
        Ok(_) => Ok(()),
        Err(error) => Err(TlsError::Unreadable {
            key: "tls_key_file",
            path,
            error,
        }),
    }
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;
