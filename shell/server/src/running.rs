//! Start and stop.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::app::App;
use crate::guard::Access;
use crate::limits::Limits;
use crate::listen;
use crate::pipeline::Pipeline;
use crate::routes;
use crate::stores::{Clock, Random, Stores};
use crate::writer::Writer;

/// Whether the signals of the system stop the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signals {
    /// SIGTERM and SIGINT stop it: for a process that does nothing else.
    Heed,
    /// Only [`Server::stop`] does.
    Ignore,
}

/// What the service is made of.
pub struct Service {
    /// Where the store comes from.
    pub stores: Stores,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where the secrets of keys come from.
    pub random: Random,
    /// Who may ask.
    pub access: Access,
    /// What clients may make it keep.
    pub limits: Limits,
}

/// The service while it runs. Dropped, it stops.
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens at an address, with port 0 at a free port of it. The store is opened by the writer;
    /// whether that works is seen at `/readyz`.
    ///
    /// # Errors
    /// The address is taken or not ours, or the system gives no threads.
    pub fn start(address: SocketAddr, service: Service, signals: Signals) -> io::Result<Self> {
        let (limits, stores) = (service.limits.clone(), service.stores.clone());
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_multi_thread().enable_all().thread_name("http").build()?;
        let (stop, stopping) = watch::channel(false);
        if signals == Signals::Heed {
            heed(&runtime, stop.clone())?;
        }
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let pipeline = Arc::new(Pipeline::new(&limits, cores));
        let mut writer = Writer::new(Arc::clone(&pipeline), stores, service.clock.clone());
        let mut threads = vec![spawn("usage-writer", move || writer.run())?];
        for _ in 0..cores {
            let pipeline = Arc::clone(&pipeline);
            threads.push(spawn("usage-reader", move || pipeline.read_groups())?);
        }
        let app = App::new(service, Arc::clone(&pipeline), stopping.clone());
        let router = routes::router(&Arc::new(app));
        let serve = move || {
            runtime.block_on(async {
                match tokio::net::TcpListener::from_std(listener) {
                    Ok(listener) => listen::serve(listener, router, limits, stopping).await,
                    Err(error) => eprintln!("tabouret: cannot listen: {error}"),
                }
            });
            pipeline.close();
            // A panic in a thread was printed by the thread.
            threads.into_iter().for_each(|thread| drop(thread.join()));
            runtime.shutdown_background();
        };
        let thread = Some(spawn("http-main", serve)?);
        Ok(Self { address, stop, thread })
    }

    /// Where it listens.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it was stopped by a signal.
    pub fn wait(mut self) {
        self.join();
    }

    /// Takes no more requests, finishes what was accepted, and returns when the store is closed.
    pub fn stop(self) {
        drop(self);
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.stop.send_replace(true);
            self.join();
        }
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(run)
}

/// From now on, the signals that ask a process to end stop the service instead.
fn heed(runtime: &Runtime, stop: watch::Sender<bool>) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let _inside = runtime.enter();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    runtime.spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.send_replace(true);
    });
    Ok(())
}
