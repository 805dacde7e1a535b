//! `healthcheck`: whether the running service is ready, for container health checks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use super::Failure;
use super::setup::configuration;
use super::terminal::output;

/// Longer than the service takes to find out that commits do not go through.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) async fn run(config: Option<&Path>) -> Result<(), Failure> {
    let address = reachable(configuration(config)?.http.operator_listen);
    let client = super::simulate::client(PATIENCE)?;
    let response = client
        .get(format!("http://{address}/readyz"))
        .send()
        .await
        .map_err(|_| Failure::Other(format!("no service answers at {address}")))?;
    let ready = response.status().is_success();
    let text = response.text().await.unwrap_or_default();
    if ready { output::line(text.trim_end()) } else { Err(Failure::Other(text)) }
}

/// A service that listens everywhere is reached at home.
fn reachable(address: SocketAddr) -> SocketAddr {
    let home: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(home, address.port())
}
