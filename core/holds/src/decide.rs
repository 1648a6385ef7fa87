//! Which hold can be placed and released, and what a hold says to who wants to change something.

use std::collections::BTreeSet;

use facts::hold::{Blocked, HoldTarget};
use facts::{AccountId, HoldId, HoldPlaced, HoldReleased, HolderCode, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Holds, Place};

/// A service asks to hold something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceHold {
    /// The hold, as the service names it.
    pub hold: HoldId,
    /// The service.
    pub holder: HolderCode,
    /// The account; of a unit or a line, none: the one that it belongs to.
    pub account: Option<AccountId>,
    /// What is held.
    pub target: HoldTarget,
    /// What that blocks.
    pub blocks: BTreeSet<Blocked>,
    /// The first day.
    pub from: Date,
    /// Why.
    pub reason: Option<String>,
}

/// A service asks to hold no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseHold {
    /// The hold.
    pub hold: HoldId,
    /// The service.
    pub holder: HolderCode,
    /// The first day that is not held.
    pub until: Date,
}

/// What is asked about holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To hold.
    Place(PlaceHold),
    /// To hold no more.
    Release(ReleaseHold),
}

/// What is to be held, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whose it is.
    pub account: AccountId,
    /// The first day of the contract, or of the account.
    pub from: Date,
    /// The first day after its service; none: it has no end.
    pub ended_on: Option<Date>,
    /// Which unit goes on for it, and from which day.
    pub goes_on_as: Option<(UnitId, Date)>,
}

kernel::rejections! {
    /// Why a hold is neither placed nor released, or what it forbids.
    pub enum Rejection {
        /// It would block nothing.
        BlocksNothing {
            /// The hold.
            hold: HoldId,
        } = "hold-blocks-nothing",
            "hold `{hold}` blocks nothing; say which of billing, service and change it blocks";
        /// There is nothing of that name.
        UnknownTarget {
            /// The hold.
            hold: HoldId,
            /// What.
            target: String,
        } = "hold-unknown-target",
            "hold `{hold}` is on {target}, which does not exist; import its order first, or \
             correct the name";
        /// The name was used for another hold.
        Conflict {
            /// The hold.
            hold: HoldId,
            /// Who placed it.
            holder: HolderCode,
            /// From when.
            from: Date,
        } = "hold-conflict",
            "hold `{hold}` was placed before with another content, by `{holder}` from {from}; \
             release that one, or give this one another name";
        /// It would begin before there is anything to hold.
        BeforeContract {
            /// The hold.
            hold: HoldId,
            /// Its first day.
            from: Date,
            /// That of what is held.
            begins: Date,
        } = "hold-before-contract",
            "hold `{hold}` cannot begin on {from}: what it holds begins on {begins}; give that \
             day or a later one";
        /// It would begin after the end.
        AfterEnd {
            /// The hold.
            hold: HoldId,
            /// Its first day.
            from: Date,
            /// The first day without service.
            ended_on: Date,
        } = "hold-after-end",
            "hold `{hold}` cannot begin on {from}: its unit ends on {ended_on}, so there is \
             nothing to hold";
        /// Another unit goes on for it.
        GoesOnAs {
            /// The hold.
            hold: HoldId,
            /// The one that goes on.
            by: UnitId,
            /// From when.
            on: Date,
        } = "hold-goes-on-as",
            "the unit of hold `{hold}` goes on as `{by}` from {on}; hold that unit instead";
        /// There is no such hold.
        Unknown {
            /// As asked.
            hold: HoldId,
        } = "hold-unknown",
            "there is no hold `{hold}` to release; see `tabouret hold list`";
        /// Somebody else holds.
        OfAnother {
            /// The hold.
            hold: HoldId,
            /// Who placed it.
            expected: HolderCode,
            /// Who asks.
            actual: HolderCode,
        } = "hold-of-another",
            "hold `{hold}` is of `{expected}`, not of `{actual}`; only who placed it can release \
             it";
        /// It would end before it begins.
        ReleasedBeforeStart {
            /// The hold.
            hold: HoldId,
            /// Its first day.
            from: Date,
            /// As asked.
            until: Date,
        } = "hold-released-before-start",
            "hold `{hold}` begins on {from} and cannot end on {until}; give {from}, and it never \
             was, or a later day";
        /// It ends on another day.
        ReleasedBefore {
            /// The hold.
            hold: HoldId,
            /// As recorded.
            until: Date,
        } = "hold-released-before",
            "hold `{hold}` was released from {until} on; place another hold for the days after";
        /// Somebody holds it against changes.
        HeldForChange {
            /// What would be changed.
            what: String,
            /// The day.
            day: Date,
            /// Who holds it.
            holder: HolderCode,
            /// Since when.
            from: Date,
            /// Which hold.
            hold: HoldId,
        } = "held-for-change",
            "{what} is held by `{holder}` from {from} on (hold `{hold}`) and cannot be changed on \
             {day}; ask `{holder}` to release it";
        /// Somebody holds it against billing.
        HeldForBilling {
            /// Who holds it.
            holder: HolderCode,
            /// Since when.
            from: Date,
            /// Which hold.
            hold: HoldId,
            /// In the words of who holds it.
            why: String,
        } = "held-for-billing",
            "held for billing by `{holder}` from {from} on (hold `{hold}`{why}); what is due stays \
             due until `{holder}` releases it";
    }
}

/// Places a hold; none: it was placed before.
///
/// # Errors
/// [`Rejection`].
pub fn place(
    command: &PlaceHold,
    standing: &Standing,
    before: Option<&HoldPlaced>,
    now: Timestamp,
) -> Result<Option<HoldPlaced>, Rejection> {
    let hold = command.hold.clone();
    if let Some(before) = before {
        let (holder, from) = (before.holder.clone(), before.from);
        let conflict = Rejection::Conflict { hold, holder, from };
        return if is_repeated(command, standing, before) { Ok(None) } else { Err(conflict) };
    }
    let PlaceHold { from, .. } = *command;
    if command.blocks.is_empty() {
        return Err(Rejection::BlocksNothing { hold });
    }
    if from < standing.from {
        return Err(Rejection::BeforeContract { hold, from, begins: standing.from });
    }
    if let Some((by, on)) = standing.goes_on_as.clone().filter(|(_, on)| *on <= from) {
        return Err(Rejection::GoesOnAs { hold, by, on });
    }
    if let Some(ended_on) = standing.ended_on.filter(|ended_on| *ended_on <= from) {
        return Err(Rejection::AfterEnd { hold, from, ended_on });
    }
    Ok(Some(HoldPlaced {
        hold,
        holder: command.holder.clone(),
        account: standing.account.clone(),
        target: command.target.clone(),
        blocks: command.blocks.clone(),
        from,
        recorded_at: now,
        reason: command.reason.clone(),
    }))
}

/// Whether a request says what was recorded; when it was recorded does not matter.
fn is_repeated(command: &PlaceHold, standing: &Standing, before: &HoldPlaced) -> bool {
    let PlaceHold { hold, holder, account: _, target, blocks, from, reason } = command;
    before.hold == *hold
        && before.holder == *holder
        && before.account == standing.account
        && before.target == *target
        && before.blocks == *blocks
        && before.from == *from
        && before.reason == *reason
}

/// Releases a hold; none: it was released so before.
///
/// # Errors
/// [`Rejection`].
pub fn release(
    command: &ReleaseHold,
    placed: Option<&HoldPlaced>,
    before: Option<&HoldReleased>,
    now: Timestamp,
) -> Result<Option<HoldReleased>, Rejection> {
    let ReleaseHold { hold, holder, until } = command.clone();
    let Some(placed) = placed else { return Err(Rejection::Unknown { hold }) };
    if placed.holder != holder {
        let expected = placed.holder.clone();
        return Err(Rejection::OfAnother { hold, expected, actual: holder });
    }
    if let Some(before) = before {
        let no = Rejection::ReleasedBefore { hold, until: before.until };
        return if before.until == until { Ok(None) } else { Err(no) };
    }
    if until < placed.from {
        return Err(Rejection::ReleasedBeforeStart { hold, from: placed.from, until });
    }
    let account = placed.account.clone();
    Ok(Some(HoldReleased { hold, account, until, recorded_at: now }))
}

/// Whether something can be changed: neither on the day on which it is agreed nor on the one from
/// which it counts may it be held.
///
/// # Errors
/// [`Rejection::HeldForChange`].
pub fn refuse_change(
    holds: &Holds,
    (what, place): (&str, Place<'_>),
    days: [Date; 2],
) -> Result<(), Rejection> {
    for day in days {
        if let Some(it) = holds.holding(Blocked::Change, place, day) {
            return Err(Rejection::HeldForChange {
                what: what.to_owned(),
                day,
                holder: it.placed.holder.clone(),
                from: it.days.from,
                hold: it.placed.hold.clone(),
            });
        }
    }
    Ok(())
}

impl Rejection {
    /// Why an account is not billed on a day; none: nobody holds it.
    #[must_use]
    pub fn of_billing(holds: &Holds, day: Date) -> Option<Self> {
        let it = holds.holding(Blocked::Billing, Place::ACCOUNT, day)?;
        let why = it.placed.reason.as_ref().map(|it| format!(": {it}"));
        Some(Self::HeldForBilling {
            holder: it.placed.holder.clone(),
            from: it.days.from,
            hold: it.placed.hold.clone(),
            why: why.unwrap_or_default(),
        })
    }
}
