//! `healthcheck`: checks whether the running service is ready, for container health checks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use super::Failure;
use super::http_client::http_client;
use super::setup::configuration;
use super::terminal::output;

/// The timeout of the request: longer than the service takes to find out that commits fail.
const TIMEOUT: Duration = Duration::from_secs(4);

pub(super) async fn run(config: Option<&Path>) -> Result<(), Failure> {
    let address = reachable(configuration(config)?.http.operator_listen);
    let client = http_client(TIMEOUT)?;
    let response = client
        .get(format!("http://{address}/readyz"))
        .send()
        .await
        .map_err(|_| Failure::Other(format!("no service answers at {address}")))?;
    let ready = response.status().is_success();
    let text = response.text().await.unwrap_or_default();
    if ready { output::line(text.trim_end()) } else { Err(Failure::Other(text)) }
}

/// Returns the loopback address in place of an unspecified one: a service that listens on all
/// addresses also listens on that.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, address.port())
}
