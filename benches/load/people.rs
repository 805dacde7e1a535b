//! People who look at the console while the service is under load.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use testing::core_time::time_of_this_thread;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How many people read, each page after page.
const READERS: usize = 3;

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

/// Who uses the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Three people read.
    Readers,
    /// One program follows the feed from its beginning.
    Listener,
    /// Both.
    Both,
}

/// What they saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// How long each page took.
    pub(crate) pages: BTreeMap<&'static str, Vec<Duration>>,
    /// How many bytes of the feed the listener received.
    pub(crate) bytes: usize,
    /// The time that they themselves spent on a core.
    pub(crate) spent: Duration,
}

impl Seen {
    /// Adds what was seen in another run.
    pub(crate) fn add(&mut self, other: Self) {
        for (page, took) in other.pages {
            self.pages.entry(page).or_default().extend(took);
        }
        self.bytes += other.bytes;
        self.spent += other.spent;
    }
}

/// People on a thread of their own, because the generator needs its own thread for itself.
pub(crate) struct People {
    have_enough: Arc<AtomicBool>,
    thread: JoinHandle<Seen>,
}

impl People {
    /// Lets people look at the console at this address.
    pub(crate) fn look_at(operator: SocketAddr, used_by: Use) -> Self {
        let have_enough = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&have_enough);
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let seen = runtime.block_on(look(operator, used_by, until));
            Seen { spent: time_of_this_thread(), ..seen }
        });
        Self { have_enough, thread }
    }

    /// Lets them finish. Returns what they saw.
    pub(crate) fn stop(self) -> Seen {
        self.have_enough.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

async fn look(operator: SocketAddr, used_by: Use, have_enough: Arc<AtomicBool>) -> Seen {
    let client = reqwest::Client::new();
    let (readers, listens) = match used_by {
        Use::Readers => (READERS, false),
        Use::Listener => (0, true),
        Use::Both => (READERS, true),
    };
    let listener = async {
        if !listens {
            return 0;
        }
        let url = format!("http://{operator}/api/v1/events/stream?after=0");
        let mut stream = client.get(url).send().await.unwrap();
        let mut bytes = 0;
        while !have_enough.load(Ordering::SeqCst) {
            // At the end of the feed it says nothing for a while.
            if let Ok(chunk) = timeout(LOOKS_FOR, stream.chunk()).await {
                bytes += chunk.unwrap().unwrap().len();
            }
        }
        bytes
    };
    let mut people = JoinSet::new();
    for person in 0..readers {
        let (client, have_enough) = (client.clone(), Arc::clone(&have_enough));
        people.spawn(read(client, operator, person * 3, have_enough));
    }
    let (bytes, read) = tokio::join!(listener, people.join_all());
    let mut pages: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for (page, took) in read.into_iter().flatten() {
        pages.entry(page).or_default().push(took);
    }
    Seen { pages, bytes, spent: Duration::ZERO }
}

/// Reads page after page, and begins at this one. Returns how long each took.
async fn read(
    client: reqwest::Client,
    operator: SocketAddr,
    first: usize,
    have_enough: Arc<AtomicBool>,
) -> Vec<(&'static str, Duration)> {
    let mut took = Vec::new();
    for page in PAGES.iter().cycle().skip(first) {
        if have_enough.load(Ordering::SeqCst) {
            break;
        }
        let began = Instant::now();
        let answer = client.get(format!("http://{operator}{page}")).send().await.unwrap();
        assert!(answer.status().is_success(), "{page}: {answer:?}");
        answer.bytes().await.unwrap();
        took.push((*page, began.elapsed()));
        sleep(LOOKS_FOR).await;
    }
    took
}
