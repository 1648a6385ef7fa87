//! Whole documents, read back with pdftotext (poppler-utils).

use std::io::Write;
use std::process::{Command, Stdio};

use documents::{format, invoice_pdf, lines};
use facts::InvoiceIssued;
use facts::text::Language::{self, En, Fr};

use crate::samples;

/// The text of a PDF, with every run of blanks as one space.
fn text_of(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("pdftotext is missing: install poppler-utils (`cargo xtask test` does)");
    let mut stdin = child.stdin.take().unwrap();
    let text = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(pdf).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(text.status.success(), "pdftotext failed");
    plain(&String::from_utf8(text.stdout).unwrap())
}

/// Spaces of all widths look alike to a reader, and to this test.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn printed(invoice: &InvoiceIssued, language: Language) -> String {
    text_of(&invoice_pdf(invoice, language).unwrap())
}

#[track_caller]
fn assert_all(text: &str, wanted: &[&str]) {
    for it in wanted {
        let start: String = text.chars().take(2_000).collect();
        assert!(text.contains(&plain(it)), "`{it}` is not printed in:\n{start} …");
    }
}

#[test]
fn the_same_invoice_gives_the_same_bytes() {
    let invoice = samples::fleet();
    let first = invoice_pdf(&invoice, Fr).unwrap();
    invoice_pdf(&samples::credits(), En).unwrap();
    assert!(first == invoice_pdf(&invoice, Fr).unwrap(), "two prints of one invoice differ");
}

#[test]
fn every_amount_is_printed() {
    let invoice = samples::fleet();
    assert_eq!(invoice.lines.len(), 34);
    for language in [En, Fr] {
        let text = printed(&invoice, language);
        for line in &invoice.lines {
            let amount = format::amount(line.charge.amount, language);
            assert_all(&text, &[&amount, &lines::describe(line, language).what]);
        }
        for money in [invoice.net, invoice.taxes[0].amount, invoice.total] {
            assert_all(&text, &[&format::money(money, language)]);
        }
    }
}

#[test]
fn the_first_page_can_be_paid_from() {
    assert_all(
        &printed(&samples::fleet(), En),
        &[
            "Invoice",
            "INV-2026-000001",
            "Nordwind Télématique SAS",
            "VAT no. FR11123456782",
            "Translog SAS",
            "1 February 2026",
            "to be paid by 3 March 2026",
            "FR76 3000 6000 0112 3456 7890 189",
            "VAT 20% €1,755.27",
            "of which goods €6,145.00",
            "Total including VAT €10,531.61",
            "Page 1 of",
        ],
    );
}

#[test]
fn a_french_seller_makes_the_mentions() {
    assert_all(
        &printed(&samples::fleet(), Fr),
        &[
            "Facture",
            "SIREN 123 456 782",
            "N° TVA FR11123456782",
            "SIREN 987 654 324",
            "Montant à payer",
            "10 531,61 €",
            "Total HT",
            "Total TTC",
            "Nature de l’opération : livraison de biens et prestation de services.",
            "TVA sur les prestations de services exigible à l’encaissement.",
            "Pas d’escompte pour paiement anticipé.",
            "pénalités",
            "Indemnité forfaitaire pour frais de recouvrement",
            "40 €",
            "Page 1 sur",
        ],
    );
}

#[test]
fn a_seller_elsewhere_makes_no_french_mentions() {
    let mut invoice = samples::fleet();
    invoice.seller.address.country = "BE".to_owned();
    let text = printed(&invoice, En);
    assert!(!text.contains("recovery"), "{text}");
    assert_all(&text, &["Belgium", "Registration no."]);
}

#[test]
fn vat_on_debits_is_mentioned_when_chosen() {
    let mut invoice = samples::fleet();
    invoice.seller.vat_on_debits = true;
    let text = printed(&invoice, Fr);
    assert_all(&text, &["Option pour le paiement de la taxe d’après les débits."]);
    assert!(!text.contains("encaissement"), "{text}");
}

#[test]
fn the_annex_shows_how_and_why() {
    assert_all(
        &printed(&samples::fleet(), En),
        &[
            "How this was computed",
            "6,000 × 0.0180 + 1,240.397 × 0.0150 = 126.605955 → 126.61",
            "3 × 24.90 × 18/31 = 43.374193548387… → 43.37",
            "to the nearest, a half away from zero",
            "455 used; 680 included, shared by 34 active units",
            "13 January 2026, 15:59:08",
            "activation signal act-00003, device TRK-0483191, urn:devicecloud:eu-1",
            "U-001 1,007.328 298",
        ],
    );
}

#[test]
fn a_credit_is_not_to_be_paid() {
    let text = printed(&samples::credits(), Fr);
    assert_all(
        &text,
        &[
            "Solde en votre faveur",
            "−376,27 €",
            "rien à payer",
            "Avoir, 16–28 février 2026",
            "2 471,66 × 0,021 = 51,90486 → 51,90 − 50,85 = 1,05",
        ],
    );
    assert!(!text.contains("IBAN"), "{text}");
}

#[test]
fn an_invoice_without_lines_says_so() {
    let text = printed(&samples::empty(), En);
    assert_all(&text, &["Nothing was due", "€0.00", "nothing to pay", "Page 1 of 1"]);
}

#[test]
fn a_long_invoice_keeps_every_line() {
    let invoice = samples::long();
    let text = printed(&invoice, En);
    assert_all(
        &text,
        &[
            "5,000,000.000",
            "no activation signal in time: delivered 19 January 2026, 13:52:19, plus 30 days",
            "handed to the carrier",
            "UNIT-FLEET-NORTH-299-00039",
            &format::money(invoice.total, En),
        ],
    );
}

#[test]
fn letters_without_a_font_do_not_stop_an_invoice() {
    let mut invoice = samples::empty();
    invoice.account.customer = "東京運輸株式会社".to_owned();
    assert!(invoice_pdf(&invoice, En).unwrap().starts_with(b"%PDF-"));
}

#[test]
fn the_lines_of_each_account_stand_under_its_name_with_its_total() {
    let invoice = samples::group();
    let english = printed(&invoice, En);
    let french = printed(&invoice, Fr);
    for account in ["Translog SAS · ACC-TRANSLOG", "Translog Nord SARL · ACC-NORD"] {
        assert_all(&english, &[account]);
        assert_all(&french, &[account]);
    }
    assert_all(&french, &["Total de Translog Nord SARL 1 608,58", "Total de Translog Sud SARL"]);
    assert_all(&english, &["Total of Translog Nord SARL 1,608.58", "Total of Translog Sud SARL"]);
    assert_eq!(lines::by_account(&invoice).len(), 3);
}

#[test]
fn an_invoice_of_its_own_says_for_which_order_it_is() {
    let invoice = InvoiceIssued { group: Some("ORD-2".parse().unwrap()), ..samples::fleet() };
    assert_all(&printed(&invoice, En), &["Separate invoice for ORD-2"]);
    assert_all(&printed(&invoice, Fr), &["Facture séparée pour ORD-2"]);
}
