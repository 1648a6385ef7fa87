//! How much is done: the full run, and the quick one that a person waits for.

/// Lines in one batch, and so in one commit.
pub const BATCH_LINES: usize = imports::BATCH_LINES.get();

/// The size of a run.
pub struct Scale {
    /// Printed with every measure, unless the run is the full one.
    pub note: Option<&'static str>,
    /// Devices in service, 50 to an account.
    pub devices: u64,
    /// The same on PostgreSQL, where it takes longer to bring them there.
    pub devices_postgres: u64,
    /// Lines in one file.
    pub file_lines: u64,
    /// Files that are sent to the embedded store before anything else is looked at.
    pub files: u64,
    /// Files that are sent to PostgreSQL.
    pub files_postgres: u64,
    /// One file of so many is copied as well, in between.
    pub copy_every: u64,
    /// Growth compares so many files at the end with as many at the beginning.
    pub growth_files: u64,
    /// Files that are sent while somebody asks what accounts cost.
    pub busy_files: u64,
    /// How many accounts are looked at meanwhile: as many pages as are open on a busy day.
    pub accounts_asked: u64,
    /// Batches that are committed one by one, each on its own clock.
    pub single_batches: u64,
    /// Batches after which the process is killed.
    pub batches_before_kill: u64,
}

/// What the goals are for.
pub const FULL: Scale = Scale {
    note: None,
    devices: 100_000,
    devices_postgres: 100_000,
    file_lines: 1_000_000,
    files: 50,
    files_postgres: 50,
    copy_every: 7,
    growth_files: 10,
    busy_files: 6,
    accounts_asked: 50,
    single_batches: 500,
    batches_before_kill: 60,
};

/// The same steps, smaller.
pub const QUICK: Scale = Scale {
    note: Some(
        "quick: 3 M events and 10,000 devices (PostgreSQL: 1.5 M and 3,000) instead of 50 M and \
         100,000; growth over 1 M instead of 10 M",
    ),
    devices: 10_000,
    devices_postgres: 3_000,
    file_lines: 500_000,
    files: 6,
    files_postgres: 3,
    copy_every: 2,
    growth_files: 2,
    busy_files: 2,
    accounts_asked: 10,
    single_batches: 50,
    batches_before_kill: 20,
};
