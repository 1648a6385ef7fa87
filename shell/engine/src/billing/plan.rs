//! What an invoice would be: everything known is gathered, priced and checked, nothing is written.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use ::credits::Credit;
use facts::carried::Carried;
use facts::credit::Prepaid;
use facts::invoice::TermedCharge;
use facts::{AccountId, AccountRegistered, Charge, ChargeKind, Fact, SellerPublished};
use invoicing::{Draft, Evidence, Objection};
use jiff::civil::Date;
use kernel::{Money, Period};
use rating::{GroupedUsage, Tables};
use store::Tx;

use super::bills::Documents;
use super::carried::Last;
use super::thresholds::{self, DayOf};
use super::{Basis, cannot_bill, evidence, reason_of};
use crate::contracts::Sold;
use crate::usage::Readings;
use crate::{EngineError, HoldRejection, Result, credits, holds, usage};

/// What the invoices of many accounts share.
#[derive(Clone, Default)]
pub(crate) struct Shared {
    sold: Sold,
    tables: Tables,
    /// For whom an account pays, or ever paid.
    paid_for: Arc<BTreeMap<AccountId, Vec<AccountId>>>,
    /// Position of the last fact that can change what was measured, and how.
    published: i64,
}

/// What of the catalog is not as it was sold: contracts keep the version of their offer.
const NOT_SOLD: [&str; 3] = ["SellerPublished", "MeterPublished", "FulfilmentSpecPublished"];

impl Shared {
    /// What was ever published.
    pub fn load(tx: &mut dyn Tx) -> Result<Self> {
        let mut paid_for: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for recorded in tx.facts_of_kind("PayerNamed")? {
            if let Fact::PayerNamed(it) = recorded.fact {
                paid_for.entry(it.payer).or_default().push(it.account);
            }
        }
        let (sold, paid_for) = (Sold::load(tx)?, Arc::new(paid_for));
        let published = tx.last_of_kinds(&NOT_SOLD)?;
        Ok(Self { sold, tables: Tables::default(), paid_for, published })
    }

    /// The seller of an account as it stands on a day.
    pub fn seller_on(&self, account: &AccountRegistered, day: Date) -> Result<SellerPublished> {
        self.sold.seller_on(account, day)
    }
}

/// The invoices of a day without numbers, one at least, and the credits of their accounts before
/// them.
pub(super) struct Planned {
    pub drafts: Vec<Draft>,
    pub credits: Vec<(AccountRegistered, Vec<Credit>)>,
    /// What it leaves to the next one, where it is of one account alone.
    pub carried: Option<Carried>,
}

/// What an invoice bills of one account.
struct Part {
    basis: Basis,
    charges: Vec<TermedCharge>,
    /// The last segment of usage that is known to be in.
    segment: i64,
    /// None on the invoice of who pays no more.
    credits: Vec<Credit>,
}

/// The credits of an account as an invoice of a day knows them, in the order in which they burn.
fn open_credits(tx: &mut dyn Tx, account: &AccountId, issued_on: Date) -> Result<Vec<Credit>> {
    let known = credits::known(tx, account, Some(issued_on))?;
    known.credits().map_err(|no| cannot_bill(account, issued_on, &no))
}

/// Who holds an account for billing on a day; none: nobody does.
pub(crate) fn held(
    tx: &mut dyn Tx,
    account: &AccountId,
    day: Date,
) -> Result<Option<HoldRejection>> {
    let holds = holds::of_account(tx, account, i64::MAX)?;
    Ok(HoldRejection::of_billing(&holds, day))
}

/// Plans the invoices of an account for a bill day, and checks them; `None` when there is nothing
/// to bill. The lines of the accounts that it pays for stand on them.
pub(super) fn plan(
    tx: &mut dyn Tx,
    shared: &mut Shared,
    account: &AccountId,
    issued_on: Date,
) -> Result<Option<Planned>> {
    plan_on(tx, shared, account, (issued_on, None))
}

/// What a day of an account comes to, whatever day it is.
pub(super) fn plan_day(
    tx: &mut dyn Tx,
    shared: &mut Shared,
    account: &AccountRegistered,
    day: Date,
) -> Result<Option<Planned>> {
    let seller = shared.seller_on(account, day)?;
    let early = match thresholds::day_of(tx, (account, &seller), day)? {
        DayOf::Bill => None,
        DayOf::Nothing => return Ok(None),
        DayOf::Threshold(amount, running) => Some(Early { amount, running }),
    };
    match plan_on(tx, shared, &account.account, (day, early)) {
        // What cannot be billed now is said on the bill day.
        Err(EngineError::Refused(_)) if early.is_some() => Ok(None),
        planned => planned,
    }
}

/// An invoice of the usage of a period that runs, if that has reached an amount.
#[derive(Debug, Clone, Copy)]
struct Early {
    amount: Money,
    running: Period,
}

fn plan_on(
    tx: &mut dyn Tx,
    shared: &mut Shared,
    account: &AccountId,
    day: (Date, Option<Early>),
) -> Result<Option<Planned>> {
    let issued_on = day.0;
    let (mut documents, paid_for) = (Documents::default(), Arc::clone(&shared.paid_for));
    let paid_for = paid_for.get(account).map(Vec::as_slice).unwrap_or_default();
    let own = part(tx, (shared, &mut documents), (account, account), day)?;
    if let Some(no) = held(tx, account, issued_on)? {
        // Of who is paid for, a hold keeps its lines off the invoices.
        return match own.basis.payer_on(issued_on) == account {
            true => Err(cannot_bill(account, issued_on, &no)),
            false => Ok(None),
        };
    }
    let mut others = Vec::new();
    for other in paid_for {
        if held(tx, other, issued_on)?.is_some() {
            continue;
        }
        let named = |failed| match failed {
            EngineError::Refused(why) => {
                let reason = format!("account `{other}`: {}", reason_of(&why));
                cannot_bill(account, issued_on, &reason)
            }
            failed => failed,
        };
        let of = (other, account);
        others.push(part(tx, (shared, &mut documents), of, day).map_err(named)?);
    }
    consolidated(own, others, day.1)
}

impl Early {
    /// Whether a charge is for what was used in the period that runs. What a service or a device
    /// costs, what is given back and what came late wait for the bill day.
    fn takes(self, charge: &Charge) -> bool {
        charge.kind == ChargeKind::UsageCharge
            && charge.period == Some(self.running)
            && charge.amount.minor > 0
    }
}

/// What an invoice to an account bills of another, or of itself.
fn part(
    tx: &mut dyn Tx,
    (shared, documents): (&mut Shared, &mut Documents),
    (account, payer): (&AccountId, &AccountId),
    day: (Date, Option<Early>),
) -> Result<Part> {
    let last = match day.1.is_none() && account == payer {
        true => Last::of(tx, account, shared.published)?,
        false => None,
    };
    let part = part_since(tx, (shared, documents), (account, payer), day, last)?;
    if cfg!(debug_assertions) && part.basis.carried.is_some() {
        let whole = part_since(tx, (shared, documents), (account, payer), day, None)?;
        assert_eq!(part.charges, whole.charges, "of {account} on {}, since its last bill", day.0);
    }
    Ok(part)
}

/// From which day on an account is looked at; none: all of it is.
pub(super) fn looks_from(
    tx: &mut dyn Tx,
    shared: &mut Shared,
    account: &AccountId,
    issued_on: Date,
) -> Result<Option<Date>> {
    let with = (shared, &mut Documents::default());
    let part = part(tx, with, (account, account), (issued_on, None))?;
    Ok(part.basis.billed.from)
}

/// As [`part`], with what the last invoice left; without it, by all invoices and all usage.
fn part_since(
    tx: &mut dyn Tx,
    (shared, documents): (&mut Shared, &mut Documents),
    (account, payer): (&AccountId, &AccountId),
    (issued_on, early): (Date, Option<Early>),
    last: Option<Last>,
) -> Result<Part> {
    let of_day = (account, issued_on);
    let mut basis = Basis::before_bills(tx, shared.sold.clone(), of_day, last.as_ref())?;
    if let Some(early) = early {
        basis.close(early.running);
    }
    if !basis.can_be_asked(payer) {
        return Ok(Part { basis, charges: Vec::new(), segment: 0, credits: Vec::new() });
    }
    let seller = basis.seller()?;
    let mut readings = usage::readings_of(tx, basis.under_contract())?;
    basis.is_plain &= readings.devices.are_ours_alone();
    if let Some(last) = last {
        basis.go_on_from(tx, last, &mut readings)?;
    }
    if basis.carried.is_none() {
        basis.load_bills(tx, documents)?;
    }
    let mut charges = match early {
        None => basis.due_charges()?,
        Some(_) => Vec::new(),
    };
    charges.extend(used(shared, &basis, &readings, early)?);
    let mut charges = basis.under_terms(charges, &seller)?;
    if early.is_some() {
        charges.retain(|it| it.charge.commitment.is_none());
    }
    if !basis.has_one_payer() {
        charges = basis.paid_by(charges, payer);
    }
    // Prepaid credits burn where the account is billed now, so that two invoices of one day never
    // burn the same.
    let credits = match basis.payer_on(issued_on) == payer {
        true => open_credits(tx, account, issued_on)?,
        false => Vec::new(),
    };
    let charges = ::credits::take_off(charges, &credits, issued_on);
    let charges = charges.map_err(|no| basis.cannot_bill(&no))?;
    Ok(Part { basis, charges, segment: readings.segment, credits })
}

/// The usage that is due, each line with its events.
fn used(
    shared: &mut Shared,
    basis: &Basis,
    readings: &Readings,
    early: Option<Early>,
) -> Result<Vec<Charge>> {
    let refuse = |no: &dyn ToString| basis.cannot_bill(no);
    let Readings { devices, series, .. } = readings;
    let buckets = devices.fold(series, &basis.meters, basis.issued_on);
    let mut grouped = GroupedUsage::with(mem::take(&mut shared.tables));
    basis.group(&mut grouped, &buckets.map_err(|no| refuse(&no))?)?;
    let mut used = basis.due_usage(&grouped)?;
    if let Some(early) = early {
        used.retain(|it| early.takes(it));
    }
    if let Some(period) = evidence::period_of(&used) {
        let zone = &basis.account.zone;
        let start = |day| zone.start_of(day).map_err(|no| refuse(&no));
        let range = (start(period.from())?, start(period.to())?);
        let events = devices.events(series, range, basis.issued_on);
        evidence::attach(basis, &mut grouped, &events, &mut used)?;
    }
    shared.tables = grouped.into_tables();
    Ok(used)
}

/// The invoices of all parts, checked.
fn consolidated(
    mut own: Part,
    mut others: Vec<Part>,
    early: Option<Early>,
) -> Result<Option<Planned>> {
    let issued_on = own.basis.issued_on;
    let refuse = |no: &dyn ToString| cannot_bill(&own.basis.account.account, issued_on, no);
    let of = |charges: &mut Vec<TermedCharge>, account: &AccountRegistered| invoicing::Part {
        account: account.clone(),
        charges: mem::take(charges),
    };
    let seller = own.basis.seller()?;
    let first = of(&mut own.charges, &own.basis.account);
    let rest = others.iter_mut().map(|it| of(&mut it.charges, &it.basis.account)).collect();
    let drafts = invoicing::consolidate(&seller, issued_on, first, rest);
    let mut drafts = drafts.map_err(|no| refuse(&no))?;
    if drafts.is_empty() || !reached(&mut drafts, early).map_err(|no| refuse(&no))? {
        return Ok(None);
    }
    let mut objections = Vec::new();
    let mut left = Left::of(&own, &others);
    for draft in &mut drafts {
        draft.prepaid = left.pay(draft).map_err(|no| refuse(&no))?;
        objections.extend(invoicing::check_totals(draft));
    }
    objections.extend(objections_to(&drafts, None, &own.basis)?);
    for part in &others {
        objections.extend(objections_to(&drafts, Some(&part.basis.account.account), &part.basis)?);
    }
    if !objections.is_empty() {
        let reasons: Vec<String> = objections.iter().map(ToString::to_string).collect();
        return Err(refuse(&reasons.join("; ")));
    }
    // What several documents of a day billed is read from them.
    let carried = match drafts.as_slice() {
        [draft] if others.is_empty() && draft.group.is_none() => {
            own.basis.carry(draft, own.segment)?
        }
        _ => None,
    };
    let mut credits = vec![(own.basis.account, own.credits)];
    credits.extend(others.into_iter().map(|it| (it.basis.account, it.credits)));
    Ok(Some(Planned { drafts, credits, carried }))
}

/// Whether all documents of a day together come to the amount that an invoice is early for; then
/// each says so.
fn reached(
    drafts: &mut [Draft],
    early: Option<Early>,
) -> std::result::Result<bool, kernel::money::MoneyError> {
    let Some(Early { amount, .. }) = early else { return Ok(true) };
    let net = Money::sum(amount.currency, drafts.iter().map(|draft| draft.net))?;
    drafts.iter_mut().for_each(|draft| draft.threshold = Some(amount));
    Ok(net.minor >= amount.minor)
}

fn objections_to(
    drafts: &[Draft],
    account: Option<&AccountId>,
    basis: &Basis,
) -> Result<Vec<Objection>> {
    let refuse = |no: &dyn ToString| basis.cannot_bill(no);
    let period = basis.account.bill_cycle.period_of(basis.issued_on).map_err(|no| refuse(&no))?;
    let evidence = Evidence {
        timelines: &basis.timelines,
        billed: &basis.billed,
        zone: &basis.account.zone,
        horizon: period.to(),
        horizons: &basis.horizons()?,
    };
    Ok(invoicing::check_part(drafts, account, evidence))
}

/// What is left of the prepaid credits of each account, from document to document; none is the
/// account that pays.
struct Left(BTreeMap<Option<AccountId>, Vec<Credit>>);

impl Left {
    fn of(own: &Part, others: &[Part]) -> Self {
        let of_other = |it: &Part| (Some(it.basis.account.account.clone()), it.credits.clone());
        let mut left: BTreeMap<_, _> = others.iter().map(of_other).collect();
        left.insert(None, own.credits.clone());
        Self(left)
    }

    /// What prepaid credits pay: those of each account what its lines come to with tax, as far as
    /// the whole invoice asks for something.
    fn pay(&mut self, draft: &Draft) -> std::result::Result<Vec<Prepaid>, ::credits::CreditError> {
        let (mut left, mut paid) = (draft.total, Vec::new());
        for (account, share) in draft.shares()? {
            let Some(credits) = self.0.get_mut(&account) else { continue };
            let share = Money { minor: share.minor.min(left.minor), ..share };
            for it in ::credits::pay(share, credits, draft.issued_on)? {
                left = left.minus(it.amount)?;
                paid.push(Prepaid { account: account.clone(), ..it });
            }
        }
        Ok(paid)
    }
}
