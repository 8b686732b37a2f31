//! One delivery to a hook's address: a `POST` over a connection of its own, to an address that was checked. Does not retry,
//! follows no redirect, knows no proxy, and reads of the answer no more than its status needs.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, select};
use http::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use url::Host;

use super::address_guard::AddressGuard;
use super::hook_url::HookUrl;
use super::signature::SIGNATURE_HEADER;

/// The time for one delivery, from the look-up of the host to the end of the answer.
pub(super) const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(5);

/// The part of an answer that is read, in bytes, head and body each: enough that a server that says a little more than it has
/// to sees no broken connection.
const ANSWER_BYTES: usize = 64 * 1024;

/// Deliveries of all hooks at one time. Each has a connection, and its host is looked up on a thread.
const EXCHANGES: usize = 32;

/// Addresses of a host that are tried one after the other.
const ADDRESSES: usize = 4;

/// Finds the addresses of a host name, for a port.
pub(super) type Resolve =
    Box<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Delivers to hooks. One for a whole server.
pub(crate) struct HookClient {
    guard: AddressGuard,
    resolve: Resolve,
    exchange_timeout: Duration,
    /// The configuration of TLS, made for the first `https` address, because that reads the system's certificates.
    tls: LazyLock<Result<Arc<ClientConfig>, rustls::Error>>,
    exchanges: Semaphore,
}

/// The reason why a delivery was not accepted.
#[derive(Debug, Error)]
pub(super) enum DeliveryError {
    #[error("the host was not found: {0}")]
    Resolve(#[source] io::Error),
    /// Nothing was sent.
    #[error("the host has no public address; --allow-hook-host allows another one by name")]
    Forbidden,
    #[error("no connection: {0}")]
    Connect(#[source] io::Error),
    #[error("no encrypted connection: {0}")]
    Tls(#[source] io::Error),
    #[error("no request: {0}")]
    Request(#[from] http::Error),
    #[error("no answer: {0}")]
    Http(#[from] hyper::Error),
    #[error("no answer in {} ms", .0.as_millis())]
    Timeout(Duration),
    #[error("the answer was {0}")]
    Status(StatusCode),
}

impl DeliveryError {
    /// Whether another attempt would end the same way: the address is forbidden, or the target refused. A redirect is a refusal.
    pub(super) fn is_final(&self) -> bool {
        let may_pass = |status: StatusCode| {
            status.is_server_error()
                || matches!(
                    status,
                    StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
                )
        };
        match self {
            Self::Forbidden | Self::Request(_) => true,
            Self::Status(status) => !may_pass(*status),
            _ => false,
        }
    }
}

impl HookClient {
    /// Connects to public addresses, and to those that the guard permits besides.
    pub(crate) fn new(guard: AddressGuard) -> Self {
        let resolve =
            |host: String, port| async move { Ok(lookup_host((host, port)).await?.collect()) }.boxed();
        Self::with(guard, Box::new(resolve), EXCHANGE_TIMEOUT)
    }

    pub(super) fn with(guard: AddressGuard, resolve: Resolve, exchange_timeout: Duration) -> Self {
        let exchanges = Semaphore::new(EXCHANGES);
        Self { guard, resolve, exchange_timeout, tls: LazyLock::new(system_tls), exchanges }
    }

    /// Sends a JSON body with its signature. Succeeds if the answer's status is a 2xx.
    pub(super) async fn deliver(
        &self,
        url: &HookUrl,
        signature: &str,
        body: Bytes,
    ) -> Result<(), DeliveryError> {
        // Never closed.
        let _permit = self.exchanges.acquire().await;
        let deadline = Instant::now() + self.exchange_timeout;
        let exchange = self.exchange(url, signature, body, deadline);
        let status = timeout_at(deadline, exchange).await;
        match status.map_err(|_| DeliveryError::Timeout(self.exchange_timeout))?? {
            status if status.is_success() => Ok(()),
            status => Err(DeliveryError::Status(status)),
        }
    }

    async fn exchange(
        &self,
        url: &HookUrl,
        signature: &str,
        body: Bytes,
        deadline: Instant,
    ) -> Result<StatusCode, DeliveryError> {
        let stream = self.connect(url).await?;
        let request = Request::post(url.path_and_query.as_str())
            .header(HOST, &url.authority)
            .header(USER_AGENT, concat!("holdline/", env!("CARGO_PKG_VERSION")))
            .header(CONNECTION, "close")
            .header(CONTENT_TYPE, "application/json")
            .header(SIGNATURE_HEADER, signature)
            .body(Full::new(body))?;
        if !url.is_tls() {
            return Ok(send(stream, request, deadline).await?);
        }
        let tls = self.tls.as_ref().map_err(|error| DeliveryError::Tls(io::Error::other(error.clone())))?;
        let name = server_name(url).ok_or_else(|| DeliveryError::Tls(io::ErrorKind::InvalidInput.into()))?;
        let stream =
            TlsConnector::from(tls.clone()).connect(name, stream).await.map_err(DeliveryError::Tls)?;
        Ok(send(stream, request, deadline).await?)
    }

    /// Connects to one of the addresses that the guard has checked. The host is looked up once, because a second answer could
    /// be another one.
    async fn connect(&self, url: &HookUrl) -> Result<TcpStream, DeliveryError> {
        let port = url.port();
        let mut addresses: Vec<SocketAddr> = match url.host() {
            Some(Host::Ipv4(address)) => vec![(address, port).into()],
            Some(Host::Ipv6(address)) => vec![(address, port).into()],
            Some(Host::Domain(name)) => {
                (self.resolve)(name.to_owned(), port).await.map_err(DeliveryError::Resolve)?
            }
            None => Vec::new(),
        };
        addresses.retain(|address| self.guard.permits(url, address.ip()));
        addresses.truncate(ADDRESSES);
        if addresses.is_empty() {
            return Err(DeliveryError::Forbidden);
        }
        TcpStream::connect(&addresses[..]).await.map_err(DeliveryError::Connect)
    }
}

/// The name that the target's certificate has to have.
fn server_name(url: &HookUrl) -> Option<ServerName<'static>> {
    match url.host()? {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).ok(),
        Host::Ipv4(address) => Some(IpAddr::from(address).into()),
        Host::Ipv6(address) => Some(IpAddr::from(address).into()),
    }
}

/// TLS with the certificates that this machine trusts.
fn system_tls() -> Result<Arc<ClientConfig>, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Sends a request, and returns the status of the answer. The connection is driven here, and ends with the exchange.
async fn send<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    deadline: Instant,
) -> Result<StatusCode, hyper::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut builder = http1::Builder::new();
    let (mut sender, connection) = builder.max_buf_size(ANSWER_BYTES).handshake(TokioIo::new(stream)).await?;
    let exchange = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        // The target has accepted or refused, however its answer goes on.
        let _ = timeout_at(deadline, drain(response.into_body())).await;
        Ok(status)
    };
    // The exchange hears of the connection's end by itself.
    let connection = connection.then(|_| pending::<Infallible>());
    match select(pin!(exchange), pin!(connection)).await {
        Either::Left((status, _)) => status,
        Either::Right((never, _)) => match never {},
    }
}

/// Reads and drops the body, up to the limit.
async fn drain(mut body: Incoming) {
    let mut size = 0;
    while size < ANSWER_BYTES
        && let Some(Ok(frame)) = body.frame().await
    {
        size += frame.data_ref().map_or(0, Bytes::len);
    }
}
