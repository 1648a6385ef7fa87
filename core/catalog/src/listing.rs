//! A definition as a list of named values, which is what a difference is made of. Each function
//! takes its type apart field by field, so that a new field cannot be forgotten here.

pub mod offer;
mod pool;
mod terms;

use std::collections::HashMap;

use std::fmt::Display;

use facts::account::PostalAddress;
use facts::meter::{Derived, Interval, Level, Measure, Rollover, Session};
use facts::{AccountRegistered, FulfilmentSpecPublished, MeterPublished, SellerPublished, Text};
use kernel::{Percent, Quantity, UnitPrice};

/// What one version says and the other does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about: `components.service_standard.unit_price`.
    pub path: String,
    /// Before; none: it is new.
    pub before: Option<String>,
    /// After; none: it is taken away.
    pub after: Option<String>,
}

/// Named values, in the order in which a person reads them.
#[derive(Debug, Default)]
pub struct Fields {
    prefix: String,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    path: String,
    shown: String,
    /// Equal for equal values, even where they are written in two ways.
    compared: String,
}

impl Fields {
    /// A value.
    pub fn add(&mut self, name: &str, value: impl Display) {
        let shown = value.to_string();
        self.push(name, shown.clone(), shown);
    }

    /// A value that may be absent.
    pub fn add_option(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    /// A price, a rate or a quantity: `24.9` is shown as written and is no change from `24.90`.
    pub fn add_number(&mut self, name: &str, number: impl Into<Number>) {
        let Number { shown, normalized } = number.into();
        self.push(name, shown, normalized);
    }

    /// Values that are read together.
    pub fn add_list<T: Display>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
        self.push(name, values.join(", "), format!("{values:?}"));
    }

    fn push(&mut self, name: &str, shown: String, compared: String) {
        self.entries.push(Entry { path: format!("{}{name}", self.prefix), shown, compared });
    }

    /// Words in both languages.
    pub fn add_text(&mut self, name: &str, text: &Text) {
        let Text { en, fr } = text;
        self.add(&format!("{name}.en"), en);
        self.add(&format!("{name}.fr"), fr);
    }

    /// What `list` adds, under a name.
    pub fn nested(&mut self, name: &str, list: impl FnOnce(&mut Self)) {
        let outer = self.prefix.len();
        self.prefix.push_str(name);
        self.prefix.push('.');
        list(self);
        self.prefix.truncate(outer);
    }

    /// The entries by their paths: a price table has hundreds of thousands.
    fn by_path(&self) -> HashMap<&str, &Entry> {
        self.entries.iter().map(|entry| (entry.path.as_str(), entry)).collect()
    }

    /// What differs: what `after` changes or adds in its order, then what it takes away.
    pub fn differences(before: &Self, after: &Self) -> Vec<Difference> {
        let (mut found, was, is) = (Vec::new(), before.by_path(), after.by_path());
        for new in &after.entries {
            let old = was.get(new.path.as_str());
            if old.is_none_or(|old| old.compared != new.compared) {
                let before = old.map(|old| old.shown.clone());
                let after = Some(new.shown.clone());
                found.push(Difference { path: new.path.clone(), before, after });
            }
        }
        for old in before.entries.iter().filter(|old| !is.contains_key(old.path.as_str())) {
            let before = Some(old.shown.clone());
            found.push(Difference { path: old.path.clone(), before, after: None });
        }
        found
    }
}

/// A decimal, as written and without trailing zeros.
pub struct Number {
    shown: String,
    normalized: String,
}

macro_rules! number {
    ($($type:ty),+) => { $(
        impl From<$type> for Number {
            fn from(value: $type) -> Self {
                let normalized = value.decimal().normalize().to_string();
                Self { shown: value.to_string(), normalized }
            }
        }
    )+ };
}

number!(Percent, Quantity, UnitPrice);

pub fn seller(seller: &SellerPublished, fields: &mut Fields) {
    let SellerPublished {
        code: _,
        version: _,
        effective_from,
        legal_name,
        address,
        vat_id,
        registration,
        zone,
        invoice_prefix,
        vat_rates,
        vat_on_debits,
        payment_days,
        iban,
        review,
        indexes,
    } = seller;
    fields.add("effective_from", effective_from);
    fields.add("legal_name", legal_name);
    fields.nested("address", |fields| postal_address(address, fields));
    fields.add("vat_id", vat_id);
    fields.add("registration", registration);
    fields.add("zone", zone);
    fields.add("invoice_prefix", invoice_prefix);
    for (country, rate) in vat_rates {
        fields.add_number(&format!("vat_rates.{country}"), *rate);
    }
    fields.add("vat_on_debits", vat_on_debits);
    fields.add("payment_days", payment_days);
    fields.add_option("iban", iban.as_ref());
    if let Some(review) = review {
        fields.add("review.grace_days", review.grace_days);
    }
    for (index, values) in indexes {
        for (from, value) in values {
            fields.add_number(&format!("indexes.{index}.{from}"), *value);
        }
    }
}

pub fn account(account: &AccountRegistered, fields: &mut Fields) {
    let AccountRegistered {
        account: _,
        version: _,
        effective_from,
        customer,
        address,
        vat_id,
        seller,
        currency,
        zone,
        bill_cycle,
        language,
        review,
        paid_by,
        threshold,
        terms,
        attributes,
    } = account;
    fields.add("effective_from", effective_from);
    fields.add("customer", customer);
    fields.nested("address", |fields| postal_address(address, fields));
    fields.add_option("vat_id", vat_id.as_ref());
    fields.add("seller", seller);
    fields.add("currency", currency);
    fields.add("zone", zone);
    fields.add("bill_cycle", u8::from(bill_cycle.first()));
    for change in bill_cycle.changes() {
        fields.add(&format!("bill_cycle_changes[{}]", change.from), u8::from(change.day));
    }
    let language = match language {
        facts::text::Language::En => "en",
        facts::text::Language::Fr => "fr",
    };
    fields.add("language", language);
    if let Some(review) = review {
        fields.add("review.grace_days", review.grace_days);
    }
    fields.add_option("paid_by", paid_by.as_ref());
    fields.add_option("threshold", threshold.as_ref());
    terms::list(terms, fields);
    for (name, value) in attributes {
        fields.add(&format!("attributes.{name}"), value);
    }
}

fn postal_address(address: &PostalAddress, fields: &mut Fields) {
    let PostalAddress { lines, postal_code, city, country } = address;
    fields.add_list("lines", lines);
    fields.add("postal_code", postal_code);
    fields.add("city", city);
    fields.add("country", country);
}

pub fn meter(meter: &MeterPublished, fields: &mut Fields) {
    let MeterPublished {
        code: _,
        version: _,
        effective_from,
        name,
        symbol,
        event_type,
        measure,
        dimensions,
        mediation,
    } = meter;
    fields.add("effective_from", effective_from);
    fields.add_text("name", name);
    fields.add_text("symbol", symbol);
    fields.add("event_type", event_type);
    fields.add("measure", measured(measure));
    fields.add_option("measure.decimals_max", measure.field().map(|field| field.decimals_max));
    fields.add_list("dimensions", dimensions);
    fields.add_option("accept", mediation.accept.as_ref());
    for Derived { name, expression } in &mediation.derive {
        fields.add(&format!("derive[{name}]"), expression);
    }
    fields.add_option("convert", mediation.convert.as_ref());
}

fn measured(measure: &Measure) -> String {
    match measure {
        Measure::Count => "count of events".to_owned(),
        Measure::Sum(field) => format!("sum of {}", field.name),
        Measure::Counter(field) => format!("increments of {}", field.name),
        Measure::Rollover(Rollover { field, wraps_at }) => {
            format!("increments of {}, which runs over at {wraps_at}", field.name)
        }
        Measure::Max(field) => format!("greatest {}", field.name),
        Measure::Min(field) => format!("least {}", field.name),
        Measure::Latest(field) => format!("latest {}", field.name),
        Measure::Unique(member) => format!("different values of {}", member.name),
        Measure::TimeWeighted(Level { field, per }) => {
            format!("{} held, times {}s", field.name, per.name())
        }
        Measure::Duration(Session { phase, start, stop, key, timeout_seconds, per }) => format!(
            "{}s from {phase} = {start} to {phase} = {stop} of one {key}, at most \
             {timeout_seconds} s",
            per.name()
        ),
        Measure::Interval(Interval { field, from, longest_seconds }) => {
            format!("{} used since {from}, at most {longest_seconds} s", field.name)
        }
    }
}

pub fn spec(spec: &FulfilmentSpecPublished, fields: &mut Fields) {
    let FulfilmentSpecPublished {
        code: _,
        version: _,
        effective_from,
        name,
        skus,
        provisioning,
        activation_signal,
    } = spec;
    fields.add("effective_from", effective_from);
    fields.add_text("name", name);
    fields.add_list("skus", skus);
    fields.add_list("provisioning", provisioning);
    fields.add_option("activation_signal", activation_signal.as_ref());
}
