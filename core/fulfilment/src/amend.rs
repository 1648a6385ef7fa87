//! What is accepted of the amendments that operators record.

use facts::offer::OfferPublished;
use facts::unit::{ChangeAction, Loss};
use facts::{UnitChanged, UnitTakenOver};
use jiff::Timestamp;

use crate::{ChangeUnit, Effective, Receipt, Rejection};

/// The unit that is amended, as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Amended<'a> {
    /// The version of the offer that it is under.
    pub offer: &'a OfferPublished,
    /// When its contract begins.
    pub from: Timestamp,
    /// Which unit goes on for it.
    pub taken_over: Option<&'a UnitTakenOver>,
    /// When its contract ends by itself; none: it does not.
    pub ends_at: Option<Timestamp>,
    /// The same amendment, where it was recorded before.
    pub before: Option<&'a UnitChanged>,
}

/// Takes an amendment of one unit. `at` is the instant of the moment that it names, if it names
/// one; none: the contract has no such moment.
///
/// # Errors
/// [`Rejection`]: another content under the same name, a plan that the offer does not have, a
/// moment that the contract does not have, or one outside of it.
pub fn amend(
    command: &ChangeUnit,
    at: Option<Timestamp>,
    unit: Amended<'_>,
) -> Result<Receipt<UnitChanged>, Rejection> {
    let command = &ChangeUnit { action: under(&command.action, unit.offer), ..command.clone() };
    if let Some(before) = unit.before {
        return is_repeated(command, before).then_some(Receipt::Unchanged).ok_or_else(|| {
            let (change, unit) = (command.change.clone(), command.unit.clone());
            Rejection::ChangeConflict { change, unit }
        });
    }
    let (effective_at, asked) = match command.effective {
        Effective::At(at) => (at, None),
        Effective::Named(moment) => {
            let no_term = || Rejection::NoTerm { unit: command.unit.clone() };
            (at.ok_or_else(no_term)?, Some(moment))
        }
    };
    if let ChangeAction::Plan(plan) = &command.action
        && !unit.offer.plans.contains(plan)
    {
        let known: Vec<_> = unit.offer.plans.iter().map(facts::PlanCode::as_str).collect();
        return Err(Rejection::UnknownPlan { plan: plan.clone(), known: known.join(", ") });
    }
    check_time(command, effective_at, unit)?;
    Ok(Receipt::New(UnitChanged {
        change: command.change.clone(),
        unit: command.unit.clone(),
        recorded_at: command.recorded_at,
        effective_at,
        action: command.action.clone(),
        asked,
    }))
}

/// What a loss means is said by the offer.
fn under(action: &ChangeAction, offer: &OfferPublished) -> ChangeAction {
    match action {
        ChangeAction::Lost(loss) => ChangeAction::Lost(Loss { then: offer.on_loss, ..*loss }),
        other => other.clone(),
    }
}

/// Whether a command says what it said before; a moment became an instant then.
fn is_repeated(command: &ChangeUnit, before: &UnitChanged) -> bool {
    let same_time = match command.effective {
        Effective::At(at) => before.asked.is_none() && before.effective_at == at,
        Effective::Named(moment) => before.asked == Some(moment),
    };
    same_time && before.recorded_at == command.recorded_at && before.action == command.action
}

fn check_time(
    command: &ChangeUnit,
    effective_at: Timestamp,
    unit: Amended<'_>,
) -> Result<(), Rejection> {
    let name = || command.unit.clone();
    if effective_at < unit.from {
        return Err(Rejection::ChangeBeforeContract {
            unit: name(),
            effective_at,
            from: unit.from,
        });
    }
    if let Some(next) = unit.taken_over.filter(|next| next.at <= effective_at) {
        return Err(Rejection::GoesOnAs { unit: name(), by: next.by.clone(), at: next.at });
    }
    match unit.ends_at.filter(|ends_at| *ends_at <= effective_at) {
        Some(ended_at) if command.action != ChangeAction::Return => {
            Err(Rejection::UnitEnded { unit: name(), ended_at })
        }
        _ => Ok(()),
    }
}

/// Checks the amendments of one device, those of all its units and all of one request, against
/// each other: `is_new` tells those of the request. What contradicts is said of a new one.
///
/// # Errors
/// Each new one that cannot be, with the reason.
pub fn check_together<'a>(
    changes: &[&'a UnitChanged],
    is_new: impl Fn(&UnitChanged) -> bool,
) -> Vec<(&'a UnitChanged, Rejection)> {
    let mut sorted = changes.to_vec();
    sorted.sort_by_key(|it| (it.effective_at, it.recorded_at, &it.change));
    let mut refused = Vec::new();
    let mut suspended: Option<&UnitChanged> = None;
    let mut ended: Option<&UnitChanged> = None;
    let mut accepted: Option<&UnitChanged> = None;
    let mut lost: Option<&UnitChanged> = None;
    for change in sorted {
        let (unit, effective_at) = (change.unit.clone(), change.effective_at);
        let is_suspend = change.action == ChangeAction::Suspend;
        let reason = if let Some(end) = ended.filter(|end| follows_nothing(end, change)) {
            Some((end, Rejection::UnitEnded { unit, ended_at: end.effective_at }))
        } else {
            match (&change.action, suspended) {
                (ChangeAction::Accept, _) if accepted.is_some() => accepted
                    .map(|before| (before, Rejection::AlreadyAccepted { unit, effective_at })),
                (ChangeAction::Suspend, Some(before)) => {
                    Some((before, Rejection::AlreadySuspended { unit, effective_at }))
                }
                (ChangeAction::Lost(_), _) if lost.is_some() => {
                    Some((lost.unwrap_or(change), Rejection::AlreadyLost { unit, effective_at }))
                }
                (ChangeAction::Resume, None) => {
                    Some((change, Rejection::NotSuspended { unit, effective_at }))
                }
                _ => None,
            }
        };
        match reason {
            Some((other, reason)) => {
                // An end that is recorded after what it cuts off is no contradiction.
                let cuts_off = matches!(reason, Rejection::UnitEnded { .. }) && !is_new(change);
                let said_of = [change, other].into_iter().find(|it| is_new(it));
                refused.extend(said_of.filter(|_| !cuts_off).map(|it| (it, reason)));
            }
            None if is_suspend => suspended = Some(change),
            None if change.action == ChangeAction::Resume => suspended = None,
            None if change.action == ChangeAction::Accept => accepted = Some(change),
            None if is_end(change) => ended = Some(change),
            None if matches!(change.action, ChangeAction::Lost(_)) => lost = Some(change),
            None => {}
        }
    }
    refused
}

const fn is_end(change: &UnitChanged) -> bool {
    match change.action {
        ChangeAction::Return | ChangeAction::Cancel => true,
        ChangeAction::Lost(loss) => loss.then.is_end(),
        _ => false,
    }
}

/// After an end, only the device can go back.
fn follows_nothing(end: &UnitChanged, change: &UnitChanged) -> bool {
    // What was lost can be found.
    let goes_back = change.action == ChangeAction::Return && end.action != ChangeAction::Return;
    !goes_back
}
