//! People who look at the console while the service is under load.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep;

/// How many people look, each at page after page. One more follows the feed.
const PEOPLE: usize = 3;

/// How long somebody looks at a page before the next one.
const LOOKS_FOR: Duration = Duration::from_millis(300);

/// The pages, in turn.
const PAGES: [&str; 8] = [
    "/",
    "/refunds",
    "/refunds?open=true",
    "/deliveries",
    "/deliveries?verdict=refused",
    "/accounts",
    "/feed",
    "/reports",
];

/// People on a thread of their own, because the generator needs its own thread for itself.
pub(crate) struct People {
    have_enough: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Duration>>,
}

impl People {
    /// Lets people look at the console at this address.
    pub(crate) fn look_at(operator: SocketAddr) -> Self {
        let have_enough = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&have_enough);
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(look(operator, until))
        });
        Self { have_enough, thread }
    }

    /// Lets them finish. Returns how long each page took, the fastest first.
    pub(crate) fn stop(self) -> Vec<Duration> {
        self.have_enough.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

async fn look(operator: SocketAddr, have_enough: Arc<AtomicBool>) -> Vec<Duration> {
    let client = reqwest::Client::new();
    let stream = client.get(format!("http://{operator}/api/v1/events/stream?after=0"));
    let follower = tokio::spawn(async move {
        let mut answer = stream.send().await.unwrap();
        while let Ok(Some(_)) = answer.chunk().await {}
    });
    let mut people = JoinSet::new();
    for person in 0..PEOPLE {
        let (client, have_enough) = (client.clone(), Arc::clone(&have_enough));
        people.spawn(async move {
            let mut took = Vec::new();
            for page in PAGES.iter().cycle().skip(person * 3) {
                if have_enough.load(Ordering::SeqCst) {
                    break;
                }
                let began = Instant::now();
                let answer = client.get(format!("http://{operator}{page}")).send().await.unwrap();
                assert!(answer.status().is_success(), "{page}: {answer:?}");
                answer.bytes().await.unwrap();
                took.push(began.elapsed());
                sleep(LOOKS_FOR).await;
            }
            took
        });
    }
    let mut all: Vec<Duration> = people.join_all().await.into_iter().flatten().collect();
    follower.abort();
    all.sort_unstable();
    all
}
