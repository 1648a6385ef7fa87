//! One rate engine: each line charges the price of the offer, and an independent reading of the
//! offer comes to the same amount.

use std::collections::BTreeSet;

use facts::charge::{Charge, DayShare};
use facts::device::PricePart;
use facts::invoice::InvoiceLine;
use facts::offer::{ChargeRule, Component, OfferPublished, Proration};
use facts::price::{Model, OrderedPrice, PriceRow, TierCounter, UsagePrice};
use facts::{ChargeKind, InvoiceIssued, UnitId};
use jiff::civil::Date;
use kernel::{Period, Rounding, UnitPrice};

use crate::calendar::{count_days, days};
use crate::charge_period::of_line;
use crate::checks::{ordered, pools};
use crate::models;
use crate::ratio::{Ratio, shown};
use crate::service::ServiceDays;
use crate::world::{Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "prices",
        "Each line charges the price, quantity, share of days and rounding of the offer that its \
         order was accepted under.",
    );
    for logged in world.bills() {
        let has_price = |line: &&InvoiceLine| line.charge.kind != ChargeKind::CommitmentTrueUp;
        for line in logged.it.lines.iter().filter(has_price) {
            check.examine();
            check_line(&mut check, &Bill { world, logged, line });
        }
    }
    check
}

/// A line, and what it is judged by.
struct Bill<'a> {
    world: &'a World,
    logged: &'a Logged<InvoiceIssued>,
    line: &'a InvoiceLine,
}

impl Bill<'_> {
    fn differs(&self, what: &'static str, stated: String, computed: String) -> AuditFinding {
        let invoice = self.logged.it.number.clone();
        AuditFinding::RatedDiffers { invoice, line: self.line.line, what, stated, computed }
    }
}

fn check_line(check: &mut Check, bill: &Bill<'_>) {
    let charge = &bill.line.charge;
    let offer = bill.world.offers.get(&charge.offer);
    let component = offer.and_then(|offer| Some((offer, offer.component(&charge.component)?)));
    let Some((offer, component)) = component else {
        let stated = format!("{} of {}", charge.component, charge.offer);
        check.find(bill.differs("component", stated, "nothing that is published".to_owned()));
        return;
    };
    let (stated, of_offer) = (charge.computation.rounding.name(), offer.rounding.name());
    check.expect(stated == of_offer, || {
        bill.differs("rounding", stated.to_owned(), of_offer.to_owned())
    });
    match &component.charge {
        ChargeRule::Instalments { deposit: Some(deposit), .. } if is_deposit(charge) => {
            check_price(check, bill, *deposit);
            check_quantity(check, bill);
        }
        ChargeRule::Milestones { unit_price, parts, .. } => {
            check_part(check, bill, offer, (*unit_price, parts));
            check_quantity(check, bill);
        }
        ChargeRule::OnceDelivered { price, .. }
        | ChargeRule::Instalments { price, .. }
        | ChargeRule::OncePerOrder { price }
        | ChargeRule::OnceLost { price }
        | ChargeRule::OnceNotReturned { price, .. }
        | ChargeRule::StateChanged { price, .. }
        | ChargeRule::Recurring { price, .. } => {
            match price {
                OrderedPrice::Each(unit_price) => check_price(check, bill, *unit_price),
                modelled => check_ordered(check, bill, component, modelled),
            }
            check_quantity(check, bill);
            check_days(check, bill, offer.proration);
        }
        ChargeRule::Usage { price, counter, .. } => {
            check_usage(check, bill, offer, (price, *counter));
        }
    }
}

fn is_deposit(charge: &Charge) -> bool {
    charge.instalment.is_some_and(|it| it.number == 0)
}

/// The price in minor units is cut at the rounded down shares; what is left goes, one by one, to
/// the parts that lost most, the earlier of equals first.
fn part_minor(
    offer: &OfferPublished,
    (price, parts): (UnitPrice, &[PricePart]),
    number: u16,
) -> Option<i128> {
    let whole = Ratio::of_price(price)?.round(offer.currency.exponent(), offer.rounding)?;
    let exact = |part: &PricePart| Ratio::of_percent(part.percent)?.times(Ratio::new(whole, 1)?);
    let exact = parts.iter().map(exact).collect::<Option<Vec<Ratio>>>()?;
    let cut = exact.iter().map(|it| it.round(0, Rounding::Down)).collect::<Option<Vec<i128>>>()?;
    let lost = exact.iter().zip(&cut).map(|(exact, cut)| exact.minus(Ratio::new(*cut, 1)?));
    let lost = lost.collect::<Option<Vec<Ratio>>>()?;
    let left = whole - cut.iter().sum::<i128>();
    let at = usize::from(number).checked_sub(1)?;
    let mine = *lost.get(at)?;
    let goes_first = |(place, it): (usize, &Ratio)| {
        mine.is_below(*it) == Some(true) || (place < at && *it == mine)
    };
    let before = lost.iter().enumerate().filter(|it| goes_first(*it)).count();
    Some(cut.get(at)? + i128::from(i128::try_from(before).ok()? < left))
}

/// A part of a price: which one it is, and what that costs.
fn check_part(
    check: &mut Check,
    bill: &Bill<'_>,
    offer: &OfferPublished,
    (price, parts): (UnitPrice, &[PricePart]),
) {
    let charge = &bill.line.charge;
    let number = charge.instalment.map_or(0, |it| it.number);
    let agreed = usize::from(number).checked_sub(1).and_then(|at| parts.get(at));
    let stated = charge.device.part.map(|it| (it.percent, it.of, it.due));
    let expected = agreed.map(|it| (it.percent, price, it.due));
    check.expect(stated.is_some() && stated == expected, || {
        bill.differs("part of its price", format!("{stated:?}"), format!("{expected:?}"))
    });
    let minor = part_minor(offer, (price, parts), number);
    let decimals = offer.currency.exponent();
    let in_minor = |price| Ratio::of_price(price)?.round(decimals, Rounding::Down);
    let of_terms = charge.computation.terms.iter().map(|term| term.unit_price);
    for stated in charge.unit_price.into_iter().chain(of_terms) {
        check.expect(minor.is_some() && in_minor(stated) == minor, || {
            let computed = shown(minor.and_then(|minor| Ratio::new(minor, 1)));
            bill.differs("price of the part in minor units", stated.to_string(), computed)
        });
    }
}

fn check_price(check: &mut Check, bill: &Bill<'_>, expected: UnitPrice) {
    let charge = &bill.line.charge;
    let of_terms = charge.computation.terms.iter().map(|term| term.unit_price);
    for stated in charge.unit_price.into_iter().chain(of_terms) {
        check.expect(stated == expected, || AuditFinding::PriceDiffers {
            invoice: bill.logged.it.number.clone(),
            line: bill.line.line,
            stated,
            expected: expected.to_string(),
        });
    }
}

/// The part of the whole order line, priced again from the order.
fn check_ordered(check: &mut Check, bill: &Bill<'_>, component: &Component, price: &OrderedPrice) {
    let charge = &bill.line.charge;
    let Some(expected) = ordered::expected(bill.world, charge, component, price) else {
        let computed = "no contract that all of them share".to_owned();
        check.find(bill.differs("ordered quantity", format!("{:?}", charge.units), computed));
        return;
    };
    let stated = charge.ordered.as_ref();
    check.expect(stated.is_some_and(|it| expected.is_stated(it)), || {
        bill.differs("ordered quantity", format!("{stated:?}"), format!("{expected:?}"))
    });
    let (decimals, rounding) = (charge.amount.currency.exponent(), charge.computation.rounding);
    let minor = expected.minor(decimals, rounding);
    let stated = charge.amount.minor;
    check.expect(minor == Some(i128::from(stated)), || {
        let computed = shown(minor.and_then(|minor| Ratio::new(minor, 1)));
        bill.differs("amount in minor units", stated.to_string(), computed)
    });
}

/// The units, or orders, times what each takes; negative when it is given back.
fn expected_quantity(world: &World, charge: &Charge) -> Option<i128> {
    let of_units = charge
        .units
        .iter()
        .map(|unit| world.contract(unit)?.line.components.get(&charge.component).copied());
    // Of an order whose lines take different quantities, the rules take one; so do we.
    let of_orders = charge.orders.iter().map(|order| {
        let order = &world.orders.iter().find(|it| it.it.order == *order)?.it;
        order.lines.iter().find_map(|line| line.components.get(&charge.component)).copied()
    });
    let mut sum = 0_i128;
    for quantity in of_units.chain(of_orders) {
        sum = sum.checked_add(i128::from(quantity?))?;
    }
    let gives_back = matches!(
        charge.kind,
        ChargeKind::HardwareReturnCredit
            | ChargeKind::HardwareInstalmentCredit
            | ChargeKind::ServiceCredit
            | ChargeKind::StateFeeCredit
    );
    Some(if gives_back { -sum } else { sum })
}

fn check_quantity(check: &mut Check, bill: &Bill<'_>) {
    let charge = &bill.line.charge;
    let expected = expected_quantity(bill.world, charge).and_then(|it| Ratio::new(it, 1));
    // The terms of a model are of the whole order line.
    let is_plain = charge.ordered.is_none();
    let of_terms = charge.computation.terms.iter().filter(|_| is_plain).map(|term| term.quantity);
    for stated in std::iter::once(charge.quantity).chain(of_terms) {
        let is_it = expected.is_some() && Ratio::of_quantity(stated) == expected;
        check.expect(is_it, || AuditFinding::QuantityDiffers {
            invoice: bill.logged.it.number.clone(),
            line: bill.line.line,
            stated,
            expected: expected.map_or_else(|| "no contract".to_owned(), |it| it.to_string()),
        });
    }
}

/// The part of its charge period that a run of days costs.
fn expected_share(bill: &Bill<'_>, policy: Proration, run: Period) -> Option<DayShare> {
    let charge = &bill.line.charge;
    let (tile, whole) = of_line(bill.world, bill.logged, charge)?;
    let months = match bill.world.offers.get(&charge.offer)?.component(&charge.component)?.charge {
        ChargeRule::Recurring { every: Some(every), .. } => every.interval.months().unwrap_or(1),
        _ => 1,
    };
    let month_days = 30 * i64::from(months);
    let length = count_days(whole.0, whole.1);
    if matches!(policy, Proration::DaysHalfOpen | Proration::DaysInclusive) {
        return Some(DayShare { days: count_days(run.from(), run.to()), period_days: length });
    }
    let paid = |of: &BTreeSet<Date>| match policy {
        Proration::FullPeriod if of.is_empty() => 0,
        Proration::None if !of.contains(&tile.0) => 0,
        Proration::ThirtyDayMonth => {
            let count = i64::try_from(of.len()).unwrap_or(i64::MAX);
            if count == length { month_days } else { count.min(month_days) }
        }
        _ => count_days(tile.0, tile.1),
    };
    let period_days = if policy == Proration::ThirtyDayMonth { month_days } else { length };
    // All units of a line stand alike: what the run adds to the days that were there, or takes.
    let shares: BTreeSet<i64> = charge
        .units
        .iter()
        .map(|unit| {
            let mut there = paid_for(bill, unit, tile);
            there.retain(|day| !run.contains(*day));
            let without = paid(&there);
            there.extend(days(run.from(), run.to()));
            paid(&there) - without
        })
        .collect();
    let days = shares.first().copied().filter(|_| shares.len() == 1)?;
    Some(DayShare { days, period_days })
}

/// The days of a charge period that a unit pays for, before or after a line: on earlier invoices,
/// and on the lines of this one that give back, and then charge, before it.
fn paid_for(bill: &Bill<'_>, unit: &UnitId, (from, to): (Date, Date)) -> BTreeSet<Date> {
    let charge = &bill.line.charge;
    let account = &bill.logged.it.account;
    let mut service = ServiceDays::default();
    let is_of = |it: &&Logged<InvoiceIssued>| {
        it.it.account.account == account.account && it.sequence <= bill.logged.sequence
    };
    for logged in bill.world.bills().filter(is_of) {
        service.withdraw(&bill.world.due_again(logged));
        if logged.sequence < bill.logged.sequence {
            service.add(&logged.it);
        }
    }
    let net = service.net.get(&(charge.component.clone(), unit.clone()));
    let billed = net.into_iter().flatten().filter(|(_, times)| **times > 0).map(|(day, _)| *day);
    let mut there: BTreeSet<Date> = billed.filter(|day| from <= *day && *day < to).collect();
    if let Some(adopted) = bill.world.adopted.get(unit) {
        there.extend(
            days(from, to)
                .filter(|day| adopted.in_service_from <= *day && *day < adopted.paid_until),
        );
    }
    let rank = |it: &Charge| (it.kind == ChargeKind::ServiceCharge, it.period.map(Period::from));
    let lines = bill.logged.it.lines.iter().map(|line| &line.charge);
    let mut before: Vec<&Charge> = lines
        .filter(|it| it.component == charge.component && it.units.contains(unit))
        .filter(|it| rank(it) < rank(charge))
        .collect();
    before.sort_by_key(|it| rank(it));
    for it in before {
        let run = it.period.into_iter().flat_map(|run| days(run.from(), run.to()));
        match it.kind {
            ChargeKind::ServiceCredit => run.for_each(|day| {
                there.remove(&day);
            }),
            _ => there.extend(run.filter(|day| from <= *day && *day < to)),
        }
    }
    there
}

fn check_days(check: &mut Check, bill: &Bill<'_>, policy: Proration) {
    let charge = &bill.line.charge;
    // A fee says its day, and costs no part of it.
    let run = charge.period.filter(|_| charge.device.change.is_none());
    let expected = run.and_then(|run| expected_share(bill, policy, run));
    let of_terms = charge.computation.terms.iter().map(|term| term.days);
    let shown = |share: Option<DayShare>| {
        share.map_or_else(|| "no".to_owned(), |it| format!("{} of {}", it.days, it.period_days))
    };
    for stated in std::iter::once(charge.days).chain(of_terms) {
        check.expect(stated == expected, || AuditFinding::DaysDiffer {
            invoice: bill.logged.it.number.clone(),
            line: bill.line.line,
            stated: shown(stated),
            expected: shown(expected),
        });
    }
}

fn check_usage(
    check: &mut Check,
    bill: &Bill<'_>,
    offer: &OfferPublished,
    (price, counter): (&UsagePrice, TierCounter),
) {
    let Some(rated) = &bill.line.charge.rated else { return };
    if bill.line.charge.kind == ChargeKind::UsageCredit {
        // It gives back what was billed, whatever that cost.
        return;
    }
    let in_turns = models::in_turns(counter, price);
    let expected = match price {
        UsagePrice::Model(model) => models::cost_of(model, rated, in_turns),
        UsagePrice::Table(table) => {
            let mut rows = table.rows.iter();
            rows.find(|row| Some(&row.code) == rated.row.as_ref()).and_then(|row| {
                let own = own_price(bill, row)?;
                models::cost_of(own.unwrap_or(&row.model), rated, in_turns)
            })
        }
        UsagePrice::Pool(pool) => {
            check.expect(rated.pool.is_some(), || {
                bill.differs("pool", "none".to_owned(), "a pool".to_owned())
            });
            pools::cost(pool, rated)
        }
    };
    let decimals = rated.amount.currency.exponent();
    let minor = expected.and_then(|exact| exact.round(decimals, offer.rounding));
    check.expect(minor == Some(i128::from(rated.amount.minor)), || {
        AuditFinding::UsagePricedWrong {
            invoice: bill.logged.it.number.clone(),
            line: bill.line.line,
            stated: rated.amount,
            expected: shown(minor.and_then(|minor| Ratio::new(minor, 1))),
        }
    });
}

/// The price of the contract for a row, where it has one; none of it where the line says otherwise
/// than the orders of its units.
fn own_price<'a>(bill: &Bill<'a>, row: &PriceRow) -> Option<Option<&'a Model>> {
    let charge = &bill.line.charge;
    let stated = charge.rated.as_ref()?.contract.as_ref();
    let own = |unit| {
        let line = bill.world.contract(unit)?.line;
        let model = line.overrides.get(&charge.component).and_then(|own| own.get(&row.code));
        Some(model.map(|model| (&line.line, model)))
    };
    let units = charge.rated.iter().flat_map(|rated| &rated.by_unit).map(|it| &it.unit);
    let of_units = units.map(own).collect::<Option<Vec<_>>>()?;
    if !of_units.iter().all(|it| it.map(|(line, _)| line) == stated) {
        return None;
    }
    // Usage that went elsewhere leaves a line without units, whose price is still that of its
    // contract.
    let Some(stated) = stated else { return Some(None) };
    let lines = bill.world.orders.iter().flat_map(|order| &order.it.lines);
    let line = lines.into_iter().find(|it| it.line == *stated)?;
    line.overrides.get(&charge.component)?.get(&row.code).map(Some)
}
