//! Devices that are gone: nobody holds them, and the contract ends or waits for another.

use facts::offer::AfterLoss::{self, Ends, UntilReplaced};
use facts::unit::{ChangeAction, Loss, LossCause};
use facts::{OfferPublished, UnitChanged};
use fulfilment::{UnitEvidence, check_together};

use crate::unit::{at, change, delivered, read, timeline_of};

const LOST_AT: &str = "2026-02-15T08:00:00Z";
const REPLACED_AT: &str = "2026-03-11T09:00:00Z";

pub fn lost(then: AfterLoss) -> ChangeAction {
    ChangeAction::Lost(Loss { cause: LossCause::Stolen, then })
}

fn with(changes: Vec<UnitChanged>) -> UnitEvidence {
    UnitEvidence { changes, ..delivered() }
}

fn loss(then: AfterLoss) -> UnitChanged {
    change("CHG-1", LOST_AT, lost(then))
}

fn swap() -> UnitChanged {
    change("CHG-2", REPLACED_AT, ChangeAction::Swap(read("T-2")))
}

#[test]
fn nobody_holds_a_device_that_is_gone() {
    let timeline = timeline_of(&with(vec![swap(), loss(UntilReplaced)]));
    assert_eq!(timeline.lost_at, Some(at(LOST_AT)));
    assert_eq!(timeline.ended_at, None);
    let until: Vec<_> = timeline.holdings.iter().map(|it| it.until).collect();
    assert_eq!(until, [Some(at(LOST_AT)), None]);
    assert_eq!(timeline.holdings[1].from, Some(at(REPLACED_AT)));
}

#[test]
fn a_contract_ends_with_its_device_where_the_offer_says_so() {
    let timeline = timeline_of(&with(vec![loss(Ends)]));
    assert_eq!((timeline.lost_at, timeline.ended_at), (Some(at(LOST_AT)), Some(at(LOST_AT))));
    assert_eq!(timeline.returned_at, None);
}

fn refused(changes: &[UnitChanged]) -> Vec<&'static str> {
    let all: Vec<&UnitChanged> = changes.iter().collect();
    let refused = check_together(&all, |_| true);
    refused.iter().map(|(_, no)| kernel::rejection::Rejection::code(no)).collect()
}

#[test]
fn what_follows_a_loss() {
    let again = change("CHG-3", "2026-04-01T00:00:00Z", lost(UntilReplaced));
    assert_eq!(refused(&[loss(UntilReplaced), swap(), again]), ["already-lost"]);
    assert_eq!(refused(&[loss(Ends), swap()]), ["unit-ended"]);
    assert_eq!(refused(&[loss(UntilReplaced), swap()]), [""; 0]);
    // What was lost can be found, and goes back.
    let back = change("CHG-4", "2026-04-01T00:00:00Z", ChangeAction::Return);
    assert_eq!(refused(&[loss(Ends), back]), [""; 0]);
}

/// The offer decides, whatever the report says, and the same report again is the same.
#[test]
fn the_offer_says_what_a_loss_means() {
    let offer = OfferPublished { on_loss: UntilReplaced, ..crate::amend::offer() };
    let of_offer = crate::amend::recorded(&offer, lost(Ends), None);
    assert_eq!(of_offer.as_ref().unwrap().action, lost(UntilReplaced));
    assert_eq!(crate::amend::recorded(&offer, lost(Ends), of_offer.as_ref()), None);
}
