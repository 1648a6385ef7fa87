//! One module per command.

mod adopt;
mod apply;
mod audit;
mod bill;
mod clock;
mod credit;
mod credit_note;
mod demo;
mod draft;
mod doctor;
mod forecast;
mod hold;
mod key;
mod imports;
mod invoice;
mod meter;
mod preview;
mod price;
mod price_table;
mod progress;
mod reconcile;
mod serve;
mod simulate;
mod usage;

use std::process::ExitCode;

use crate::args::{Arguments, Change, Command, Meter, Order, Shipment, Signal};
use crate::failure::Failure;
use crate::texts::Texts;

/// Exit code: something was found for a person to act on.
const TO_ACT_ON: u8 = 4;

/// Runs the command of the command line.
pub fn run(arguments: &Arguments, texts: &Texts) -> Result<ExitCode, Failure> {
    let common = &arguments.common;
    match &arguments.command {
        Command::Demo => demo::run(common, texts),
        Command::Apply(apply) => apply::run(common, apply, texts),
        Command::Adopt(it) => adopt::run(common, it, texts),
        Command::Order(Order::Import(files)) => imports::orders(common, files.into(), texts),
        Command::Order(Order::Preview(files)) => preview::orders(common, files.into(), texts),
        Command::Order(Order::Forecast { files, from, months }) => {
            let asked = forecast::Asked { files: files.into(), from, months: *months };
            forecast::run(common, &asked, texts)
        }
        Command::Shipment(Shipment::Import { file }) => imports::shipments(common, file, texts),
        Command::Signal(Signal::Send { file }) => imports::signals(common, file, texts),
        Command::Change(Change::Preview { file }) => preview::changes(common, file, texts),
        Command::Change(Change::Import { file }) => imports::changes(common, file, texts),
        Command::Hold(command) => hold::run(common, command, texts),
        Command::Key(command) => key::run(common, command, texts),
        Command::Bill(command) => bill::run(common, command, texts),
        Command::Credit(command) => credit::run(common, command, texts),
        Command::Usage(command) => usage::run(common, command, texts),
        Command::Meter(Meter::Test { event, at }) => meter::test(common, event, at, None, texts),
        Command::Price(command) => price::run(common, command, texts),
        Command::Serve(it) => serve::run(common, it, texts),
        Command::Clock(command) => clock::run(common, command, texts),
        Command::Invoice(command) => invoice::run(common, command, texts),
        Command::Simulate(command) => simulate::run(common, command, texts),
        Command::Reconcile(it) => reconcile::run(common, it, texts),
        Command::Audit(it) => audit::run(common, it, texts),
        Command::Doctor => doctor::run(common, texts),
    }
}
