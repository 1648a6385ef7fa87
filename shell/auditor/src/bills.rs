//! An invoice that bills several accounts, taken apart: what it bills each of them.

use facts::invoice::InvoiceLine;
use facts::{AccountId, AccountRegistered, InvoiceIssued};
use kernel::{Money, Rounding};

use crate::ratio::Ratio;

/// The part of each account, in the order of the document; nothing where there is only one. The
/// total of a part is what its prepaid credits may pay: its net and its part of the tax, as far as
/// earlier parts left the whole something to ask for.
pub(crate) fn parts_of(invoice: &InvoiceIssued) -> Vec<InvoiceIssued> {
    if invoice.paid_for.is_empty() {
        return Vec::new();
    }
    let (mut before, mut left) = (0, invoice.total.minor);
    let own = std::iter::once((None, &invoice.account));
    let others = invoice.paid_for.iter().map(|it| (Some(&it.account), it));
    let part = |(name, account): (Option<&AccountId>, &AccountRegistered)| {
        let of_account = |line: &&InvoiceLine| line.account.as_ref() == name;
        let lines: Vec<InvoiceLine> = invoice.lines.iter().filter(of_account).cloned().collect();
        let amounts = lines.iter().flat_map(|line| {
            std::iter::once(line.charge.amount).chain(line.effects.iter().map(|it| it.amount))
        });
        let net: i64 = amounts.map(|it| it.minor).sum();
        let share = with_tax(invoice, before + net) - with_tax(invoice, before);
        before += net;
        let of_credits = invoice.prepaid.iter().filter(|it| it.account.as_ref() == name);
        let prepaid: Vec<_> = of_credits.cloned().collect();
        let total = Money { minor: share.min(left), ..invoice.total };
        left -= prepaid.iter().map(|it| it.amount.minor).sum::<i64>();
        InvoiceIssued {
            account: account.clone(),
            net: Money { minor: net, ..invoice.net },
            total,
            lines,
            prepaid,
            paid_for: Vec::new(),
            taxes: Vec::new(),
            number: invoice.number.clone(),
            seller: invoice.seller.clone(),
            group: invoice.group.clone(),
            ..*invoice
        }
    };
    own.chain(others).map(part).collect()
}

/// A net with the tax of the invoice, each rate rounded once.
fn with_tax(invoice: &InvoiceIssued, minor: i64) -> i64 {
    let net = Money { minor, ..invoice.net };
    let taxes = invoice.taxes.iter().filter_map(|tax| {
        let exact = Ratio::of_money(net)?.times(Ratio::of_percent(tax.rate)?)?;
        let tax = exact.round(net.currency.exponent(), Rounding::HalfAwayFromZero)?;
        i64::try_from(tax).ok()
    });
    minor + taxes.sum::<i64>()
}
