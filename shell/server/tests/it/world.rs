//! Stores of both engines with the reference fleet, and stores that fail when they are told.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};

use jiff::Timestamp;
use server::{Access, Clock, Limits, Random, Server, Service, Signals, Stores};
use store::{OwnStore, Store, StoreError, Tx};
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::client::get;

/// The time of all tests.
pub const NOW: &str = "2026-01-31T10:00:00Z";

/// A tenant with the reference fleet, but for its usage.
pub struct World {
    place: Place,
    /// Where it is told to fail.
    pub fault: Fault,
}

enum Place {
    Sqlite(TempDir),
    Postgres { url: String, tenant: String },
}

impl Drop for World {
    fn drop(&mut self) {
        if let Place::Postgres { url, tenant } = &self.place {
            store_postgres::drop_tenant(url, tenant).unwrap();
        }
    }
}

impl World {
    pub fn on_sqlite() -> Self {
        Self::empty_on_sqlite().with_fleet()
    }

    pub fn empty_on_sqlite() -> Self {
        Self { place: Place::Sqlite(tempfile::tempdir().unwrap()), fault: Fault::default() }
    }

    pub fn on_postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let url = std::env::var("TABOURET_TEST_POSTGRES")
            .expect("TABOURET_TEST_POSTGRES is not set; run the tests with `cargo xtask test`");
        let tenant = format!("server_{}_{number}", std::process::id());
        Self { place: Place::Postgres { url, tenant }, fault: Fault::default() }.with_fleet()
    }

    pub fn with_fleet(self) -> Self {
        let fleet = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/smart-fleet"));
        let now = NOW.parse().unwrap();
        let mut store = self.open();
        let store = store.as_mut();
        engine::clock::start_virtual(store, now).unwrap();
        let catalog = imports::read_catalog(&fleet.join("catalog.yaml")).unwrap();
        imports::publish_catalog(store, &catalog, now).unwrap();
        let (orders, units) = (fleet.join("orders.csv"), fleet.join("units.csv"));
        imports::import_orders(store, &orders, Some(&units), now).unwrap();
        imports::import_shipments(store, &fleet.join("shipments.csv"), now).unwrap();
        imports::import_signals(store, &fleet.join("signals.ndjson"), now).unwrap();
        self
    }

    /// The store, as another process would open it.
    pub fn open(&self) -> OwnStore {
        self.opener()().unwrap()
    }

    fn opener(&self) -> impl Fn() -> Result<OwnStore, StoreError> + Send + Sync + 'static {
        let open: Box<dyn Fn() -> Result<OwnStore, StoreError> + Send + Sync> = match &self.place {
            Place::Sqlite(folder) => Box::new(on_sqlite(folder.path())),
            Place::Postgres { url, tenant } => Box::new(on_postgres(url, tenant)),
        };
        open
    }

    pub fn serve(&self) -> Served {
        self.serve_within(Limits::default())
    }

    pub fn serve_within(&self, limits: Limits) -> Served {
        self.serve_to(Access::Anyone, limits)
    }

    /// Whoever asks needs a key, and what is known of keys is looked up for each request.
    pub fn serve_with_keys(&self) -> Served {
        let keys_age = std::time::Duration::ZERO;
        self.serve_to(Access::Keys, Limits { keys_age, ..Limits::default() })
    }

    fn serve_to(&self, access: Access, limits: Limits) -> Served {
        let (open, fault) = (self.opener(), self.fault.clone());
        let stores = Stores::new(move || {
            fault.pass()?;
            Ok(Box::new(Faulty { store: open()?, fault: fault.clone() }))
        });
        let system: Timestamp = NOW.parse().unwrap();
        let clock = Clock::new(move |store| engine::clock::now(store, system));
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let service = Service { stores, clock, random: counting(), access, limits };
        let server = Server::start(any, service, Signals::Ignore).unwrap();
        let address = server.local_addr();
        // The writer begins too when it opens the store: a test that lets those who begin wait
        // must not take that for its own request.
        let _ready_or_not = get(address, "/readyz");
        Served { address, _heals: Heals(self.fault.clone()), server }
    }

    /// How many segments there are.
    pub fn segments(&self) -> i64 {
        self.open().read().unwrap().usage_log().unwrap().last
    }

    /// How many lines came to an outcome, by what is stored.
    pub fn lines(&self, outcome: &str) -> i64 {
        use jiff::civil::Date;
        let rows = engine::usage::conservation(self.open().as_mut(), Date::MIN, Date::MAX).unwrap();
        rows.iter().filter(|row| row.outcome == outcome).map(|row| row.lines).sum()
    }

    /// Removes everything, as if the database were gone.
    pub fn remove(&self) {
        if let Place::Postgres { url, tenant } = &self.place {
            store_postgres::drop_tenant(url, tenant).unwrap();
        }
    }
}

/// Secrets that nobody could guess, if they did not count.
fn counting() -> Random {
    let drawn = AtomicU8::new(0);
    Random::new(move || Some([drawn.fetch_add(1, Ordering::Relaxed); access::SECRET_BYTES]))
}

/// A service that runs.
pub struct Served {
    pub address: SocketAddr,
    /// Dropped before the service, which waits for its writer.
    _heals: Heals,
    pub server: Server,
}

/// Ends the fault when a test is over, also when it failed in the middle of one.
pub struct Heals(Fault);

impl Drop for Heals {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn on_sqlite(folder: &Path) -> impl Fn() -> Result<OwnStore, StoreError> + Send + Sync + 'static {
    let (file, kept) = (folder.join("tenant.db"), Mutex::new(None));
    move || {
        let mut kept = kept.lock().unwrap();
        let first = match kept.take() {
            Some(first) => first,
            None => SqliteStore::open(&file)?,
        };
        Ok(kept.insert(first).beside()?.unwrap())
    }
}

fn on_postgres(
    url: &str,
    tenant: &str,
) -> impl Fn() -> Result<OwnStore, StoreError> + Send + Sync + 'static {
    let (url, tenant, kept) = (url.to_owned(), tenant.to_owned(), Mutex::new(None));
    move || {
        let mut kept = kept.lock().unwrap();
        let first: PostgresStore = match kept.take() {
            Some(first) => first,
            None => PostgresStore::connect(&url, &tenant)?,
        };
        Ok(kept.insert(first).beside()?.unwrap())
    }
}

/// What a store does instead of beginning a unit of work.
#[derive(Clone, Default)]
pub struct Fault {
    shared: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    blocks: bool,
    blocked: Option<Sender<()>>,
    fails: Option<&'static str>,
    panics: bool,
}

impl Fault {
    /// From now on whoever begins waits. What is given back hears of each who waits.
    pub fn block(&self) -> Receiver<()> {
        let (blocked, hears) = channel();
        let mut state = self.shared.0.lock().unwrap();
        (state.blocks, state.blocked) = (true, Some(blocked));
        hears
    }

    /// From now on whoever begins fails, with these words of the database.
    pub fn fail(&self, words: &'static str) {
        self.shared.0.lock().unwrap().fails = Some(words);
    }

    /// The next who begins panics.
    pub fn panic(&self) {
        self.shared.0.lock().unwrap().panics = true;
    }

    /// Everything works again.
    pub fn end(&self) {
        *self.shared.0.lock().unwrap() = State::default();
        self.shared.1.notify_all();
    }

    fn pass(&self) -> Result<(), StoreError> {
        let mut state = self.shared.0.lock().unwrap();
        if std::mem::take(&mut state.panics) {
            drop(state);
            panic!("a bug, as a test wants it");
        }
        if state.blocks {
            state.blocked.iter().for_each(|blocked| blocked.send(()).unwrap_or_default());
            let still = |state: &mut State| state.blocks;
            state = self.shared.1.wait_while(state, still).unwrap();
        }
        let failed = |reason: &str| StoreError::Database { action: "begin", reason: reason.into() };
        state.fails.map_or(Ok(()), |words| Err(failed(words)))
    }
}

struct Faulty {
    store: OwnStore,
    fault: Fault,
}

impl Store for Faulty {
    fn begin(&mut self) -> store::Result<Box<dyn Tx + '_>> {
        self.fault.pass()?;
        self.store.begin()
    }

    fn read(&mut self) -> store::Result<Box<dyn Tx + '_>> {
        self.store.read()
    }

    fn beside(&self) -> store::Result<Option<OwnStore>> {
        self.store.beside()
    }
}

/// A usage event of the fleet as JSON: a call of the API.
pub fn event(id: &str) -> String {
    event_of(id, "TRK-0483191", "alerts")
}

/// The same with a device and a content.
pub fn event_of(id: &str, serial: &str, endpoint: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"{id}","source":"urn:test","#,)
        + &format!(r#""type":"com.translog.usage.api.v1","subject":"{serial}","#,)
        + &format!(r#""time":"2026-01-30T08:00:00Z","data":{{"endpoint":"{endpoint}"}}}}"#)
}
