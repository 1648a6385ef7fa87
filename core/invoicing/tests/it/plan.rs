//! Lines and their order, tax, totals and the number.

use facts::ChargeKind;
use facts::invoice::Section;
use invoicing::{Draft, PlanError, number, plan};
use jiff::civil::date;
use kernel::Currency;
use kernel::money::MoneyError;

use crate::world::{
    ISSUED_ON, account, amount, euros, first_charges, instalment_credit, read, return_credit,
    seller, service_credit, usage,
};

fn draft(charges: Vec<facts::Charge>) -> Draft {
    plan(&seller(), &account(), ISSUED_ON, charges).expect("a plan").expect("a line")
}

/// `section component [row or part]` of each line.
fn shown(draft: &Draft) -> Vec<String> {
    let lines = draft.lines.iter().map(|line| {
        let charge = &line.charge;
        let row = charge.rated.as_ref().and_then(|it| it.row.as_ref());
        let detail = match (charge.instalment, row, charge.days) {
            (Some(part), ..) => format!(" {}", part.number),
            (_, Some(row), _) => format!(" {row}"),
            (_, _, Some(_)) => charge.period.map_or(String::new(), |it| format!(" {it}")),
            _ => String::new(),
        };
        format!("{} {} {}{detail}", line.line, line.section.key(), charge.component)
    });
    lines.collect()
}

#[test]
fn lines_stand_in_the_order_of_their_sections() {
    let mut charges = first_charges();
    charges.insert(0, return_credit());
    charges.insert(0, service_credit(date(2026, 1, 20), date(2026, 2, 1)));
    charges.insert(0, instalment_credit(1));
    assert_eq!(
        shown(&draft(charges)),
        [
            "1 hardware hardware",
            "2 hardware hardware_instalment 1",
            "3 hardware hardware_instalment 2",
            "4 subscriptions service_standard 2026-01-14..2026-02-01",
            "5 subscriptions service_standard 2026-02-01..2026-03-01",
            "6 usage sms R01",
            "7 usage sms R02",
            "8 fees setup_fee",
            "9 credits hardware",
            "10 credits hardware_instalment 1",
            "11 credits service_standard 2026-01-20..2026-02-01",
        ]
    );
}

#[test]
fn any_order_of_charges_gives_the_same_draft() {
    let expected = draft(first_charges());
    for shift in 0..first_charges().len() {
        let mut charges = first_charges();
        charges.rotate_left(shift);
        assert_eq!(draft(charges), expected);
    }
    let mut charges = first_charges();
    charges.reverse();
    assert_eq!(draft(charges), expected);
}

#[test]
fn an_adjustment_that_gives_back_stays_with_the_usage() {
    let draft = draft(vec![usage(ChargeKind::UsageAdjustment, None, "-10")]);
    assert_eq!(draft.lines[0].section, Section::Usage);
    assert_eq!(draft.total, euros("-0.60"));
}

#[test]
fn without_a_charge_there_is_no_invoice() {
    assert_eq!(plan(&seller(), &account(), ISSUED_ON, Vec::<facts::Charge>::new()), Ok(None));
}

#[test]
fn net_tax_and_total_are_those_of_the_reference_invoices() {
    for (net, tax, total) in [
        ("8776.34", "1755.27", "10531.61"),
        ("8632.10", "1726.42", "10358.52"),
        ("7876.71", "1575.34", "9452.05"),
    ] {
        let draft = draft(vec![amount(net)]);
        assert_eq!(draft.net, euros(net));
        assert_eq!(draft.taxes.len(), 1);
        assert_eq!((draft.taxes[0].base, draft.taxes[0].amount), (euros(net), euros(tax)));
        assert_eq!(draft.total, euros(total));
    }
}

#[test]
fn tax_is_rounded_once_on_the_whole_net_and_away_from_zero() {
    let mut account = account();
    account.address.country = "XX".to_owned();
    for (amounts, tax) in [
        (vec!["1.00"], "0.06"),
        (vec!["-1.00"], "-0.06"),
        (vec!["0.10", "0.10"], "0.01"),
        (vec!["0.09"], "0.00"),
    ] {
        let charges: Vec<facts::Charge> = amounts.into_iter().map(amount).collect();
        let draft = plan(&seller(), &account, ISSUED_ON, charges).unwrap().unwrap();
        assert_eq!(draft.taxes[0].amount, euros(tax));
    }
}

#[test]
fn the_country_of_the_customer_decides_the_rate() {
    for (country, tax) in [("FR", "20.00"), ("BE", "21.00"), ("CH", "0.00")] {
        let mut account = account();
        account.address.country = country.to_owned();
        let draft = plan(&seller(), &account, ISSUED_ON, vec![amount("100.00")]).unwrap().unwrap();
        assert_eq!(draft.taxes[0].amount, euros(tax), "{country}");
        assert_eq!(draft.taxes[0].rate, seller().vat_rates[country]);
    }
}

#[test]
fn a_country_without_a_rate_is_an_error_that_says_what_to_add() {
    let mut account = account();
    account.address.country = "NO".to_owned();
    let no = plan(&seller(), &account, ISSUED_ON, vec![amount("100.00")]).unwrap_err();
    assert_eq!(
        no.to_string(),
        "seller `us` has no VAT rate for country `NO`; add it under `sellers[us].vat_rates`"
    );
}

#[test]
fn currencies_do_not_mix() {
    let mut dollars = amount("100.00");
    dollars.amount.currency = read("USD");
    let no = plan(&seller(), &account(), ISSUED_ON, vec![dollars]).unwrap_err();
    let (left, right) = (Currency::EUR, read("USD"));
    assert_eq!(no, PlanError::Money(MoneyError::CurrencyMismatch { left, right }));
}

#[test]
fn an_invoice_is_due_after_the_days_of_the_seller() {
    assert_eq!(draft(first_charges()).due_on, date(2026, 3, 3));
}

#[test]
fn a_number_is_prefix_year_and_sequence() {
    for (issued_on, sequence, text) in [
        (date(2026, 2, 1), 1, "INV-2026-000001"),
        (date(2026, 12, 31), 999_999, "INV-2026-999999"),
        (date(2027, 1, 1), 1_000_000, "INV-2027-1000000"),
    ] {
        assert_eq!(number("INV-", issued_on, sequence).unwrap().as_str(), text);
    }
    assert_eq!(number("", ISSUED_ON, 7).unwrap().as_str(), "2026-000007");
    assert!(number(&"X".repeat(200), ISSUED_ON, 1).is_err());
}

#[test]
fn issuing_adds_the_number_and_nothing_else() {
    let draft = draft(first_charges());
    let invoice = draft.clone().issue(read("INV-2026-000001"));
    assert_eq!(invoice.number.as_str(), "INV-2026-000001");
    let invoice_as_draft = Draft {
        seller: invoice.seller,
        account: invoice.account,
        issued_on: invoice.issued_on,
        due_on: invoice.due_on,
        lines: invoice.lines,
        net: invoice.net,
        taxes: invoice.taxes,
        total: invoice.total,
        prepaid: invoice.prepaid,
        paid_for: invoice.paid_for,
        threshold: invoice.threshold,
        group: invoice.group,
        shadow: Vec::new(),
    };
    assert_eq!(invoice_as_draft, draft);
}

#[test]
fn charges_of_nothing_wait_for_an_invoice_that_has_an_amount() {
    let nothing = || amount("0.00");
    assert_eq!(plan(&seller(), &account(), ISSUED_ON, vec![nothing(), nothing()]), Ok(None));
    let charges = vec![nothing(), amount("1.00")];
    let draft = plan(&seller(), &account(), ISSUED_ON, charges).unwrap().unwrap();
    assert_eq!(draft.lines.len(), 2);
}
