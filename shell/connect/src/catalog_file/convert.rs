//! From the shape of the file to facts. Each function reads all its values before it gives up, so
//! that every wrong value of a file is reported.

use catalog::Definitions;
use facts::account::{PostalAddress, Review};
use facts::{AccountRegistered, FulfilmentSpecPublished, SellerPublished, Text};
use kernel::{BillCalendar, CycleChange};

use super::shape;
use super::written::Written;
use crate::Place;
use crate::faults::Faults;
use crate::readable::Readable;
use crate::rejection::InputRejection;

/// A draft has no version: the plan of its publication assigns it.
pub(super) const DRAFT_VERSION: u32 = 0;

/// Reads values and gathers what is wrong with them.
pub(super) struct Reader {
    pub place: Place,
    /// The component or row that is read, for what is absent and has no place.
    pub around: Place,
    pub faults: Faults,
}

impl Reader {
    pub fn definitions(&mut self, file: &shape::CatalogFile) -> Definitions {
        Definitions {
            sellers: file.sellers.iter().filter_map(|it| self.seller(it)).collect(),
            meters: file.meters.iter().filter_map(|it| self.meter(it)).collect(),
            fulfilment_specs: file.fulfilment_specs.iter().filter_map(|it| self.spec(it)).collect(),
            offers: file.offers.iter().filter_map(|it| self.offer(it)).collect(),
            accounts: file.accounts.iter().filter_map(|it| self.account(it)).collect(),
        }
    }

    pub fn read<T: Readable>(&mut self, written: &Written<T>) -> Option<T> {
        self.faults.read(written.place(&self.place), written.text())
    }

    /// A value that may be left out. The outer option is none when it is there and is wrong.
    pub fn optional<T: Readable>(&mut self, written: &Option<Written<T>>) -> Option<Option<T>> {
        written.as_ref().map_or(Some(None), |written| self.read(written).map(Some))
    }

    /// A value that stands for itself when it is left out.
    pub fn or<T: Readable>(&mut self, written: &Option<Written<T>>, default: T) -> Option<T> {
        written.as_ref().map_or(Some(default), |written| self.read(written))
    }

    /// All of a list; none when one is wrong, after each was read.
    pub fn all<T, U>(
        &mut self,
        items: &[T],
        mut read: impl FnMut(&mut Self, &T) -> Option<U>,
    ) -> Option<Vec<U>> {
        let read: Vec<Option<U>> = items.iter().map(|item| read(self, item)).collect();
        read.into_iter().collect()
    }

    fn seller(&mut self, it: &shape::Seller) -> Option<SellerPublished> {
        let code = self.read(&it.code);
        let effective_from = self.read(&it.effective_from);
        let address = self.address(&it.address);
        let vat_id = self.read(&it.vat_id);
        let registration = self.read(&it.registration);
        let zone = self.read(&it.zone);
        let rates: Vec<_> = it.vat_rates.iter().collect();
        let vat_rates = self
            .all(&rates, |reader, (country, rate)| Some(((*country).clone(), reader.read(rate)?)));
        let vat_on_debits = self.or(&it.vat_on_debits, false);
        let payment_days = self.read(&it.payment_days);
        let iban = self.optional(&it.iban);
        let review = self.review(it.review.as_ref());
        let indexes = self.all(&it.indexes, Self::index);
        Some(SellerPublished {
            code: code?,
            version: DRAFT_VERSION,
            effective_from: effective_from?,
            legal_name: it.legal_name.clone(),
            address: address?,
            vat_id: vat_id?,
            registration: registration?,
            zone: zone?,
            invoice_prefix: it.invoice_prefix.clone(),
            vat_rates: vat_rates?.into_iter().collect(),
            vat_on_debits: vat_on_debits?,
            payment_days: payment_days?,
            iban: iban?,
            review: review?,
            indexes: indexes?.into_iter().collect(),
        })
    }

    fn spec(&mut self, it: &shape::FulfilmentSpec) -> Option<FulfilmentSpecPublished> {
        let code = self.read(&it.code);
        let effective_from = self.read(&it.effective_from);
        Some(FulfilmentSpecPublished {
            code: code?,
            version: DRAFT_VERSION,
            effective_from: effective_from?,
            name: text(&it.name),
            skus: it.skus.clone(),
            provisioning: it.provisioning.clone(),
            activation_signal: it.activation_signal.clone(),
        })
    }

    fn account(&mut self, it: &shape::Account) -> Option<AccountRegistered> {
        let account = self.read(&it.account);
        let effective_from = self.read(&it.effective_from);
        let address = self.address(&it.address);
        let vat_id = self.optional(&it.vat_id);
        let seller = self.read(&it.seller);
        let currency = self.read(&it.currency);
        let zone = self.read(&it.zone);
        let bill_cycle = self.bill_cycle(it);
        let language = self.read(&it.language);
        let review = self.review(it.review.as_ref());
        let paid_by = self.optional(&it.paid_by);
        let threshold =
            it.threshold.as_ref().map_or(Some(None), |it| self.money(it, currency).map(Some));
        let terms = self.account_terms(it, currency);
        Some(AccountRegistered {
            account: account?,
            version: DRAFT_VERSION,
            effective_from: effective_from?,
            customer: it.customer.clone(),
            address: address?,
            vat_id: vat_id?,
            seller: seller?,
            currency: currency?,
            zone: zone?,
            bill_cycle: bill_cycle?,
            language: language?,
            review: review?,
            paid_by: paid_by?,
            threshold: threshold?,
            terms: terms?,
            attributes: it.attributes.clone(),
        })
    }

    /// The days that drafts wait; none where nothing is said.
    fn review(&mut self, it: Option<&shape::Review>) -> Option<Option<Review>> {
        it.map_or(Some(None), |it| {
            self.read(&it.grace_days).map(|grace_days| Some(Review { grace_days }))
        })
    }

    fn bill_cycle(&mut self, it: &shape::Account) -> Option<BillCalendar> {
        let first = self.read(&it.bill_cycle);
        let changes = self.all(&it.bill_cycle_changes, |reader, it| {
            let (from, day) = (reader.read(&it.from), reader.read(&it.day));
            Some(CycleChange { from: from?, day: day? })
        });
        match BillCalendar::new(first?, changes?) {
            Ok(calendar) => Some(calendar),
            Err(not_later) => {
                let mut written = it.bill_cycle_changes.iter().rev();
                let next = written.find(|it| it.from.text() == not_later.next.to_string());
                let place = next.map_or(self.place.clone(), |it| it.from.place(&self.place));
                let (before, next) = (not_later.before, not_later.next);
                self.faults.add(place, InputRejection::NotInOrder { before, next });
                None
            }
        }
    }

    fn address(&mut self, it: &shape::Address) -> Option<PostalAddress> {
        Some(PostalAddress {
            lines: it.lines.clone(),
            postal_code: self.read(&it.postal_code)?,
            city: it.city.clone(),
            country: it.country.clone(),
        })
    }
}

pub(super) fn text(it: &shape::Words) -> Text {
    Text { en: it.en.clone(), fr: it.fr.clone() }
}
