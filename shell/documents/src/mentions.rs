//! What the law wants on the document, by the seller's country (French rules:
//! `reference/accounting-and-einvoicing.md` §C). Rates and fees are those of the code where the
//! parties agreed on nothing else; the facts hold no other.

use facts::InvoiceIssued;
use facts::offer::SupplyNature;
use facts::text::Language;

use crate::words::words;

/// The mentions, in the order in which they are printed; none for sellers outside France.
pub fn of(invoice: &InvoiceIssued, language: Language) -> Vec<String> {
    if invoice.seller.address.country != "FR" {
        return Vec::new();
    }
    let has = |nature| invoice.lines.iter().any(|line| line.charge.nature == nature);
    let (goods, services) = (has(SupplyNature::Goods), has(SupplyNature::Services));
    let nature = match (goods, services) {
        (true, true) => Some("nature-both"),
        (true, false) => Some("nature-goods"),
        (false, true) => Some("nature-services"),
        (false, false) => None,
    };
    let vat_due = match (invoice.seller.vat_on_debits, services) {
        (true, _) => Some("vat-on-debits"),
        (false, true) => Some("vat-on-receipts"),
        (false, false) => None,
    };
    let always = ["no-discount", "late-penalties", "recovery-fee"];
    let keys = nature.into_iter().chain(vat_due).chain(always);
    keys.map(|key| words(language).text(key)).collect()
}

/// The SIREN inside a French VAT number: `FR` and a key of two characters come before it.
pub fn siren_of(vat_id: &str) -> Option<&str> {
    let siren = vat_id.strip_prefix("FR")?.get(2..)?;
    (siren.len() == 9 && siren.bytes().all(|b| b.is_ascii_digit())).then_some(siren)
}
