//! Holds: place, release, list, and what they would do to the next invoices.

use std::process::ExitCode;

use ::holds::{Command, PlaceHold, ReleaseHold};
use connect::readable::Readable;
use documents::format;
use engine::holds::Known;
use facts::hold::{Blocked, HoldTarget};
use facts::{AccountId, HoldId, HolderCode, OrderLineId, UnitId};
use jiff::civil::Date;
use serde_json::json;

use super::preview;
use crate::args::{Common, Hold, HoldToPlace, HoldToRelease};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, command: &Hold, texts: &Texts) -> Result<ExitCode, Failure> {
    let (asked, dry_run) = match command {
        Hold::Place(it) => (Command::Place(to_place(it)?), it.dry_run),
        Hold::Release(it) => (Command::Release(to_release(it)?), it.dry_run),
        Hold::List { account } => return list(common, account.as_deref(), texts),
    };
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    if dry_run {
        let previews = engine::preview::of_holds(store.as_mut(), &[asked], now)?;
        return preview::show(common, &previews, texts);
    }
    let imported = engine::holds::record(store.as_mut(), std::slice::from_ref(&asked), now)?;
    let (hold, key) = match (&asked, imported.new) {
        (Command::Place(it), 0) => (&it.hold, "hold-known"),
        (Command::Release(it), 0) => (&it.hold, "hold-known"),
        (Command::Place(it), _) => (&it.hold, "hold-placed"),
        (Command::Release(it), _) => (&it.hold, "hold-released"),
    };
    Shown {
        json: json!({ "hold": hold, "new": imported.new > 0 }),
        after: vec![texts.with(key, &[("hold", hold.as_str())])],
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn read<T: Readable>(text: &str) -> Result<T, Failure> {
    T::read(text).map_err(Failure::refused)
}

fn to_place(it: &HoldToPlace) -> Result<PlaceHold, Failure> {
    let account = it.target.account.as_deref().map(read::<AccountId>).transpose()?;
    let unit = it.target.unit.as_deref().map(read::<UnitId>).transpose()?;
    let line = it.target.line.as_deref().map(read::<OrderLineId>).transpose()?;
    let target = match (unit, line) {
        (Some(unit), _) => HoldTarget::Unit(unit),
        (None, Some(line)) => HoldTarget::Line(line),
        (None, None) => HoldTarget::Account,
    };
    Ok(PlaceHold {
        hold: read::<HoldId>(&it.hold)?,
        holder: read::<HolderCode>(&it.by)?,
        account,
        target,
        blocks: it.blocks.iter().map(|it| read::<Blocked>(it)).collect::<Result<_, _>>()?,
        from: read::<Date>(&it.from)?,
        reason: it.reason.clone(),
    })
}

fn to_release(it: &HoldToRelease) -> Result<ReleaseHold, Failure> {
    Ok(ReleaseHold {
        hold: read::<HoldId>(&it.hold)?,
        holder: read::<HolderCode>(&it.by)?,
        until: read::<Date>(&it.until)?,
    })
}

fn list(common: &Common, account: Option<&str>, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let account = account.map(read::<AccountId>).transpose()?;
    let mut holds = engine::holds::all(store.as_mut())?;
    holds.retain(|it| account.as_ref().is_none_or(|account| it.placed.account == *account));
    let columns = [
        "column-hold",
        "column-held-by",
        "column-account",
        "column-what",
        "column-blocks",
        "column-since",
        "column-until",
        "column-reason",
    ];
    let columns = columns.map(|key| (texts.text(key), Kind::Words)).to_vec();
    let mut table = Table::new(None, columns);
    table.rows = holds.iter().map(|it| row(it, texts)).collect();
    let none = holds.is_empty();
    Shown {
        json: holds.iter().map(|it| json!(stories::report::hold(it))).collect(),
        tables: if none { Vec::new() } else { vec![table] },
        after: none.then(|| texts.text("hold-none")).into_iter().collect(),
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn row(it: &Known, texts: &Texts) -> Vec<String> {
    let placed = &it.placed;
    let day = |day| format::date(day, texts.language);
    let what = match &placed.target {
        HoldTarget::Account => texts.text("hold-on-account"),
        HoldTarget::Line(line) => texts.with("hold-on-line", &[("line", line.as_str())]),
        HoldTarget::Unit(unit) => texts.with("hold-on-unit", &[("unit", unit.as_str())]),
    };
    let blocks = placed.blocks.iter().map(|it| texts.text(&format!("hold-blocks-{}", it.word())));
    vec![
        placed.hold.to_string(),
        placed.holder.to_string(),
        placed.account.to_string(),
        what,
        blocks.collect::<Vec<_>>().join(", "),
        day(placed.from),
        it.released.as_ref().map(|it| day(it.until)).unwrap_or_default(),
        placed.reason.clone().unwrap_or_default(),
    ]
}
