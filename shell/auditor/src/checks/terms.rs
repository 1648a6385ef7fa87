//! Terms do what was agreed, no more and no less: discounts and yearly rises are worked out again,
//! day by day and unit by unit, from the offer, the account and the seller of the invoice.

use std::collections::BTreeMap;

use facts::commitment::{Bound, Commitment, Span};
use facts::discount::{
    Basis, Discount, Escalation, Growth, Pot, Reduction, Scope, TermEffect, TermKind, Window,
};
use facts::invoice::InvoiceLine;
use facts::order::ContractTerm;
use facts::{ChargeKind, InvoiceIssued, OfferPublished, TermCode, UnitId};
use jiff::civil::Date;
use kernel::{Percent, Period, Rounding};

use crate::calendar::{bill_period, days, plus_months};
use crate::committed::{Committed, counts, day_of, in_force, periods, width};
use crate::life::Life;
use crate::ratio::{Ratio, shown};
use crate::world::{Knowledge, Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "terms",
        "Each line has the discounts and yearly rises that its offer and account agreed on, in \
         their order, on their part of it; those that share a rounding or an amount sum to it; \
         and no discount takes a line below zero.",
    );
    for invoices in world.invoices_by_account().into_values() {
        let mut pots = BTreeMap::new();
        for logged in invoices {
            for line in world.due_again(logged) {
                Bill { world, logged, line }.gather(&mut pots, -1);
            }
            for line in &logged.it.lines {
                check.examine();
                let bill = Bill { world, logged, line };
                bill.check(&mut check);
                bill.gather(&mut pots, 1);
            }
            // What lines share is shared by those of all invoices of the day.
            if world.is_last_of_day(logged) {
                check_pots(&mut check, &logged.it, &pots);
            }
        }
    }
    check
}

/// The code of the rise of a renewed contract.
const UPLIFT: &str = "renewal-uplift";

/// What the terms of a unit are counted from.
#[derive(Clone, Copy, Default)]
struct Since<'a> {
    started_on: Option<Date>,
    term: Option<&'a ContractTerm>,
}

/// A line, and what it is judged by.
struct Bill<'a> {
    world: &'a World,
    logged: &'a Logged<InvoiceIssued>,
    line: &'a InvoiceLine,
}

/// A term of the agreement.
enum Rule<'a> {
    Escalation(&'a Escalation),
    /// A rise at each renewal, under this code.
    Renewal(TermCode),
    Discount(&'a Discount),
    /// Whether it is one of the account.
    Maximum(bool, &'a Commitment),
}

/// The exact part of the line by percentage in 10 000ths; none for an amount.
type Parts = BTreeMap<Option<i128>, Ratio>;

/// What the effects of a pot come to: exact, room for an amount, stated.
#[derive(Default)]
struct Sum {
    is_maximum: bool,
    wanted: Option<Ratio>,
    room: i128,
    of_amount: Option<i128>,
    stated: i128,
    rounding: Rounding,
    line: u32,
}

impl<'a> Bill<'a> {
    fn check(&self, check: &mut Check) {
        let terms = self.line.effects.iter().filter(|it| it.kind != TermKind::Credit);
        let mut stated = terms.peekable();
        let gross = i128::from(self.line.charge.amount.minor);
        let (mut left, mut risen) = (gross, gross);
        for (is_account, rule) in self.rules() {
            let Some(parts) = self.parts(&rule) else {
                check.find(self.differs("days of a term", "no day", "nothing that is known"));
                return;
            };
            let of = match &rule {
                Rule::Discount(it) if it.basis == Basis::Undiscounted => risen,
                _ => left,
            };
            for (percent, share) in parts {
                let exact = Ratio::new(of, 1).and_then(|it| it.times(share));
                let code = rule.code();
                let next = stated.next_if(|it| {
                    it.term == *code
                        && it.pot.offer.is_none() == is_account
                        && it.percent.map(in_10_000ths) == percent.map(Some)
                });
                let Some(effect) = next else {
                    // A part of less than a minor unit may be nothing.
                    let is_nothing = exact.and_then(|it| it.round(0, Rounding::Down)) == Some(0);
                    check.expect(is_nothing, || {
                        self.differs("effect of a term", "none", code.as_str())
                    });
                    continue;
                };
                self.check_effect(check, effect, exact);
                if let Rule::Maximum(is_account, it) = rule {
                    self.check_maximum(check, effect, (is_account, it));
                }
                left += i128::from(effect.amount.minor);
                if effect.kind == TermKind::Escalation {
                    risen += i128::from(effect.amount.minor);
                }
            }
        }
        for effect in stated {
            check.find(self.differs("effect of a term", effect.term.as_str(), "none"));
        }
        let keeps_its_side =
            if risen >= 0 { (0..=risen).contains(&left) } else { (risen..=0).contains(&left) };
        check.expect(keeps_its_side, || {
            self.differs("net of the line in minor units", &left.to_string(), "0 or its own side")
        });
    }

    fn check_effect(&self, check: &mut Check, effect: &TermEffect, exact: Option<Ratio>) {
        let stated = i128::from(effect.base.minor);
        let difference = Ratio::new(stated, 1).zip(exact).and_then(|(a, b)| a.minus(b));
        check.expect(difference.is_some_and(below_one), || {
            self.differs("base of a term", &stated.to_string(), &shown(exact))
        });
        let wanted = wanted(effect);
        let amount = Ratio::new(i128::from(effect.amount.minor), 1);
        let difference = amount.zip(wanted).and_then(|(a, b)| a.minus(b));
        check.expect(effect.percent.is_none() || difference.is_some_and(below_one), || {
            let stated = effect.amount.minor.to_string();
            self.differs("amount of a term in minor units", &stated, &shown(wanted))
        });
    }

    /// The period and the amount of a maximum are those that were agreed.
    fn check_maximum(
        &self,
        check: &mut Check,
        effect: &TermEffect,
        (is_account, it): (bool, &Commitment),
    ) {
        let at = self.committed(is_account, it);
        let rounding = self.offer_of(is_account).map(|it| it.rounding);
        let decimals = it.amount.currency.exponent();
        let most = at
            .as_ref()
            .and_then(|at| at.amount?.round(decimals, rounding.unwrap_or_default()))
            .and_then(|it| Ratio::new(it, 1));
        let stated = effect.of_amount.and_then(|it| Ratio::new(i128::from(it.minor), 1));
        check.expect(most.is_some() && most == stated, || {
            self.differs("maximum in minor units", &shown(stated), &shown(most))
        });
        let period = at.map(|at| at.period);
        check.expect(effect.pot.period == period, || {
            let said = |it: Option<Period>| it.map_or("none".to_owned(), |it| it.to_string());
            self.differs("period of a maximum", &said(effect.pot.period), &said(period))
        });
    }

    fn differs(&self, what: &'static str, stated: &str, computed: &str) -> AuditFinding {
        AuditFinding::RatedDiffers {
            invoice: self.logged.it.number.clone(),
            line: self.line.line,
            what,
            stated: stated.to_owned(),
            computed: computed.to_owned(),
        }
    }

    /// The terms that are about the line, in their order; whether each is one of the account.
    fn rules(&self) -> Vec<(bool, Rule<'a>)> {
        let charge = &self.line.charge;
        let is_service =
            matches!(charge.kind, ChargeKind::ServiceCharge | ChargeKind::ServiceCredit);
        let repeats = is_service || charge.kind.is_usage();
        let of_offer = self.world.offers.get(&charge.offer).map(|offer| (false, &offer.terms));
        let of_account = (true, &self.logged.it.account.terms);
        let mut rules = Vec::new();
        for rank in 0..4 {
            for (is_account, terms) in of_offer.into_iter().chain([of_account]) {
                let rises = terms.escalations.iter().filter(|it| {
                    rank == 0
                        && repeats
                        && (it.components.is_empty() || it.components.contains(&charge.component))
                });
                rules.extend(rises.map(|it| (is_account, Rule::Escalation(it))));
                if rank == 0 && repeats && !is_account {
                    rules.extend(TermCode::new(UPLIFT).ok().map(|it| (false, Rule::Renewal(it))));
                }
                let of_rank = terms.discounts.iter().filter(|it| match &it.scope {
                    Scope::Components(all) => rank == 1 && all.contains(&charge.component),
                    Scope::Offer(offer) => rank == 2 && *offer == charge.offer.code,
                    Scope::Account => rank == 3,
                });
                rules.extend(of_rank.map(|it| (is_account, Rule::Discount(it))));
            }
        }
        rules.extend(self.maxima());
        rules
    }

    /// The maxima of the offer, and of the version of the account that is in force at the end of
    /// the period: narrow before wide, short before long.
    fn maxima(&self) -> Vec<(bool, Rule<'a>)> {
        let account = &self.logged.it.account.account;
        let of_offer = self.world.offers.get(&self.line.charge.offer);
        let versions = self.world.account_versions.iter().map(|it| &it.it);
        let versions = versions.filter(|it| it.account == *account);
        let sources = of_offer.into_iter().map(|it| (None, &it.terms));
        let sources = sources.chain(versions.map(|it| (Some(it), &it.terms)));
        let mut maxima = Vec::new();
        for (version, terms) in sources {
            for it in terms.commitments.iter().filter(|it| it.bound == Bound::Maximum) {
                let is_account = version.is_some();
                let at = self.committed(is_account, it);
                let stands = at.is_some_and(|at| {
                    let known = || in_force(self.world, self.logged, at.period);
                    version.is_none_or(|it| known().is_some_and(|of| of.version == it.version))
                });
                if stands && counts(self.offer_of(is_account), it, self.line) {
                    maxima.push((is_account, Rule::Maximum(is_account, it)));
                }
            }
        }
        maxima.sort_by_key(|(is_account, rule)| match rule {
            Rule::Maximum(_, it) => (width(&it.scope), it.each, *is_account),
            _ => (0, Span::Period, *is_account),
        });
        maxima
    }

    fn offer_of(&self, is_account: bool) -> Option<&'a OfferPublished> {
        self.world.offers.get(&self.line.charge.offer).filter(|_| !is_account)
    }

    /// The period of a maximum that the line is in.
    fn committed(&self, is_account: bool, it: &Commitment) -> Option<Committed> {
        let day = day_of(&self.logged.it, self.line);
        let before = day.tomorrow().ok()?;
        let offer = self.offer_of(is_account);
        let last = periods(self.world, self.logged, (offer, it), before).pop()?;
        (day < last.period.to()).then_some(last)
    }

    /// Day by day, unit by unit: which part of the line has which percentage.
    fn parts(&self, rule: &Rule<'_>) -> Option<Parts> {
        let charge = &self.line.charge;
        let issued_on = self.logged.it.issued_on;
        let mut moments: Vec<(Since<'_>, Date, Ratio)> = Vec::new();
        let one = Ratio::new(1, 1)?;
        match (charge.period, &charge.rated) {
            (Some(period), Some(rated)) => {
                let last = period.to().yesterday().ok()?;
                let used = rated.by_unit.iter().map(|it| Ratio::of_quantity(it.quantity));
                let used: Vec<Ratio> = used.collect::<Option<_>>()?;
                let by_usage = used.iter().all(|it| it.is_below(Ratio::ZERO) == Some(false))
                    && used.iter().any(|it| *it != Ratio::ZERO);
                for (unit, used) in rated.by_unit.iter().zip(used) {
                    let weight = if by_usage { used } else { one };
                    moments.push((self.since(&unit.unit), last, weight));
                }
                if rated.by_unit.is_empty() {
                    moments.push((Since::default(), last, one));
                }
            }
            (Some(period), None) => {
                for unit in &charge.units {
                    let since = self.since(unit);
                    let each = days(period.from(), period.to());
                    moments.extend(each.map(|day| (since, day, one)));
                }
            }
            (None, _) => {
                for unit in &charge.units {
                    let delivered_on = self.delivered_on(unit).unwrap_or(issued_on);
                    let later = charge.instalment.map_or(0, |it| i64::from(it.number) - 1);
                    let day = plus_months(delivered_on, later)?;
                    moments.push((self.since(unit), day, one));
                }
                for order in &charge.orders {
                    let orders = &self.world.orders;
                    let known = orders.iter().find(|it| it.it.order == *order);
                    let day = known.map_or(issued_on, |it| it.it.ordered_on);
                    moments.push((Since::default(), day, one));
                }
            }
        }
        let mut whole = Ratio::ZERO;
        let mut parts = Parts::new();
        if let Rule::Maximum(is_account, it) = rule {
            let at = self.committed(*is_account, it);
            return Some(at.map(|_| (None, one)).into_iter().collect());
        }
        for (since, day, weight) in moments {
            whole = whole.plus(weight)?;
            if let Some(percent) = self.percent_on(rule, since, day)? {
                let part = parts.entry(percent).or_insert(Ratio::ZERO);
                *part = part.plus(weight)?;
            }
        }
        let share = |(percent, part): (_, Ratio)| Some((percent, part.divided_by(whole)?));
        parts.into_iter().map(share).collect()
    }

    fn life(&self, unit: &UnitId) -> Option<Life<'a>> {
        let contract = self.world.contract(unit)?;
        let zone = &self.logged.it.account.zone;
        Some(Life::of(self.world, contract, zone, Knowledge::of_invoice(self.logged)))
    }

    fn since(&self, unit: &UnitId) -> Since<'a> {
        let zone = &self.logged.it.account.zone;
        let started_at = self.life(unit).and_then(|life| life.started_at());
        let contract = self.world.contract(unit);
        Since {
            started_on: started_at.map(|at| zone.day_of(at)),
            term: contract.and_then(|it| it.line.term.as_ref()),
        }
    }

    fn delivered_on(&self, unit: &UnitId) -> Option<Date> {
        let zone = &self.logged.it.account.zone;
        self.life(unit)?.delivered_at.map(|at| zone.day_of(at))
    }

    /// Whether a term counts on a day, and with which percentage in 10 000ths.
    fn percent_on(
        &self,
        rule: &Rule<'_>,
        Since { started_on, term }: Since<'_>,
        day: Date,
    ) -> Option<Option<Option<i128>>> {
        let passed = started_on.map_or(Some(0), |it| full_months(it, day))?;
        match rule {
            Rule::Maximum(..) => None,
            Rule::Renewal(_) => {
                let renewal = term.and_then(|term| Some((term.until, term.renewal?)));
                let Some((first, Some(uplift), months)) =
                    renewal.map(|(first, it)| (first, it.uplift, it.months))
                else {
                    return Some(None);
                };
                let mut renewals = 0;
                while plus_months(first, renewals * i64::from(months.max(1)))? <= day {
                    renewals += 1;
                }
                if renewals == 0 {
                    return Some(None);
                }
                Some(Some(Some(compounded(uplift, renewals)?)))
            }
            Rule::Escalation(it) => match (started_on, passed / 12) {
                (None, _) | (_, 0) => Some(None),
                (Some(started_on), years) => Some(Some(Some(self.rise(it, started_on, years)?))),
            },
            Rule::Discount(it) => {
                let cycle = &self.logged.it.account.bill_cycle;
                let is_open = match it.window {
                    Window::Always => true,
                    Window::Dates { from, until } => {
                        from.is_none_or(|it| it <= day) && until.is_none_or(|it| day < it)
                    }
                    Window::Months { count } => passed < i64::from(count),
                    Window::Periods { count } => {
                        // One period after the other, from that of the start.
                        let mut open = false;
                        let mut at = started_on.unwrap_or(day);
                        for _ in 0..count {
                            let (_, to) = bill_period(cycle, at)?;
                            open |= day < to;
                            at = to;
                        }
                        open
                    }
                };
                Some(match (&it.reduction, is_open) {
                    (_, false) => None,
                    (Reduction::Percent(percent), true) => Some(in_10_000ths(*percent)),
                    (Reduction::Amount { .. }, true) => Some(None),
                    (Reduction::Ramp(steps), true) => {
                        let months = steps.iter().flat_map(|step| {
                            std::iter::repeat_n(step.percent, usize::from(step.months))
                        });
                        months.skip(usize::try_from(passed).ok()?).map(in_10_000ths).next()
                    }
                })
            }
        }
    }

    /// The rise since the start of a contract, in 10 000ths of a percent.
    fn rise(&self, it: &Escalation, started_on: Date, years: i64) -> Option<i128> {
        match &it.by {
            Growth::Percent(yearly) => compounded(*yearly, years),
            Growth::Index(index) => {
                let values = self.logged.it.seller.indexes.get(index)?;
                let on = |day: Date| {
                    let mut known = values.iter().filter(|(from, _)| **from <= day);
                    known.next_back().and_then(|(_, value)| Ratio::of_price(*value))
                };
                in_percent(on(plus_months(started_on, years * 12)?)?.divided_by(on(started_on)?)?)
            }
        }
    }

    /// Adds what the line states to the pots.
    /// Adds the effects of the line to their pots; or takes them away, with −1.
    fn gather(&self, pots: &mut BTreeMap<(TermCode, Pot), Sum>, sign: i128) {
        for effect in self.line.effects.iter().filter(|it| it.kind != TermKind::Credit) {
            let rounding = match &effect.pot.offer {
                Some(offer) => self.world.offers.get(offer).map(|it| it.rounding),
                None => None,
            };
            let sum = pots
                .entry((effect.term.clone(), effect.pot.clone()))
                .or_insert_with(|| Sum { wanted: Some(Ratio::ZERO), ..Sum::default() });
            sum.is_maximum = effect.kind == TermKind::Maximum;
            sum.rounding = rounding.unwrap_or_default();
            sum.line = self.line.line;
            let wanted = wanted(effect).and_then(|it| it.times(Ratio::new(sign, 1)?));
            sum.wanted = sum.wanted.zip(wanted).and_then(|(a, b)| a.plus(b));
            sum.room += sign * room(effect);
            sum.of_amount = effect.of_amount.map(|it| i128::from(it.minor));
            sum.stated += sign * i128::from(effect.amount.minor);
        }
    }
}

/// The rise after so many of the same, in 10 000ths of a percent, rounded each time.
fn compounded(each: Percent, times: i64) -> Option<i128> {
    let one = Ratio::new(1, 1)?;
    let step = one.plus(Ratio::of_percent(each)?)?;
    let mut risen = 0;
    for _ in 0..times {
        risen = in_percent(one.plus(Ratio::new(risen, 1_000_000)?)?.times(step)?)?;
    }
    Some(risen)
}

/// 1.0609 is a rise of 6.09 %, in 10 000ths.
fn in_percent(factor: Ratio) -> Option<i128> {
    let rise = factor.minus(Ratio::new(1, 1)?)?;
    rise.times(Ratio::new(100, 1)?)?.round(4, Rounding::HalfAwayFromZero)
}

impl Rule<'_> {
    const fn code(&self) -> &TermCode {
        match self {
            Self::Escalation(it) => &it.code,
            Self::Renewal(code) => code,
            Self::Discount(it) => &it.code,
            Self::Maximum(_, it) => &it.code,
        }
    }
}

fn in_10_000ths(percent: Percent) -> Option<i128> {
    Ratio::of_percent(percent)?.round(6, Rounding::Down)
}

fn below_one(difference: Ratio) -> bool {
    let (least, most) = (Ratio::new(-1, 1), Ratio::new(1, 1));
    let above = least.and_then(|it| it.is_below(difference)) == Some(true);
    above && most.and_then(|it| difference.is_below(it)) == Some(true)
}

/// The exact effect of a percentage, in minor units.
fn wanted(effect: &TermEffect) -> Option<Ratio> {
    let Some(percent) = effect.percent else { return Some(Ratio::ZERO) };
    let exact = Ratio::new(i128::from(effect.base.minor), 1)?.times(Ratio::of_percent(percent)?)?;
    if effect.kind == TermKind::Escalation {
        return Some(exact);
    }
    let before = Ratio::new(i128::from(effect.before.minor), 1)?;
    let limited = if before.is_below(Ratio::ZERO)? {
        if exact.is_below(before)? { before } else { exact }
    } else if before.is_below(exact)? {
        before
    } else {
        exact
    };
    Ratio::ZERO.minus(limited)
}

/// What an amount could take off.
fn room(effect: &TermEffect) -> i128 {
    let (base, before) = (i128::from(effect.base.minor), i128::from(effect.before.minor));
    if base >= 0 { base.min(before).max(0) } else { base.max(before).min(0) }
}

/// How many months of a contract have passed: the most that still end on the day or before.
fn full_months(started_on: Date, day: Date) -> Option<i64> {
    let mut passed = 0;
    while plus_months(started_on, passed + 1)? <= day {
        passed += 1;
    }
    Some(passed)
}

fn check_pots(check: &mut Check, invoice: &InvoiceIssued, pots: &BTreeMap<(TermCode, Pot), Sum>) {
    for ((term, _), sum) in pots {
        let computed = match sum.of_amount {
            Some(most) if sum.is_maximum => Some(-(sum.room - most).max(0)),
            Some(amount) => Some(-amount.min(sum.room.max(0))),
            None => sum.wanted.and_then(|it| it.round(0, sum.rounding)),
        };
        check.expect(computed == Some(sum.stated), || AuditFinding::RatedDiffers {
            invoice: invoice.number.clone(),
            line: sum.line,
            what: "sum of the effects of a term in minor units",
            stated: format!("{term} {}", sum.stated),
            computed: shown(computed.and_then(|it| Ratio::new(it, 1))),
        });
    }
}
