//! One rate engine: each line charges the price of the offer, and an independent reading of the
//! offer comes to the same amount.

use facts::charge::{Charge, DayShare, RatedUsage};
use facts::invoice::InvoiceLine;
use facts::offer::{ChargeRule, OfferPublished, Proration};
use facts::price::{Pool, TierCounter, UsagePrice};
use facts::{ChargeKind, InvoiceIssued, OfferRef};
use kernel::{Period, UnitPrice};

use crate::calendar::{bill_period, count_days, days};
use crate::life::Life;
use crate::models;
use crate::ratio::{Ratio, shown};
use crate::world::{Knowledge, Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "prices",
        "Each line charges the price, quantity, share of days and rounding of the offer that its \
         order was accepted under.",
    );
    for logged in &world.invoices {
        for line in &logged.it.lines {
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
        ChargeRule::OnceDelivered { unit_price }
        | ChargeRule::Instalments { unit_price, .. }
        | ChargeRule::OncePerOrder { unit_price }
        | ChargeRule::Recurring { unit_price, .. } => {
            check_price(check, bill, *unit_price);
            check_quantity(check, bill);
            check_days(check, bill, offer.proration);
        }
        ChargeRule::Usage { price, counter, .. } => {
            check_usage(check, bill, offer, (price, *counter));
        }
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
    );
    Some(if gives_back { -sum } else { sum })
}

fn check_quantity(check: &mut Check, bill: &Bill<'_>) {
    let charge = &bill.line.charge;
    let expected = expected_quantity(bill.world, charge).and_then(|it| Ratio::new(it, 1));
    let of_terms = charge.computation.terms.iter().map(|term| term.quantity);
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

/// The part of its bill period that a run of days costs.
fn expected_share(invoice: &InvoiceIssued, policy: Proration, run: Period) -> Option<DayShare> {
    const MONTH_DAYS: i64 = 30;
    let (from, to) = bill_period(invoice.account.bill_cycle, run.from())?;
    let (days, period_days) = (count_days(run.from(), run.to()), count_days(from, to));
    Some(match policy {
        Proration::DaysHalfOpen => DayShare { days, period_days },
        Proration::FullPeriod => DayShare { days: period_days, period_days },
        Proration::ThirtyDayMonth if days >= MONTH_DAYS || days == period_days => {
            DayShare { days: MONTH_DAYS, period_days: MONTH_DAYS }
        }
        Proration::ThirtyDayMonth => DayShare { days, period_days: MONTH_DAYS },
    })
}

fn check_days(check: &mut Check, bill: &Bill<'_>, policy: Proration) {
    let charge = &bill.line.charge;
    let invoice = &bill.logged.it;
    let expected = charge.period.and_then(|run| expected_share(invoice, policy, run));
    let of_terms = charge.computation.terms.iter().map(|term| term.days);
    let shown = |share: Option<DayShare>| {
        share.map_or_else(|| "no".to_owned(), |it| format!("{} of {}", it.days, it.period_days))
    };
    for stated in std::iter::once(charge.days).chain(of_terms) {
        check.expect(stated == expected, || AuditFinding::DaysDiffer {
            invoice: invoice.number.clone(),
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
            rows.find(|row| Some(&row.code) == rated.row.as_ref())
                .and_then(|row| models::cost_of(&row.model, rated, in_turns))
        }
        UsagePrice::Pool(pool) => {
            check_pool(check, bill, offer, pool, rated);
            overage_cost(pool, rated)
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

fn allowance(pool: &Pool, rated: &RatedUsage) -> Option<Ratio> {
    let units = Ratio::new(i128::from(rated.pool?.active_units), 1)?;
    Ratio::of_quantity(pool.included_per_active_unit)?.times(units)
}

fn overage_cost(pool: &Pool, rated: &RatedUsage) -> Option<Ratio> {
    let over = Ratio::of_quantity(rated.quantity)?.minus(allowance(pool, rated)?)?;
    if over.is_below(Ratio::ZERO)? {
        return Some(Ratio::ZERO);
    }
    over.times(Ratio::of_price(pool.overage_price)?)
}

fn check_pool(
    check: &mut Check,
    bill: &Bill<'_>,
    offer: &OfferPublished,
    pool: &Pool,
    rated: &RatedUsage,
) {
    let Some(stated) = rated.pool else {
        check.find(bill.differs("pool", "none".to_owned(), "a pool".to_owned()));
        return;
    };
    let expected = allowance(pool, rated);
    check.expect(Ratio::of_quantity(stated.allowance) == expected, || {
        bill.differs("allowance", stated.allowance.to_string(), shown(expected))
    });
    let Some(period) = bill.line.charge.period else { return };
    let active = active_units(bill, &offer.reference(), period);
    check.expect(active == stated.active_units, || {
        bill.differs("active units", stated.active_units.to_string(), active.to_string())
    });
}

/// How many units of the offer have a service day in the period, as the invoice knows.
fn active_units(bill: &Bill<'_>, offer: &OfferRef, period: Period) -> u64 {
    let invoice = &bill.logged.it;
    let contracts = bill.world.contracts_of(&invoice.account.account).into_iter();
    let known =
        contracts.filter(|it| it.line.offer == *offer && it.sequence < bill.logged.sequence);
    let is_active = |contract: &crate::world::Contract<'_>| {
        let knowledge = Knowledge::of_invoice(bill.logged);
        let life = Life::of(bill.world, *contract, &invoice.account.zone, knowledge);
        days(period.from(), period.to()).any(|day| life.serves_on(day))
    };
    u64::try_from(known.filter(is_active).count()).unwrap_or(u64::MAX)
}
