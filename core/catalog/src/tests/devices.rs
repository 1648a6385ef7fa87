//! What an offer says of the device: whose it is, and what its states cost.

use super::*;

#[test]
fn what_stays_the_sellers_is_not_sold() {
    use facts::device::Ownership::{Leased, Loaned, Sold};
    let fee = |within_days| ChargeRule::OnceNotReturned {
        price: facts::price::OrderedPrice::Each("120".parse().unwrap()),
        within_days,
    };
    let with = |device: facts::device::Ownership, charge: Option<ChargeRule>| {
        said_after(|draft| {
            let component = component(&mut draft.offers[0], 0);
            component.device.ownership = device;
            component.charge = charge.unwrap_or_else(|| component.charge.clone());
        })
    };
    assert_eq!(with(Loaned, Some(fee(14))), [""; 0]);
    assert_eq!(with(Leased, Some(fee(14))), [""; 0]);
    assert!(with(Sold, Some(fee(14)))[0].contains("but the offer sells its devices"));
    assert!(with(Loaned, None)[0].contains("is loaned, but its charge sells it"));
    assert!(with(Leased, None)[0].contains("is leased, but its charge sells it"));
    let lease = |nature| {
        said_after(|draft| {
            let service = component(&mut draft.offers[0], 1);
            (service.device.ownership, service.nature) = (Leased, nature);
        })
    };
    assert_eq!(lease(facts::offer::SupplyNature::Services), [""; 0]);
    assert!(lease(facts::offer::SupplyNature::Goods)[0].contains("which is a service"));
}

#[test]
fn a_state_is_charged_afterwards_and_one_that_there_is() {
    use facts::device::ServiceState::{self, Active, Stored, Suspended, Test};
    use facts::offer::{Alignment, Every, TestState, Timing};
    let with = |of: ServiceState, at: Timing, align: Option<Alignment>, days: Option<u16>| {
        said_after(|draft| {
            draft.offers[0].start.test = days.map(|days| TestState { days, until: None });
            let ChargeRule::Recurring { state, timing, every, .. } =
                &mut component(&mut draft.offers[0], 1).charge
            else {
                panic!("not recurring")
            };
            (*state, *timing) = (of, at);
            *every = align.map(|align| Every { interval: kernel::Interval::Months(1), align });
        })
    };
    let (before, after) = (Timing::InAdvance, Timing::InArrears);
    for state in [Active, Stored, Suspended] {
        assert_eq!(with(state, after, None, None), [""; 0]);
        assert_eq!(with(state, after, Some(Alignment::Order), None), [""; 0]);
    }
    assert_eq!(with(Active, before, Some(Alignment::Start), None), [""; 0]);
    assert_eq!(with(Test, after, None, Some(14)), [""; 0]);
    assert!(with(Stored, before, None, None)[0].contains("how long a unit is stored"));
    let aligned = with(Suspended, after, Some(Alignment::Start), None);
    assert!(aligned[0].contains("how long a unit is suspended"), "{aligned:?}");
    assert!(with(Test, after, None, None)[0].contains("but the offer has none"));
}

#[test]
fn a_change_of_state_is_one_that_there_can_be() {
    use facts::device::LifeState::{self, Active, Ended, Gone, New, Stored, Suspended, Test};
    use facts::offer::TestState;
    let with = |before: &[LifeState], to: LifeState, days: Option<u16>| {
        said_after(|draft| {
            draft.offers[0].start.test = days.map(|days| TestState { days, until: None });
            component(&mut draft.offers[0], 1).charge = ChargeRule::StateChanged {
                price: facts::price::OrderedPrice::Each("12".parse().unwrap()),
                from: before.iter().copied().collect(),
                to,
            };
        })
    };
    for (from, to) in [(New, Stored), (Stored, Active), (Suspended, Active), (Gone, Stored)] {
        assert_eq!(with(&[from], to, None), [""; 0]);
    }
    assert_eq!(with(&[], Ended, None), [""; 0]);
    assert_eq!(with(&[Test], Active, Some(14)), [""; 0]);
    let never = [(Active, Active), (Active, Stored), (Ended, Active), (Stored, New)];
    for (from, to) in never {
        let said = with(&[New, from], to, None);
        assert!(said[0].contains("no unit goes from"), "{from:?} {to:?}: {said:?}");
    }
    assert!(with(&[], New, None)[0].contains("no unit goes from `new` to `new`"));
    assert!(with(&[Test], Active, None)[0].contains("but the offer has none"));
    assert!(with(&[], Test, None)[0].contains("but the offer has none"));
}

#[test]
fn a_test_is_used_up_by_something_that_adds_up() {
    use facts::meter::Measure;
    use facts::offer::{TestState, UsageThreshold};
    let with = |meter: &str, quantity: &str, measure: Option<Measure>| {
        said_after(|draft| {
            let until = UsageThreshold { meter: code(meter), quantity: quantity.parse().unwrap() };
            draft.offers[0].start.test = Some(TestState { days: 14, until: Some(until) });
            if let Some(measure) = measure {
                draft.meters[0].measure = measure;
            }
        })
    };
    assert_eq!(with("mb", "50", None), [""; 0]);
    assert_eq!(with("mb", "0.5", Some(Measure::Count)), [""; 0]);
    assert!(with("mb", "0", None)[0].contains("a test cannot end at 0 of `mb`"));
    assert!(with("mb", "-1", None)[0].contains("a test cannot end at -1 of `mb`"));
    let unknown = with("gb", "50", None);
    assert!(unknown[0].contains("`gb`"), "{unknown:?}");
}
