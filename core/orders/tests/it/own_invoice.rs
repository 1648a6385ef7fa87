//! Lines that ask for an invoice of their own.

use facts::InvoiceGroup;
use facts::offer::{ChargeRule, OfferPublished};
use facts::pool::{Pool, PoolScope};
use facts::price::{TierCounter, UsagePrice};
use orders::{AskInvoice, PlaceLine};

use crate::market::{account, offer, read};
use crate::{line, order, place_in, place_line};

fn asked(invoice: AskInvoice) -> PlaceLine {
    PlaceLine { invoice: Some(invoice), ..line() }
}

#[test]
fn a_line_stands_on_the_consolidated_invoice_unless_it_asks_for_another() {
    let group = |line| place_line(line).unwrap().invoice;
    assert_eq!(group(line()), None);
    assert_eq!(group(asked(AskInvoice::Consolidated)), None);
    let of_order: InvoiceGroup = read("ORD-1001");
    assert_eq!(group(asked(AskInvoice::Separate)), Some(of_order));
    let named: InvoiceGroup = read("SITE-1");
    assert_eq!(group(asked(AskInvoice::Group(named.clone()))), Some(named));
}

/// The offer with a pool in place of its recurring charges.
fn pooled(scope: PoolScope) -> OfferPublished {
    let mut offer = offer(1);
    let pool = Pool { scope, ..Pool::dynamic(read("20"), read("0.05")) };
    let charges = offer.components.iter_mut().map(|it| &mut it.charge);
    for charge in charges.filter(|it| matches!(it, ChargeRule::Recurring { .. })) {
        *charge = ChargeRule::Usage {
            meter: read("data"),
            price: UsagePrice::Pool(pool.clone()),
            counter: TierCounter::default(),
            shadow: None,
        };
    }
    offer
}

#[test]
fn an_allowance_that_all_units_of_the_account_share_has_one_line() {
    let accounts = [account("ACC-TRANSLOG", "Translog SAS")];
    let codes = |scope, line| {
        let placed = place_in(&[pooled(scope)], &accounts, &order(vec![line]));
        placed.map(|_| ()).map_err(|no| {
            no.iter().map(|it| kernel::rejection::Rejection::code(it)).collect::<Vec<_>>()
        })
    };
    assert_eq!(
        codes(PoolScope::Account, asked(AskInvoice::Separate)),
        Err(vec!["separate-invoice-shares-pool"])
    );
    assert_eq!(codes(PoolScope::Account, line()), Ok(()));
    assert_eq!(codes(PoolScope::Subscription, asked(AskInvoice::Separate)), Ok(()));
    assert_eq!(codes(PoolScope::Charge, asked(AskInvoice::Separate)), Ok(()));
}
