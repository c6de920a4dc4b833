//! A server on this machine that answers as a test wants, well or badly, and remembers what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the server does with a request.
pub(crate) enum Reply {
    /// These bytes, and the connection stays open.
    Bytes(Vec<u8>),
    /// Nothing for a while, then another reply.
    Late(Duration, Box<Reply>),
    /// These bytes, then the connection ends.
    Cut(Vec<u8>),
    /// These bytes, then one more every so often, without end.
    Drip(Vec<u8>, Duration),
    /// A body of so many bytes that never says how long it is.
    Flood(usize),
}

impl Reply {
    /// A whole answer.
    pub(crate) fn of(status: u16, kind: &str, body: &str) -> Self {
        let head = format!("HTTP/1.1 {status} Synthetic\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
        Self::Bytes([head.as_bytes(), body.as_bytes()].concat())
    }

    /// What a FHIR server says of itself.
    pub(crate) fn metadata() -> Self {
        Self::of(200, "application/fhir+json", r#"{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1"}"#)
    }

    fn give(&self, stream: &mut impl Write) -> std::io::Result<bool> {
        match self {
            Self::Bytes(bytes) => stream.write_all(bytes).map(|()| true),
            Self::Late(wait, then) => {
                thread::sleep(*wait);
                then.give(stream)
            }
            Self::Cut(bytes) => stream.write_all(bytes).map(|()| false),
            Self::Drip(bytes, every) => {
                stream.write_all(bytes)?;
                loop {
                    // Ends when the other side has gone.
                    stream.flush()?;
                    thread::sleep(*every);
                    stream.write_all(b"x")?;
                }
            }
            Self::Flood(bytes) => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
                let block = vec![b'x'; 1 << 16];
                for _ in 0..bytes.div_ceil(block.len()) {
                    stream.write_all(&block)?;
                }
                Ok(false)
            }
        }
    }
}

/// A server on a port of its own; it ends with the test.
pub(crate) struct Server {
    scheme: &'static str,
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server without encryption. `answer` gets the number of the request, from 0, and its first line.
    pub(crate) fn plain(answer: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self::start("http", None, answer)
    }

    /// A server with a certificate.
    pub(crate) fn encrypted(config: ServerConfig, answer: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self::start("https", Some(Arc::new(config)), answer)
    }

    fn start(
        scheme: &'static str,
        config: Option<Arc<ServerConfig>>,
        answer: impl Fn(usize, &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&seen), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, log, answer) = (config.clone(), Arc::clone(&log), Arc::clone(&answer));
                thread::spawn(move || {
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
                    let _ = stream.set_write_timeout(Some(Duration::from_secs(60)));
                    // Whatever ends the conversation, ends it.
                    let _ = match config {
                        None => converse(stream, &log, &*answer),
                        Some(config) => ServerConnection::new(config)
                            .map_err(std::io::Error::other)
                            .and_then(|tls| converse(StreamOwned::<_, TcpStream>::new(tls, stream), &log, &*answer)),
                    };
                });
            }
        });
        Self { scheme, port, seen }
    }

    /// Its address, by name.
    pub(crate) fn url(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.port)
    }

    /// Host and port.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// First lines of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("a log").clone()
    }
}

fn converse(mut stream: impl Read + Write, log: &Mutex<Vec<String>>, answer: &dyn Fn(usize, &str) -> Reply) -> std::io::Result<()> {
    loop {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte)? == 0 {
                return Ok(());
            }
            head.push(byte[0]);
        }
        let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
        let number = {
            let mut log = log.lock().expect("a log");
            log.push(line.clone());
            log.len() - 1
        };
        let goes_on = answer(number, &line).give(&mut stream)?;
        stream.flush()?;
        if !goes_on {
            return Ok(());
        }
    }
}

/// A certificate authority of a hospital, synthetic.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, "Riverside (synthetic) authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_after = date_time_ymd(2199, 1, 1);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate");
        Self { issuer }
    }

    /// Its certificate in PEM form.
    pub(crate) fn pem(&self) -> String {
        AsRef::<rcgen::Certificate>::as_ref(&self.issuer).pem()
    }

    /// A server's certificate for a name, up to the beginning of a day.
    pub(crate) fn certify(&self, name: &str, (year, month, day): (i32, u8, u8)) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(year, month, day);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        config(vec![certificate.der().clone()], &key)
    }
}

/// A certificate that nobody but itself vouches for.
pub(crate) fn self_signed(name: &str) -> ServerConfig {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
    config(vec![made.cert.der().clone()], &made.signing_key)
}

fn config(chain: Vec<rustls::pki_types::CertificateDer<'static>>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate and its key")
}
