mod meter;
mod devices;
mod sample;
mod commitments;
mod terms;

use facts::offer::{ChargeRule, OptionValue, QuantityRule, StartTrigger};
use facts::price::{Condition, DimensionSource, PriceTable, TimeBand, UsagePrice};
use facts::{MeterCode, OfferPublished, PlanCode, SpecCode};
use jiff::civil::{Date, date};
use kernel::rejection::Rejection;
use kernel::{BillCalendar, BillCycle, CycleChange};

use super::*;
use sample::{code, names, published, sample};

fn said(draft: &Definitions, published: &Definitions) -> Vec<String> {
    check(draft, published).iter().map(ToString::to_string).collect()
}

/// What is said about the sample after one change, with nothing published.
fn said_after(change: impl FnOnce(&mut Definitions)) -> Vec<String> {
    let mut draft = sample();
    change(&mut draft);
    said(&draft, &Definitions::default())
}

fn one_after(change: impl FnOnce(&mut Definitions)) -> String {
    let said = said_after(change);
    assert_eq!(said.len(), 1, "{said:#?}");
    said.into_iter().next().unwrap()
}

fn component(offer: &mut OfferPublished, index: usize) -> &mut facts::offer::Component {
    &mut offer.components[index]
}

fn table(draft: &mut Definitions) -> &mut PriceTable {
    match &mut component(&mut draft.offers[0], 2).charge {
        ChargeRule::Usage { price: UsagePrice::Table(table), .. } => table,
        other => panic!("no table: {other:?}"),
    }
}

#[test]
fn the_sample_can_be_published() {
    assert_eq!(said(&sample(), &Definitions::default()), [""; 0]);
    assert_eq!(said(&sample(), &published()), [""; 0], "again");
}

#[test]
fn references_resolve() {
    let said = said_after(|draft| {
        let offer = &mut draft.offers[0];
        component(offer, 0).fulfilment = Some(code::<SpecCode>("gone"));
        component(offer, 0).only_if =
            Some(OptionValue { option: "payment".into(), value: "never".into() });
        if let ChargeRule::Recurring { plan, .. } = &mut component(offer, 1).charge {
            *plan = Some(code::<PlanCode>("gold"));
        }
        if let ChargeRule::Usage { meter, .. } = &mut component(offer, 2).charge {
            *meter = code::<MeterCode>("steps");
        }
        draft.accounts[0].seller = code("nobody");
    });
    assert_eq!(
        said,
        [
            "offers[plan].start: service starts when a device is activated, but no fulfilment \
             spec of the components has an activation_signal (specs: gone); add one, or start \
             otherwise",
            "offers[plan].components[device]: there is no value of `payment` `never`; define it, \
             or use one that exists: upfront, later",
            "offers[plan].components[device]: there is no fulfilment spec `gone`; define it, or \
             use one that exists: tracker",
            "offers[plan].components[service]: there is no plan `gold`; define it, or use one \
             that exists: standard",
            "offers[plan].components[data]: there is no meter `steps`; define it, or use one that \
             exists: mb",
            "accounts[ACC]: there is no seller `nobody`; define it, or use one that exists: us",
        ]
    );
    let option = one_after(|draft| {
        component(&mut draft.offers[0], 0).only_if =
            Some(OptionValue { option: "color".into(), value: "red".into() });
    });
    assert!(option.contains("there is no option `color`"), "{option}");
}

#[test]
fn references_may_point_at_what_is_published() {
    let draft = Definitions { offers: sample().offers, ..Definitions::default() };
    assert_eq!(said(&draft, &published()), [""; 0]);
    assert!(!said(&draft, &Definitions::default()).is_empty());
    let mut narrower = Definitions { meters: sample().meters, ..Definitions::default() };
    narrower.meters[0].dimensions.clear();
    narrower.meters[0].effective_from = date(2026, 2, 1);
    assert_eq!(
        said(&narrower, &published()),
        ["offers[plan].components[data]: meter `mb` does not keep `region` of its events; add \
             it to its dimensions, which are: none yet"]
    );
}

#[test]
fn codes_are_unique() {
    let said = said_after(|draft| {
        let meter = draft.meters[0].clone();
        draft.meters.push(meter);
        let offer = &mut draft.offers[0];
        offer.plans.push(code("standard"));
        offer.components.push(offer.components[0].clone());
    });
    assert_eq!(
        said,
        [
            "meters: the code `mb` occurs twice; rename or remove one of them",
            "offers[plan]: the plan `standard` occurs twice; rename or remove one of them",
            "offers[plan]: the component `device` occurs twice; rename or remove one of them",
        ]
    );
}

#[test]
fn an_event_type_has_one_meter() {
    let taken = one_after(|draft| {
        let mut other = draft.meters[0].clone();
        other.code = code("gb");
        draft.meters.push(other);
    });
    assert_eq!(
        taken,
        "meters[gb]: events of type `data.v1` are measured by the meter `mb` already; use another \
         type, or that meter"
    );
}

#[test]
fn quantities_rise() {
    let place = "offers[plan].components[device].quantity";
    let wrong = one_after(|draft| {
        component(&mut draft.offers[0], 0).quantity = QuantityRule { min: 2, default: 1, max: 3 };
    });
    assert_eq!(
        wrong,
        format!(
            "{place}: quantities must rise from min to default to max, but they are 2, 1 and 3"
        )
    );
    let units = one_after(|draft| draft.offers[0].units.max = 0);
    assert!(units.starts_with("offers[plan].units: "), "{units}");
}

#[test]
fn words_and_countries_are_given() {
    let said = said_after(|draft| {
        draft.offers[0].name.fr = " ".into();
        component(&mut draft.offers[0], 1).name.en.clear();
        draft.accounts[0].address.lines.clear();
        draft.sellers[0].address.country = "fr".into();
        draft.meters[0].symbol.en.clear();
    });
    assert_eq!(
        said,
        [
            "sellers[us]: `fr` is not a country code; use two capital letters (ISO 3166) such as \
             FR",
            "meters[mb]: `symbol.en` is empty; write what people shall read there",
            "offers[plan]: `name.fr` is empty; write what people shall read there",
            "offers[plan].components[service]: `name.en` is empty; write what people shall read \
             there",
            "accounts[ACC]: `address.lines` is empty; write what people shall read there",
        ]
    );
}

#[test]
fn money_fits_the_account() {
    let rate = one_after(|draft| draft.accounts[0].address.country = "BE".into());
    assert!(rate.contains("seller `us` has no VAT rate for BE; add it"), "{rate}");
    let currency = one_after(|draft| draft.accounts[0].currency = "USD".parse().unwrap());
    assert!(currency.contains("billed in USD, but the offers are priced in EUR"), "{currency}");
    let negative = one_after(|draft| {
        draft.sellers[0].vat_rates.insert("DE".into(), "-1".parse().unwrap());
    });
    assert!(negative.starts_with("sellers[us].vat_rates[DE]: the VAT rate -1"), "{negative}");
    let price = one_after(|draft| {
        component(&mut draft.offers[0], 0).charge = ChargeRule::OnceDelivered {
            price: facts::price::OrderedPrice::Each("-0.01".parse().unwrap()),
            at: facts::offer::Milestone::Delivered,
        };
    });
    assert!(price.contains("the price -0.01 is below 0"), "{price}");
    let count = one_after(|draft| {
        component(&mut draft.offers[0], 0).charge = ChargeRule::Instalments {
            price: facts::price::OrderedPrice::Each("1".parse().unwrap()),
            count: 0,
            deposit: None,
            on_end: facts::offer::OpenParts::GoOn,
            at: facts::offer::Milestone::Delivered,
        };
    });
    assert!(count.contains("0 instalments pay for nothing"), "{count}");
}

#[test]
fn a_price_in_parts_is_whole_and_of_one_piece() {
    use facts::device::{PartDue, PricePart};
    let with = |percents: &[&str], max: u32| {
        said_after(|draft| {
            let part =
                |it: &&str| PricePart { percent: it.parse().unwrap(), due: PartDue::Ordered };
            let component = component(&mut draft.offers[0], 0);
            component.quantity.max = max;
            component.charge = ChargeRule::Milestones {
                unit_price: "199".parse().unwrap(),
                parts: percents.iter().map(part).collect(),
                on_end: facts::offer::OpenParts::GoOn,
            };
        })
    };
    assert_eq!(with(&["30", "50.5", "19.5"], 1), [""; 0]);
    for percents in [&["30", "50"][..], &["100", "0"], &["120", "-20"], &[]] {
        let said = with(percents, 1);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("parts of the price sum to"), "{said:?}");
    }
    assert!(with(&["100"], 2)[0].contains("but a unit can have 2"));
}

#[test]
fn what_is_given_back_falls_with_age() {
    let with = |place: usize, steps: &[(u16, &str)]| {
        let mut draft = sample();
        component(&mut draft.offers[0], place).device.return_credit = steps
            .iter()
            .map(|(within_days, percent)| facts::device::ReturnStep {
                within_days: *within_days,
                percent: percent.parse().unwrap(),
            })
            .collect();
        said(&draft, &Definitions::default())
    };
    assert_eq!(with(0, &[(30, "100"), (90, "70"), (365, "40.5")]), [""; 0]);
    let wrong: [&[(u16, &str)]; 5] = [
        &[(30, "100"), (30, "70")],
        &[(30, "70"), (90, "70")],
        &[(30, "70"), (90, "0")],
        &[(30, "100.1"), (90, "70")],
        &[(30, "70"), (90, "-1")],
    ];
    for steps in wrong {
        let said = with(0, steps);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("of `return_credit` gives back"), "{said:?}");
    }
    let service = with(1, &[(30, "100")]);
    assert!(service[0].contains("`service` sells no device"), "{service:?}");
}

#[test]
fn services_can_start_and_options_have_a_default() {
    let never = one_after(|draft| draft.offers[0].start.first_of.clear());
    assert!(never.starts_with("offers[plan].start: the start policy has 0 triggers"), "{never}");
    let silent = one_after(|draft| draft.fulfilment_specs[0].activation_signal = None);
    assert!(silent.contains("(specs: tracker)"), "{silent}");
    let other = said_after(|draft| {
        draft.fulfilment_specs[0].activation_signal = None;
        draft.offers[0].start.first_of = vec![StartTrigger::At(facts::offer::Milestone::Delivered)];
    });
    assert_eq!(other, [""; 0]);
    let no_time = one_after(|draft| {
        draft.offers[0].start.test = Some(facts::offer::TestState { days: 0, until: None });
    });
    assert!(no_time.starts_with("offers[plan].start.test: 0 days leave no time"), "{no_time}");
    let never = one_after(|draft| {
        draft.offers[0].start.deadline = Some(facts::offer::StartDeadline {
            after: facts::offer::DeadlineFrom::Delivered,
            days: 30,
            then: facts::offer::AfterDeadline::Cancel,
        });
    });
    assert!(
        never.starts_with("offers[plan].start.deadline: the service starts by itself"),
        "{never}"
    );
    let empty = one_after(|draft| {
        draft.offers[0].options.insert("color".into(), Vec::new());
    });
    assert!(empty.starts_with("offers[plan].options[color]: option `color` has no value"));
}

#[test]
fn a_table_has_one_row_for_each_key() {
    let overlap = one_after(|draft| table(draft).rows[1].conditions[0] = names(&["FR", "BE"]));
    assert_eq!(
        overlap,
        "offers[plan].components[data].rows[R1]: rows `R1` and `R2` both take region=FR, \
         band=peak; narrow the conditions of one of them"
    );
    let gap = one_after(|draft| {
        table(draft).rows.pop();
    });
    assert!(gap.starts_with("offers[plan].components[data]: no row takes region="), "{gap}");
    let open = one_after(|draft| {
        table(draft).rows[0].model.tiers[0].up_to = Some("5".parse().unwrap());
    });
    assert!(open.starts_with("offers[plan].components[data].rows[R1]: nothing prices"), "{open}");
    let unknown = one_after(|draft| {
        table(draft).dimensions[0].source = DimensionSource::Event("country".into());
    });
    assert!(unknown.contains("meter `mb` does not keep `country`"), "{unknown}");
}

#[test]
fn a_changed_version_begins_later() {
    let mut draft = sample();
    draft.offers[0].return_window_days = Some(30);
    assert_eq!(
        said(&draft, &published()),
        ["offers[plan].effective_from: version 1 counts from 2026-01-01 and a changed version \
             must begin later, but effective_from is 2026-01-01; choose a day after 2026-01-01"]
    );
    draft.offers[0].effective_from = date(2026, 1, 2);
    assert_eq!(said(&draft, &published()), [""; 0]);
    draft.offers[0] = sample().offers[0].clone();
    draft.offers[0].effective_from = date(2025, 12, 31);
    assert_eq!(check(&draft, &published())[0].rejection.code(), "catalog-not-later");
}

#[test]
fn a_new_catalog_is_version_1_of_everything() {
    let plan = plan(&sample(), &Definitions::default());
    let changes: Vec<(Kind, &str, Option<u32>, u32)> = plan
        .changes
        .iter()
        .map(|it| (it.kind, it.code.as_str(), it.from_version, it.to_version))
        .collect();
    assert_eq!(
        changes,
        [
            (Kind::Seller, "us", None, 1),
            (Kind::Meter, "mb", None, 1),
            (Kind::FulfilmentSpec, "tracker", None, 1),
            (Kind::Offer, "plan", None, 1),
            (Kind::Account, "ACC", None, 1),
        ]
    );
    assert!(plan.facts().all(|fact| fact.key().ends_with("@1")));
    assert_eq!(plan.version(Kind::Offer, "plan"), Some(1));
    assert_eq!(plan.version(Kind::Offer, "other"), None);
    assert!(plan.changes.iter().flat_map(|it| &it.differences).all(|it| it.before.is_none()));
}

#[test]
fn publishing_twice_changes_nothing() {
    assert!(plan(&sample(), &published()).is_empty());
    let mut draft = sample();
    component(&mut draft.offers[0], 0).charge = ChargeRule::OnceDelivered {
        price: facts::price::OrderedPrice::Each("199".parse().unwrap()),
        at: facts::offer::Milestone::Delivered,
    };
    assert!(plan(&draft, &published()).is_empty(), "199 is 199.00");
    assert!(plan(&Definitions::default(), &published()).is_empty(), "nothing is taken away");
}

#[test]
fn a_difference_is_read_by_a_person() {
    let mut draft = sample();
    let offer = &mut draft.offers[0];
    offer.effective_from = date(2026, 3, 1);
    offer.return_window_days = None;
    offer.start.first_of.remove(0);
    if let ChargeRule::Recurring { price, .. } = &mut component(offer, 1).charge {
        *price = facts::price::OrderedPrice::Each("26.90".parse().unwrap());
    }
    let rows = table(&mut draft);
    rows.rows[0].model.tiers[0].unit_price = "0.0190".parse().unwrap();
    rows.rows[1].conditions[0] = names(&["BE", "LU"]);
    if let DimensionSource::TimeBand(bands) = &mut rows.dimensions[1].source {
        bands.bands[0] = TimeBand { to: jiff::civil::time(20, 0, 0, 0), ..bands.bands[0].clone() };
    }
    let plan = plan(&draft, &published());
    assert_eq!(plan.changes.len(), 1);
    let change = &plan.changes[0];
    assert_eq!((change.from_version, change.to_version), (Some(1), 2));
    assert_eq!(change.effective_from, date(2026, 3, 1));
    assert_eq!(change.fact.key(), "plan@2");
    let differences: Vec<String> = change
        .differences
        .iter()
        .map(|it| {
            let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            format!("{}: {} → {}", it.path, side(&it.before), side(&it.after))
        })
        .collect();
    assert_eq!(
        differences,
        [
            "effective_from: 2026-01-01 → 2026-03-01",
            "start.first_of: activated, delivered + 30 days → delivered + 30 days",
            "components.service.unit_price: 24.90 → 26.90",
            "components.data.dimensions.band: peak 07:00 to 19:00, otherwise off-peak → peak \
             07:00 to 20:00, otherwise off-peak",
            "components.data.rows.R1.tiers.1.unit_price: 0.0180 → 0.0190",
            "components.data.rows.R2.region: BE → BE, LU",
            "return_window_days: 60 → -",
        ]
    );
}

#[test]
fn any_and_a_value_named_so_are_different() {
    let mut draft = sample();
    table(&mut draft).rows[0].conditions[1] = Condition::Any;
    let mut before = sample();
    table(&mut before).rows[0].conditions[1] = names(&["(any)"]);
    assert_eq!(plan(&draft, &before).changes.len(), 1);
}

#[test]
fn every_code_is_stable_and_its_own() {
    let codes = CatalogFault::CODES;
    let unique: std::collections::BTreeSet<_> = codes.iter().collect();
    assert_eq!(unique.len(), codes.len());
    assert!(codes.iter().all(|code| code.starts_with("catalog-")));
}

#[test]
fn charge_periods_fit_a_calendar_and_a_bill_day_stays() {
    let said_of = |interval, align| {
        let said = said_after(|draft| {
            let offer = &mut draft.offers[0];
            if let ChargeRule::Recurring { every, .. } = &mut component(offer, 1).charge {
                *every = Some(facts::offer::Every { interval, align });
            }
        });
        said.concat()
    };
    let (months, weeks) = (kernel::Interval::Months, kernel::Interval::Weeks);
    let (account, start) = (facts::offer::Alignment::Account, facts::offer::Alignment::Start);
    for (interval, align) in [(months(12), account), (weeks(1), account), (months(18), start)] {
        assert_eq!(said_of(interval, align), "", "{interval}");
    }
    assert!(said_of(months(0), start).contains("cannot have 0 months"));
    assert!(said_of(weeks(521), start).contains("cannot have 521 weeks"));
    for interval in [months(5), months(18), weeks(2)] {
        assert!(said_of(interval, account).contains("do not fit the calendar"), "{interval}");
    }
    let mut draft = published();
    draft.accounts[0].bill_cycle = kernel::BillCycle::new(17).unwrap().into();
    draft.accounts[0].effective_from = date(2030, 1, 1);
    let objections = check(&draft, &published());
    let codes: Vec<_> = objections.iter().map(|it| it.rejection.code()).collect();
    assert!(codes.contains(&"catalog-bill-day-changed"), "{codes:?}");
}

#[test]
fn a_bill_day_changes_after_what_was_billed_and_not_before_its_version() {
    let with = |changes: &[(Date, u8)], effective_from| {
        let mut definitions = published();
        let change = |(from, day): &(Date, u8)| CycleChange {
            from: *from,
            day: BillCycle::new(*day).unwrap(),
        };
        let first = definitions.accounts[0].bill_cycle.first();
        definitions.accounts[0].bill_cycle =
            BillCalendar::new(first, changes.iter().map(change).collect()).unwrap();
        definitions.accounts[0].effective_from = effective_from;
        definitions
    };
    let new = with(&[(date(2030, 5, 10), 15)], date(2030, 5, 1));
    assert!(check(&new, &published()).is_empty());
    let early = with(&[(date(2030, 4, 10), 15)], date(2030, 5, 1));
    let codes = |objections: Vec<Objection>| -> Vec<_> {
        objections.iter().map(|it| it.rejection.code()).collect()
    };
    assert_eq!(codes(check(&early, &published())), ["catalog-bill-day-changed-early"]);
    // What an earlier version said stays said.
    let next = with(&[(date(2030, 5, 10), 15), (date(2030, 7, 1), 1)], date(2030, 6, 1));
    assert!(check(&next, &new).is_empty());
    // The month that runs on 10 May ends on 1 June: an invoice of that day billed June.
    let account = new.accounts[0].account.clone();
    let billed = |day| codes(check_billed(&new, &published(), &[(account.clone(), day)].into()));
    assert_eq!(billed(date(2030, 5, 31)), Vec::<&str>::new());
    assert_eq!(billed(date(2030, 6, 1)), ["catalog-bill-day-billed"]);
    // Nor is a change taken back after its day.
    let back = codes(check_billed(&published(), &new, &[(account, date(2030, 6, 1))].into()));
    assert_eq!(back, ["catalog-bill-day-billed"]);
}

#[test]
fn who_pays_for_others_pays_for_itself_and_is_of_one_kind_with_them() {
    let group = || facts::AccountId::new("ACC-GROUP").unwrap();
    let day = |day| BillCycle::new(day).unwrap();
    let payer = |change: &dyn Fn(&mut AccountRegistered, &mut AccountRegistered)| {
        let mut new = published();
        let mut parent = new.accounts[0].clone();
        parent.account = group();
        new.accounts[0].paid_by = Some(group());
        (new.accounts[0].bill_cycle, parent.bill_cycle) = (day(1).into(), day(1).into());
        change(&mut new.accounts[0], &mut parent);
        new.accounts.push(parent);
        let objections = check(&new, &Definitions::default());
        objections.iter().map(|it| it.rejection.code()).collect::<Vec<_>>()
    };
    assert_eq!(payer(&|_, _| ()), Vec::<&str>::new());
    let nobody = || facts::AccountId::new("NOBODY").ok();
    assert_eq!(payer(&|it, _| it.paid_by = nobody()), ["catalog-payer-unknown"]);
    let itself = payer(&|it, _| it.paid_by = Some(it.account.clone()));
    assert_eq!(itself, ["catalog-payer-paid-for"]);
    // A circle of two, each told.
    let circle = payer(&|it, parent| parent.paid_by = Some(it.account.clone()));
    assert_eq!(circle, ["catalog-payer-paid-for", "catalog-payer-paid-for"]);
    let other_zone = payer(&|it, _| it.zone = kernel::Zone::utc());
    assert_eq!(other_zone, ["catalog-payer-differs"]);
    let other_day = payer(&|it, _| it.bill_cycle = day(2).into());
    assert_eq!(other_day, ["catalog-payer-differs"]);
    // Where the days agree from now on, they may have been others before.
    let agrees = payer(&|it, _| {
        let change = CycleChange { from: date(2030, 1, 10), day: day(1) };
        it.effective_from = date(2030, 3, 1);
        it.bill_cycle = BillCalendar::new(day(15), vec![change]).unwrap();
    });
    assert!(!agrees.contains(&"catalog-payer-differs"), "{agrees:?}");
}

#[test]
fn a_threshold_is_an_amount_above_nothing() {
    let of = |minor| {
        said_after(|draft| {
            draft.accounts[0].threshold =
                Some(kernel::Money::from_minor(minor, kernel::Currency::EUR));
        })
        .concat()
    };
    assert_eq!(of(1), "");
    assert!(of(0).contains("is reached by nothing"));
}

#[test]
fn a_draft_waits_for_some_days_of_a_month() {
    let days = |days| {
        said_after(|draft| {
            draft.accounts[0].review = Some(facts::account::Review { grace_days: days });
        })
        .concat()
    };
    assert_eq!((days(0), days(1), days(27)), (String::new(), String::new(), String::new()));
    assert!(days(28).contains("cannot wait for 28 days"));
}
