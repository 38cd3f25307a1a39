//! Certificates made anew for a test: an authority of its own and what it signs, as the files that the programs read.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A private authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate and its key.
#[derive(Debug, Clone)]
pub struct Pair {
    pub cert_file: PathBuf,
    pub key_file: PathBuf,
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("draw a key");
        let mut about = CertificateParams::default();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        about
            .distinguished_name
            .push(DnType::CommonName, "An authority of the tests");
        let certificate = about.self_signed(&key).expect("sign the authority");
        Self {
            issuer: Issuer::new(about, key),
            pem: certificate.pem(),
        }
    }

    /// What clients have to know, as a file.
    pub fn write(&self, file: PathBuf) -> PathBuf {
        fs::write(&file, &self.pem).expect("write the authority");
        file
    }

    /// A certificate for names or addresses, in place of what is in that folder.
    pub fn issue(&self, folder: &Path, names: &[&str]) -> Pair {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().expect("draw a key");
        let about = CertificateParams::new(names).expect("names");
        let certificate = about.signed_by(&key, &self.issuer).expect("sign");
        let pair = Pair {
            cert_file: folder.join("server.crt"),
            key_file: folder.join("server.key"),
        };
        fs::write(&pair.cert_file, certificate.pem()).expect("write the certificate");
        let mut options = fs::OpenOptions::new();
        let opened = options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = opened.open(&pair.key_file).expect("make the key's file");
        file.write_all(key.serialize_pem().as_bytes())
            .expect("write the key");
        pair
    }
}
