//! Where a service listens.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// The two listeners of a service.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// For providers.
    pub public: SocketAddr,
    /// For people and monitoring.
    pub operator: SocketAddr,
}

/// The current addresses of a service. They change when the service starts again.
#[derive(Clone, Debug)]
pub struct Place(Arc<Mutex<Addresses>>);

impl Addresses {
    /// Returns any two free ports, which the system chooses at the start.
    pub fn any() -> Self {
        Self::on([0, 0])
    }

    /// Returns two ports that stay free while the service is down, so that it can start there
    /// again.
    pub fn reserved() -> Self {
        Self { public: free_address(), operator: free_address() }
    }

    /// Reads the addresses from the log line in which a service announces them, in either format.
    pub fn announced(said: &[String]) -> Option<Self> {
        let address = |line: &str, name: &str| {
            let (_, after) = line.split_once(name)?;
            let begin = after.find(|character: char| character.is_ascii_digit())?;
            let is_part = |character: char| matches!(character, '0'..='9' | '.' | ':');
            let end = after[begin..].find(|character| !is_part(character));
            after[begin..].get(..end.unwrap_or(after.len() - begin))?.parse().ok()
        };
        said.iter().filter(|line| line.contains("serving")).find_map(|line| {
            Some(Self { public: address(line, "public")?, operator: address(line, "operator")? })
        })
    }

    /// Returns the configuration lines for these addresses. More lines of `[http]` may follow.
    pub fn configuration(&self) -> String {
        let Self { public, operator } = self;
        format!("[http]\nlisten = \"{public}\"\noperator_listen = \"{operator}\"\n")
    }

    fn on([public, operator]: [u16; 2]) -> Self {
        let address = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self { public: address(public), operator: address(operator) }
    }
}

impl Place {
    /// Makes a place that never changes.
    pub fn fixed(addresses: Addresses) -> Self {
        Self(Arc::new(Mutex::new(addresses)))
    }

    /// Makes a place for a service that does not listen yet.
    pub fn unknown() -> Self {
        Self::fixed(Addresses::on([9, 9]))
    }

    /// Returns the URL of a path for providers.
    pub fn public(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses().public)
    }

    /// Returns the URL of a path for people and monitoring.
    pub fn operator(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses().operator)
    }

    /// Returns the addresses of the last start.
    pub fn addresses(&self) -> Addresses {
        *self.0.lock().unwrap()
    }

    pub(crate) fn move_to(&self, addresses: Addresses) {
        *self.0.lock().unwrap() = addresses;
    }
}

/// Returns an address with a free port, from a range that the system does not assign ports from. So
/// the port is still free when a service starts there again.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Linux and macOS assign ports above this range. Each process begins at another port.
        let offset = std::process::id().wrapping_mul(64).wrapping_add(number) % 20_000;
        let port = 12_000 + u16::try_from(offset).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
