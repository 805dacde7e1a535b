//! The metrics of a running service.

use std::net::SocketAddr;

use crate::client::get;

/// Returns the metrics page of the service with this operator address.
pub async fn page(operator: SocketAddr) -> String {
    get(&format!("http://{operator}/metrics")).await.body
}

/// Returns the value of a series, labels included; `None` if the page does not have it.
pub async fn metric(operator: SocketAddr, series: &str) -> Option<f64> {
    let page = page(operator).await;
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    Some(line.parse().unwrap())
}
