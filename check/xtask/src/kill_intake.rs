//! `cargo xtask kill-intake`: the long form of `shell/cli/tests/it/kill_intake.rs`. The service is
//! killed while clients send; what it acknowledged must be there, and nothing may count twice.

use std::env;
use std::process::Command;

use crate::Result;
use crate::postgres::Cluster;
use crate::test::POSTGRES_URL_VARIABLE;

const KILLS: u32 = 100;

const ON_SQLITE: &str = "kill_intake::a_killed_service_loses_nothing_that_it_acknowledged";
const ON_POSTGRES: &str = "kill_intake::on_postgres_a_killed_service";

/// Runs it on the embedded database, or on a private PostgreSQL.
pub fn run(arguments: &[&str]) -> Result<()> {
    let (kills, on_postgres) = read(arguments)?;
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(["test", "--locked", "-p", "cli", "--test", "it", "--"]);
    command.arg(if on_postgres { ON_POSTGRES } else { ON_SQLITE }).arg("--nocapture");
    command.env("TABOURET_KILLS", kills.to_string());
    let status = if on_postgres {
        let mut cluster = Cluster::start()?;
        command.env(POSTGRES_URL_VARIABLE, cluster.url());
        cluster.run(&mut command)?
    } else {
        command.status()?
    };
    if status.success() { Ok(()) } else { Err(status.to_string().into()) }
}

fn read(arguments: &[&str]) -> Result<(u32, bool)> {
    let (mut kills, mut on_postgres) = (KILLS, false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--postgres" => on_postgres = true,
            "--kills" => kills = rest.next().ok_or("--kills needs a number")?.parse()?,
            other => return Err(format!("kill-intake does not know `{other}`").into()),
        }
    }
    Ok((kills, on_postgres))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_read_in_any_order() {
        assert_eq!(read(&[]).unwrap(), (100, false));
        assert_eq!(read(&["--postgres", "--kills", "7"]).unwrap(), (7, true));
        for wrong in [&["--kills"][..], &["--kills", "x"], &["--sqlite"]] {
            assert!(read(wrong).is_err());
        }
    }
}
