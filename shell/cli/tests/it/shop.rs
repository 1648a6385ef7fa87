//! A folder with a database, and the binary that works on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The reference fleet.
pub fn fleet(file: &str) -> String {
    format!("{}/../../demo/smart-fleet/{file}", env!("CARGO_MANIFEST_DIR"))
}

/// Where a shop keeps its records.
pub enum Place {
    /// An embedded database in the folder.
    Embedded,
    /// A schema of PostgreSQL, dropped with the shop.
    Postgres {
        /// The server.
        url: String,
        /// The schema.
        tenant: String,
    },
}

/// A database of its own.
pub struct Shop {
    folder: TempDir,
    place: Place,
}

impl Drop for Shop {
    fn drop(&mut self) {
        if let Place::Postgres { url, tenant } = &self.place {
            let dropped = store_postgres::drop_tenant(url, tenant);
            // A test that failed while its server was stopped says so, and not this.
            assert!(dropped.is_ok() || std::thread::panicking(), "{dropped:?}");
        }
    }
}

impl Shop {
    /// An empty one.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), place: Place::Embedded }
    }

    /// An empty one on PostgreSQL.
    pub fn on_postgres(tenant: &str) -> Self {
        let url = std::env::var("TABOURET_TEST_POSTGRES")
            .expect("TABOURET_TEST_POSTGRES is not set; run the tests with `cargo xtask test`");
        Self::on_server(url, tenant)
    }

    /// An empty one on this server.
    pub fn on_server(url: String, tenant: &str) -> Self {
        let tenant = format!("cli_{}_{tenant}", std::process::id());
        Self { folder: tempfile::tempdir().unwrap(), place: Place::Postgres { url, tenant } }
    }

    /// The smart fleet with everything but its usage, at the beginning of 31 January 2026.
    pub fn of_fleet(self) -> Self {
        self.ok(&["clock", "advance", "--to", "2026-01-01"]);
        self.ok(&["apply", "--file", &fleet("catalog.yaml")]);
        self.ok(&["order", "import", &fleet("orders.csv"), "--units", &fleet("units.csv")]);
        self.ok(&["shipment", "import", &fleet("shipments.csv")]);
        self.ok(&["change", "import", &fleet("changes.csv")]);
        self.ok(&["signal", "send", &fleet("signals.ndjson")]);
        self.ok(&["clock", "advance", "--to", "2026-01-31"]);
        self
    }

    /// A copy of an embedded shop.
    pub fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        Self { folder, place: Place::Embedded }
    }

    /// A file in the folder.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The arguments that name the store.
    pub fn place(&self) -> Vec<String> {
        match &self.place {
            Place::Embedded => vec!["--data-dir".to_owned(), self.path().display().to_string()],
            Place::Postgres { url, tenant } => {
                ["--store", url, "--tenant", tenant].map(str::to_owned).to_vec()
            }
        }
    }

    /// Runs the binary in English.
    pub fn run(&self, arguments: &[&str]) -> Output {
        command(&self.place(), arguments).output().unwrap()
    }

    /// Runs the binary; it must succeed.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Everything that a person could compare: invoices, counts, balances by way of the audit.
    pub fn picture(&self) -> String {
        [
            self.ok(&["invoice", "list", "--output", "json"]),
            self.ok(&["usage", "conservation", "--output", "json"]),
            self.ok(&["clock", "show", "--output", "json"]),
            self.ok(&["audit"]),
        ]
        .join("\n")
    }
}

/// The index of usage is a folder beside the database.
fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy_folder(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The binary with these arguments, in English.
pub fn command(place: &[String], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabouret"));
    command.args(["--lang", "en"]).args(arguments).args(place);
    command
}
