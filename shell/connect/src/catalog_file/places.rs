//! Where the catalog file says what: an objection of the catalog names a definition by code, and
//! a person wants the line.

use std::collections::BTreeMap;

use super::shape::{self, CatalogFile};
use crate::Place;

/// Places in a file, by the names that the catalog uses:
/// `offers[smart-fleet-plan].components[data_mb].rows[R03]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    file: Place,
    by_name: BTreeMap<String, Place>,
}

impl Places {
    /// Where something is defined: its own line, or that of the nearest thing around it.
    #[must_use]
    pub fn find(&self, name: &str) -> &Place {
        let starts = |known: &&String| {
            name.strip_prefix(known.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let nearest = self.by_name.keys().filter(starts).max_by_key(|known| known.len());
        nearest.and_then(|known| self.by_name.get(known)).unwrap_or(&self.file)
    }

    /// Places in a file that is no catalog file, by the same names.
    #[must_use]
    pub const fn new(file: Place, by_name: BTreeMap<String, Place>) -> Self {
        Self { file, by_name }
    }

    pub(super) fn of(file: &CatalogFile, place: &Place) -> Self {
        let mut places = Self { file: place.clone(), by_name: BTreeMap::new() };
        for it in &file.sellers {
            let name = format!("sellers[{}]", it.code.text());
            places.add(&name, it.code.place(place));
            for index in &it.indexes {
                let name = format!("{name}.indexes[{}]", index.code.text());
                places.add(&name, index.code.place(place));
            }
        }
        for it in &file.meters {
            let name = format!("meters[{}]", it.code.text());
            places.add(&name, it.code.place(place));
            for field in &it.derive {
                let name = format!("{name}.derive[{}]", field.name);
                places.add(&name, field.expression.place(place));
            }
        }
        for it in &file.fulfilment_specs {
            places.add(&format!("fulfilment_specs[{}]", it.code.text()), it.code.place(place));
        }
        for it in &file.offers {
            places.add_offer(it);
        }
        for it in &file.accounts {
            let name = format!("accounts[{}]", it.account.text());
            places.add(&name, it.account.place(place));
            places.add_terms(&name, &it.discounts, &it.commitments);
        }
        places
    }

    fn add_offer(&mut self, offer: &shape::Offer) {
        let name = format!("offers[{}]", offer.code.text());
        self.add(&name, offer.code.place(&self.file));
        self.add_terms(&name, &offer.discounts, &offer.commitments);
        for it in &offer.escalations {
            let name = format!("{name}.escalations[{}]", it.code.text());
            self.add(&name, it.code.place(&self.file));
        }
        for component in &offer.components {
            let name = format!("{name}.components[{}]", component.code.text());
            self.add(&name, component.code.place(&self.file));
            let price = match &component.charge {
                shape::Charge::OnceDelivered(it) => it.price.as_ref(),
                shape::Charge::OncePerOrder(it) | shape::Charge::OnceLost(it) => it.price.as_ref(),
                shape::Charge::Instalments(it) => it.price.as_ref(),
                shape::Charge::Milestones(_) => None,
                shape::Charge::OnceNotReturned(it) => it.price.as_ref(),
                shape::Charge::StateChanged(it) => it.price.as_ref(),
                shape::Charge::Recurring(it) => it.price.as_ref(),
                shape::Charge::Usage(usage) => Some(&usage.price),
            };
            let Some(shape::UsagePrice::Table(table)) = price else { continue };
            for row in &table.rows {
                let name = format!("{name}.rows[{}]", row.row.text());
                self.add(&name, row.row.place(&self.file));
            }
        }
    }

    fn add_terms(
        &mut self,
        of: &str,
        discounts: &[shape::Discount],
        commitments: &[shape::Commitment],
    ) {
        for it in commitments {
            let name = format!("{of}.commitments[{}]", it.code.text());
            self.add(&name, it.code.place(&self.file));
        }
        for it in discounts {
            let name = format!("{of}.discounts[{}]", it.code.text());
            self.add(&name, it.code.place(&self.file));
        }
    }

    /// Of two with one name, the first: the catalog objects to the other.
    fn add(&mut self, name: &str, place: Place) {
        self.by_name.entry(name.to_owned()).or_insert(place);
    }
}
