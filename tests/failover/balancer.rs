//! A load balancer in front of two services, configured by the example in `deploy/`.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use testing::client::get;
use testing::place::{Addresses, Place, free_address};
use testing::service::Service;
use testing::waiting::eventually;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A running balancer, which is killed at the end of the test.
pub(crate) struct Balancer {
    address: SocketAddr,
    statistics: SocketAddr,
    _process: Child,
    _directory: TempDir,
}

/// HAProxy's counters of what must not happen if the service drains well.
const TROUBLE: [&str; 6] = ["econ", "eresp", "wretr", "wredis", "hrsp_4xx", "hrsp_5xx"];

impl Balancer {
    /// Starts HAProxy with `deploy/haproxy.cfg` in front of these services.
    pub(crate) async fn haproxy(services: [&Service; 2]) -> Self {
        let (address, statistics) = (free_address(), free_address());
        let server = |service: &Service| {
            let (public, operator) = service.addresses();
            format!("{public} port {}", operator.port())
        };
        let configuration = example(
            "haproxy.cfg",
            &[
                ("    bind 127.0.0.1:8000", format!("    bind {address}")),
                ("    bind 127.0.0.1:8404", format!("    bind {statistics}")),
                ("10.0.0.11:8080 port 8081", server(services[0])),
                ("10.0.0.12:8080 port 8081", server(services[1])),
            ],
        );
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("haproxy.cfg");
        fs::write(&file, configuration).unwrap();
        let mut command = program("haproxy");
        command.arg("-db").arg("-f").arg(file);
        let process = start(command, &directory, statistics).await;
        let balancer = Self { address, statistics, _process: process, _directory: directory };
        for name in ["one", "two"] {
            eventually("a server that is up", async || balancer.is_up(name).await).await;
        }
        balancer
    }

    /// Starts nginx with `deploy/nginx.conf` in front of these services.
    pub(crate) async fn nginx(services: [&Service; 2]) -> Self {
        let address = free_address();
        let server = |service: &Service| format!("server {}", service.addresses().0);
        let site = example(
            "nginx.conf",
            &[
                ("listen 127.0.0.1:8000", format!("listen {address}")),
                ("server 10.0.0.11:8080", server(services[0])),
                ("server 10.0.0.12:8080", server(services[1])),
            ],
        );
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_str().unwrap().to_owned();
        fs::write(directory.path().join("site.conf"), site).unwrap();
        let whole = format!(
            "daemon off; master_process off; pid {path}/pid; error_log stderr;\n\
             events {{}}\n\
             http {{ access_log off; client_body_temp_path {path}/a; proxy_temp_path {path}/b;\n\
             fastcgi_temp_path {path}/c; uwsgi_temp_path {path}/d; scgi_temp_path {path}/e;\n\
             include {path}/site.conf; }}\n"
        );
        let file = directory.path().join("nginx.conf");
        fs::write(&file, whole).unwrap();
        let mut command = program("nginx");
        command.arg("-e").arg("stderr").arg("-p").arg(directory.path()).arg("-c").arg(file);
        let process = start(command, &directory, address).await;
        Self { address, statistics: address, _process: process, _directory: directory }
    }

    /// Returns where providers call.
    pub(crate) fn place(&self) -> Place {
        Place::fixed(Addresses { public: self.address, operator: self.statistics })
    }

    /// Returns whether HAProxy sends anything to the server of this name.
    pub(crate) async fn is_up(&self, server: &str) -> bool {
        self.row(server).await.get("status").is_some_and(|status| status == "UP")
    }

    /// Returns HAProxy's counters of errors and repeated requests that are not zero.
    pub(crate) async fn trouble(&self) -> Vec<String> {
        let row = self.row("BACKEND").await;
        let count = |name: &&&str| row.get(**name).is_some_and(|count| count != "0");
        TROUBLE.iter().filter(count).map(|name| format!("{name} {}", row[*name])).collect()
    }

    /// Returns a row of HAProxy's statistics of the backend.
    async fn row(&self, server: &str) -> std::collections::BTreeMap<String, String> {
        let text = get(&format!("http://{}/;csv", self.statistics)).await.body;
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
        let names: Vec<String> = lines.next().unwrap().collect();
        let mut rows = lines.map(|line| line.collect::<Vec<_>>());
        let row = rows.find(|row| row[0] == "refund_inbox" && row[1] == server).unwrap();
        names.into_iter().zip(row).collect()
    }
}

/// Returns an example configuration in which each of these texts, which occurs once, is replaced.
fn example(name: &str, replacements: &[(&str, String)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name);
    let mut text = fs::read_to_string(path).unwrap();
    for (from, to) in replacements {
        assert_eq!(text.matches(from).count(), 1, "deploy/{name}: {from}");
        text = text.replace(from, to);
    }
    text
}

/// Returns the command of an installed program. Panics if the program is not installed.
fn program(name: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Debian keeps it in a folder that is not on every user's path.
    let folders =
        std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders.map(|folder| folder.join(name)).find(|program| program.is_file());
    Command::new(found.unwrap_or_else(|| {
        panic!("there is no {name} on this machine; type: sudo apt-get install {name}")
    }))
}

/// Starts a program and waits until it listens. Its output goes into its directory.
async fn start(mut command: Command, directory: &TempDir, address: SocketAddr) -> Child {
    let log = directory.path().join("log");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(&log).unwrap());
    let mut process = command.kill_on_drop(true).spawn().unwrap();
    eventually("a balancer that listens", async || {
        let ended = process.try_wait().unwrap();
        assert_eq!(ended, None, "{}", fs::read_to_string(&log).unwrap());
        TcpStream::connect(address).await.is_ok()
    })
    .await;
    process
}
